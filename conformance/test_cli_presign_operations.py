"""`hallpass presign` for every operation: sub-resources, parts, conditions, SigV4A; by curl alone."""

import base64
import hashlib
import json
import os

import pytest

from support.clients import MIB, curl
from support.process import environment, run
from support.wire import ask
from test_cli_presign import query_of

NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@pytest.fixture
def sent(tmp_path):
    """Writes a file to send and returns its path."""

    def write(name, content):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


def test_whole_multipart_upload_needs_no_more_than_curl(sign, here, s3, bucket, sent):
    place = f"s3://{bucket}/big +\ud55c.bin"
    parts = [os.urandom(5 * MIB), os.urandom(1000)]
    begun = curl("-X", "POST", sign("post", place, "--query", "uploads", **here))
    upload = begun.xml.findtext(f"{NAMESPACE}UploadId")
    tags = []
    for number, part in enumerate(parts, 1):
        arguments = ("--upload-id", upload, "--part-number", number)
        answer = curl("-T", sent("part", part), sign("put", place, *arguments, **here))
        assert answer.status == 200
        tags.append(f"<Part><PartNumber>{number}</PartNumber><ETag>{answer.headers['etag']}</ETag></Part>")
    listed = curl(sign("get", place, "--query", f"uploadId={upload}", **here))
    assert listed.body.count(b"<PartNumber>") == 2
    document = f"<CompleteMultipartUpload>{''.join(tags)}</CompleteMultipartUpload>"
    done = curl("--data-binary", document, sign("post", place, "--upload-id", upload, **here))
    assert done.status == 200, done
    stored = s3.get_object(Bucket=bucket, Key="big +\ud55c.bin")["Body"].read()
    assert stored == b"".join(parts)


def test_url_of_one_part_writes_no_other(sign, here, bucket, sent):
    place = f"s3://{bucket}/key"
    begun = curl("-X", "POST", sign("post", place, "--query", "uploads", **here))
    upload = begun.xml.findtext(f"{NAMESPACE}UploadId")
    url = sign("put", place, "--upload-id", upload, "--part-number", "1", **here)
    part = sent("part", b"part")
    assert curl("-T", part, url.replace("partNumber=1", "partNumber=2")).status == 403
    assert curl("-T", part, url).status == 200
    abort = sign("delete", place, "--upload-id", upload, **here)
    assert curl("-X", "DELETE", abort).status == 204
    assert curl("-T", part, url).error["Code"] == "NoSuchUpload"


def test_write_once_is_written_once(sign, here, s3, bucket, sent):
    url = sign("put", f"s3://{bucket}/once", "--write-once", **here)
    first = curl("-H", "If-None-Match: *", "-T", sent("first", b"first"), url)
    assert first.status == 200
    second = sent("second", b"second")
    answer = curl("-H", "If-None-Match: *", "-T", second, url)
    assert (answer.status, answer.error["Code"]) == (412, "PreconditionFailed")
    assert curl("-T", second, url).status == 403
    assert s3.get_object(Bucket=bucket, Key="once")["Body"].read() == b"first"


def test_signed_length_type_sum_and_metadata_have_to_be_sent(sign, here, s3, bucket):
    body = b"hello"
    sum_ = base64.b64encode(hashlib.sha256(body).digest()).decode()
    flags = {
        "--content-type": "text/x-hello",
        "--content-length": "5",
        "--content-md5": base64.b64encode(hashlib.md5(body).digest()).decode(),
        "--checksum": f"sha256={sum_}",
        "--metadata": "colour=blue",
    }
    url = sign("put", f"s3://{bucket}/key", *[word for pair in flags.items() for word in pair], **here)
    headers = {
        "Content-Type": "text/x-hello",
        "Content-MD5": flags["--content-md5"],
        "x-amz-checksum-sha256": sum_,
        "x-amz-meta-colour": "blue",
    }
    for name in headers:
        fewer = {other: value for other, value in headers.items() if other != name}
        assert ask("PUT", url, fewer, body).status == 403, name
    assert ask("PUT", url, headers, b"hello!").status == 403
    assert ask("PUT", url, headers, b"hullo").error["Code"] in ("BadDigest", "InvalidDigest")
    assert ask("PUT", url, headers, body).status == 200
    head = s3.head_object(Bucket=bucket, Key="key")
    assert (head["ContentType"], head["Metadata"]) == ("text/x-hello", {"colour": "blue"})


def test_download_has_the_name_and_type_that_were_asked_for(sign, here, s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"hello")
    arguments = ("--filename", "\ud55c.txt", "--response-content-type", "text/plain")
    answer = curl(sign("get", f"s3://{bucket}/key", *arguments, **here))
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%ED%95%9C.txt"
    assert (answer.headers["content-type"], answer.body) == ("text/plain", b"hello")
    head = curl("-I", sign("head", f"s3://{bucket}/key", *arguments, **here))
    assert head.headers["content-type"] == "text/plain"


def test_bucket_and_account_have_urls_too(sign, here, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"")
    s3.put_object(Bucket=bucket, Key="c", Body=b"")
    arguments = ("--query", "list-type=2", "--query", "prefix=a/")
    listing = curl(sign("get", f"s3://{bucket}", *arguments, **here))
    keys = [key.text for key in listing.xml.iter(f"{NAMESPACE}Key")]
    assert (listing.status, keys) == (200, ["a/b"])
    buckets = curl(sign("get", "s3://", "--query", "x-id=ListBuckets", **here))
    assert f"<Name>{bucket}</Name>".encode() in buckets.body
    assert curl("-I", sign("head", f"s3://{bucket}", "--query", "x-id=HeadBucket", **here)).status == 200


def test_what_the_server_lacks_it_refuses_by_name(sign, here, s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"hello")
    for query in ("acl", "retention", "torrent"):
        answer = curl(sign("get", f"s3://{bucket}/key", "--query", query, **here))
        assert (answer.status, answer.error["Code"]) == (501, "NotImplemented"), query


def test_object_is_copied_with_a_url(sign, here, s3, bucket):
    s3.put_object(Bucket=bucket, Key="from", Body=b"hello")
    header = f"x-amz-copy-source: /{bucket}/from"
    url = sign("put", f"s3://{bucket}/to", "--header", header, **here)
    assert curl("-X", "PUT", "-H", header, url).status == 200
    assert s3.get_object(Bucket=bucket, Key="to")["Body"].read() == b"hello"
    assert curl("-X", "PUT", "-H", f"x-amz-copy-source: /{bucket}/to", url).status == 403


def test_region_set_opens_where_its_regions_are(sign, here, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a b+", Body=b"hello")
    place = f"s3://{bucket}/a b+"
    for regions in ("*", "us-east-1", "eu-west-1,us-*"):
        url = sign("get", place, "--region-set", regions, **here)
        assert query_of(url)["X-Amz-Algorithm"] == "AWS4-ECDSA-P256-SHA256"
        assert curl(url).body == b"hello"
    assert curl(sign("get", place, "--region-set", "eu-*", **here)).status == 400
    put = sign("put", f"s3://{bucket}/new", "--region-set", "*", **here)
    assert ask("PUT", put, body=b"hello").status == 200


def test_fixed_moment_gives_the_same_url_twice(sign, here):
    for more in ([], ["--region-set", "*"], ["--sigv2"]):
        arguments = ("get", "s3://bucket/key", "--at", "20260102T030405Z", *more)
        assert sign(*arguments, **here) == sign(*arguments, **here)


def test_json_line_has_the_url_and_its_end(sign, here, s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"hello")
    line = json.loads(sign("get", f"s3://{bucket}/key", "--json", **here))
    assert line.keys() == {"s3", "url", "expires_at"}
    assert (line["s3"], curl(line["url"]).body) == (f"s3://{bucket}/key", b"hello")


def test_bucket_without_a_word_of_what_is_meant_is_refused(tmp_path, here):
    for verb in ("get", "put", "delete"):
        done = run("presign", verb, "s3://bucket", env=environment(tmp_path, **here))
        assert (done.returncode, done.stdout) == (2, "")
