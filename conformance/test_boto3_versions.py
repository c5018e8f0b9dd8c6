"""Versions through boto3: kept, listed, hidden, removed, restored.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
"""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.clients import MIB, boto, code_of, curl, refused, transfer


@pytest.fixture
def kept(s3, bucket):
    """A bucket that keeps versions."""
    version(s3, bucket, "Enabled")
    return bucket


def version(s3, bucket, status):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def put(s3, bucket, key, body):
    return s3.put_object(Bucket=bucket, Key=key, Body=body)["VersionId"]


def read(s3, bucket, key, **which):
    return s3.get_object(Bucket=bucket, Key=key, **which)["Body"].read()


def history(s3, bucket, **parameters):
    """(key, id, is latest, is a delete marker) of each version, by key and then the latest first."""
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, **parameters)
    lines = [
        (line["Key"], line["VersionId"], line["IsLatest"], kind == "DeleteMarkers")
        for page in pages
        for kind in ("Versions", "DeleteMarkers")
        for line in page.get(kind, [])
    ]
    return sorted(lines)


def test_every_write_is_kept(s3, kept):
    assert s3.get_bucket_versioning(Bucket=kept)["Status"] == "Enabled"
    ids = [put(s3, kept, "key", body) for body in (b"one", b"two", b"three")]
    assert [read(s3, kept, "key", VersionId=each) for each in ids] == [b"one", b"two", b"three"]
    assert read(s3, kept, "key") == b"three"
    head = s3.head_object(Bucket=kept, Key="key", VersionId=ids[0])
    assert (head["VersionId"], head["ContentLength"]) == (ids[0], 3)
    expected = [("key", each, each == ids[2], False) for each in ids]
    assert history(s3, kept) == sorted(expected)


def test_deleted_object_comes_back_when_its_marker_is_removed(s3, kept):
    put(s3, kept, "key", b"content")
    deleted = s3.delete_object(Bucket=kept, Key="key")
    assert deleted["DeleteMarker"] is True
    assert code_of(s3.get_object, Bucket=kept, Key="key") == (404, "NoSuchKey")
    marker = deleted["VersionId"]
    status, error = refused(s3.get_object, Bucket=kept, Key="key", VersionId=marker)
    assert (status, error["Code"], error["ResourceType"]) == (405, "MethodNotAllowed", "DeleteMarker")
    assert "Contents" not in s3.list_objects_v2(Bucket=kept)
    removed = s3.delete_object(Bucket=kept, Key="key", VersionId=marker)
    assert (removed["DeleteMarker"], removed["VersionId"]) == (True, marker)
    assert read(s3, kept, "key") == b"content"


def test_old_version_is_restored_by_a_copy(s3, kept):
    old = put(s3, kept, "key", b"old")
    put(s3, kept, "key", b"new")
    source = {"Bucket": kept, "Key": "key", "VersionId": old}
    copied = s3.copy_object(Bucket=kept, Key="key", CopySource=source)
    assert copied["CopySourceVersionId"] == old
    assert read(s3, kept, "key", VersionId=copied["VersionId"]) == b"old" == read(s3, kept, "key")


def test_suspended_bucket_has_one_null_version_of_a_key(s3, kept):
    first = put(s3, kept, "key", b"kept")
    version(s3, kept, "Suspended")
    for body in (b"replaced", b"null"):
        assert "VersionId" not in s3.put_object(Bucket=kept, Key="key", Body=body)
    assert history(s3, kept) == sorted([("key", first, False, False), ("key", "null", True, False)])
    assert s3.delete_object(Bucket=kept, Key="key")["VersionId"] == "null"
    assert history(s3, kept) == sorted([("key", first, False, False), ("key", "null", True, True)])


def test_object_from_before_versions_is_the_null_version(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"before")
    version(s3, bucket, "Enabled")
    put(s3, bucket, "key", b"after")
    assert read(s3, bucket, "key", VersionId="null") == b"before"


def test_completed_upload_is_a_version(s3, kept, tmp_path):
    sent = tmp_path / "sent"
    sent.write_bytes(os.urandom(9 * MIB))
    old = put(s3, kept, "key", b"old")
    s3.upload_file(str(sent), kept, "key", Config=transfer(5))
    assert read(s3, kept, "key") == sent.read_bytes()
    assert read(s3, kept, "key", VersionId=old) == b"old"
    assert len(history(s3, kept)) == 2


def test_history_is_listed_in_pages_and_folders(s3, kept):
    for turn in range(3):
        for key in ("a", "dir/b", "dir/c", "\ud55c &"):
            put(s3, kept, key, str(turn).encode())
    s3.delete_object(Bucket=kept, Key="a")
    whole = history(s3, kept)
    assert len(whole) == 13
    for size in (1, 2, 5):
        assert history(s3, kept, PaginationConfig={"PageSize": size}) == whole
    assert [line for line in whole if line[0].startswith("dir/")] == history(s3, kept, Prefix="dir/")
    page = s3.list_object_versions(Bucket=kept, Delimiter="/")
    assert [line["Prefix"] for line in page["CommonPrefixes"]] == ["dir/"]


def test_bucket_with_a_hidden_version_is_not_empty(s3, kept):
    put(s3, kept, "key", b"x")
    s3.delete_object(Bucket=kept, Key="key")
    status, error = refused(s3.delete_bucket, Bucket=kept)
    assert (status, error["Code"]) == (409, "BucketNotEmpty")
    everything = [{"Key": key, "VersionId": each} for key, each, *_ in history(s3, kept)]
    deleted = s3.delete_objects(Bucket=kept, Delete={"Objects": everything})
    assert len(deleted["Deleted"]) == 2 and "Errors" not in deleted
    s3.delete_bucket(Bucket=kept)


def test_many_objects_are_deleted_at_once(s3, bucket):
    keys = [f"key-{number}" for number in range(1000)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda key: s3.put_object(Bucket=bucket, Key=key, Body=b"x"), keys))
    named = [{"Key": key} for key in keys]
    deleted = s3.delete_objects(Bucket=bucket, Delete={"Objects": named})
    assert sorted(line["Key"] for line in deleted["Deleted"]) == sorted(keys)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    quiet = s3.delete_objects(Bucket=bucket, Delete={"Objects": named, "Quiet": True})
    assert "Deleted" not in quiet and "Errors" not in quiet
    one_more = named + [{"Key": "one more"}]
    answer = code_of(s3.delete_objects, Bucket=bucket, Delete={"Objects": one_more})
    assert answer == (400, "MalformedXML")


def test_writers_of_one_key_each_get_a_version(s3, kept):
    bodies = [os.urandom(100) for _ in range(50)]
    with ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(lambda body: put(s3, kept, "key", body), bodies))
    assert len(set(ids)) == len(bodies)
    assert [read(s3, kept, "key", VersionId=each) for each in ids] == bodies
    latest = [line for line in history(s3, kept) if line[2]]
    assert len(latest) == 1 and read(s3, kept, "key", VersionId=latest[0][1]) == read(s3, kept, "key")


def test_versions_survive_a_kill(start):
    server = start()
    s3 = boto(server)
    s3.create_bucket(Bucket="kept")
    version(s3, "kept", "Enabled")
    ids = [put(s3, "kept", "key", os.urandom(1000 * size)) for size in (1, 20)]
    bodies = [read(s3, "kept", "key", VersionId=each) for each in ids]
    s3.delete_object(Bucket="kept", Key="key")
    before = history(s3, "kept")
    server.kill()
    s3 = boto(start())
    assert history(s3, "kept") == before
    assert [read(s3, "kept", "key", VersionId=each) for each in ids] == bodies


def test_awscli_empties_and_removes_a_versioned_bucket(aws, s3, kept):
    put(s3, kept, "key", b"x")
    aws("s3", "rm", f"s3://{kept}/key")
    listed = aws("s3api", "list-object-versions", "--bucket", kept, "--query", "length(DeleteMarkers)")
    assert listed == "1\n"


def test_link_to_a_version_opens_that_version_and_no_other(sign, here, s3, kept):
    old, new = put(s3, kept, "key", b"old"), put(s3, kept, "key", b"new")
    url = sign("get", f"s3://{kept}/key", "--version-id", old, **here)
    assert curl(url).body == b"old"
    assert curl(sign("get", f"s3://{kept}/key", "--query", f"versionId={old}", **here)).body == b"old"
    assert curl(url.replace(old, new)).error["Code"] == "SignatureDoesNotMatch"
    assert curl(sign("get", f"s3://{kept}/key", **here)).body == b"new"
    gone = sign("delete", f"s3://{kept}/key", "--version-id", old, **here)
    assert curl("-X", "DELETE", gone).headers["x-amz-version-id"] == old
    assert curl(url).error["Code"] == "NoSuchVersion"
