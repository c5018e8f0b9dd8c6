"""Real clients: boto3, curl, awscli, each pointed at one server and nothing else."""

import subprocess
import sys
import tempfile
from pathlib import Path

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from support.process import environment
from support.wire import Answer

MIB = 1024 * 1024


def session(server, key_id=None, secret=None):
    """A session of boto3 with the server's root credentials, or others."""
    return boto3.session.Session(
        aws_access_key_id=key_id or server.key_id,
        aws_secret_access_key=secret or server.secret,
        region_name="us-east-1",
    )


def service(server, name, key_id=None, secret=None):
    """A boto3 client of a service beside S3 that does not retry."""
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    return session(server, key_id, secret).client(name, endpoint_url=server.url, config=config)


def boto(server, signature="s3v4", style="path", key_id=None, secret=None, endpoint=None, **config):
    """A boto3 client that does not retry, so that each error is seen."""
    settings = {
        "signature_version": signature,
        "s3": {"addressing_style": style},
        "retries": {"total_max_attempts": 1},
        "connect_timeout": 10,
        "read_timeout": 60,
        "max_pool_connections": 32,
        "proxies": {},
    }
    return session(server, key_id, secret).client(
        "s3", endpoint_url=endpoint or server.url, config=Config(**settings | config)
    )


def transfer(part_mib=8):
    """Settings of boto3's managed transfers with parts of this size."""
    size = part_mib * MIB
    return TransferConfig(multipart_threshold=size, multipart_chunksize=size, max_concurrency=4)


def refused(call, *arguments, **parameters):
    """Makes a boto3 call that has to fail and returns (status, error document as a dict)."""
    try:
        answer = call(*arguments, **parameters)
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]
    raise AssertionError(f"was not refused: {answer}")


def code_of(call, *arguments, **parameters):
    """Makes a boto3 call that has to fail and returns (status, code)."""
    status, error = refused(call, *arguments, **parameters)
    return status, error["Code"]


def curl(*arguments):
    """Runs curl, which has to get an answer, and returns it, with what `-w` wrote as `report`."""
    with tempfile.TemporaryDirectory() as folder:
        head, body = Path(folder, "head"), Path(folder, "body")
        done = subprocess.run(
            [
                "curl",
                "--silent",
                "--show-error",
                "--max-time",
                "60",
                "--noproxy",
                "*",
                "--path-as-is",
                "--globoff",
                "--dump-header",
                head,
                "--output",
                body,
                *map(str, arguments),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        last = head.read_bytes().decode("latin-1").strip().split("\r\n\r\n")[-1].splitlines()
        headers = [tuple(part.strip() for part in line.split(":", 1)) for line in last[1:]]
        received = body.read_bytes() if body.exists() else b""
        answer = Answer(int(last[0].split()[1]), headers, received)
        answer.report = done.stdout
        return answer


class Aws:
    """The AWS command line with the server's root credentials."""

    def __init__(self, server, home):
        self.home = home
        self.env = environment(
            home,
            AWS_ACCESS_KEY_ID=server.key_id,
            AWS_SECRET_ACCESS_KEY=server.secret,
            AWS_DEFAULT_REGION="us-east-1",
            AWS_ENDPOINT_URL=server.url,
            AWS_MAX_ATTEMPTS="1",
            AWS_PAGER="",
            NO_PROXY="*",
        )

    def configure(self, text):
        """Writes its configuration file."""
        file = self.home / ".aws" / "config"
        file.parent.mkdir()
        file.write_text(text)

    def run(self, *arguments, stdin=b""):
        """Runs `aws` and returns the completed process, its output as bytes."""
        program = Path(sys.executable).parent / "aws"
        return subprocess.run(
            [program, *map(str, arguments)],
            env=self.env,
            cwd=self.home,
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )

    def __call__(self, *arguments, stdin=b""):
        """Runs `aws`, which has to succeed, and returns its stdout as text."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()
