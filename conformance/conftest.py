"""The conformance suite: real clients against the real release binary, over real sockets.

Run it with `cargo xtask conform`. Each file is one client or one topic. Two servers serve the
whole session, one of them with the legacy SigV2 allowed; tests that stop or kill a server start
their own. Each test gets a bucket of its own, so that no test can see another.
"""

import os
import tempfile
import uuid
from pathlib import Path

import pytest

# No setting of the machine's owner may reach the clients in this process.
for _name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[_name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

from support.clients import Aws, boto  # noqa: E402
from support.process import (  # noqa: E402
    Process,
    Server,
    assert_nothing_else_is_said,
    environment,
    run,
)

# The example credentials of the AWS documentation.
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def pytest_sessionfinish(session, exitstatus):
    """A run in which something was skipped did not pass."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == pytest.ExitCode.OK and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _serve(*arguments):
    with tempfile.TemporaryDirectory(prefix="hallpass-") as folder:
        running = Server(Path(folder, "data"), *arguments, key_id=KEY_ID, secret=SECRET)
        try:
            yield running
            assert running.child.poll() is None, "the server died: " + "".join(running.complaints)
        finally:
            running.end()


@pytest.fixture(scope="session")
def server():
    """A server as `hallpass serve` starts it."""
    yield from _serve()


@pytest.fixture(scope="session")
def legacy_server():
    """A server that also takes the legacy signature version 2."""
    yield from _serve("--allow-sigv2")


@pytest.fixture(scope="session")
def s3(server):
    """The boto3 client of the server's root."""
    return boto(server)


def new_bucket(client):
    """Creates a bucket and returns its name."""
    name = f"bucket-{uuid.uuid4()}"
    client.create_bucket(Bucket=name)
    return name


@pytest.fixture
def bucket(s3):
    """A bucket of this test's own."""
    return new_bucket(s3)


@pytest.fixture
def other_bucket(s3):
    """One more bucket of this test's own."""
    return new_bucket(s3)


@pytest.fixture
def aws(server, tmp_path):
    """The AWS command line, at home in a folder of this test's own."""
    home = tmp_path / "home"
    home.mkdir()
    return Aws(server, home)


@pytest.fixture
def sign(tmp_path):
    """Runs `hallpass presign`, which has to print one URL and nothing else, and returns it."""

    def run_presign(*arguments, **variables):
        done = run("presign", *arguments, env=environment(tmp_path, **variables))
        assert_nothing_else_is_said(done, arguments)
        assert done.stdout.count("\n") == 1
        return done.stdout.rstrip("\n")

    return run_presign


@pytest.fixture
def here(server):
    """The variables that point at the server."""
    keys = {"AWS_ACCESS_KEY_ID": server.key_id, "AWS_SECRET_ACCESS_KEY": server.secret}
    return keys | {"AWS_ENDPOINT_URL_S3": server.url, "AWS_REGION": "us-east-1"}


@pytest.fixture
def start(tmp_path):
    """Starts servers of this test's own, and ends them with it."""
    running = []

    def start_server(*arguments, data=tmp_path / "data", **settings):
        settings = {"key_id": KEY_ID, "secret": SECRET} | settings
        running.append(Server(data, *arguments, **settings))
        return running[-1]

    yield start_server
    for process in running:
        process.end()


@pytest.fixture
def spawn():
    """Starts other processes of hallpass, and ends them with the test."""
    running = []

    def start_process(*arguments, **settings):
        running.append(Process(*arguments, **settings))
        return running[-1]

    yield start_process
    for process in running:
        process.end()
