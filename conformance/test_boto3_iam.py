"""IAM through boto3: users and roles are made, and what they may do is what policies say.

https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html
"""

import json

import pytest

from support.clients import boto, code_of, refused, service

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
TRUST = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}
DENIED = (403, "AccessDenied")


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def home(start):
    """A server of this test's own, for names are the account's."""
    return start()


@pytest.fixture
def iam(home):
    return service(home, "iam")


def key_of(iam, name):
    """A new access key of a user, as a client takes it."""
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"key_id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}


def test_user_may_do_what_its_policies_say(home, iam):
    root = boto(home)
    root.create_bucket(Bucket="bucket")
    root.put_object(Bucket="bucket", Key="key", Body=b"x")
    made = iam.create_user(UserName="alice", Tags=[{"Key": "team", "Value": "a b"}])["User"]
    assert made["Arn"] == "arn:aws:iam::000000000000:user/alice"
    key = key_of(iam, "alice")
    alice = boto(home, **key)
    assert code_of(alice.get_object, Bucket="bucket", Key="key") == DENIED
    iam.put_user_policy(UserName="alice", PolicyName="read", PolicyDocument=document(READ))
    assert alice.get_object(Bucket="bucket", Key="key")["Body"].read() == b"x"
    # boto3 decodes the document.
    read = iam.get_user_policy(UserName="alice", PolicyName="read")["PolicyDocument"]
    assert read["Statement"] == [READ]
    iam.update_access_key(UserName="alice", AccessKeyId=key["key_id"], Status="Inactive")
    assert code_of(alice.get_object, Bucket="bucket", Key="key")[0] == 403


def test_user_may_not_help_itself(home, iam):
    iam.create_user(UserName="alice")
    own = service(home, "iam", **key_of(iam, "alice"))
    for call, parameters in [
        (own.get_user, {}),
        (own.create_access_key, {}),
        (own.list_users, {}),
        (own.create_user, {"UserName": "bob"}),
        (own.put_user_policy, {"UserName": "alice", "PolicyName": "p", "PolicyDocument": "{}"}),
    ]:
        assert code_of(call, **parameters) == DENIED
    itself = "arn:aws:iam::*:user/${aws:username}"
    allow = {"Effect": "Allow", "Action": "iam:*AccessKey*", "Resource": itself}
    iam.put_user_policy(UserName="alice", PolicyName="keys", PolicyDocument=document(allow))
    assert len(own.list_access_keys()["AccessKeyMetadata"]) == 1
    assert own.create_access_key()["AccessKey"]["UserName"] == "alice"
    assert code_of(own.create_access_key) == (409, "LimitExceeded")


def test_lists_come_in_pages(iam):
    names = [f"user-{number}" for number in range(5)]
    for name in names:
        iam.create_user(UserName=name, Path="/p/")
    pages = iam.get_paginator("list_users").paginate(
        PathPrefix="/p/", PaginationConfig={"PageSize": 2}
    )
    pages = [[user["UserName"] for user in page["Users"]] for page in pages]
    assert pages == [names[:2], names[2:4], names[4:]]


def test_managed_policy_goes_through_its_versions(iam):
    made = iam.create_policy(PolicyName="p", PolicyDocument=document(READ), Description="<d> & e")
    arn = made["Policy"]["Arn"]
    assert iam.get_policy(PolicyArn=arn)["Policy"]["Description"] == "<d> & e"
    deny = document(READ | {"Effect": "Deny"})
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=deny, SetAsDefault=True)
    version = iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]
    assert version["IsDefaultVersion"] and version["Document"]["Statement"][0]["Effect"] == "Deny"
    iam.create_group(GroupName="g")
    iam.attach_group_policy(GroupName="g", PolicyArn=arn)
    assert code_of(iam.delete_policy, PolicyArn=arn) == (409, "DeleteConflict")
    entities = iam.list_entities_for_policy(PolicyArn=arn)
    assert [group["GroupName"] for group in entities["PolicyGroups"]] == ["g"]
    iam.detach_group_policy(GroupName="g", PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)
    assert code_of(iam.get_policy, PolicyArn=arn) == (404, "NoSuchEntity")


def test_role_carries_what_it_was_made_with(iam):
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=document(READ))["Policy"]["Arn"]
    iam.create_role(
        RoleName="app",
        AssumeRolePolicyDocument=document(TRUST),
        MaxSessionDuration=7200,
        PermissionsBoundary=limit,
        Tags=[{"Key": "k", "Value": "v"}],
    )
    role = iam.get_role(RoleName="app")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"] == [TRUST]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == limit
    assert (role["MaxSessionDuration"], role["Tags"]) == (7200, [{"Key": "k", "Value": "v"}])
    iam.update_role(RoleName="app", Description="other")
    iam.delete_role_permissions_boundary(RoleName="app")
    role = iam.get_role(RoleName="app")["Role"]
    assert role["Description"] == "other" and "PermissionsBoundary" not in role


def test_simulation_names_the_statement(iam):
    iam.create_user(UserName="alice")
    iam.put_user_policy(UserName="alice", PolicyName="read", PolicyDocument=document(READ))
    results = iam.simulate_principal_policy(
        PolicySourceArn="arn:aws:iam::000000000000:user/alice",
        ActionNames=["s3:GetObject", "s3:PutObject"],
        ResourceArns=["arn:aws:s3:::bucket/key"],
    )["EvaluationResults"]
    assert [result["EvalDecision"] for result in results] == ["allowed", "implicitDeny"]
    (statement,) = results[0]["MatchedStatements"]
    assert statement["SourcePolicyId"] == "user_alice_read"
    assert statement["StartPosition"] == {"Line": 1, "Column": 41}


def test_what_hallpass_does_not_have_is_said(iam):
    status, error = refused(iam.create_login_profile, UserName="alice", Password="x")
    assert (status, error["Code"]) == (400, "NotImplemented")
    assert "CreateLoginProfile" in error["Message"]
