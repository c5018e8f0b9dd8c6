"""Tags, parts and attributes of objects through boto3.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

import hashlib
import os

import pytest

from support.clients import MIB, code_of, curl, refused

PART = 5 * MIB


def tag_set(**tags):
    return {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}


def tags(s3, bucket, key="key", **which):
    found = s3.get_object_tagging(Bucket=bucket, Key=key, **which)["TagSet"]
    return {tag["Key"]: tag["Value"] for tag in found}


def test_tags_are_put_read_and_removed(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", Tagging="colour=blue&size=")
    assert tags(s3, bucket) == {"colour": "blue", "size": ""}
    assert s3.get_object(Bucket=bucket, Key="key")["TagCount"] == 2
    s3.put_object_tagging(Bucket=bucket, Key="key", Tagging=tag_set(shape="\u00e9 a/b=c"))
    assert tags(s3, bucket) == {"shape": "\u00e9 a/b=c"}
    s3.delete_object_tagging(Bucket=bucket, Key="key")
    assert tags(s3, bucket) == {}
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"x"


def test_tags_go_with_copies_and_uploads(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", Tagging="a=1")
    source = {"Bucket": bucket, "Key": "key"}
    s3.copy_object(Bucket=bucket, Key="same", CopySource=source)
    assert tags(s3, bucket, "same") == {"a": "1"}
    s3.copy_object(
        Bucket=bucket, Key="other", CopySource=source, TaggingDirective="REPLACE", Tagging="b=2"
    )
    assert tags(s3, bucket, "other") == {"b": "2"}
    where = {"Bucket": bucket, "Key": "parts"}
    upload = where | {"UploadId": s3.create_multipart_upload(**where, Tagging="c=3")["UploadId"]}
    etag = s3.upload_part(**upload, PartNumber=1, Body=b"x")["ETag"]
    s3.complete_multipart_upload(
        **upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]}
    )
    assert tags(s3, bucket, "parts") == {"c": "3"}


def test_each_version_has_its_own_tags(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    ids = [
        s3.put_object(Bucket=bucket, Key="key", Body=b"", Tagging=f"turn={turn}")["VersionId"]
        for turn in (1, 2)
    ]
    assert [tags(s3, bucket, VersionId=each)["turn"] for each in ids] == ["1", "2"]
    s3.delete_object_tagging(Bucket=bucket, Key="key", VersionId=ids[0])
    assert [tags(s3, bucket, VersionId=each) for each in ids] == [{}, {"turn": "2"}]


def test_tags_that_cannot_be_are_refused(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"")

    def put(wrong):
        where = {"Bucket": bucket, "Key": "key"}
        status, error = refused(s3.put_object_tagging, **where, Tagging=wrong)
        return status, error["Code"], error["Message"]

    twice = {"TagSet": tag_set(a="1")["TagSet"] * 2}
    message = "Cannot provide multiple Tags with the same key"
    assert put(twice) == (400, "InvalidTag", message)
    many = tag_set(**{f"k{number}": "" for number in range(11)})
    assert put(many) == (400, "BadRequest", "Object tags cannot be greater than 10")
    assert put(tag_set(**{"k" * 129: ""}))[1] == "InvalidTag"
    assert put(tag_set(k="v" * 257))[1] == "InvalidTag"
    assert put(tag_set(**{"aws:k": ""}))[1] == "InvalidTag"
    answer = code_of(s3.put_object, Bucket=bucket, Key="new", Body=b"", Tagging="a=1&a=2")
    assert answer == (400, "InvalidArgument")
    assert tags(s3, bucket) == {}


def test_bucket_has_tags(s3, bucket):
    assert code_of(s3.get_bucket_tagging, Bucket=bucket) == (404, "NoSuchTagSet")
    s3.put_bucket_tagging(Bucket=bucket, Tagging=tag_set(team="blue"))
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tag_set(team="blue")["TagSet"]
    s3.delete_bucket_tagging(Bucket=bucket)
    assert code_of(s3.get_bucket_tagging, Bucket=bucket) == (404, "NoSuchTagSet")


def test_tags_are_put_with_a_link(sign, here, s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")
    document = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
    url = sign("put", f"s3://{bucket}/key", "--query", "tagging", **here)
    assert curl("-X", "PUT", "--data-binary", document, url).status == 200
    assert tags(s3, bucket) == {"a": "b"}
    read = curl(sign("get", f"s3://{bucket}/key", "--query", "tagging", **here))
    assert b"<Key>a</Key><Value>b</Value>" in read.body


@pytest.fixture
def parts(s3, bucket):
    """The bodies of an object that was uploaded in two parts, with SHA-256 of each."""
    where = {"Bucket": bucket, "Key": "key"}
    begun = s3.create_multipart_upload(**where, ChecksumAlgorithm="SHA256")
    where["UploadId"] = begun["UploadId"]
    bodies, lines = [os.urandom(PART), b"end"], []
    for number, body in enumerate(bodies, 1):
        done = s3.upload_part(**where, PartNumber=number, Body=body, ChecksumAlgorithm="SHA256")
        line = {"PartNumber": number, "ETag": done["ETag"]}
        lines.append(line | {"ChecksumSHA256": done["ChecksumSHA256"]})
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": lines})
    return bodies


def test_part_is_read_by_its_number(s3, bucket, parts):
    for number, body in enumerate(parts, 1):
        got = s3.get_object(Bucket=bucket, Key="key", PartNumber=number, ChecksumMode="ENABLED")
        assert got["PartsCount"] == 2 and "ChecksumSHA256" in got
        assert hashlib.sha256(got["Body"].read()).digest() == hashlib.sha256(body).digest()
        head = s3.head_object(Bucket=bucket, Key="key", PartNumber=number)
        assert (head["PartsCount"], head["ContentLength"]) == (2, len(body))
    answer = code_of(s3.get_object, Bucket=bucket, Key="key", PartNumber=3)
    assert answer == (416, "InvalidPartNumber")


def test_attributes_of_an_object_are_listed(s3, bucket, parts):
    asked = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
    where = {"Bucket": bucket, "Key": "key", "ObjectAttributes": asked}
    found = s3.get_object_attributes(**where)
    head = s3.head_object(Bucket=bucket, Key="key")
    assert f'"{found["ETag"]}"' == head["ETag"]
    assert (found["ObjectSize"], found["StorageClass"]) == (PART + 3, "STANDARD")
    assert found["Checksum"]["ChecksumType"] == "COMPOSITE"
    listed = found["ObjectParts"]
    assert (listed["TotalPartsCount"], listed["IsTruncated"]) == (2, False)
    assert [part["Size"] for part in listed["Parts"]] == [PART, 3]
    page = s3.get_object_attributes(**where, MaxParts=1)["ObjectParts"]
    assert (page["IsTruncated"], page["NextPartNumberMarker"]) == (True, 1)
    page = s3.get_object_attributes(**where, MaxParts=1, PartNumberMarker=1)["ObjectParts"]
    assert (page["IsTruncated"], [part["PartNumber"] for part in page["Parts"]]) == (False, [2])
