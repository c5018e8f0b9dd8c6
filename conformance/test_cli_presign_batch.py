"""`hallpass presign --batch`: many URLs at once, from lines of stdin or from a listing."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.clients import curl
from support.names import CRUEL_KEYS, many_keys
from support.process import binary, environment
from support.wire import ask

LINE_KEYS = {name: key for name, key in CRUEL_KEYS.items() if "\n" not in key}


@pytest.fixture
def batch(here, tmp_path):
    """Runs `hallpass presign get --batch` with `lines` on stdin and returns the lines it prints."""
    env = environment(tmp_path, **here)

    def run_batch(*arguments, lines=(), code=0):
        done = subprocess.run(
            [binary(), "presign", "get", "--batch", *arguments],
            env=env,
            input="\n".join(lines).encode(),
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stderr
        run_batch.said = done.stderr.decode()
        return done.stdout.decode().splitlines()

    return run_batch


def put_all(s3, bucket, keys):
    """Stores each key as the content of its object."""
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda key: s3.put_object(Bucket=bucket, Key=key, Body=key.encode()), keys))


def test_each_line_becomes_a_url_that_opens_its_object(batch, s3, bucket):
    keys = [*LINE_KEYS.values(), *many_keys(100)]
    put_all(s3, bucket, keys)
    urls = batch(lines=[f"s3://{bucket}/{key}" for key in keys])
    assert [ask("GET", url).body.decode() for url in urls] == keys
    assert batch.said == ""
    assert curl(urls[0]).body.decode() == keys[0]


def test_listed_prefix_becomes_urls_of_all_its_pages(batch, s3, bucket):
    keys = sorted(CRUEL_KEYS.values(), key=lambda key: key.encode())
    many = [f"many/{number:04} \ud55c+" for number in range(2345)]
    put_all(s3, bucket, [*keys, *many])
    lines = batch(f"s3://{bucket}/many/", "--json")
    assert [json.loads(line)["s3"] for line in lines] == [f"s3://{bucket}/{key}" for key in many]
    for line in (lines[0], lines[999], lines[1000], lines[-1]):
        line = json.loads(line)
        assert f"s3://{bucket}/{ask('GET', line['url']).body.decode()}" == line["s3"]
    everything = batch(f"s3://{bucket}")
    assert len(everything) == len(keys) + len(many)
    cruel = [url for url in everything if "/many/" not in url]
    assert [ask("GET", url).body.decode() for url in cruel] == keys
    assert len(batch(f"s3://{bucket}/many/1")) == 1000


def test_empty_prefix_is_no_failure_and_an_absent_bucket_is(batch, bucket):
    assert batch(f"s3://{bucket}/nothing/") == []
    assert batch(f"s3://{bucket}-absent/", code=3) == []
    assert batch.said.startswith("error: ListObjectsV2 was refused: 404 NoSuchBucket")


def test_bad_line_ends_it_and_is_named(batch, s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"hello")
    good = f"s3://{bucket}/key"
    urls = batch(lines=[good, "", good, f"s3://{bucket}", good], code=1)
    assert [ask("GET", url).body for url in urls] == [b"hello"] * 2
    assert batch.said.startswith("error: line 4: "), batch.said


def test_same_moment_makes_the_same_urls(batch):
    lines = [f"s3://bucket/{number}" for number in range(5000)]
    first = batch("--at", "20260102T030405Z", lines=lines)
    assert first == batch("--at", "20260102T030405Z", lines=lines)
    assert len(set(first)) == len(lines)


def test_reader_that_has_enough_ends_it_quietly(here, tmp_path):
    env = environment(tmp_path, **here)
    command = f"yes s3://bucket/key | {binary()} presign get --batch | head -3"
    done = subprocess.run(
        ["bash", "-c", f"{command}; exit ${{PIPESTATUS[1]}}"],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 3)
