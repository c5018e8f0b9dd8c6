"""Acknowledged is durable: what got a 200 is there, whole, after kill -9; and a stop is gentle."""

import hashlib
import os
import re
import signal
import socket
import threading
from functools import partial

import pytest

from support.clients import MIB, boto
from support.presigning import object_url, presign
from support.waiting import until
from support.wire import ask, connect

BUCKET = "durable"
SMALL, MIDDLE, LARGE = 900, 300_000, 6 * MIB


def body_of(key, size):
    """The bytes that belong under a key: whoever finds the key can tell whether they are whole."""
    block = hashlib.sha256(key.encode()).digest()
    return (block * (size // len(block) + 1))[:size]


def size_of(key):
    return int(key.rsplit("-", 1)[1])


class Writer(threading.Thread):
    """Puts objects under new keys, deletes some, until the server is gone; notes what was said."""

    def __init__(self, server, name, size):
        super().__init__(daemon=True)
        self.client, self.name_of_keys, self.size = boto(server), name, size
        self.stored, self.deleted, self.failed = [], [], None

    def run(self):
        number = 0
        while self.failed is None:
            number += 1
            try:
                self.write(f"{self.name_of_keys}/{number}-{self.size}", number)
            except Exception as error:  # the server was killed; what it was is checked after
                self.failed = error

    def write(self, key, number):
        self.client.put_object(Bucket=BUCKET, Key=key, Body=body_of(key, self.size))
        if number % 5:
            self.stored.append(key)
            return
        # From here on the key may be there or not, until the server says that it is not.
        self.client.delete_object(Bucket=BUCKET, Key=key)
        self.deleted.append(key)


class Replacer(threading.Thread):
    """Replaces one object again and again; notes the last number that was acknowledged."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.client, self.acknowledged, self.failed = boto(server), 0, None

    def run(self):
        while self.failed is None:
            key = f"{self.acknowledged + 1}-{MIDDLE}"
            try:
                body = f"{key}\n".encode() + body_of(key, MIDDLE)
                self.client.put_object(Bucket=BUCKET, Key="hot", Body=body)
                self.acknowledged += 1
            except Exception as error:
                self.failed = error


def enough(writers, replacer):
    """Whether each has been at work long enough to make a kill worth it."""
    counts = [len(writer.stored) for writer in writers]
    return min(counts) >= 4 and sum(counts) >= 150 and replacer.acknowledged >= 5


def keys_in(client):
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return {entry["Key"] for page in pages for entry in page.get("Contents", [])}


def read(client, key):
    return client.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def assert_whole(client, writers):
    keys = keys_in(client)
    for writer in writers:
        lost = set(writer.stored) - keys
        assert not lost, f"{len(lost)} acknowledged objects are gone"
        assert not set(writer.deleted) & keys, "a deleted object is back"
    for key in keys - {"hot"}:
        assert read(client, key) == body_of(key, size_of(key)), f"{key} is not whole"


def assert_newest(client, replacer):
    name, rest = read(client, "hot").split(b"\n", 1)
    number = int(name.split(b"-")[0])
    assert number in (replacer.acknowledged, replacer.acknowledged + 1)
    assert rest == body_of(name.decode(), MIDDLE)


def test_every_acknowledged_object_survives_kill_9_under_load(start):
    server = start()
    boto(server).create_bucket(Bucket=BUCKET)
    for round_number in range(3):
        sizes = [SMALL, SMALL, SMALL, MIDDLE, LARGE]
        writers = [Writer(server, f"{round_number}-{n}", size) for n, size in enumerate(sizes)]
        replacer = Replacer(server)
        threads = [*writers, replacer]
        for thread in threads:
            thread.start()
        until(partial(enough, writers, replacer), seconds=120, what="enough acknowledged writes")
        server.kill()
        for thread in threads:
            thread.join(timeout=60)
            assert thread.failed is not None
        server = start()
        assert_whole(boto(server), writers)
        assert_newest(boto(server), replacer)


def test_multipart_upload_survives_kill_9_between_its_parts(start):
    server = start()
    client = boto(server)
    client.create_bucket(Bucket=BUCKET)
    upload = {"Bucket": BUCKET, "Key": "parts"}
    upload["UploadId"] = client.create_multipart_upload(**upload)["UploadId"]
    bodies, lines = [os.urandom(5 * MIB), os.urandom(100)], []
    for number, body in enumerate(bodies, 1):
        tag = client.upload_part(**upload, PartNumber=number, Body=body)["ETag"]
        lines.append({"PartNumber": number, "ETag": tag})
        server.kill()
        server = start()
        client = boto(server)
    client.complete_multipart_upload(**upload, MultipartUpload={"Parts": lines})
    server.kill()
    assert read(boto(start()), "parts") == b"".join(bodies)


def test_unfinished_upload_takes_no_room_after_kill_9(start, tmp_path):
    server = start()
    boto(server).create_bucket(Bucket=BUCKET)
    before = disk_bytes(tmp_path / "data")
    url = presign(server, "PUT", object_url(server, BUCKET, "half"))
    head = f"PUT {url.split(server.host, 1)[1]} HTTP/1.1\r\nHost: {server.host}\r\n"
    with connect(server) as stream:
        stream.sendall(f"{head}Content-Length: {64 * MIB}\r\n\r\n".encode())
        stream.sendall(b"x" * 32 * MIB)
        until(lambda: disk_bytes(tmp_path / "data") > before + 8 * MIB, what="bytes on disk")
        server.kill()
    client = boto(start())
    assert keys_in(client) == set()
    until(lambda: disk_bytes(tmp_path / "data") < before + MIB, what="the room being freed")


def disk_bytes(folder):
    """What the files under a folder take on disk."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(parent, name)).st_blocks * 512
            except FileNotFoundError:
                pass
    return total


def test_stop_lets_a_slow_download_finish(start):
    server = start()
    client = boto(server)
    client.create_bucket(Bucket=BUCKET)
    body = os.urandom(64 * MIB)
    client.put_object(Bucket=BUCKET, Key="slow", Body=body)
    url = presign(server, "GET", object_url(server, BUCKET, "slow"))
    target = url.split(server.host, 1)[1]
    with connect(server) as stream:
        stream.sendall(f"GET {target} HTTP/1.1\r\nHost: {server.host}\r\n\r\n".encode())
        received = stream.recv(65536)
        assert received.startswith(b"HTTP/1.1 200 ")
        server.child.send_signal(signal.SIGTERM)
        until(lambda: refuses_connections(server), what="no new connections")
        assert server.child.poll() is None
        length = int(re.search(rb"(?i)content-length: (\d+)", received).group(1))
        whole = received.split(b"\r\n\r\n", 1)[1]
        pieces = [whole]
        missing = length - len(whole)
        while missing:
            piece = stream.recv(min(missing, 1 << 20))
            assert piece, f"{missing} bytes never came"
            pieces.append(piece)
            missing -= len(piece)
    assert b"".join(pieces) == body
    assert server.wait() == 0


def refuses_connections(server):
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=5).close()
    except ConnectionError:
        return True
    return False


def test_stop_lets_an_upload_finish(start):
    server = start()
    boto(server).create_bucket(Bucket=BUCKET)
    url = presign(server, "PUT", object_url(server, BUCKET, "late"))
    head = f"PUT {url.split(server.host, 1)[1]} HTTP/1.1\r\nHost: {server.host}\r\n"
    with connect(server) as stream:
        head += f"Content-Length: {2 * MIB}\r\nExpect: 100-continue\r\n\r\n"
        stream.sendall(head.encode())
        assert stream.recv(4096).startswith(b"HTTP/1.1 100 ")
        stream.sendall(b"x" * MIB)
        server.child.send_signal(signal.SIGTERM)
        until(lambda: refuses_connections(server), what="no new connections")
        stream.sendall(b"y" * MIB)
        assert stream.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert server.wait() == 0
    assert read(boto(start()), "late") == b"x" * MIB + b"y" * MIB


def test_read_goes_on_while_the_object_is_replaced_and_deleted(s3, bucket):
    old = os.urandom(32 * MIB)
    s3.put_object(Bucket=bucket, Key="key", Body=old)
    stream = s3.get_object(Bucket=bucket, Key="key")["Body"]
    first = stream.read(1000)
    s3.put_object(Bucket=bucket, Key="key", Body=b"new")
    s3.delete_object(Bucket=bucket, Key="key")
    assert first + stream.read() == old


@pytest.mark.parametrize("size", [SMALL, MIDDLE])
def test_readers_see_the_old_object_or_the_new_one_whole(s3, bucket, size):
    bodies = [bytes([number]) * size for number in range(4)]
    s3.put_object(Bucket=bucket, Key="key", Body=bodies[0])
    done, torn = threading.Event(), []

    def watch():
        while not done.is_set():
            seen = s3.get_object(Bucket=bucket, Key="key")["Body"].read()
            if seen not in bodies:
                torn.append(len(seen))

    readers = [threading.Thread(target=watch) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(100):
        s3.put_object(Bucket=bucket, Key="key", Body=bodies[number % 4])
    done.set()
    for reader in readers:
        reader.join(timeout=60)
        assert not reader.is_alive()
    assert torn == []


def test_one_of_many_racing_creators_wins(s3, bucket):
    outcomes, barrier = [], threading.Barrier(12)

    def create(number):
        barrier.wait()
        try:
            s3.put_object(Bucket=bucket, Key="once", Body=str(number).encode(), IfNoneMatch="*")
            outcomes.append(number)
        except s3.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] in (
                "PreconditionFailed",
                "ConditionalRequestConflict",
            )

    threads = [threading.Thread(target=create, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(outcomes) == 1
    assert s3.get_object(Bucket=bucket, Key="once")["Body"].read() == str(outcomes[0]).encode()


def test_health_is_good_after_all_this(server):
    assert ask("GET", f"{server.url}/-/health").status == 200
