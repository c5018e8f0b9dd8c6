"""`hallpass presign form`: filled in by curl, by the requests library, and against its policy."""

import json
import re
import shlex
import subprocess
from html.parser import HTMLParser

import pytest
import requests

from conftest import new_bucket
from support.clients import boto, refused
from support.process import assert_nothing_else_is_said, environment, run

HELLO = b"hello, world"


@pytest.fixture(params=[[], ["--sigv2"]], ids=["sigv4", "sigv2"])
def form(request, legacy_server, tmp_path):
    """Runs `hallpass presign form` and returns what it prints, for either signature."""
    env = environment(
        tmp_path,
        AWS_ACCESS_KEY_ID=legacy_server.key_id,
        AWS_SECRET_ACCESS_KEY=legacy_server.secret,
        AWS_ENDPOINT_URL=legacy_server.url,
    )

    def run_form(*arguments):
        done = run("presign", "form", *arguments, *request.param, env=env)
        assert_nothing_else_is_said(done, request.param)
        return done.stdout

    return run_form


@pytest.fixture
def owner(legacy_server):
    """The boto3 client that looks at what was stored."""
    return boto(legacy_server)


@pytest.fixture
def place(owner):
    """A bucket of this test's own."""
    return new_bucket(owner)


def send(form, name="file.txt", content=HELLO, **more):
    """Sends a form as a program does; returns (status, S3's code)."""
    form = json.loads(form)
    fields = form["fields"] | {name.replace("_", "-"): value for name, value in more.items()}
    session = requests.Session()
    session.trust_env = False
    answer = session.post(
        form["url"], data=fields, files={"file": (name, content)}, allow_redirects=False, timeout=60
    )
    code = re.search(r"<Code>(\w+)</Code>", answer.text)
    send.answer = answer
    return answer.status_code, code and code[1]


def keys(client, bucket):
    return [each["Key"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_json_form_is_what_requests_sends(form, owner, place):
    arguments = ("--field", "Content-Type=text/x-hello", "--field", "x-amz-meta-a=b c", "--json")
    assert send(form(f"s3://{place}/a b/", *arguments), "\ud55c.txt") == (204, None)
    stored = owner.get_object(Bucket=place, Key="a b/\ud55c.txt")
    assert (stored["Body"].read(), stored["ContentType"]) == (HELLO, "text/x-hello")
    assert stored["Metadata"] == {"a": "b c"}


def test_command_of_curl_uploads_as_it_is(form, owner, place, tmp_path):
    (tmp_path / "FILE").write_bytes(HELLO)
    arguments = ("--field", "x-amz-meta-a=it's; \"$HOME\" @x", "--success-status", "201")
    command = form(f"s3://{place}/in box/", *arguments)
    assert shlex.split(command.replace("\\\n", " "))[0] == "curl"
    command = command.replace("curl", "curl -sS --noproxy '*' -w '%{http_code}' -o answer", 1)
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "201"), done.stderr
    stored = owner.get_object(Bucket=place, Key="in box/FILE")
    assert stored["Body"].read() == HELLO
    assert stored["Metadata"] == {"a": "it's; \"$HOME\" @x"}


class Page(HTMLParser):
    """What a browser finds in a page with a form."""

    def __init__(self, text):
        super().__init__()
        self.form, self.fields, self.file = None, {}, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.form = attrs
        elif tag == "input" and attrs.get("type") == "file":
            self.file = attrs["name"]
        elif tag == "input":
            assert self.file is None, "the file has to stand last"
            self.fields[attrs["name"]] = attrs["value"]


def test_page_holds_the_form_that_json_holds(form, owner, place):
    arguments = (f"s3://{place}/<a>&\"b'/", "--starts-with", "Content-Type=image/")
    page = Page(form(*arguments, "--html"))
    assert (page.form["method"], page.form["enctype"]) == ("post", "multipart/form-data")
    assert (page.file, page.fields["Content-Type"]) == ("file", "image/")
    sent = json.dumps({"url": page.form["action"], "fields": page.fields})
    assert send(sent, "x.png", Content_Type="image/png") == (204, None)
    assert keys(owner, place) == ["<a>&\"b'/x.png"]


def test_what_the_policy_forbids_is_refused(form, owner, place):
    bounds = ("--content-length-range", "5..1KiB", "--starts-with", "Content-Type=image/")
    made = form(f"s3://{place}/in/", *bounds, "--json")
    assert send(made) == (403, "AccessDenied")
    assert send(made, Content_Type="text/html") == (403, "AccessDenied")
    image = {"Content_Type": "image/png"}
    assert send(made, content=b"four", **image) == (400, "EntityTooSmall")
    assert send(made, content=b"x" * 1025, **image) == (400, "EntityTooLarge")
    assert send(made, key="out/x", **image) == (403, "AccessDenied")
    assert send(made, acl="private", **image) == (403, "AccessDenied")
    assert keys(owner, place) == []
    assert send(made, content=b"x" * 1024, **image) == (204, None)
    assert send(made, "again", b"fives", **image) == (204, None)
    assert keys(owner, place) == ["in/again", "in/file.txt"]


def test_form_for_one_key_writes_no_other(form, owner, place):
    made = form(f"s3://{place}/one", "--json")
    assert send(made, key="two") == (403, "AccessDenied")
    assert send(made) == (204, None)
    assert keys(owner, place) == ["one"]


def test_form_ends_when_it_should(form, owner, place):
    made = form(f"s3://{place}/k", "--json", "--at", "20260102T030405Z", "--expires", "1h")
    assert send(made) == (403, "AccessDenied")
    assert made == form(f"s3://{place}/k", "--json", "--at", "20260102T030405Z", "--expires", "1h")
    assert refused(owner.head_object, Bucket=place, Key="k")[0] == 404


def test_browser_is_sent_on(form, place):
    made = form(f"s3://{place}/k", "--success-redirect", "https://app.example.test/done", "--json")
    assert send(made) == (303, None)
    assert send.answer.headers["location"].startswith("https://app.example.test/done?bucket=")


def test_form_for_long_is_a_matter_of_the_signature(tmp_path):
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "s"}
    arguments = ("presign", "form", "s3://bucket/k", "--expires", "30d")
    done = run(*arguments, env=environment(tmp_path, **keys))
    assert done.returncode == 3 and "7 days" in done.stderr
    assert run(*arguments, "--sigv2", env=environment(tmp_path, **keys)).returncode == 0
