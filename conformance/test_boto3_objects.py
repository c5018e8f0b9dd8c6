"""Objects and buckets through boto3: put, get, head, copy, move, delete, conditions, checksums.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

import base64
import datetime
import hashlib
import os
import uuid
import zlib

import pytest

from support.clients import boto, code_of, refused, transfer
from support.names import CRUEL_KEYS

DIGITS = b"0123456789"
DIGITS_CRC32 = base64.b64encode(zlib.crc32(DIGITS).to_bytes(4, "big")).decode()


def read(s3, bucket, key="key", **parameters):
    return s3.get_object(Bucket=bucket, Key=key, **parameters)["Body"].read()


def test_object_comes_back_with_what_was_put(s3, bucket):
    put = s3.put_object(
        Bucket=bucket,
        Key="key",
        Body=DIGITS,
        ContentType="text/plain",
        CacheControl="no-cache",
        ContentDisposition="inline",
        ContentEncoding="identity",
        ContentLanguage="ko",
        Metadata={"colour": "blue", "two-words": "a, b"},
    )
    got = s3.get_object(Bucket=bucket, Key="key")
    assert got["Body"].read() == DIGITS
    assert got["ContentLength"] == 10
    assert put["ETag"] == got["ETag"] == f'"{hashlib.md5(DIGITS).hexdigest()}"'
    assert got["Metadata"] == {"colour": "blue", "two-words": "a, b"}
    assert (got["ContentType"], got["CacheControl"]) == ("text/plain", "no-cache")
    assert (got["ContentDisposition"], got["ContentEncoding"]) == ("inline", "identity")
    assert got["ContentLanguage"] == "ko"
    assert got["AcceptRanges"] == "bytes"
    age = datetime.datetime.now(datetime.timezone.utc) - got["LastModified"]
    assert abs(age.total_seconds()) < 120


def test_head_says_what_get_says(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=DIGITS, Metadata={"a": "b"})
    head, got = (call(Bucket=bucket, Key="key") for call in (s3.head_object, s3.get_object))
    for name in ("ETag", "ContentLength", "ContentType", "LastModified", "Metadata"):
        assert head[name] == got[name], name
    assert head["ContentType"] == "binary/octet-stream"


@pytest.mark.parametrize("size", [0, 1, 8176, 8177, 65536, 1_000_003])
def test_object_of_any_size_comes_back_whole(s3, bucket, size):
    body = os.urandom(size)
    s3.put_object(Bucket=bucket, Key="key", Body=body)
    assert read(s3, bucket) == body


def test_second_put_replaces_the_first(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"first" * 10_000, Metadata={"a": "b"})
    s3.put_object(Bucket=bucket, Key="key", Body=b"second")
    got = s3.get_object(Bucket=bucket, Key="key")
    assert (got["Body"].read(), got["Metadata"]) == (b"second", {})


@pytest.mark.parametrize("name", CRUEL_KEYS)
def test_any_key_can_be_put_got_listed_copied_and_deleted(s3, bucket, name):
    key, copy = CRUEL_KEYS[name], "copied"
    s3.put_object(Bucket=bucket, Key=key, Body=DIGITS)
    assert read(s3, bucket, key) == DIGITS
    assert s3.head_object(Bucket=bucket, Key=key)["ContentLength"] == 10
    s3.copy_object(Bucket=bucket, Key=copy, CopySource={"Bucket": bucket, "Key": key})
    listed = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert listed == sorted([key, copy], key=lambda text: text.encode())
    s3.delete_object(Bucket=bucket, Key=key)
    # The status alone: no XML parser reads an error that names a key with control characters.
    assert code_of(s3.get_object, Bucket=bucket, Key=key)[0] == 404
    assert read(s3, bucket, copy) == DIGITS


def test_keys_that_look_alike_are_different_objects(s3, bucket):
    alike = ["a", "a/", "/a", "a//", "A", "a ", "caf\u00e9", "cafe\u0301", "a%2F", "a+", "./a"]
    for key in alike:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    for key in alike:
        assert read(s3, bucket, key) == key.encode()
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == len(alike)


@pytest.mark.parametrize(
    ("wanted", "expected", "content_range"),
    [
        ("bytes=0-9", DIGITS, "bytes 0-9/10"),
        ("bytes=0-0", b"0", "bytes 0-0/10"),
        ("bytes=3-5", b"345", "bytes 3-5/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", DIGITS, "bytes 0-9/10"),
        ("bytes=5-99", b"56789", "bytes 5-9/10"),
    ],
)
def test_range_returns_that_part(s3, bucket, wanted, expected, content_range):
    s3.put_object(Bucket=bucket, Key="key", Body=DIGITS)
    got = s3.get_object(Bucket=bucket, Key="key", Range=wanted)
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert got["Body"].read() == expected
    assert (got["ContentRange"], got["ContentLength"]) == (content_range, len(expected))


def test_ranges_of_a_large_object_fit_together(s3, bucket):
    body = os.urandom(3_000_000)
    s3.put_object(Bucket=bucket, Key="key", Body=body)
    for start, end in [(0, 0), (8175, 8177), (65535, 131073), (2_999_999, 2_999_999)]:
        assert read(s3, bucket, Range=f"bytes={start}-{end}") == body[start : end + 1]


@pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_range_beyond_the_end_is_refused(s3, bucket, wanted):
    s3.put_object(Bucket=bucket, Key="key", Body=DIGITS)
    status, error = refused(s3.get_object, Bucket=bucket, Key="key", Range=wanted)
    assert (status, error["Code"]) == (416, "InvalidRange")
    assert error["Message"] == "The requested range is not satisfiable"
    assert (error["RangeRequested"], error["ActualObjectSize"]) == (wanted, "10")


@pytest.mark.parametrize("wanted", ["bytes=5-3", "bytes=a-b", "lines=1-2", "bytes"])
def test_range_that_is_none_is_ignored(s3, bucket, wanted):
    s3.put_object(Bucket=bucket, Key="key", Body=DIGITS)
    got = s3.get_object(Bucket=bucket, Key="key", Range=wanted)
    assert (got["ResponseMetadata"]["HTTPStatusCode"], got["Body"].read()) == (200, DIGITS)


def test_conditional_get_answers_304_or_412(s3, bucket):
    tag = s3.put_object(Bucket=bucket, Key="key", Body=DIGITS)["ETag"]
    modified = s3.head_object(Bucket=bucket, Key="key")["LastModified"]
    hour = datetime.timedelta(hours=1)
    assert read(s3, bucket, IfMatch=tag) == DIGITS
    assert read(s3, bucket, IfNoneMatch='"other"') == DIGITS
    assert read(s3, bucket, IfModifiedSince=modified - hour) == DIGITS
    assert read(s3, bucket, IfUnmodifiedSince=modified + hour) == DIGITS
    assert read(s3, bucket, IfMatch=tag, IfUnmodifiedSince=modified - hour) == DIGITS
    fresh = {"IfNoneMatch": tag}, {"IfModifiedSince": modified}
    for condition in fresh:
        status, _ = refused(s3.get_object, Bucket=bucket, Key="key", **condition)
        assert status == 304, condition
    stale = (
        ({"IfMatch": '"other"'}, "If-Match"),
        ({"IfUnmodifiedSince": modified - hour}, "If-Unmodified-Since"),
    )
    for condition, header in stale:
        status, error = refused(s3.get_object, Bucket=bucket, Key="key", **condition)
        assert (status, error["Code"]) == (412, "PreconditionFailed"), condition
        assert error["Condition"] == header


def test_put_if_none_match_never_replaces(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"first", IfNoneMatch="*")
    status, error = refused(
        s3.put_object, Bucket=bucket, Key="key", Body=b"second", IfNoneMatch="*"
    )
    assert (status, error["Code"]) == (412, "PreconditionFailed")
    assert error["Message"] == "At least one of the pre-conditions you specified did not hold"
    assert error["Condition"] == "If-None-Match"
    assert read(s3, bucket) == b"first"
    s3.delete_object(Bucket=bucket, Key="key")
    s3.put_object(Bucket=bucket, Key="key", Body=b"third", IfNoneMatch="*")
    assert read(s3, bucket) == b"third"


def test_put_if_match_replaces_only_that_object(s3, bucket):
    put = {"Bucket": bucket, "Key": "key"}
    assert code_of(s3.put_object, **put, Body=b"", IfMatch='"x"') == (404, "NoSuchKey")
    tag = s3.put_object(**put, Body=b"first")["ETag"]
    assert code_of(s3.put_object, **put, Body=b"", IfMatch='"x"') == (412, "PreconditionFailed")
    s3.put_object(**put, Body=b"second", IfMatch=tag)
    assert read(s3, bucket) == b"second"


def test_copy_keeps_or_replaces_the_metadata(s3, bucket, other_bucket):
    s3.put_object(
        Bucket=bucket, Key="key", Body=DIGITS, ContentType="text/plain", Metadata={"a": "b"}
    )
    source = {"Bucket": bucket, "Key": "key"}
    done = s3.copy_object(Bucket=other_bucket, Key="kept", CopySource=source)
    kept = s3.get_object(Bucket=other_bucket, Key="kept")
    assert (kept["Body"].read(), kept["ETag"]) == (DIGITS, done["CopyObjectResult"]["ETag"])
    assert (kept["ContentType"], kept["Metadata"]) == ("text/plain", {"a": "b"})
    s3.copy_object(
        Bucket=other_bucket,
        Key="new",
        CopySource=source,
        MetadataDirective="REPLACE",
        ContentType="text/html",
        Metadata={"c": "d"},
    )
    new = s3.head_object(Bucket=other_bucket, Key="new")
    assert (new["ContentType"], new["Metadata"]) == ("text/html", {"c": "d"})


def test_copy_onto_itself_needs_a_change(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=DIGITS)
    copy = {"Bucket": bucket, "Key": "key", "CopySource": {"Bucket": bucket, "Key": "key"}}
    assert code_of(s3.copy_object, **copy) == (400, "InvalidRequest")
    s3.copy_object(**copy, MetadataDirective="REPLACE", Metadata={"a": "b"})
    assert s3.get_object(Bucket=bucket, Key="key")["Metadata"] == {"a": "b"}
    assert read(s3, bucket) == DIGITS


@pytest.mark.parametrize("size", [10, 20_000_000])
def test_move_is_copy_then_delete_also_between_buckets(s3, bucket, other_bucket, size):
    body = os.urandom(size)
    s3.put_object(Bucket=bucket, Key="from", Body=body)
    for source, target in [
        ((bucket, "from"), (bucket, "to")),
        ((bucket, "to"), (other_bucket, "to")),
    ]:
        where = dict(zip(("Bucket", "Key"), source, strict=True))
        s3.copy(where, *target, Config=transfer(part_mib=8))
        s3.delete_object(**where)
        assert code_of(s3.head_object, **where)[0] == 404
        assert read(s3, *target) == body


def test_copy_of_what_is_not_there_is_refused(s3, bucket):
    copy = {"Bucket": bucket, "Key": "to"}
    missing = {"Bucket": bucket, "Key": "missing"}
    assert code_of(s3.copy_object, **copy, CopySource=missing) == (404, "NoSuchKey")
    nowhere = {"Bucket": f"no-{uuid.uuid4()}", "Key": "key"}
    assert code_of(s3.copy_object, **copy, CopySource=nowhere) == (404, "NoSuchBucket")


def test_copy_source_conditions_hold(s3, bucket):
    tag = s3.put_object(Bucket=bucket, Key="key", Body=DIGITS)["ETag"]
    copy = {"Bucket": bucket, "Key": "to", "CopySource": {"Bucket": bucket, "Key": "key"}}
    for condition in ({"CopySourceIfMatch": '"x"'}, {"CopySourceIfNoneMatch": tag}):
        assert code_of(s3.copy_object, **copy, **condition) == (412, "PreconditionFailed")
    s3.copy_object(**copy, CopySourceIfMatch=tag)
    assert read(s3, bucket, "to") == DIGITS


def test_delete_of_an_absent_key_is_done_already(s3, bucket):
    for _ in range(2):
        done = s3.delete_object(Bucket=bucket, Key="never was")
        assert done["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_missing_key_and_missing_bucket_are_told_apart(s3, bucket):
    status, error = refused(s3.get_object, Bucket=bucket, Key="a b")
    assert (status, error["Code"]) == (404, "NoSuchKey")
    assert (error["Message"], error["Key"]) == ("The specified key does not exist.", "a b")
    name = f"no-{uuid.uuid4()}"
    for call, more in [
        (s3.get_object, {"Key": "key"}),
        (s3.put_object, {"Key": "key", "Body": b""}),
        (s3.delete_object, {"Key": "key"}),
        (s3.list_objects_v2, {}),
        (s3.delete_bucket, {}),
        (s3.create_multipart_upload, {"Key": "key"}),
    ]:
        status, error = refused(call, Bucket=name, **more)
        assert (status, error["Code"], error["BucketName"]) == (404, "NoSuchBucket", name)
        assert error["Message"] == "The specified bucket does not exist"
    assert code_of(s3.head_object, Bucket=bucket, Key="key") == (404, "404")
    assert code_of(s3.head_bucket, Bucket=name) == (404, "404")


def test_bucket_lives_from_create_to_delete(s3):
    name = f"life-{uuid.uuid4()}"
    made = s3.create_bucket(Bucket=name)
    assert made["Location"] == f"/{name}"
    assert s3.create_bucket(Bucket=name)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert s3.head_bucket(Bucket=name)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] is None
    listed = {bucket["Name"]: bucket["CreationDate"] for bucket in s3.list_buckets()["Buckets"]}
    age = datetime.datetime.now(datetime.timezone.utc) - listed[name]
    assert abs(age.total_seconds()) < 120
    s3.put_object(Bucket=name, Key="key", Body=b"")
    status, error = refused(s3.delete_bucket, Bucket=name)
    assert (status, error["Code"]) == (409, "BucketNotEmpty")
    assert error["Message"] == "The bucket you tried to delete is not empty"
    s3.delete_object(Bucket=name, Key="key")
    assert s3.delete_bucket(Bucket=name)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert code_of(s3.put_object, Bucket=name, Key="key", Body=b"") == (404, "NoSuchBucket")
    assert name not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def test_buckets_are_listed_in_order_and_in_pages(s3):
    stem = f"page-{uuid.uuid4()}"
    names = [f"{stem}-{number}" for number in range(5)]
    for name in reversed(names):
        s3.create_bucket(Bucket=name)
    pages = s3.get_paginator("list_buckets").paginate(Prefix=stem, PaginationConfig={"PageSize": 2})
    listed = [[bucket["Name"] for bucket in page["Buckets"]] for page in pages]
    assert listed == [names[:2], names[2:4], names[4:]]


@pytest.mark.parametrize(
    "name", ["Upper-case", "under_score", "a..b", "192.168.1.1", "xn--a", "-a-"]
)
def test_bucket_with_a_bad_name_is_refused(s3, name):
    status, error = refused(s3.create_bucket, Bucket=name)
    assert (status, error["Code"]) == (400, "InvalidBucketName")
    assert error["Message"] == "The specified bucket is not valid."
    assert error["BucketName"] == name


def test_key_of_1025_bytes_is_refused(s3, bucket):
    status, error = refused(s3.put_object, Bucket=bucket, Key="k" * 1025, Body=b"")
    assert (status, error["Code"]) == (400, "KeyTooLongError")
    assert error["Message"] == "Your key is too long"
    assert (error["Size"], error["MaxSizeAllowed"]) == ("1025", "1024")


def test_metadata_over_2_kb_is_refused(s3, bucket):
    metadata = {"a": "x" * 2048}
    answer = code_of(s3.put_object, Bucket=bucket, Key="key", Body=b"", Metadata=metadata)
    assert answer == (400, "MetadataTooLarge")
    s3.put_object(Bucket=bucket, Key="key", Body=b"", Metadata={"a": "x" * 2000})
    assert s3.head_object(Bucket=bucket, Key="key")["Metadata"] == {"a": "x" * 2000}


def test_default_checksum_of_boto3_is_kept(s3, bucket):
    put = s3.put_object(Bucket=bucket, Key="key", Body=DIGITS)
    got = s3.get_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    assert got["ChecksumCRC32"] == put["ChecksumCRC32"] == DIGITS_CRC32
    assert got["Body"].read() == DIGITS


@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256", "CRC32"])
def test_chosen_checksum_is_kept(s3, bucket, algorithm):
    s3.put_object(Bucket=bucket, Key="key", Body=DIGITS, ChecksumAlgorithm=algorithm)
    head = s3.head_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    if algorithm.startswith("SHA"):
        digest = hashlib.new(algorithm.lower(), DIGITS).digest()
        assert head[f"Checksum{algorithm}"] == base64.b64encode(digest).decode()
    else:
        assert head["ChecksumCRC32"] == DIGITS_CRC32


def test_checksum_is_shown_only_when_asked_for(server, bucket):
    silent = boto(server, response_checksum_validation="when_required")
    silent.put_object(Bucket=bucket, Key="key", Body=DIGITS)
    got = silent.get_object(Bucket=bucket, Key="key")
    assert not [name for name in got if name.startswith("Checksum")]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"ChecksumCRC32": "AAAAAA=="},
            "The CRC32 you specified did not match the calculated checksum.",
        ),
        (
            {"ChecksumSHA256": base64.b64encode(b"0" * 32).decode()},
            "The SHA256 you specified did not match the calculated checksum.",
        ),
        (
            {"ContentMD5": base64.b64encode(b"0" * 16).decode()},
            "The Content-MD5 you specified did not match what we received.",
        ),
    ],
)
@pytest.mark.parametrize("size", [10, 100_000])
def test_body_that_does_not_match_its_checksum_is_not_stored(s3, bucket, wrong, message, size):
    s3.put_object(Bucket=bucket, Key="old", Body=b"old")
    for key in ("new", "old"):
        status, error = refused(s3.put_object, Bucket=bucket, Key=key, Body=b"x" * size, **wrong)
        assert (status, error["Code"], error["Message"]) == (400, "BadDigest", message)
    assert code_of(s3.get_object, Bucket=bucket, Key="new") == (404, "NoSuchKey")
    assert read(s3, bucket, "old") == b"old"


def test_content_md5_that_is_none_is_refused(s3, bucket):
    answer = code_of(s3.put_object, Bucket=bucket, Key="key", Body=b"", ContentMD5="short")
    assert answer == (400, "InvalidDigest")
