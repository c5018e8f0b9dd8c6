"""`hallpass presign`: URLs made offline from the standard AWS configuration.

https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
"""

import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from conftest import KEY_ID, SECRET
from support.clients import boto
from support.names import CRUEL_KEYS
from support.presigning import encode, object_url, presign
from support.process import environment, run
from support.wire import ask
from test_cli_serve import assert_complains

KEYS = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}


def query_of(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_four_verbs_do_what_they_say(sign, here, bucket):
    place = f"s3://{bucket}/a b"
    assert ask("PUT", sign("put", place, "--expires", "1h", **here), body=b"hello").status == 200
    assert ask("GET", sign("get", place, "--expires", "1h", **here)).body == b"hello"
    assert ask("HEAD", sign("head", place, "--expires", "1h", **here)).status == 200
    assert ask("DELETE", sign("delete", place, "--expires", "1h", **here)).status == 204
    assert ask("GET", sign("get", place, "--expires", "1h", **here)).status == 404


@pytest.mark.parametrize("name", CRUEL_KEYS)
def test_any_key_can_be_presigned(sign, here, bucket, name):
    key = CRUEL_KEYS[name]
    url = sign("put", f"s3://{bucket}/{key}", "--expires", "5m", **here)
    assert ask("PUT", url, body=b"hello").status == 200
    url = sign("get", f"s3://{bucket}/{key}", "--expires", "5m", **here)
    assert ask("GET", url).body == b"hello"


def test_signature_is_the_one_of_the_aws_page(sign, server, here):
    url = sign("get", "s3://bucket/a b/\ud55c+c", "--expires", "15m", **here)
    stamp = query_of(url)["X-Amz-Date"]
    at = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    bare = object_url(server, "bucket", "a b/\ud55c+c")
    expected = query_of(presign(server, "GET", bare, expires=900, at=at))
    assert url.split("?")[0] == bare
    assert query_of(url) == expected


@pytest.mark.parametrize(
    ("expires", "seconds"), [("90s", 90), ("15m", 900), ("12h", 43200), ("7d", 604800)]
)
def test_expiry_is_read_with_its_unit(sign, here, expires, seconds):
    url = sign("get", "s3://bucket/key", "--expires", expires, **here)
    assert query_of(url)["X-Amz-Expires"] == str(seconds)


def test_session_token_is_signed_into_the_url(sign, here):
    url = sign("get", "s3://bucket/key", "--expires", "1h", **here, AWS_SESSION_TOKEN="to/k+en=")
    assert query_of(url)["X-Amz-Security-Token"] == "to/k+en="


def test_version_2_is_made_when_asked_for(sign, legacy_server):
    client = boto(legacy_server)
    client.create_bucket(Bucket="legacy")
    client.put_object(Bucket="legacy", Key="a b+c", Body=b"hello")
    here = KEYS | {"AWS_ENDPOINT_URL": legacy_server.url}
    url = sign("get", "s3://legacy/a b+c", "--expires", "1h", "--sigv2", **here)
    assert query_of(url).keys() == {"AWSAccessKeyId", "Expires", "Signature"}
    assert ask("GET", url).body == b"hello"
    put = sign("put", "s3://legacy/new", "--expires", "1h", "--sigv2", **here)
    assert ask("PUT", put, body=b"x").status == 200


def test_without_an_endpoint_the_url_is_one_of_aws(sign):
    url = sign("get", "s3://bucket/key", "--expires", "1h", **KEYS, AWS_REGION="eu-west-1")
    assert url.startswith("https://bucket.s3.eu-west-1.amazonaws.com/key?")
    assert "/eu-west-1/s3/aws4_request" in query_of(url)["X-Amz-Credential"]


def test_url_of_aws_is_the_one_boto3_makes(sign, server):
    url = sign("get", "s3://bucket/a b", "--expires", "1h", **KEYS, AWS_REGION="us-east-1")
    bare = f"https://{urlsplit(url).netloc}/{encode('a b')}"
    assert url.split("?")[0] == bare
    stamp = datetime.datetime.strptime(query_of(url)["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    at = stamp.replace(tzinfo=datetime.timezone.utc)
    assert query_of(url) == query_of(presign(server, "GET", bare, at=at))


REGIONS = [
    ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1"),
    ({"AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
    ({"AWS_PROFILE": "work"}, "ap-northeast-2"),
    ({}, "sa-east-1"),
]


@pytest.mark.parametrize(("variables", "region"), REGIONS)
def test_region_comes_from_the_nearest_place(sign, tmp_path, variables, region):
    config = tmp_path / "config"
    config.write_text("[default]\nregion = sa-east-1\n[profile work]\nregion=ap-northeast-2\n")
    url = sign("get", "s3://bucket/k", "--expires", "1h", **KEYS, **variables, AWS_CONFIG_FILE=config)
    assert f"/{region}/s3/" in query_of(url)["X-Amz-Credential"]


def test_credentials_come_from_the_files_of_the_home_folder(sign, tmp_path):
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = s\n"
        "[work]\naws_access_key_id=AKIAWORK\naws_secret_access_key=s\naws_session_token=t\n"
    )
    arguments = ("get", "s3://bucket/key", "--expires", "1h")
    assert query_of(sign(*arguments))["X-Amz-Credential"].startswith("AKIAFILE/")
    work = query_of(sign(*arguments, AWS_PROFILE="work"))
    assert work["X-Amz-Credential"].startswith("AKIAWORK/")
    assert work["X-Amz-Security-Token"] == "t"
    assert query_of(sign(*arguments, **KEYS))["X-Amz-Credential"].startswith(KEY_ID)


def test_credentials_file_may_be_elsewhere(sign, tmp_path):
    file = tmp_path / "elsewhere"
    file.write_text("# mine\n[default]\naws_access_key_id=AKIAELSE\naws_secret_access_key=s\n")
    url = sign("get", "s3://bucket/k", "--expires", "1h", AWS_SHARED_CREDENTIALS_FILE=file)
    assert query_of(url)["X-Amz-Credential"].startswith("AKIAELSE/")


ENDPOINTS = [
    (["--endpoint-url", "http://flag:1"], {"AWS_ENDPOINT_URL_S3": "http://s3:2"}, "flag:1"),
    ([], {"AWS_ENDPOINT_URL_S3": "http://s3:2", "AWS_ENDPOINT_URL": "http://all:3"}, "s3:2"),
    ([], {"AWS_ENDPOINT_URL": "http://all:3"}, "all:3"),
    ([], {"AWS_PROFILE": "services"}, "in-services:4"),
    ([], {"AWS_PROFILE": "plain"}, "in-profile:5"),
    ([], {"AWS_PROFILE": "plain", "AWS_ENDPOINT_URL": "http://all:3"}, "all:3"),
]


@pytest.mark.parametrize(("flags", "variables", "host"), ENDPOINTS)
def test_endpoint_comes_from_the_nearest_place(sign, tmp_path, flags, variables, host):
    config = tmp_path / "config"
    config.write_text(
        "[profile services]\nendpoint_url = http://in-profile:9\nservices = local\n"
        "[services local]\ns3 =\n  endpoint_url = http://in-services:4\n"
        "dynamodb =\n  endpoint_url = http://wrong:8\n"
        "[profile plain]\nendpoint_url = http://in-profile:5\n"
    )
    arguments = ("get", "s3://bucket/key", "--expires", "1h", *flags)
    url = sign(*arguments, **KEYS, **variables, AWS_CONFIG_FILE=config, AWS_REGION="us-east-1")
    assert urlsplit(url).netloc.endswith(host)


def test_no_credentials_are_said(tmp_path):
    arguments = ("presign", "get", "s3://bucket/key", "--expires", "1h")
    assert_complains(run(*arguments, env=environment(tmp_path)), 1)


def test_secret_is_not_in_the_url(sign, here):
    for more in ([], ["--sigv2"]):
        url = sign("get", "s3://bucket/key", "--expires", "1h", *more, **here)
        assert SECRET not in url and encode(SECRET) not in url


@pytest.mark.parametrize("expires", ["604801s", "8d", "10000h"])
def test_more_than_a_week_is_refused(tmp_path, here, expires):
    arguments = ("presign", "get", "s3://bucket/key", "--expires", expires)
    done = run(*arguments, env=environment(tmp_path, **here))
    assert_complains(done, 3)
    assert "7 days" in done.stderr or "604800" in done.stderr or "week" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["get", "s3://bucket/key", "--expires", "soon"],
        ["get", "s3://bucket/key", "--expires", "-1h"],
        ["get", "http://bucket/key", "--expires", "1h"],
        ["get", "s3://bucket", "--expires", "1h"],
        ["get", "s3://Bad_Bucket/key", "--expires", "1h"],
        ["fetch", "s3://bucket/key", "--expires", "1h"],
        ["get"],
    ],
)
def test_wrong_usage_exits_with_2(tmp_path, here, arguments):
    done = run("presign", *arguments, env=environment(tmp_path, **here))
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: " in done.stderr
