"""HTTP as it is: requests sent exactly as written, answers unchanged.

`ask` goes through http.client and sends the target of the URL byte for byte; `exchange` writes
bytes to a socket. No redirect is followed, nothing is retried, no proxy is used.
"""

import http.client
import socket
from urllib.parse import urlsplit
from xml.etree import ElementTree

TIMEOUT_SECONDS = 60


class Answer:
    """Status, headers by lower-case name, body."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:600]!r}>"

    @property
    def error(self):
        """The elements of an S3 error document, checked for its form."""
        assert self.headers["content-type"] == "application/xml", self
        assert self.body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>'), self
        root = ElementTree.fromstring(self.body)
        assert root.tag == "Error", self
        names = [element.tag for element in root]
        assert names[:2] == ["Code", "Message"], self
        assert names[-2:] == ["RequestId", "HostId"], self
        assert root.findtext("RequestId") == self.headers["x-amz-request-id"], self
        return {element.tag: element.text or "" for element in root}

    @property
    def xml(self):
        """The root of an XML document."""
        return ElementTree.fromstring(self.body)


def ask(method, url, headers=None, body=b"", at=None):
    """Sends one request to the host of `url`, or to `at`, and reads the whole answer."""
    parts = urlsplit(url)
    target = url.split(parts.netloc, 1)[1] or "/"
    connection = http.client.HTTPConnection(at or parts.netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        headers = {"Host": parts.netloc} | (headers or {})
        if body or method in ("PUT", "POST"):
            headers.setdefault("Content-Length", str(len(body)))
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


def connect(server):
    """A socket to the server."""
    return socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT_SECONDS)


def exchange(server, *pieces, half_close=True):
    """Writes the pieces, says that there is no more, and reads until the server closes.

    A server may refuse and close before it has read everything: that is an answer too.
    """
    received = b""
    with connect(server) as stream:
        try:
            for piece in pieces:
                stream.sendall(piece)
            if half_close:
                stream.shutdown(socket.SHUT_WR)
            while chunk := stream.recv(65536):
                received += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass
    return received


def status_of(received):
    """The status of a raw answer, or None if the connection was just closed."""
    if not received:
        return None
    version, status, _ = received.split(b" ", 2)
    assert version in (b"HTTP/1.1", b"HTTP/1.0"), received[:200]
    return int(status)


def health(server):
    """The status of the health check."""
    return ask("GET", f"{server.url}/-/health").status
