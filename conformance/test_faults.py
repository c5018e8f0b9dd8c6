"""Disks that are full, read-only or broken: a clear error, nothing lost, and back to work after."""

import os

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from support.clients import boto, refused
from support.faults import beside, disk_filled, failing, on_small_disk, read_only, seen_by
from support.process import environment, run
from support.waiting import until

BUCKET = "faults"
SMALL, LARGE = 3000, 300_000
# The most that has no file of its own, and what a file of the index's log takes.
SMALL_MAX, LOG_BYTES = 8164, 8 << 20


def body_of(key, size):
    return (key.encode() * size)[:size]


def assert_whole(client, stored):
    for key, size in stored.items():
        assert client.get_object(Bucket=BUCKET, Key=key)["Body"].read() == body_of(key, size)
    listed = {entry["Key"] for entry in list_all(client)}
    assert listed == set(stored)


def list_all(client):
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return [entry for page in pages for entry in page.get("Contents", [])]


def put(client, stored, key, size):
    client.put_object(Bucket=BUCKET, Key=key, Body=body_of(key, size))
    stored[key] = size


def assert_has_no_room(call, *arguments, **parameters):
    status, error = refused(call, *arguments, **parameters)
    assert (status, error["Code"]) == (503, "ServiceUnavailable"), error
    assert "no space left" in error["Message"]


def assert_internal_error(call, *arguments, **parameters):
    status, error = refused(call, *arguments, **parameters)
    assert (status, error["Code"]) == (500, "InternalError"), error


def assert_nothing_is_found(data, under=()):
    for command in ("check", "scrub"):
        done = run("store", command, data, env=environment(data.parent), under=under)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.fixture
def small(start, tmp_path):
    """A server on a disk of 192 MiB, and its folder as we see it."""
    data = tmp_path / "data"
    data.mkdir()
    server = start(data=data, under=on_small_disk(data, 192))
    boto(server).create_bucket(Bucket=BUCKET)
    return server, seen_by(server, data)


def test_full_disk_refuses_writes_serves_reads_and_can_be_emptied(small, tmp_path):
    server, data = small
    client, stored = boto(server), {}
    for size in (LARGE, SMALL):
        with pytest.raises(ClientError):
            for number in range(10_000):
                put(client, stored, f"{size}-{number}", size)
    assert len(stored) > 200
    assert_has_no_room(client.put_object, Bucket=BUCKET, Key="l", Body=bytes(LARGE))
    assert_has_no_room(client.put_object, Bucket=BUCKET, Key="s", Body=bytes(SMALL))
    assert_has_no_room(client.create_bucket, Bucket="another")
    assert_whole(client, stored)
    for key in list(stored)[::2] + list(stored)[1::4]:
        client.delete_object(Bucket=BUCKET, Key=key)
        del stored[key]
    put(client, stored, "again", LARGE)
    put(client, stored, "and again", SMALL)
    assert_whole(client, stored)
    assert_nothing_is_found(tmp_path / "data", beside(server))


def test_disk_without_a_block_refuses_writes_and_recovers(small, tmp_path):
    server, data = small
    client, stored = boto(server), {}
    for number in range(20):
        put(client, stored, f"k{number}", LARGE if number % 2 else SMALL)
    with disk_filled(data):
        for size in (SMALL, LARGE, 20 * LARGE):
            assert_has_no_room(client.put_object, Bucket=BUCKET, Key="new", Body=bytes(size))
            assert_has_no_room(client.put_object, Bucket=BUCKET, Key="k0", Body=bytes(size))
        assert_whole(client, stored)
    put(client, stored, "k0", LARGE)
    put(client, stored, "new", SMALL)
    client.delete_object(Bucket=BUCKET, Key="k1")
    del stored["k1"]
    assert_whole(client, stored)
    assert_nothing_is_found(tmp_path / "data", beside(server))


@pytest.fixture
def broken(start, tmp_path):
    """A server with some objects, its client, what it stored, and the folder."""
    server = start()
    client, stored = boto(server), {}
    client.create_bucket(Bucket=BUCKET)
    for number in range(6):
        put(client, stored, f"k{number}", LARGE if number % 2 else SMALL)
    return server, client, stored, tmp_path / "data"


def assert_back_to_work(start, server, client, stored, data):
    """What was refused has left no trace, now and after a restart."""
    assert_whole(client, stored)
    put(client, stored, "after", LARGE)
    put(client, stored, "k0", SMALL)
    server.kill()
    client = boto(start())
    assert_whole(client, stored)
    put(client, stored, "last", LARGE)
    assert_nothing_is_found(data)


def logs(data):
    return data / "index/log.0", data / "index/log.1"


def test_failed_sync_of_the_log_is_an_error_and_stores_nothing(start, broken):
    server, client, stored, data = broken
    with failing(server, "fdatasync", "EIO", *logs(data)):
        for key, size in (("new", SMALL), ("k0", LARGE), ("big", LARGE)):
            assert_internal_error(client.put_object, Bucket=BUCKET, Key=key, Body=bytes(size))
        assert_internal_error(client.delete_object, Bucket=BUCKET, Key="k1")
        assert_whole(client, stored)
    put(client, stored, "k2", SMALL)
    until(lambda: list((data / "staging").iterdir()) == [], what="files in doubt to be gone")
    assert_back_to_work(start, server, client, stored, data)


def test_failed_write_of_the_log_is_an_error_and_stores_nothing(start, broken):
    server, client, stored, data = broken
    with failing(server, "pwrite64", "EIO", *logs(data)):
        for key, size in (("new", SMALL), ("k0", LARGE), ("big", LARGE)):
            assert_internal_error(client.put_object, Bucket=BUCKET, Key=key, Body=bytes(size))
        assert_internal_error(client.delete_object, Bucket=BUCKET, Key="k1")
        assert_whole(client, stored)
    assert list((data / "staging").iterdir()) == []
    assert_back_to_work(start, server, client, stored, data)


@pytest.mark.parametrize("call", ["fdatasync", "fsync"])
def test_failed_sync_of_content_is_an_error_and_stores_nothing(start, broken, call):
    server, client, stored, data = broken
    paths = [data / "staging"] if call == "fsync" else []
    with failing(server, call, "EIO", *paths):
        for key in ("new", "k1"):
            assert_internal_error(client.put_object, Bucket=BUCKET, Key=key, Body=bytes(LARGE))
        assert_whole(client, stored)
    assert list((data / "staging").iterdir()) == []
    assert_back_to_work(start, server, client, stored, data)


def fill_the_log(client, stored):
    """Writes more than both files of the log hold, each time to the same few keys."""
    for number in range(2 * LOG_BYTES // SMALL_MAX + 1):
        put(client, stored, f"s{number % 8}", SMALL_MAX)


@pytest.mark.parametrize("call", ["pwrite64,writev,pwritev", "fdatasync"])
def test_tree_that_cannot_be_written_refuses_writes_when_the_log_is_full_and_loses_nothing(
    start, broken, call
):
    server, client, stored, data = broken
    with failing(server, call, "EIO", data / "index/data.mdb"):
        with pytest.raises(ClientError) as caught:
            fill_the_log(client, stored)
        assert caught.value.response["Error"]["Code"] == "InternalError"
        assert_internal_error(client.delete_object, Bucket=BUCKET, Key="k1")
        assert_whole(client, stored)
    server.kill()
    client = boto(start())
    assert_whole(client, stored)
    fill_the_log(client, stored)
    assert_whole(client, stored)
    assert_nothing_is_found(data)


def test_disk_that_became_read_only_refuses_writes_and_serves_reads(start, broken):
    server, client, stored, data = broken
    index = (data / "index/data.mdb", *logs(data))
    with failing(server, "pwrite64,writev,write", "EROFS", *index):
        assert_internal_error(client.put_object, Bucket=BUCKET, Key="new", Body=bytes(SMALL))
        assert_internal_error(client.put_object, Bucket=BUCKET, Key="big", Body=bytes(LARGE))
        assert_internal_error(client.delete_object, Bucket=BUCKET, Key="k1")
        assert_whole(client, stored)
    server.kill()
    client = boto(start())
    assert_whole(client, stored)
    put(client, stored, "after", LARGE)


def test_read_that_fails_ends_in_an_error_and_never_in_other_bytes(start, broken):
    server, client, stored, data = broken
    with failing(server, "preadv2,pread64,sendfile", "EIO"):
        with pytest.raises((ClientError, BotoCoreError)) as caught:
            client.get_object(Bucket=BUCKET, Key="k1")["Body"].read()
        if isinstance(caught.value, ClientError):
            assert caught.value.response["Error"]["Code"] == "InternalError"
        assert client.get_object(Bucket=BUCKET, Key="k0")["Body"].read() == body_of("k0", SMALL)
    assert_back_to_work(start, server, client, stored, data)


def test_folder_that_takes_no_writes_is_said(broken, spawn, tmp_path):
    server, _, _, data = broken
    assert server.stop() == 0
    command = ("serve", "--data", data, "--listen", "127.0.0.1:0")
    process = spawn(*command, env=environment(tmp_path), under=read_only(data))
    assert process.wait() == 1
    said = "".join(process.complaints)
    assert "error: cannot open the store" in said and os.strerror(30).lower() in said.lower()
