"""Large objects through boto3: managed transfers and the calls beneath them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

import hashlib
import os

import pytest

from support.clients import MIB, boto, code_of, refused, transfer

PART = 5 * MIB
NO_UPLOAD = (
    "The specified upload does not exist. The upload ID may be invalid, "
    "or the upload may have been aborted or completed."
)


class Upload:
    """A multipart upload in progress."""

    def __init__(self, s3, bucket, key="key", **parameters):
        self.s3 = s3
        self.where = {"Bucket": bucket, "Key": key}
        self.where["UploadId"] = s3.create_multipart_upload(**self.where, **parameters)["UploadId"]

    def part(self, number, body, **parameters):
        """Uploads a part and returns its line of the completion."""
        done = self.s3.upload_part(**self.where, PartNumber=number, Body=body, **parameters)
        return {"PartNumber": number, "ETag": done["ETag"]}

    def complete(self, *parts, **parameters):
        """Completes the upload with these parts."""
        return self.s3.complete_multipart_upload(
            **self.where, MultipartUpload={"Parts": list(parts)}, **parameters
        )

    def stored(self):
        """The object's bytes."""
        return self.s3.get_object(Bucket=self.where["Bucket"], Key=self.where["Key"])["Body"].read()


def combined_tag(*bodies):
    digests = b"".join(hashlib.md5(body).digest() for body in bodies)
    return f'"{hashlib.md5(digests).hexdigest()}-{len(bodies)}"'


@pytest.mark.parametrize(("mib", "part_mib"), [(100, 8), (100, 1024), (33, 5)])
def test_file_goes_up_and_comes_down_the_same(s3, bucket, tmp_path, mib, part_mib):
    sent, received = tmp_path / "sent", tmp_path / "received"
    sent.write_bytes(os.urandom(mib * MIB + 1))
    s3.upload_file(str(sent), bucket, "key", Config=transfer(part_mib))
    head = s3.head_object(Bucket=bucket, Key="key")
    assert head["ContentLength"] == mib * MIB + 1
    assert ("-" in head["ETag"]) == (part_mib < mib)
    s3.download_file(bucket, "key", str(received), Config=transfer(part_mib))
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in (sent, received)]
    assert digests[0] == digests[1]


def test_parts_may_arrive_in_any_order(s3, bucket):
    upload = Upload(s3, bucket, ContentType="text/plain", Metadata={"a": "b"})
    bodies = [os.urandom(PART), os.urandom(PART + 1), b"end"]
    lines = {number: upload.part(number, bodies[number - 1]) for number in (3, 1, 2)}
    done = upload.complete(lines[1], lines[2], lines[3])
    assert done["ETag"] == combined_tag(*bodies)
    assert upload.stored() == b"".join(bodies)
    head = s3.head_object(Bucket=bucket, Key="key")
    assert (head["ContentType"], head["Metadata"]) == ("text/plain", {"a": "b"})
    assert (head["ETag"], head["ContentLength"]) == (done["ETag"], 2 * PART + 4)


def test_range_may_cross_parts(s3, bucket):
    upload = Upload(s3, bucket)
    bodies = [os.urandom(PART), os.urandom(PART), b"end"]
    upload.complete(*(upload.part(number, body) for number, body in enumerate(bodies, 1)))
    whole = b"".join(bodies)
    for start, end in [(PART - 3, PART + 3), (2 * PART - 1, 2 * PART + 2), (0, 2 * PART)]:
        got = s3.get_object(Bucket=bucket, Key="key", Range=f"bytes={start}-{end}")
        assert got["Body"].read() == whole[start : end + 1]


def test_part_numbers_may_have_gaps(s3, bucket):
    upload = Upload(s3, bucket)
    first, last = upload.part(7, b"x" * PART), upload.part(10_000, b"end")
    assert upload.complete(first, last)["ETag"] == combined_tag(b"x" * PART, b"end")
    assert upload.stored() == b"x" * PART + b"end"


def test_part_that_is_not_named_is_left_out(s3, bucket):
    upload = Upload(s3, bucket)
    first = upload.part(1, b"x" * PART)
    upload.part(2, b"y" * PART)
    last = upload.part(3, b"end")
    upload.complete(first, last)
    assert upload.stored() == b"x" * PART + b"end"


def test_part_uploaded_again_replaces_the_first(s3, bucket):
    upload = Upload(s3, bucket)
    old = upload.part(1, b"old")
    new = upload.part(1, b"new")
    assert code_of(upload.complete, old) == (400, "InvalidPart")
    upload.complete(new)
    assert upload.stored() == b"new"


def test_nothing_is_visible_before_completion(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"old")
    upload = Upload(s3, bucket)
    line = upload.part(1, b"new")
    assert upload.stored() == b"old"
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["Size"] == 3
    upload.complete(line)
    assert upload.stored() == b"new"


def test_aborted_upload_is_gone(s3, bucket):
    upload = Upload(s3, bucket)
    line = upload.part(1, b"x")
    s3.abort_multipart_upload(**upload.where)
    for call in (
        lambda: upload.part(2, b"x"),
        lambda: upload.complete(line),
        lambda: s3.list_parts(**upload.where),
        lambda: s3.abort_multipart_upload(**upload.where),
    ):
        status, error = refused(call)
        assert (status, error["Code"], error["Message"]) == (404, "NoSuchUpload", NO_UPLOAD)
    assert code_of(s3.head_object, Bucket=bucket, Key="key")[0] == 404
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_upload_belongs_to_its_key(s3, bucket):
    upload = Upload(s3, bucket)
    wrong = upload.where | {"Key": "other"}
    assert code_of(s3.upload_part, **wrong, PartNumber=1, Body=b"") == (404, "NoSuchUpload")


def test_wrong_etag_or_unknown_part_is_refused(s3, bucket):
    upload = Upload(s3, bucket)
    line = upload.part(1, b"x")
    for wrong in ({**line, "ETag": '"0123"'}, {**line, "PartNumber": 2}):
        status, error = refused(upload.complete, wrong)
        assert (status, error["Code"]) == (400, "InvalidPart")
        assert error["Message"].startswith("One or more of the specified parts could not be found.")
    upload.complete(line)


def test_parts_named_out_of_order_are_refused(s3, bucket):
    upload = Upload(s3, bucket)
    first, last = upload.part(1, b"x" * PART), upload.part(2, b"end")
    for order in ((last, first), (first, first)):
        assert code_of(upload.complete, *order) == (400, "InvalidPartOrder")


def test_small_part_that_is_not_the_last_is_refused(s3, bucket):
    upload = Upload(s3, bucket)
    small, last = upload.part(1, b"x" * (PART - 1)), upload.part(2, b"end")
    status, error = refused(upload.complete, small, last)
    assert (status, error["Code"]) == (400, "EntityTooSmall")
    assert error["Message"] == ("Your proposed upload is smaller than the minimum allowed size")
    assert (error["PartNumber"], error["ProposedSize"]) == ("1", str(PART - 1))
    assert error["MinSizeAllowed"] == str(PART)
    upload.complete(upload.part(1, b"x" * PART), last)


@pytest.mark.parametrize("number", [0, 10_001, -1])
def test_part_number_out_of_range_is_refused(s3, bucket, number):
    assert code_of(Upload(s3, bucket).part, number, b"") == (400, "InvalidArgument")


def test_completion_without_parts_is_refused(s3, bucket):
    status, _ = refused(Upload(s3, bucket).complete)
    assert status == 400


def test_completion_can_refuse_to_replace(s3, bucket):
    upload = Upload(s3, bucket)
    line = upload.part(1, b"new")
    s3.put_object(Bucket=bucket, Key="key", Body=b"old")
    assert code_of(upload.complete, line, IfNoneMatch="*")[0] in (409, 412)
    assert upload.stored() == b"old"


def test_part_that_does_not_match_its_checksum_is_refused(s3, bucket):
    upload = Upload(s3, bucket)
    answer = code_of(upload.part, 1, b"x", ChecksumCRC32="AAAAAA==")
    assert answer == (400, "BadDigest")
    assert "Parts" not in s3.list_parts(**upload.where)


def test_parts_are_listed_in_pages(s3, bucket):
    upload = Upload(s3, bucket)
    for number in (5, 1, 9, 3):
        upload.part(number, b"x" * number)
    pages = s3.get_paginator("list_parts").paginate(
        **upload.where, PaginationConfig={"PageSize": 3}
    )
    listed = [[(part["PartNumber"], part["Size"]) for part in page["Parts"]] for page in pages]
    assert listed == [[(1, 1), (3, 3), (5, 5)], [(9, 9)]]


def test_uploads_are_listed_by_prefix_and_in_pages(s3, bucket):
    keys = ["a/1", "a/2", "a b+c", "b", "b"]
    uploads = [Upload(s3, bucket, key).where for key in keys]
    expected = sorted((where["Key"], where["UploadId"]) for where in uploads)
    pages = list(
        s3.get_paginator("list_multipart_uploads").paginate(
            Bucket=bucket, PaginationConfig={"PageSize": 2}
        )
    )
    assert [len(page["Uploads"]) for page in pages] == [2, 2, 1]
    listed = [(upload["Key"], upload["UploadId"]) for page in pages for upload in page["Uploads"]]
    assert sorted(listed) == expected
    assert [key for key, _ in listed] == sorted(keys)
    some = s3.list_multipart_uploads(Bucket=bucket, Prefix="a/")
    assert [upload["Key"] for upload in some["Uploads"]] == ["a/1", "a/2"]


def test_folding_of_uploads_is_refused_rather_than_ignored(s3, bucket):
    Upload(s3, bucket, "a/1")
    answer = code_of(s3.list_multipart_uploads, Bucket=bucket, Delimiter="/")
    assert answer == (501, "NotImplemented")


def test_part_can_be_copied_from_an_object(s3, bucket, other_bucket):
    source = os.urandom(PART + 100)
    s3.put_object(Bucket=other_bucket, Key="from +", Body=source)
    upload = Upload(s3, bucket)
    copy = {"CopySource": {"Bucket": other_bucket, "Key": "from +"}}
    ranges = {1: f"bytes=0-{PART - 1}", 2: "bytes=10-19"}
    lines = []
    for number, wanted in ranges.items():
        done = s3.upload_part_copy(
            **upload.where, **copy, PartNumber=number, CopySourceRange=wanted
        )
        lines.append({"PartNumber": number, "ETag": done["CopyPartResult"]["ETag"]})
    upload.complete(*lines)
    assert upload.stored() == source[:PART] + source[10:20]


def test_checksums_of_parts_are_combined(server, bucket):
    client = boto(server)
    upload = Upload(client, bucket, ChecksumAlgorithm="SHA256")
    bodies = [b"x" * PART, b"end"]
    lines = []
    for number, body in enumerate(bodies, 1):
        done = client.upload_part(
            **upload.where, PartNumber=number, Body=body, ChecksumAlgorithm="SHA256"
        )
        line = {
            "PartNumber": number,
            "ETag": done["ETag"],
            "ChecksumSHA256": done["ChecksumSHA256"],
        }
        lines.append(line)
    upload.complete(*lines)
    head = client.head_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    assert head["ChecksumType"] == "COMPOSITE"
    assert head["ChecksumSHA256"].endswith("-2")
