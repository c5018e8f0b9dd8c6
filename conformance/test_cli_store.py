"""`hallpass store`: looking at a store and copying it, also while it is served."""

import fcntl
import json
import threading

import pytest

from support.clients import MIB, boto
from support.process import environment, run
from support.waiting import until

BUCKET = "kept"


@pytest.fixture
def store(tmp_path):
    """Runs `hallpass store` on the folder of this test and returns the completed process."""

    def look(command, *arguments, data=tmp_path / "data"):
        return run("store", command, data, *arguments, env=environment(tmp_path))

    return look


@pytest.fixture
def furnished(start):
    """A server with two objects and a copy, and its client."""
    server = start()
    client = boto(server)
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key="small", Body=b"s")
    client.put_object(Bucket=BUCKET, Key="large", Body=b"l" * MIB)
    client.copy_object(Bucket=BUCKET, Key="copy", CopySource=f"{BUCKET}/large")
    return server, client


def figures(done):
    """The last line of the JSON."""
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return json.loads(done.stdout.splitlines()[-1])


def blobs(data):
    return [path for path in data.glob("blobs/*/*") if path.is_file()]


def test_stat_counts_while_the_store_is_served(furnished, store):
    counted = figures(store("stat", "--json"))
    assert (counted["buckets"], counted["objects"], counted["files"]) == (1, 3, 1)
    assert counted["object_bytes"] == 2 * MIB + 1
    assert counted["file_bytes"] == MIB
    assert "objects   3, 2.00 MiB (2097153 bytes)" in store("stat").stdout


@pytest.mark.parametrize("command", ["check", "scrub"])
def test_store_that_is_well_is_said_to_be(furnished, store, command):
    server, _ = furnished
    for _ in range(2):
        assert figures(store(command, "--json"))["findings"] == 0
        server.stop()


def test_damaged_object_is_named_by_scrub_refused_by_get_and_can_be_replaced(
    furnished, store, tmp_path
):
    _, client = furnished
    (path,) = blobs(tmp_path / "data")
    with open(path, "r+b") as file:
        file.seek(MIB // 2)
        file.write(b"x")
    assert figures(store("check", "--json"))["findings"] == 0
    done = store("scrub", "--json")
    assert done.returncode == 1
    *found, last = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(f["fault"], f["bucket"], f["key"]) for f in found] == [
        ("damaged", BUCKET, "copy"),
        ("damaged", BUCKET, "large"),
    ]
    assert last["findings"] == 2
    done = store("scrub")
    assert done.returncode == 1
    assert done.stdout.startswith(f"s3://{BUCKET}/copy: the bytes of the file {path.name}")
    assert done.stderr.splitlines()[0] == "error: 2 found to be wrong in the store"
    with pytest.raises(Exception, match="Connection broken|IncompleteRead|closed"):
        client.get_object(Bucket=BUCKET, Key="large")["Body"].read()
    client.put_object(Bucket=BUCKET, Key="large", Body=b"l" * MIB)
    client.delete_object(Bucket=BUCKET, Key="copy")
    assert figures(store("scrub", "--json"))["findings"] == 0


def test_missing_file_and_leftover_are_found_by_check(furnished, store, tmp_path):
    (path,) = blobs(tmp_path / "data")
    path.rename(path.parent / (path.parent.name + "0" * 30))
    done = store("check", "--json")
    assert done.returncode == 1
    *found, _ = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(finding["fault"] for finding in found) == ["missing", "unneeded"]


def test_server_says_what_its_own_check_finds(start, tmp_path):
    server = start("--check-every", "1s")
    client = boto(server)
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key="large", Body=b"l" * MIB)
    well = " rows, 1 files, nothing wrong\n"
    until(lambda: any(line.endswith(well) for line in server.complaints), what="a check")
    (path,) = blobs(tmp_path / "data")
    path.unlink()
    missing = f"check: the file {path.name} is missing\n"
    until(lambda: missing in server.complaints, what="the finding")
    assert server.stop() == 0


@pytest.mark.parametrize("links", [[], ["--link"]])
def test_backup_under_load_is_restored_to_one_moment(start, store, tmp_path, links):
    """Each round replaces two objects in turn, so that they are at most one round apart."""
    server = start()
    client = boto(server)
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key="before", Body=b"b" * MIB)

    def write(number):
        for key in ("first", "second"):
            body = f"{number:08}".encode() * 40_000
            client.put_object(Bucket=BUCKET, Key=key, Body=body)

    write(0)
    done = threading.Event()

    def write_on():
        number = 0
        while not done.is_set():
            number += 1
            write(number)

    writer = threading.Thread(target=write_on, daemon=True)
    writer.start()
    try:
        for number in range(3):
            to = tmp_path / f"backup{number}"
            assert figures(store("backup", to, "--json", *links))["objects"] == 3
            assert figures(store("scrub", "--json", data=to))["findings"] == 0
            assert figures(store("check", "--json", data=to))["findings"] == 0
            restored = boto(start(data=to))
            first, second, before = (
                restored.get_object(Bucket=BUCKET, Key=key)["Body"].read()
                for key in ("first", "second", "before")
            )
            assert before == b"b" * MIB
            assert first == first[:8] * 40_000 and second == second[:8] * 40_000
            assert int(first[:8]) - int(second[:8]) in (0, 1)
            restored.put_object(Bucket=BUCKET, Key="first", Body=b"goes on")
            restored.delete_object(Bucket=BUCKET, Key="before")
    finally:
        done.set()
        writer.join(timeout=60)
    assert client.get_object(Bucket=BUCKET, Key="before")["Body"].read() == b"b" * MIB
    # What was kept for the backups has left the disk.
    until(lambda: len(blobs(tmp_path / "data")) == 3, what="the replaced files being removed")
    assert figures(store("check", "--json"))["findings"] == 0


def test_backup_brings_the_credentials_along(spawn, store, tmp_path):
    process = spawn(
        "serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", env=environment(tmp_path)
    )
    process.line("listening on ")
    assert figures(store("backup", tmp_path / "copy", "--json"))["objects"] == 0
    original, copied = tmp_path / "data/root-credentials", tmp_path / "copy/root-credentials"
    assert copied.read_text() == original.read_text()
    assert copied.stat().st_mode == original.stat().st_mode


def test_no_file_leaves_while_a_backup_keeps_all_and_each_does_after(furnished, store, tmp_path):
    _, client = furnished
    data = tmp_path / "data"
    with open(data / "keep", "a") as keep:
        fcntl.flock(keep, fcntl.LOCK_SH)
        for key in ("large", "copy"):
            client.delete_object(Bucket=BUCKET, Key=key)
        client.put_object(Bucket=BUCKET, Key="new", Body=b"n" * MIB)
        until(lambda: figures(store("check", "--json"))["staged"] == 0, what="the new file in place")
        assert len(blobs(data)) == 2
        assert figures(store("stat", "--json"))["garbage"] == 1
    until(lambda: len(blobs(data)) == 1, what="the removal of what was kept")


@pytest.mark.parametrize("command", ["stat", "check", "scrub"])
def test_folder_without_a_store_is_said(store, tmp_path, command):
    (tmp_path / "empty").mkdir()
    for name in ("absent", "empty"):
        done = store(command, data=tmp_path / name)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"`{tmp_path / name}` holds no store" in done.stderr
    assert not (tmp_path / "absent").exists()
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize(
    "marker, said",
    [
        ("hallpass store 99\n", "was written by a later version"),
        ("something else\n", "holds other files than a store"),
    ],
)
def test_store_of_another_format_is_refused_with_a_sentence(start, store, tmp_path, marker, said):
    assert start().stop() == 0
    data = tmp_path / "data"
    (data / "hallpass-store").write_text(marker)
    serve = run("serve", "--data", data, "--listen", "127.0.0.1:0", env=environment(tmp_path))
    for done in (serve, store("stat"), store("backup", tmp_path / "copy")):
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr.splitlines()[0]


def test_folder_of_other_files_is_refused_and_left_alone(store, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "thesis.tex").write_text("x")
    serve = run("serve", "--data", data, "--listen", "127.0.0.1:0", env=environment(tmp_path))
    for done in (serve, store("check")):
        assert (done.returncode, done.stdout) == (1, "")
        assert "holds other files than a store" in done.stderr.splitlines()[0]
    assert [path.name for path in data.iterdir()] == ["thesis.tex"]
