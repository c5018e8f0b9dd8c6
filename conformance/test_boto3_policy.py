"""Bucket policies and Block Public Access through boto3.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
"""

import json

import pytest
from botocore import UNSIGNED

from support.clients import boto, code_of, curl, refused


@pytest.fixture
def public(server):
    """A client that signs nothing."""
    return boto(server, signature=UNSIGNED)


def document(bucket, *statements):
    """A policy for everybody, of statements on all that is in the bucket."""
    common = {"Principal": "*", "Resource": f"arn:aws:s3:::{bucket}/*"}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [common | statement for statement in statements]}
    )


def allow(action, **condition):
    return {"Effect": "Allow", "Action": action} | ({"Condition": condition} if condition else {})


def deny(action, **condition):
    return allow(action, **condition) | {"Effect": "Deny"}


def put(s3, bucket, *statements):
    s3.put_bucket_policy(Bucket=bucket, Policy=document(bucket, *statements))


def test_policy_is_put_read_and_removed(s3, bucket):
    assert code_of(s3.get_bucket_policy, Bucket=bucket) == (404, "NoSuchBucketPolicy")
    put(s3, bucket, deny("s3:PutObjectAcl"))
    read = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    assert read == json.loads(document(bucket, deny("s3:PutObjectAcl")))
    status = s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]
    assert status == {"IsPublic": False}
    s3.delete_bucket_policy(Bucket=bucket)
    assert code_of(s3.get_bucket_policy_status, Bucket=bucket) == (404, "NoSuchBucketPolicy")


def test_malformed_policy_is_refused_with_its_place(s3, bucket):
    wrong = document(bucket, allow("s3:Nothing"))
    status, error = refused(s3.put_bucket_policy, Bucket=bucket, Policy=wrong)
    assert (status, error["Code"]) == (400, "MalformedPolicy")
    assert error["Message"] == "Statement[0].Action: Policy has invalid action"


def test_public_is_kept_out_until_it_is_let_in(s3, public, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")
    switches = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(switches.values()) == {True} and len(switches) == 4
    policy = document(bucket, allow("s3:GetObject"))
    answer = code_of(s3.put_bucket_policy, Bucket=bucket, Policy=policy)
    assert answer == (403, "AccessDenied")
    off = switches | {"BlockPublicPolicy": False, "RestrictPublicBuckets": False}
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=off)
    assert code_of(public.get_object, Bucket=bucket, Key="key") == (403, "AccessDenied")
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"]
    assert public.get_object(Bucket=bucket, Key="key")["Body"].read() == b"x"
    assert code_of(public.put_object, Bucket=bucket, Key="key", Body=b"")[0] == 403
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=switches)
    assert code_of(public.get_object, Bucket=bucket, Key="key") == (403, "AccessDenied")


def test_public_drop_box_takes_files_and_shows_none(s3, public, bucket):
    s3.delete_public_access_block(Bucket=bucket)
    absent = (404, "NoSuchPublicAccessBlockConfiguration")
    assert code_of(s3.get_public_access_block, Bucket=bucket) == absent
    put(s3, bucket, allow("s3:PutObject"))
    public.put_object(Bucket=bucket, Key="drop", Body=b"for you")
    assert s3.get_object(Bucket=bucket, Key="drop")["Body"].read() == b"for you"
    assert code_of(public.get_object, Bucket=bucket, Key="drop")[0] == 403
    assert code_of(public.list_objects_v2, Bucket=bucket)[0] == 403


def test_links_are_held_to_what_a_policy_says(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")
    where = {"Bucket": bucket, "Key": "key"}
    url = s3.generate_presigned_url("get_object", Params=where, ExpiresIn=600)
    assert curl(url).body == b"x"
    put(s3, bucket, deny("s3:GetObject", StringEquals={"s3:authType": "REST-QUERY-STRING"}))
    answer = curl(url)
    assert answer.status == 403 and b"explicit deny in a resource-based policy" in answer.body
    assert s3.get_object(**where)["Body"].read() == b"x"
    put(s3, bucket, deny("s3:GetObject", NumericGreaterThan={"s3:signatureAge": "300000"}))
    assert curl(url).body == b"x"


def test_many_deletions_are_judged_one_by_one(s3, bucket):
    for key in ("mine", "kept/theirs"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    kept = deny("s3:DeleteObject") | {"Resource": f"arn:aws:s3:::{bucket}/kept/*"}
    put(s3, bucket, kept)
    objects = {"Objects": [{"Key": "mine"}, {"Key": "kept/theirs"}]}
    answer = s3.delete_objects(Bucket=bucket, Delete=objects)
    assert [line["Key"] for line in answer["Deleted"]] == ["mine"]
    (error,) = answer["Errors"]
    assert (error["Key"], error["Code"]) == ("kept/theirs", "AccessDenied")


def test_root_can_always_mend_a_policy(s3, bucket):
    whole = {"Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]}
    put(s3, bucket, deny("s3:*") | whole)
    assert code_of(s3.list_objects_v2, Bucket=bucket) == (403, "AccessDenied")
    assert "Deny" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_trusted_proxy_says_where_a_client_is(start):
    running = start("--trusted-proxy", "127.0.0.0/8")
    s3 = boto(running)
    s3.create_bucket(Bucket="near")
    s3.put_object(Bucket="near", Key="key", Body=b"x")
    put(s3, "near", allow("s3:GetObject", IpAddress={"aws:SourceIp": "203.0.113.0/24"}))
    url = f"{running.url}/near/key"
    assert curl("-H", "X-Forwarded-For: 203.0.113.7", url).body == b"x"
    assert curl("-H", "X-Forwarded-For: 203.0.113.7, 192.0.2.1", url).status == 403
    assert curl(url).status == 403
