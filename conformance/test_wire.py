"""Requests that no client library would send, written to the socket byte by byte.

Whatever arrives, the server answers with a refusal or closes; it stores nothing and stays up.
https://www.rfc-editor.org/rfc/rfc9112
"""

from urllib.parse import urlsplit

import pytest

from support.presigning import object_url, presign
from support.wire import ask, connect, exchange, health, status_of

REFUSED = {None, 400, 403, 405, 408, 411, 413, 414, 431, 501, 505}


@pytest.fixture
def url(server, bucket):
    """The URL of an object that is not there."""
    return object_url(server, bucket, "key")


@pytest.fixture(autouse=True)
def server_stays_up(server):
    """After each of these the server is as healthy as before."""
    yield
    assert health(server) == 200


def is_stored(server, url):
    answer = ask("GET", presign(server, "GET", url))
    assert answer.status in (200, 404), answer
    return answer.status == 200


def put_head(server, url, *headers):
    """The head of a presigned PUT with these headers."""
    target = presign(server, "PUT", url).split(server.host, 1)[1]
    lines = [f"PUT {target} HTTP/1.1", f"Host: {server.host}", *headers, "", ""]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
        b"hello\r\n\r\n",
        b"\r\n\r\n\r\n\r\n",
        b"\x00" * 4096,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHo st: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nA: b\x00c\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused(server, garbage):
    assert status_of(exchange(server, garbage)) in REFUSED


def test_huge_header_is_refused(server):
    head = f"GET / HTTP/1.1\r\nHost: {server.host}\r\nA: ".encode()
    assert status_of(exchange(server, head, b"a" * 1024 * 1024, b"\r\n\r\n")) in REFUSED


def test_a_great_many_headers_are_refused(server):
    headers = b"".join(b"A%d: b\r\n" % number for number in range(10_000))
    head = f"GET / HTTP/1.1\r\nHost: {server.host}\r\n".encode()
    assert status_of(exchange(server, head, headers, b"\r\n")) in REFUSED


def test_huge_url_is_refused(server):
    line = b"GET /" + b"a" * 1024 * 1024 + b" HTTP/1.1\r\n"
    assert status_of(exchange(server, line, b"Host: a\r\n\r\n")) in REFUSED


def test_request_without_a_host_is_refused(server):
    head = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
    assert status_of(exchange(server, head, half_close=False)) == 400


def test_request_with_two_hosts_is_refused(server, url):
    head = put_head(server, url, "Host: other.example", "Content-Length: 1", "Connection: close")
    assert status_of(exchange(server, head, b"x", half_close=False)) in REFUSED
    assert not is_stored(server, url)


@pytest.mark.parametrize("byte", [b"\x00", b"\x01", b"\x7f", b"\xff", b"\xed\x95\x9c", b"\t"])
def test_raw_byte_in_the_path_is_refused(server, byte):
    head = b"GET /bucket/a" + byte + b"b HTTP/1.1\r\nHost: a\r\n\r\n"
    assert status_of(exchange(server, head)) in REFUSED


@pytest.mark.parametrize(
    "path", ["/bucket/%zz", "/bucket/%", "/bucket/%2", "/%zz", "/bucket/%00", "/bucket/%ff"]
)
def test_path_that_cannot_be_decoded_is_refused(server, path):
    answer = ask("GET", server.url + path)
    assert answer.status in (400, 403), answer
    assert answer.error["Code"] in ("InvalidURI", "InvalidArgument", "AccessDenied", "BadRequest")


@pytest.mark.parametrize(
    "query", ["%zz", "a=%", "&&&", "=", "list-type=2&list-type=2", "X-Amz-Signature"]
)
def test_odd_query_is_refused_and_breaks_nothing(server, bucket, query):
    answer = ask("GET", f"{server.url}/{bucket}?{query}")
    assert answer.status in (400, 403), answer


@pytest.mark.parametrize("size", [1000, 1_000_000])
def test_body_that_ends_early_is_not_stored(server, url, size):
    head = put_head(server, url, f"Content-Length: {size}")
    received = exchange(server, head, b"x" * (size // 2))
    assert status_of(received) in REFUSED
    assert not is_stored(server, url)


def test_client_that_vanishes_leaves_the_old_object(server, url):
    assert ask("PUT", presign(server, "PUT", url), body=b"old").status == 200
    with connect(server) as stream:
        stream.sendall(put_head(server, url, "Content-Length: 1000000"))
        stream.sendall(b"x" * 500_000)
    assert ask("GET", presign(server, "GET", url)).body == b"old"


def test_chunked_upload_without_a_length_is_refused(server, url):
    head = put_head(server, url, "Transfer-Encoding: chunked", "Connection: close")
    received = exchange(server, head, b"5\r\nhello\r\n0\r\n\r\n", half_close=False)
    assert status_of(received) == 411
    assert b"<Code>MissingContentLength</Code>" in received
    assert not is_stored(server, url)


def test_two_lengths_are_refused(server, url):
    for headers in (
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Content-Length: -5"],
        ["Content-Length: 5x"],
        ["Content-Length: 99999999999999999999999"],
    ):
        head = put_head(server, url, *headers, "Connection: close")
        received = exchange(server, head, b"hello0\r\n\r\n", half_close=False)
        assert status_of(received) in REFUSED, headers
        assert not is_stored(server, url)


def test_object_over_5_gib_is_refused_before_it_is_sent(server, url):
    head = put_head(
        server,
        url,
        f"Content-Length: {5 * 1024**3 + 1}",
        "Expect: 100-continue",
        "Connection: close",
    )
    received = exchange(server, head, half_close=False)
    assert status_of(received) == 400
    assert b"<Code>EntityTooLarge</Code>" in received
    assert not is_stored(server, url)


def test_refused_upload_is_not_asked_to_continue(server, url):
    head = f"PUT {urlsplit(url).path} HTTP/1.1\r\nHost: {server.host}\r\n".encode()
    head += b"Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    assert status_of(exchange(server, head, half_close=False)) == 403


def test_permitted_upload_is_asked_to_continue(server, url):
    with connect(server) as stream:
        stream.sendall(put_head(server, url, "Content-Length: 5", "Expect: 100-continue"))
        assert stream.recv(4096).startswith(b"HTTP/1.1 100 ")
        stream.sendall(b"hello")
        assert stream.recv(4096).startswith(b"HTTP/1.1 200 ")
    assert ask("GET", presign(server, "GET", url)).body == b"hello"


def test_requests_may_follow_each_other_on_one_connection(server, url):
    head = put_head(server, url, "Content-Length: 5")
    get = presign(server, "GET", url).split(server.host, 1)[1]
    tail = f"GET {get} HTTP/1.1\r\nHost: {server.host}\r\nConnection: close\r\n\r\n".encode()
    received = exchange(server, head + b"hello" + tail, half_close=False)
    assert received.startswith(b"HTTP/1.1 200 ")
    assert received.endswith(b"\r\n\r\nhello")
    assert received.count(b"HTTP/1.1 200 ") == 2


def test_unknown_method_is_refused(server, url):
    for method in ("PATCH", "FOO", "TRACE", "CONNECT"):
        target = presign(server, method, url).split(server.host, 1)[1]
        head = f"{method} {target} HTTP/1.1\r\nHost: {server.host}\r\nConnection: close\r\n\r\n"
        received = exchange(server, head.encode(), half_close=False)
        assert status_of(received) in REFUSED, method


def test_house_routes_answer_only_what_is_there(server):
    assert ask("GET", f"{server.url}/-/nothing").status in (400, 403, 404)
    assert ask("GET", f"{server.url}/-/../etc/passwd").status in (400, 403, 404)
