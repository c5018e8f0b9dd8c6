"""`hallpass serve`: starting, root credentials, stopping, and how it says what is wrong."""

import re
import signal
import stat

import pytest

from support.clients import boto, refused
from support.presigning import object_url, presign
from support.process import environment, read_url, run
from support.wire import ask, health


def assert_complains(done, code):
    """It ended with `code` and two lines on stderr, the error and the way on."""
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert done.stdout == ""
    error, hint = done.stderr.splitlines()
    assert re.match(r"(hallpass: )?error: \S", error), done.stderr
    assert re.match(r"(hallpass: )?hint: \S", hint), done.stderr


def read_credentials(data):
    """The key id and the secret in the file of root credentials."""
    lines = (data / "root-credentials").read_text().splitlines()
    assert lines[0] == "[default]"
    pairs = dict(line.split(" = ") for line in lines[1:] if line)
    assert pairs.keys() == {"aws_access_key_id", "aws_secret_access_key"}
    return pairs["aws_access_key_id"], pairs["aws_secret_access_key"]


@pytest.fixture
def serve(spawn, tmp_path):
    """Starts a server that makes its own root credentials and returns (process, URL)."""

    def start(*arguments):
        env = environment(tmp_path)
        data = tmp_path / "deep" / "data"
        process = spawn("serve", "--data", data, "--listen", "127.0.0.1:0", *arguments, env=env)
        process.url = read_url(process)
        process.key_id, process.secret = read_credentials(data)
        return process

    return start


def test_ready_server_is_healthy_and_says_where(serve):
    process = serve()
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*", process.url)
    assert health(process) == 200


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_idle_server_ends_at_once_when_told(serve, with_signal):
    assert serve().stop(with_signal) == 0


def test_root_credentials_are_made_once_and_kept_private(serve, tmp_path):
    first = serve()
    file = tmp_path / "deep" / "data" / "root-credentials"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    boto(first).create_bucket(Bucket="kept")
    assert first.stop() == 0
    second = serve()
    assert (second.key_id, second.secret) == (first.key_id, first.secret)
    assert boto(second).head_bucket(Bucket="kept")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_root_credentials_differ_from_one_store_to_the_next(spawn, tmp_path):
    made = set()
    for name in ("one", "two"):
        data = tmp_path / name
        read_url(
            spawn("serve", "--data", data, "--listen", "127.0.0.1:0", env=environment(tmp_path))
        )
        made.add(read_credentials(data))
    assert len({key_id for key_id, _ in made}) == len({secret for _, secret in made}) == 2


def test_secret_is_never_printed(serve):
    process = serve()
    ask("GET", f"{process.url}/bucket/key?X-Amz-Signature=0")
    boto(process).list_buckets()
    process.stop()
    assert process.secret not in "".join(process.said + process.complaints)


def test_credentials_of_the_environment_are_root(start):
    running = start(
        key_id="AKIAANOTHER000000000", secret="another/secret+0123456789012345678901234"
    )
    boto(running).create_bucket(Bucket="mine")
    status, error = refused(boto(running, secret="wrong").list_buckets)
    assert (status, error["Code"]) == (403, "SignatureDoesNotMatch")


def test_objects_and_buckets_are_there_after_a_restart(start):
    first = start()
    client = boto(first)
    client.create_bucket(Bucket="kept")
    bodies = {"small": b"x", "large": b"y" * 3_000_000, "a b+\ud55c": b"z"}
    for key, body in bodies.items():
        client.put_object(Bucket="kept", Key=key, Body=body, Metadata={"size": str(len(body))})
    upload = client.create_multipart_upload(Bucket="kept", Key="parts")["UploadId"]
    part = client.upload_part(Bucket="kept", Key="parts", UploadId=upload, PartNumber=1, Body=b"p")
    assert first.stop() == 0
    client = boto(start())
    for key, body in bodies.items():
        got = client.get_object(Bucket="kept", Key=key)
        assert got["Body"].read() == body
        assert got["Metadata"] == {"size": str(len(body))}
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    client.complete_multipart_upload(
        Bucket="kept", Key="parts", UploadId=upload, MultipartUpload=parts
    )
    assert client.get_object(Bucket="kept", Key="parts")["Body"].read() == b"p"


def test_url_signed_before_a_restart_works_after_it(start):
    first = start()
    client = boto(first)
    client.create_bucket(Bucket="kept")
    client.put_object(Bucket="kept", Key="key", Body=b"x")
    url = presign(first, "GET", object_url(first, "kept", "key"))
    assert first.stop() == 0
    second = start(listen=first.host)
    assert second.url == first.url
    assert ask("GET", url).body == b"x"


def test_region_is_the_operators_choice(start):
    running = start("--region", "eu-west-1")
    url = f"{running.url}/"
    assert ask("GET", presign(running, "GET", url, region="eu-west-1")).status == 200
    answer = ask("GET", presign(running, "GET", url, region="us-east-1"))
    assert (answer.status, answer.error["Region"]) == (400, "eu-west-1")


def test_two_servers_cannot_share_a_store(start, tmp_path):
    start()
    env = environment(tmp_path)
    done = run("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", env=env)
    assert_complains(done, 1)


def test_address_in_use_is_said(server, tmp_path):
    done = run(
        "serve", "--data", tmp_path / "d", "--listen", server.host, env=environment(tmp_path)
    )
    assert_complains(done, 1)


def test_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("x")
    data = tmp_path / "file" / "data"
    done = run("serve", "--data", data, "--listen", "127.0.0.1:0", env=environment(tmp_path))
    assert_complains(done, 1)


@pytest.mark.parametrize(
    "arguments", [["serve", "--no-such"], ["serve", "--listen", "nowhere"], ["surf"]]
)
def test_wrong_usage_exits_with_2(tmp_path, arguments):
    done = run(*arguments, env=environment(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["--version"]])
def test_help_and_version_go_to_stdout(tmp_path, arguments):
    done = run(*arguments, env=environment(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "hallpass" in done.stdout
