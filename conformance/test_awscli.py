"""The AWS command line: the commands its users type.

https://docs.aws.amazon.com/cli/latest/reference/s3/
"""

import hashlib
import os
import uuid

from support.clients import MIB, Aws, curl


def lines(text):
    return [line.split(maxsplit=3) for line in text.splitlines()]


def test_bucket_is_made_listed_and_removed(aws):
    name = f"cli-{uuid.uuid4()}"
    assert aws("s3", "mb", f"s3://{name}") == f"make_bucket: {name}\n"
    assert name in [line[2] for line in lines(aws("s3", "ls"))]
    assert aws("s3", "rb", f"s3://{name}") == f"remove_bucket: {name}\n"
    assert name not in aws("s3", "ls")


def test_bucket_with_objects_is_removed_only_by_force(aws, bucket):
    aws("s3", "cp", "-", f"s3://{bucket}/a/b", stdin=b"x")
    done = aws.run("s3", "rb", f"s3://{bucket}")
    assert done.returncode == 1
    assert b"BucketNotEmpty" in done.stderr
    aws("s3", "rb", "--force", f"s3://{bucket}")
    assert b"NoSuchBucket" in aws.run("s3", "ls", f"s3://{bucket}").stderr


def test_small_file_goes_up_and_comes_down(aws, bucket):
    sent = aws.home / "a file+1.txt"
    sent.write_bytes(b"hello")
    aws("s3", "cp", sent, f"s3://{bucket}/folder/a file+1.txt")
    aws("s3", "cp", f"s3://{bucket}/folder/a file+1.txt", aws.home / "back")
    assert (aws.home / "back").read_bytes() == b"hello"
    head = aws("s3api", "head-object", "--bucket", bucket, "--key", "folder/a file+1.txt")
    assert '"ContentType": "text/plain"' in head


def test_20_mb_go_up_in_parts_and_come_down_the_same(aws, bucket):
    sent, back = aws.home / "sent", aws.home / "back"
    sent.write_bytes(os.urandom(20 * MIB + 7))
    aws("s3", "cp", sent, f"s3://{bucket}/large")
    assert '-3\\"' in aws("s3api", "head-object", "--bucket", bucket, "--key", "large")
    aws("s3", "cp", f"s3://{bucket}/large", back)
    assert hashlib.sha256(back.read_bytes()).digest() == hashlib.sha256(sent.read_bytes()).digest()


def test_list_shows_folders_or_everything(aws, bucket):
    for key in ("top", "a/1", "a/b/2", "\ud55c\uad6d\uc5b4.txt"):
        aws("s3", "cp", "-", f"s3://{bucket}/{key}", stdin=key.encode())
    shallow = aws("s3", "ls", f"s3://{bucket}/")
    assert [line[-1] for line in lines(shallow)] == ["a/", "top", "\ud55c\uad6d\uc5b4.txt"]
    deep = lines(aws("s3", "ls", "--recursive", f"s3://{bucket}"))
    keys = ["a/1", "a/b/2", "top", "\ud55c\uad6d\uc5b4.txt"]
    assert [line[3] for line in deep] == keys
    assert [line[2] for line in deep] == [str(len(key.encode())) for key in keys]
    under = lines(aws("s3", "ls", f"s3://{bucket}/a/"))
    assert [line[-1] for line in under] == ["b/", "1"]


def test_presigned_url_is_fetched_by_curl(aws, bucket):
    # Without this the command line still presigns with SigV2 in the oldest regions.
    aws.configure("[default]\ns3 =\n  signature_version = s3v4\n")
    aws("s3", "cp", "-", f"s3://{bucket}/a b+c", stdin=b"secret")
    url = aws("s3", "presign", f"s3://{bucket}/a b+c", "--expires-in", "60").strip()
    answer = curl(url)
    assert (answer.status, answer.body) == (200, b"secret")
    assert curl(url.split("?")[0]).status == 403


def test_presign_of_an_unconfigured_command_line_is_told_what_to_use(aws, bucket):
    url = aws("s3", "presign", f"s3://{bucket}/key").strip()
    assert "AWSAccessKeyId=" in url
    answer = curl(url)
    assert answer.status == 400
    assert answer.error["Message"].endswith("Please use AWS4-HMAC-SHA256.")


def test_presign_of_an_unconfigured_command_line_works_where_sigv2_is_allowed(
    legacy_server, tmp_path
):
    aws = Aws(legacy_server, tmp_path)
    aws("s3", "mb", "s3://command-line")
    aws("s3", "cp", "-", "s3://command-line/a b+c", stdin=b"secret")
    answer = curl(aws("s3", "presign", "s3://command-line/a b+c").strip())
    assert (answer.status, answer.body) == (200, b"secret")


def test_object_is_moved_and_removed(aws, bucket, other_bucket):
    aws("s3", "cp", "-", f"s3://{bucket}/a", stdin=b"x")
    aws("s3", "mv", f"s3://{bucket}/a", f"s3://{other_bucket}/b")
    assert aws("s3", "ls", f"s3://{bucket}", "--recursive") == ""
    assert aws("s3", "cp", f"s3://{other_bucket}/b", "-") == "x"
    aws("s3", "rm", f"s3://{other_bucket}/b")
    assert aws("s3", "ls", f"s3://{other_bucket}", "--recursive") == ""


def test_folder_is_synchronised_both_ways_and_removed(aws, bucket):
    sent, back = aws.home / "sent", aws.home / "back"
    (sent / "deep").mkdir(parents=True)
    for name in ("a", "deep/b", "deep/c d"):
        (sent / name).write_text(name)
        os.utime(sent / name, (1_700_000_000, 1_700_000_000))
    aws("s3", "sync", sent, f"s3://{bucket}/copy")
    assert aws("s3", "sync", sent, f"s3://{bucket}/copy") == ""
    aws("s3", "sync", f"s3://{bucket}/copy", back)
    for name in ("a", "deep/b", "deep/c d"):
        assert (back / name).read_text() == name
    aws("s3", "rm", "--recursive", f"s3://{bucket}/copy")
    assert aws("s3", "ls", "--recursive", f"s3://{bucket}") == ""


def test_missing_object_is_an_error(aws, bucket):
    done = aws.run("s3", "cp", f"s3://{bucket}/missing", aws.home / "back")
    assert done.returncode == 1
    assert b"404" in done.stderr
    assert not (aws.home / "back").exists()


def test_wrong_secret_is_an_error(aws, bucket):
    aws.env["AWS_SECRET_ACCESS_KEY"] = "wrong"
    done = aws.run("s3", "ls", f"s3://{bucket}")
    assert done.returncode != 0
    assert b"SignatureDoesNotMatch" in done.stderr
