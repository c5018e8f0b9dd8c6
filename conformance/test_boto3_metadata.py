"""The metadata service: boto3 and the AWS command line find the credentials of a role there."""

import json

import boto3
import pytest
from botocore.utils import InstanceMetadataFetcher

from support.clients import boto
from support.process import environment, run
from support.waiting import until

TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}
MAY_LIST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
}


@pytest.fixture
def instance(start, tmp_path):
    """A server with a role for the machine, and where the credentials are."""
    server = start("--metadata", "127.0.0.1:0", "--metadata-role", "app")
    told = "metadata on "
    lines = until(lambda: [line for line in server.complaints if line.startswith(told)])
    server.metadata = lines[0].removeprefix(told).strip()
    boto(server).create_bucket(Bucket="mine")
    (tmp_path / "trust.json").write_text(json.dumps(TRUST))
    (tmp_path / "list.json").write_text(json.dumps(MAY_LIST))
    env = environment(
        tmp_path,
        AWS_ENDPOINT_URL=server.url,
        AWS_ACCESS_KEY_ID=server.key_id,
        AWS_SECRET_ACCESS_KEY=server.secret,
    )
    for words in [
        ["role", "add", "app", "--trust", tmp_path / "trust.json"],
        ["policy", "put", "list", "--file", tmp_path / "list.json", "--role", "app"],
    ]:
        done = run(*words, env=env)
        assert done.returncode == 0, done.stderr
    return server


def fetch(server):
    fetcher = InstanceMetadataFetcher(
        timeout=5,
        num_attempts=1,
        base_url=f"{server.metadata}/",
        env={},
        config={"ec2_metadata_v1_disabled": True},
    )
    return fetcher.retrieve_iam_role_credentials()


def test_boto3_finds_the_credentials_of_the_role(instance):
    found = fetch(instance)
    assert found["role_name"] == "app"
    session = boto3.Session(
        found["access_key"], found["secret_key"], found["token"], region_name="us-east-1"
    )
    client = session.client("s3", endpoint_url=instance.url)
    assert [bucket["Name"] for bucket in client.list_buckets()["Buckets"]] == ["mine"]
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.list_objects_v2(Bucket="mine")


def test_same_credentials_are_found_again(instance):
    assert fetch(instance) == fetch(instance)


def test_awscli_finds_the_credentials_of_the_role(instance, aws):
    del aws.env["AWS_ACCESS_KEY_ID"], aws.env["AWS_SECRET_ACCESS_KEY"]
    aws.env |= {
        "AWS_ENDPOINT_URL": instance.url,
        "AWS_EC2_METADATA_DISABLED": "false",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": instance.metadata,
    }
    assert aws("s3", "ls").split()[-1] == "mine"
    who = json.loads(aws("sts", "get-caller-identity", "--output", "json"))
    assert who["Arn"].startswith("arn:aws:sts::000000000000:assumed-role/app/i-")
