"""Upload forms made by boto3, filled in and sent as a browser would, by a client without keys.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html
"""

import hashlib
import os
from urllib.parse import parse_qs, urlsplit

import pytest
from urllib3.filepost import encode_multipart_formdata

from conftest import new_bucket
from support.clients import MIB, boto, code_of
from support.wire import ask, exchange

HELLO = b"hello, world"


@pytest.fixture(params=["s3v4", "s3"])
def signer(request, legacy_server):
    """A boto3 client that signs with one version or the other."""
    return boto(legacy_server, signature=request.param)


@pytest.fixture
def owner(legacy_server):
    """The boto3 client that prepares and inspects what forms are about."""
    return boto(legacy_server)


@pytest.fixture
def place(owner):
    """A bucket where the signer may do everything."""
    return new_bucket(owner)


def form_for(client, bucket, key="key", fields=None, conditions=None, expires=3600):
    """A presigned form; each of `fields` is put into it and pinned by its policy."""
    fields = dict(fields or {})
    conditions = [{name: value} for name, value in fields.items()] + list(conditions or [])
    return client.generate_presigned_post(
        bucket, key, Fields=fields, Conditions=conditions, ExpiresIn=expires
    )


def encode(form, file_name, content, **changes):
    """The body of a filled-in form and its content type. A field changed to None is left out."""
    fields = form["fields"] | {name.replace("_", "-"): value for name, value in changes.items()}
    parts = [(name, value) for name, value in fields.items() if value is not None]
    return encode_multipart_formdata([*parts, ("file", (file_name, content))])


def upload(form, file_name="file.txt", content=HELLO, **changes):
    body, content_type = encode(form, file_name, content, **changes)
    return ask("POST", form["url"], {"Content-Type": content_type}, body)


def read(client, bucket, key="key"):
    return client.get_object(Bucket=bucket, Key=key)["Body"].read()


def is_empty(client, bucket):
    return client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_form_uploads_the_file(owner, signer, place):
    answer = upload(form_for(signer, place))
    assert (answer.status, answer.body) == (204, b"")
    stored = owner.get_object(Bucket=place, Key="key")
    assert stored["Body"].read() == HELLO
    assert stored["ETag"] == answer.headers["etag"] == f'"{hashlib.md5(HELLO).hexdigest()}"'
    assert stored["ContentType"] == "binary/octet-stream"


def test_form_uploads_20_mb(owner, signer, place):
    content = os.urandom(20 * MIB)
    form = form_for(signer, place, conditions=[["content-length-range", 0, 20 * MIB]])
    assert upload(form, content=content).status == 204
    assert read(owner, place) == content


def test_file_over_the_range_is_refused(owner, signer, place):
    form = form_for(signer, place, conditions=[["content-length-range", 5, 20 * MIB]])
    answer = upload(form, content=os.urandom(20 * MIB + 1))
    assert (answer.status, answer.error["Code"]) == (400, "EntityTooLarge")
    assert answer.error["ProposedSize"] == str(20 * MIB + 1)
    assert answer.error["MaxSizeAllowed"] == str(20 * MIB)
    answer = upload(form, content=b"four")
    assert (answer.status, answer.error["Code"]) == (400, "EntityTooSmall")
    assert (answer.error["ProposedSize"], answer.error["MinSizeAllowed"]) == ("4", "5")
    assert is_empty(owner, place)


def test_file_name_completes_the_key(owner, signer, place):
    form = form_for(signer, place, "user/${filename}")
    for name in ("photo.jpg", "\ud55c\uad6d\uc5b4 \ubcf4\uace0\uc11c.txt", "a+b (1).bin"):
        assert upload(form, name, name.encode()).status == 204
        assert read(owner, place, f"user/{name}") == name.encode()
    assert upload(form, "C:\\folder\\last.txt").status == 204
    assert read(owner, place, "user/last.txt") == HELLO


def test_key_outside_the_prefix_is_refused(owner, signer, place):
    form = form_for(signer, place, "user/${filename}")
    answer = upload(form, key="other/${filename}")
    assert (answer.status, answer.error["Code"]) == (403, "AccessDenied")
    said = 'Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "user/"]'
    assert answer.error["Message"] == said
    assert is_empty(owner, place)


def test_expired_form_is_refused(owner, signer, place):
    answer = upload(form_for(signer, place, expires=-1))
    assert (answer.status, answer.error["Code"]) == (403, "AccessDenied")
    assert answer.error["Message"] == "Invalid according to Policy: Policy expired."
    assert is_empty(owner, place)


def test_changed_or_added_fields_are_refused(owner, signer, place):
    form = form_for(signer, place, fields={"Content-Type": "image/png"})
    assert upload(form, Content_Type="text/html").status == 403
    assert upload(form, Content_Type=None).status == 403
    answer = upload(form, x_amz_meta_colour="blue")
    said = "Invalid according to Policy: Extra input fields: x-amz-meta-colour"
    assert (answer.status, answer.error["Message"]) == (403, said)
    answer = upload(form, policy=form["fields"]["policy"][:-8] + "AAAAAAAA")
    assert (answer.status, answer.error["Code"]) == (403, "SignatureDoesNotMatch")
    assert "CanonicalRequest" not in answer.error
    assert is_empty(owner, place)
    assert upload(form, x_ignore_me="1").status == 204


def test_policies_that_make_no_sense_are_refused(signer, place):
    def said(*conditions):
        answer = upload(form_for(signer, place, conditions=conditions))
        return answer.status, answer.error["Code"], answer.error["Message"]

    failed = "Invalid according to Policy: Policy Condition failed: "
    assert said({"a": "1", "b": "2"}) == (
        400,
        "InvalidPolicyDocument",
        "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one "
        "property specified.",
    )
    denied = (403, "AccessDenied")
    assert said(["eq", "key", "key"]) == (*denied, failed + '["eq", "key", "key"]')
    assert said(["content-length-range", "x", 10]) == (
        *denied,
        failed + '["content-length-range", "x", "10"]',
    )


def test_created_answer_is_a_document(signer, place):
    form = form_for(signer, place, "a b", fields={"success_action_status": "201"})
    answer = upload(form)
    assert answer.status == 201
    assert answer.xml.tag == "PostResponse"
    told = {element.tag: element.text for element in answer.xml}
    assert ask("GET", told["Location"]).status == 403
    assert told.pop("Location").endswith(f"/{place}/a%20b")
    assert told == {"Bucket": place, "Key": "a b", "ETag": answer.headers["etag"]}


def test_browser_is_sent_on(signer, place):
    url = "https://app.example.test/done?from=here"
    answer = upload(form_for(signer, place, "a b", fields={"success_action_redirect": url}))
    assert answer.status == 303
    parts = urlsplit(answer.headers["location"])
    assert (parts.netloc, parts.path) == ("app.example.test", "/done")
    assert parse_qs(parts.query) == {
        "from": ["here"],
        "bucket": [place],
        "key": ["a b"],
        "etag": [f'"{hashlib.md5(HELLO).hexdigest()}"'],
    }


def test_fields_are_kept_with_the_object(owner, signer, place):
    fields = {"Cache-Control": "no-store", "Content-Type": "text/plain"}
    fields |= {"x-amz-meta-colour": "blue"}
    assert upload(form_for(signer, place, fields=fields)).status == 204
    head = owner.head_object(Bucket=place, Key="key")
    assert (head["CacheControl"], head["ContentType"]) == ("no-store", "text/plain")
    assert head["Metadata"] == {"colour": "blue"}


def test_what_is_not_done_is_refused(owner, signer, place):
    for name, value, code in [
        ("acl", "public-read", "AccessControlListNotSupported"),
        ("x-amz-server-side-encryption", "AES256", "NotImplemented"),
    ]:
        answer = upload(form_for(signer, place, fields={name: value}))
        assert answer.error["Code"] == code
    assert is_empty(owner, place)


def test_file_cut_short_leaves_nothing(owner, signer, place, legacy_server):
    form = form_for(signer, place)
    body, content_type = encode(form, "file.txt", os.urandom(2 * MIB))
    head = (
        f"POST /{place} HTTP/1.1\r\nHost: {legacy_server.host}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    for length in (len(body) - 1, len(body) - 100, MIB):
        received = exchange(legacy_server, head.encode() + body[:length])
        assert not received.startswith(b"HTTP/1.1 2"), received[:200]
    assert code_of(owner.get_object, Bucket=place, Key="key") == (404, "NoSuchKey")


def test_form_of_a_strict_server_wants_the_new_signature(server, s3, bucket):
    old = boto(server, signature="s3")
    answer = upload(form_for(old, bucket))
    assert (answer.status, answer.error["Code"]) == (400, "InvalidRequest")
    assert upload(form_for(s3, bucket)).status == 204
    assert read(s3, bucket) == HELLO
