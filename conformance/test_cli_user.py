"""`hallpass user`, `key` and `policy`: a person made on the command line, seen with boto3."""

import json

import boto3
import pytest

from support.clients import boto
from support.process import environment, run

MAY_READ = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::photos/${aws:username}/*",
    },
}


@pytest.fixture
def server(start):
    """A server with an object for alice and one for bob."""
    server = start()
    client = boto(server)
    client.create_bucket(Bucket="photos")
    for name in ["alice", "bob"]:
        client.put_object(Bucket="photos", Key=f"{name}/cat", Body=name.encode())
    return server


@pytest.fixture
def hallpass(server, tmp_path):
    """Runs a command as the root user, which has to succeed, and returns its stdout."""
    env = environment(
        tmp_path,
        AWS_ENDPOINT_URL_IAM=server.url,
        AWS_ACCESS_KEY_ID=server.key_id,
        AWS_SECRET_ACCESS_KEY=server.secret,
    )

    def ask(*arguments):
        done = run(*arguments, env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return ask


def client_of(server, service, key):
    session = boto3.Session(
        key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1"
    )
    return session.client(service, endpoint_url=server.url)


def test_person_reads_what_the_policy_allows_and_nothing_after_the_key_is_gone(
    server, hallpass, tmp_path
):
    (tmp_path / "read.json").write_text(json.dumps(MAY_READ))
    hallpass("user", "add", "alice")
    key = json.loads(hallpass("key", "add", "alice", "--json"))
    hallpass("policy", "put", "read", "--file", tmp_path / "read.json")
    hallpass("policy", "attach", "read", "--user", "alice")
    s3 = client_of(server, "s3", key)
    assert s3.get_object(Bucket="photos", Key="alice/cat")["Body"].read() == b"alice"
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.get_object(Bucket="photos", Key="bob/cat")
    hallpass("key", "disable", "alice", key["AccessKeyId"])
    with pytest.raises(s3.exceptions.ClientError, match="InvalidAccessKeyId"):
        s3.get_object(Bucket="photos", Key="alice/cat")


def test_boto3_sees_what_the_command_line_made(server, hallpass):
    hallpass("user", "add", "alice", "--path", "/staff/")
    hallpass("group", "add", "readers")
    hallpass("group", "join", "readers", "alice")
    iam = client_of(
        server, "iam", {"AccessKeyId": server.key_id, "SecretAccessKey": server.secret}
    )
    assert iam.get_user(UserName="alice")["User"]["Path"] == "/staff/"
    assert [user["UserName"] for user in iam.get_group(GroupName="readers")["Users"]] == ["alice"]


def test_last_use_of_a_key_is_known_after_a_restart(server, hallpass, start, tmp_path):
    hallpass("user", "add", "alice")
    key = json.loads(hallpass("key", "add", "alice", "--json"))
    client_of(server, "sts", key).get_caller_identity()
    assert server.stop() == 0
    again = start(data=tmp_path / "data")
    iam = client_of(
        again, "iam", {"AccessKeyId": again.key_id, "SecretAccessKey": again.secret}
    )
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert used["ServiceName"] == "sts"
