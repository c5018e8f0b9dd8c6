"""URLs presigned by boto3, with SigV4 and with the legacy SigV2, used by a client without keys.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
"""

from urllib.parse import unquote_plus

import pytest

from conftest import new_bucket
from support.clients import boto
from support.names import CRUEL_KEYS
from support.wire import ask

HELLO = b"hello, world"
WEEK_SECONDS = 604800


@pytest.fixture(params=["s3v4", "s3"])
def signer(request, legacy_server):
    """A boto3 client that signs with one version or the other."""
    return boto(legacy_server, signature=request.param)


@pytest.fixture
def owner(legacy_server):
    """The boto3 client that prepares and inspects what URLs are about."""
    return boto(legacy_server)


@pytest.fixture
def place(owner):
    """A bucket where the signer may do everything."""
    return new_bucket(owner)


def url_for(client, operation, bucket, key="key", expires=3600, **parameters):
    return client.generate_presigned_url(
        operation, Params={"Bucket": bucket, "Key": key, **parameters}, ExpiresIn=expires
    )


def test_presigned_get_returns_the_object_again_and_again(owner, signer, place):
    owner.put_object(Bucket=place, Key="key", Body=HELLO, ContentType="text/plain")
    url = url_for(signer, "get_object", place)
    for _ in range(3):
        answer = ask("GET", url)
        assert (answer.status, answer.body) == (200, HELLO)
        assert answer.headers["content-type"] == "text/plain"
        assert answer.headers["content-length"] == str(len(HELLO))


def test_presigned_put_stores_the_body(owner, signer, place):
    answer = ask("PUT", url_for(signer, "put_object", place), body=HELLO)
    assert (answer.status, answer.body) == (200, b"")
    stored = owner.get_object(Bucket=place, Key="key")
    assert stored["Body"].read() == HELLO
    assert stored["ETag"] == answer.headers["etag"]
    assert stored["ContentType"] == "binary/octet-stream"


def test_presigned_head_shows_headers_only(owner, signer, place):
    owner.put_object(Bucket=place, Key="key", Body=HELLO)
    answer = ask("HEAD", url_for(signer, "head_object", place))
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == str(len(HELLO))


def test_presigned_delete_removes_the_object(owner, signer, place):
    owner.put_object(Bucket=place, Key="key", Body=HELLO)
    answer = ask("DELETE", url_for(signer, "delete_object", place))
    assert (answer.status, answer.body) == (204, b"")
    assert ask("GET", url_for(signer, "get_object", place)).status == 404


def test_presigned_list_names_the_objects(owner, signer, place):
    owner.put_object(Bucket=place, Key="a b", Body=HELLO)
    url = signer.generate_presigned_url("list_objects_v2", Params={"Bucket": place, "Prefix": "a"})
    answer = ask("GET", url)
    assert answer.status == 200
    keys = [element.text for element in answer.xml.iter() if element.tag.endswith("}Key")]
    assert [unquote_plus(key) for key in keys] == ["a b"]


def test_presigned_parts_make_an_object(owner, signer, place):
    upload = owner.create_multipart_upload(Bucket=place, Key="key")["UploadId"]
    url = url_for(signer, "upload_part", place, UploadId=upload, PartNumber=1)
    tag = ask("PUT", url, body=HELLO).headers["etag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    owner.complete_multipart_upload(Bucket=place, Key="key", UploadId=upload, MultipartUpload=parts)
    assert ask("GET", url_for(signer, "get_object", place)).body == HELLO


@pytest.mark.parametrize("name", CRUEL_KEYS)
def test_presigned_put_and_get_reach_any_key(owner, signer, place, name):
    key = CRUEL_KEYS[name]
    body = name.encode()
    assert ask("PUT", url_for(signer, "put_object", place, key), body=body).status == 200
    answer = ask("GET", url_for(signer, "get_object", place, key))
    assert (answer.status, answer.body) == (200, body)
    assert [entry["Key"] for entry in owner.list_objects_v2(Bucket=place)["Contents"]] == [key]


def test_signed_response_headers_override_the_stored_ones(owner, signer, place):
    owner.put_object(Bucket=place, Key="key", Body=HELLO, ContentType="text/plain")
    overrides = {
        "ResponseContentType": "application/pdf",
        "ResponseContentLanguage": "ko-KR",
        "ResponseCacheControl": "no-store",
        "ResponseContentDisposition": 'attachment; filename="a b.pdf"',
        "ResponseContentEncoding": "identity",
    }
    answer = ask("GET", url_for(signer, "get_object", place, **overrides))
    assert (answer.status, answer.body) == (200, HELLO)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-language"] == "ko-KR"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="a b.pdf"'
    assert answer.headers["content-encoding"] == "identity"


def test_range_needs_no_signature(owner, signer, place):
    owner.put_object(Bucket=place, Key="key", Body=HELLO)
    answer = ask("GET", url_for(signer, "get_object", place), {"Range": "bytes=7-"})
    assert (answer.status, answer.body) == (206, b"world")


def test_signed_metadata_has_to_be_sent_and_is_stored(s3, bucket):
    url = url_for(s3, "put_object", bucket, Metadata={"colour": "blue"})
    assert ask("PUT", url, body=HELLO).error["Code"] == "SignatureDoesNotMatch"
    other = {"x-amz-meta-colour": "red"}
    assert ask("PUT", url, other, HELLO).error["Code"] == "SignatureDoesNotMatch"
    assert ask("PUT", url, {"x-amz-meta-colour": "blue"}, HELLO).status == 200
    assert s3.head_object(Bucket=bucket, Key="key")["Metadata"] == {"colour": "blue"}


def test_v4_signed_content_type_cannot_be_changed(s3, bucket):
    url = url_for(s3, "put_object", bucket, ContentType="image/png")
    answer = ask("PUT", url, {"Content-Type": "text/html"}, HELLO)
    assert (answer.status, answer.error["Code"]) == (403, "SignatureDoesNotMatch")
    assert ask("PUT", url, {"Content-Type": "image/png"}, HELLO).status == 200


def test_v4_unsigned_content_type_is_the_senders_choice(s3, bucket):
    url = url_for(s3, "put_object", bucket)
    assert ask("PUT", url, {"Content-Type": "text/markdown"}, HELLO).status == 200
    assert s3.head_object(Bucket=bucket, Key="key")["ContentType"] == "text/markdown"


def test_v2_content_type_is_signed_even_when_absent(owner, legacy_server):
    client = boto(legacy_server, signature="s3")
    bucket = new_bucket(owner)
    url = url_for(client, "put_object", bucket)
    answer = ask("PUT", url, {"Content-Type": "text/html"}, HELLO)
    assert (answer.status, answer.error["Code"]) == (403, "SignatureDoesNotMatch")
    assert "CanonicalRequest" not in answer.error
    assert answer.error["StringToSign"].startswith("PUT\n\ntext/html\n")


def test_url_of_a_whole_week_works_and_of_a_second_more_does_not(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=HELLO)
    week = url_for(s3, "get_object", bucket, expires=WEEK_SECONDS)
    assert ask("GET", week).body == HELLO
    more = ask("GET", url_for(s3, "get_object", bucket, expires=WEEK_SECONDS + 1))
    assert (more.status, more.error["Code"]) == (400, "AuthorizationQueryParametersError")


def test_v2_url_lives_until_its_second(owner, legacy_server):
    client = boto(legacy_server, signature="s3")
    bucket = new_bucket(owner)
    owner.put_object(Bucket=bucket, Key="key", Body=HELLO)
    years = url_for(client, "get_object", bucket, expires=2 * 365 * 86400)
    assert ask("GET", years).body == HELLO
    answer = ask("GET", url_for(client, "get_object", bucket, expires=-10))
    assert (answer.status, answer.error["Code"]) == (403, "AccessDenied")
    assert answer.error["Message"] == "Request has expired"
    assert {"Expires", "ServerTime"} <= answer.error.keys()


def test_v2_is_refused_unless_the_operator_allows_it(server, s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=HELLO)
    answer = ask("GET", url_for(boto(server, signature="s3"), "get_object", bucket))
    assert (answer.status, answer.error["Code"]) == (400, "InvalidRequest")
    assert answer.error["Message"] == (
        "The authorization mechanism you have provided is not supported. "
        "Please use AWS4-HMAC-SHA256."
    )


def test_v2_url_that_was_altered_is_refused(owner, legacy_server):
    client = boto(legacy_server, signature="s3")
    bucket = new_bucket(owner)
    for key in ("key", "kez"):
        owner.put_object(Bucket=bucket, Key=key, Body=HELLO)
    url = url_for(client, "get_object", bucket)
    for altered in (url.replace("/key?", "/kez?"), url.replace("Expires=1", "Expires=2")):
        assert altered != url
        answer = ask("GET", altered)
        assert (answer.status, answer.error["Code"]) == (403, "SignatureDoesNotMatch")
    assert ask("DELETE", url).error["Code"] == "SignatureDoesNotMatch"


@pytest.mark.parametrize("parameter", ["Signature", "Expires", "AWSAccessKeyId"])
def test_v2_url_without_a_parameter_is_refused(legacy_server, parameter):
    client = boto(legacy_server, signature="s3")
    base, query = url_for(client, "get_object", "bucket-of-nobody").split("?")
    kept = [pair for pair in query.split("&") if not pair.startswith(parameter + "=")]
    assert len(kept) == 2
    answer = ask("GET", f"{base}?{'&'.join(kept)}")
    assert (answer.status, answer.error["Code"]) == (403, "AccessDenied")
    assert answer.error["Message"] == (
        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"
    )


@pytest.mark.parametrize("style", ["path", "virtual"])
def test_presigned_url_works_in_both_styles_of_address(server, s3, bucket, style):
    s3.put_object(Bucket=bucket, Key="a/b c", Body=HELLO)
    client = boto(server, style=style, endpoint=f"http://localhost:{server.port}")
    url = url_for(client, "get_object", bucket, "a/b c")
    assert url.startswith(f"http://{bucket}.localhost:") == (style == "virtual")
    answer = ask("GET", url, at=server.host)
    assert (answer.status, answer.body) == (200, HELLO)
