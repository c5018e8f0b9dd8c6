"""`hallpass share`: one file, one link, until it expires or the sharing ends."""

import os
import re
import signal
import uuid
from urllib.parse import unquote, urlsplit

import pytest

from support.process import environment, run
from support.wire import ask
from test_cli_serve import assert_complains

URL = re.compile(r"https?://\S+")


@pytest.fixture
def file(tmp_path):
    """A file to share."""
    path = tmp_path / "a report \ud55c.pdf"
    path.write_bytes(os.urandom(1_000_000))
    return path


@pytest.fixture
def share(spawn, tmp_path):
    """Starts `hallpass share` in a folder of its own and returns the process with its URL."""

    def start(*arguments):
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        process = spawn(
            "share", *arguments, "--listen", "127.0.0.1:0", env=environment(tmp_path), cwd=work
        )
        process.url = URL.search(process.line("X-Amz-Signature=", seconds=60)).group()
        return process

    return start


def key_of(url):
    return unquote(urlsplit(url).path).split("/", 2)[2]


def test_shared_file_is_served_to_whoever_has_the_link(share, file):
    url = share(file).url
    for _ in range(2):
        answer = ask("GET", url)
        assert (answer.status, answer.body) == (200, file.read_bytes())
    part = ask("GET", url, {"Range": "bytes=999990-"})
    assert (part.status, part.body) == (206, file.read_bytes()[-10:])


def test_link_is_the_only_way_in(share, file):
    url = share(file).url
    bare = url.split("?")[0]
    assert ask("GET", bare).status == 403
    assert ask("GET", bare.rsplit("/", 1)[0]).status == 403
    assert ask("PUT", url, body=b"x").status == 403
    assert ask("DELETE", url).status == 403
    assert ask("GET", url).body == file.read_bytes()


def test_link_cannot_be_guessed(share, file):
    key = key_of(share(file).url)
    found = re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", key)
    assert found, key
    assert uuid.UUID(found.group()).version == 4


def test_time_of_expiry_is_signed_and_said(share, file):
    process = share(file, "--expires", "2h")
    assert "X-Amz-Expires=7200&" in process.url
    said = process.line("until")
    assert re.search(r"\d{2}:\d{2}", said), said


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
def test_sharing_ends_with_the_process(share, file, with_signal):
    process = share(file)
    assert ask("GET", process.url).status == 200
    assert process.stop(with_signal) == 0
    with pytest.raises(ConnectionRefusedError):
        ask("GET", process.url)


def test_store_is_where_it_was_wanted(share, file, tmp_path):
    process = share(file)
    assert (tmp_path / "work" / "hallpass-data").is_dir()
    assert process.stop() == 0
    share(file, "--data", tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere").is_dir()


def test_second_share_may_use_the_store_of_the_first(share, file, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"other")
    assert share(file).stop() == 0
    assert ask("GET", share(other).url).body == b"other"


def test_large_file_is_shared_whole(share, tmp_path):
    large = tmp_path / "large"
    large.write_bytes(os.urandom(40_000_000))
    assert ask("GET", share(large).url).body == large.read_bytes()


def test_empty_file_is_shared(share, tmp_path):
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    answer = ask("GET", share(empty).url)
    assert (answer.status, answer.body) == (200, b"")


def share_to(server, tmp_path, *arguments, **variables):
    env = environment(
        tmp_path,
        AWS_ACCESS_KEY_ID=server.key_id,
        AWS_SECRET_ACCESS_KEY=variables.get("secret", server.secret),
        AWS_ENDPOINT_URL=server.url,
        AWS_REGION="us-east-1",
    )
    return run("share", *arguments, env=env, cwd=tmp_path)


@pytest.mark.parametrize("size", [0, 10, 40_000_000])
def test_share_to_a_bucket_uploads_and_ends(server, s3, bucket, tmp_path, size):
    file = tmp_path / "report.txt"
    file.write_bytes(os.urandom(size))
    done = share_to(server, tmp_path, file, "--to", f"s3://{bucket}/shared/", "--expires", "1h")
    assert done.returncode == 0, done.stderr
    url = URL.search(done.stdout).group()
    assert ask("GET", url).body == file.read_bytes()
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert keys == [key_of(url)]
    assert keys[0].startswith("shared/")
    assert not (tmp_path / "hallpass-data").exists()


def test_share_to_what_says_no_exits_with_3(server, bucket, tmp_path, file):
    done = share_to(server, tmp_path, file, "--to", f"s3://{bucket}/", secret="wrong")
    assert_complains(done, 3)


def test_share_for_more_than_a_week_is_refused_before_anything_is_sent(
    server, s3, bucket, tmp_path, file
):
    done = share_to(server, tmp_path, file, "--to", f"s3://{bucket}/", "--expires", "8d")
    assert_complains(done, 3)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_share_of_what_is_not_there_is_said(server, bucket, tmp_path):
    missing = tmp_path / "missing"
    assert_complains(share_to(server, tmp_path, missing, "--to", f"s3://{bucket}/"), 1)
    done = run("share", missing, "--listen", "127.0.0.1:0", env=environment(tmp_path), cwd=tmp_path)
    assert_complains(done, 1)
    assert not (tmp_path / "hallpass-data").exists()


def test_share_where_nobody_answers_is_said(bucket, tmp_path, file):
    env = environment(
        tmp_path,
        AWS_ACCESS_KEY_ID="AKIA",
        AWS_SECRET_ACCESS_KEY="s",
        AWS_ENDPOINT_URL="http://127.0.0.1:1",
    )
    assert_complains(run("share", file, "--to", f"s3://{bucket}/", env=env), 1)
