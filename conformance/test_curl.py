"""curl: the client everybody has, with a URL and nothing else, or signing for itself.

https://curl.se/docs/manpage.html
"""

import hashlib
import os

import pytest

from support.clients import curl
from support.presigning import object_url, presign

UNSIGNED = ("-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD")


@pytest.fixture
def url(server, bucket):
    """The unsigned URL of an object in the test's bucket."""
    return object_url(server, bucket, "folder/a b+\uac00")


@pytest.mark.parametrize("size", [0, 10, 3_000_000])
def test_upload_to_a_presigned_put_and_download_from_a_presigned_get(server, url, tmp_path, size):
    sent = tmp_path / "sent"
    sent.write_bytes(os.urandom(size))
    answer = curl("-T", sent, presign(server, "PUT", url))
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["etag"] == f'"{hashlib.md5(sent.read_bytes()).hexdigest()}"'
    answer = curl(presign(server, "GET", url))
    assert (answer.status, answer.body) == (200, sent.read_bytes())


def test_download_can_be_resumed(server, url, tmp_path):
    sent = tmp_path / "sent"
    sent.write_bytes(b"0123456789")
    curl("-T", sent, presign(server, "PUT", url))
    answer = curl("-r", "4-", presign(server, "GET", url))
    assert (answer.status, answer.body) == (206, b"456789")
    assert answer.headers["content-range"] == "bytes 4-9/10"


def test_head_works_on_a_url_presigned_for_head(server, url, s3, bucket):
    s3.put_object(Bucket=bucket, Key="folder/a b+\uac00", Body=b"0123456789")
    answer = curl("-I", presign(server, "HEAD", url))
    assert answer.status == 200
    assert answer.headers["content-length"] == "10"
    assert answer.headers["accept-ranges"] == "bytes"


def test_head_on_a_url_presigned_for_get_is_refused(server, url, s3, bucket):
    s3.put_object(Bucket=bucket, Key="folder/a b+\uac00", Body=b"0123456789")
    assert curl("-I", presign(server, "GET", url)).status == 403


def test_get_on_a_put_url_is_refused_and_put_on_a_get_url_stores_nothing(server, url, tmp_path):
    sent = tmp_path / "sent"
    sent.write_bytes(b"secret")
    put, get = presign(server, "PUT", url), presign(server, "GET", url)
    answer = curl("-T", sent, get)
    assert (answer.status, answer.error["Code"]) == (403, "SignatureDoesNotMatch")
    assert curl(get).status == 404
    assert curl("-T", sent, put).status == 200
    answer = curl(put)
    assert (answer.status, answer.error["Code"]) == (403, "SignatureDoesNotMatch")
    assert b"secret" not in answer.body


def test_url_is_worth_nothing_without_its_signature(server, url, tmp_path):
    sent = tmp_path / "sent"
    sent.write_bytes(b"secret")
    curl("-T", sent, presign(server, "PUT", url))
    answer = curl(url)
    assert (answer.status, answer.error["Code"]) == (403, "AccessDenied")
    assert answer.error["Message"] == "Access Denied"
    assert curl("-T", sent, url).status == 403


def sign_with(server, secret=None):
    credentials = f"{server.key_id}:{secret or server.secret}"
    return ("--aws-sigv4", "aws:amz:us-east-1:s3", "--user", credentials)


def test_curl_signs_for_itself(server, bucket, tmp_path):
    sent = tmp_path / "sent"
    sent.write_bytes(b"hello")
    url = f"{server.url}/{bucket}/key"
    assert curl(*sign_with(server), *UNSIGNED, "-T", sent, url).status == 200
    answer = curl(*sign_with(server), *UNSIGNED, url)
    assert (answer.status, answer.body) == (200, b"hello")
    assert curl(*sign_with(server), *UNSIGNED, "-X", "DELETE", url).status == 204
    assert curl(*sign_with(server), *UNSIGNED, url).status == 404


def test_curl_with_the_wrong_secret_is_refused(server, bucket):
    answer = curl(*sign_with(server, "wrong"), *UNSIGNED, f"{server.url}/{bucket}/key")
    assert (answer.status, answer.error["Code"]) == (403, "SignatureDoesNotMatch")


def test_bucket_can_stand_in_the_host_name(server, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a b", Body=b"hello")
    host = f"{bucket}.localhost:{server.port}"
    url = presign(server, "GET", f"http://{host}/a%20b")
    answer = curl("--resolve", f"{host}:127.0.0.1", url)
    assert (answer.status, answer.body) == (200, b"hello")
    listing = presign(server, "GET", f"http://{host}/", query=[("list-type", "2")])
    answer = curl("--resolve", f"{host}:127.0.0.1", listing)
    assert (answer.status, b"<Key>a b</Key>" in answer.body) == (200, True)


def test_connection_is_kept_for_the_next_request(server, url, tmp_path):
    sent = tmp_path / "sent"
    sent.write_bytes(b"hello")
    curl("-T", sent, presign(server, "PUT", url))
    get = presign(server, "GET", url)
    answer = curl(get, "-o", tmp_path / "second", get, "-w", "%{num_connects} ")
    assert answer.body == (tmp_path / "second").read_bytes() == b"hello"
    assert answer.report == "1 0 "
