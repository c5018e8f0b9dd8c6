"""IAM through the AWS command line.

https://docs.aws.amazon.com/cli/latest/reference/iam/
"""

import json

import pytest

from support.clients import Aws


@pytest.fixture
def iam(start, tmp_path):
    """Runs `aws iam` against a server of this test's own, and returns what it prints."""
    home = tmp_path / "home"
    home.mkdir()
    aws = Aws(start(), home)

    def run(*arguments):
        printed = aws("iam", *arguments, "--output", "json")
        return json.loads(printed) if printed else None

    run.aws = aws
    return run


def test_user_is_set_up_and_taken_down(iam):
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = iam.aws.home / "policy.json"
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": statement}))
    made = iam("create-user", "--user-name", "alice", "--path", "/staff/", "--tags", "Key=k,Value=v")
    assert made["User"]["Arn"] == "arn:aws:iam::000000000000:user/staff/alice"
    iam("wait", "user-exists", "--user-name", "alice")
    of_alice = ("--user-name", "alice")
    key = iam("create-access-key", *of_alice)["AccessKey"]
    arn = iam(
        "create-policy", "--policy-name", "all", "--policy-document", f"file://{policy}"
    )["Policy"]["Arn"]
    iam("attach-user-policy", *of_alice, "--policy-arn", arn)
    attached = iam("list-attached-user-policies", *of_alice)["AttachedPolicies"]
    assert attached == [{"PolicyName": "all", "PolicyArn": arn}]
    assert iam("list-user-tags", *of_alice)["Tags"] == [{"Key": "k", "Value": "v"}]
    assert iam.aws.run("iam", "delete-user", *of_alice).returncode != 0
    iam("detach-user-policy", *of_alice, "--policy-arn", arn)
    iam("delete-access-key", *of_alice, "--access-key-id", key["AccessKeyId"])
    iam("delete-user", *of_alice)
    assert iam("list-users")["Users"] == []


def test_refusals_are_told_in_words(iam):
    done = iam.aws.run("iam", "get-user", "--user-name", "nobody")
    assert b"(NoSuchEntity)" in done.stderr
    assert b"The user with name nobody cannot be found." in done.stderr
    assert b"hallpass does not have" in iam.aws.run("iam", "list-mfa-devices").stderr


def test_policy_is_simulated(iam):
    document = '{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}'
    results = iam(
        "simulate-custom-policy",
        "--policy-input-list",
        document,
        "--action-names",
        "s3:GetObject",
        "s3:PutObject",
    )["EvaluationResults"]
    decisions = {result["EvalActionName"]: result["EvalDecision"] for result in results}
    assert decisions == {"s3:GetObject": "allowed", "s3:PutObject": "implicitDeny"}
