"""Conditions under races: of many writers that saw the same, one wins and no write is lost.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from support.clients import code_of

WRITERS = 12
LOST = ((412, "PreconditionFailed"), (409, "ConditionalRequestConflict"))


def race(*calls):
    """Starts all calls at one moment and returns the results in order; an exception is raised."""
    barrier = Barrier(len(calls))

    def start(call):
        barrier.wait(timeout=60)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [started.result() for started in [pool.submit(start, call) for call in calls]]


def attempt(s3, call, **parameters):
    """Makes the call: whether it won. To lose is the only other end it may have."""
    try:
        call(**parameters)
    except s3.exceptions.ClientError as error:
        response = error.response
        status = response["ResponseMetadata"]["HTTPStatusCode"]
        assert (status, response["Error"]["Code"]) in LOST, response
        return False
    return True


def test_counter_with_if_match_loses_no_increment(s3, bucket):
    counter = {"Bucket": bucket, "Key": "counter"}
    s3.put_object(**counter, Body=b"0")

    def increment():
        won = 0
        while won < 5:
            seen = s3.get_object(**counter)
            body = str(int(seen["Body"].read()) + 1).encode()
            won += attempt(s3, s3.put_object, **counter, Body=body, IfMatch=seen["ETag"])
        return won

    assert race(*[increment] * WRITERS) == [5] * WRITERS
    assert s3.get_object(**counter)["Body"].read() == str(5 * WRITERS).encode()


def test_one_of_many_completions_creates_the_object(s3, bucket):
    where = {"Bucket": bucket, "Key": "key"}

    def upload(number):
        begun = {**where, "UploadId": s3.create_multipart_upload(**where)["UploadId"]}
        part = s3.upload_part(**begun, PartNumber=1, Body=b"%d" % number)
        return begun | {"MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}}

    uploads = [upload(number) for number in range(WRITERS)]

    def complete(parameters):
        call = s3.complete_multipart_upload
        return lambda: attempt(s3, call, **parameters, IfNoneMatch="*")

    won = race(*[complete(parameters) for parameters in uploads])
    assert won.count(True) == 1
    assert s3.get_object(**where)["Body"].read() == b"%d" % won.index(True)
    # Who lost has lost nothing but the race: the parts are still there.
    left = s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    assert len(left) == WRITERS - 1
    for parameters in (uploads[n] for n, winner in enumerate(won) if not winner):
        assert code_of(s3.complete_multipart_upload, **parameters, IfNoneMatch="*") in LOST
        s3.complete_multipart_upload(**parameters)


def test_delete_with_if_match_removes_only_what_was_seen(s3, bucket):
    where = {"Bucket": bucket, "Key": "key"}
    for body in (b"a", b"b", b"c"):
        tag = s3.put_object(**where, Body=body)["ETag"]
        deletes = [lambda: code_or_none(s3, where, tag)] * WRITERS
        outcomes = race(*deletes)
        assert outcomes.count(None) == 1
        assert set(outcomes) <= {None, (404, "NoSuchKey"), *LOST}
    tag = s3.put_object(**where, Body=b"old")["ETag"]
    s3.put_object(**where, Body=b"new")
    assert code_of(s3.delete_object, **where, IfMatch=tag) == (412, "PreconditionFailed")
    assert s3.get_object(**where)["Body"].read() == b"new"


def code_or_none(s3, where, tag):
    """Deletes what has this tag: None, or status and code of the refusal."""
    try:
        s3.delete_object(**where, IfMatch=tag)
    except s3.exceptions.ClientError as error:
        response = error.response
        return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]
    return None


def test_what_was_written_is_listed_and_read_at_once(s3, bucket):
    def write(number):
        def steps():
            key = f"folder/{number}"
            for turn in (b"1", b"2", b"3"):
                s3.put_object(Bucket=bucket, Key=key, Body=turn)
                assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == turn
                listed = s3.list_objects_v2(Bucket=bucket, Prefix=key)["Contents"]
                assert key in [line["Key"] for line in listed]
            s3.delete_object(Bucket=bucket, Key=key)
            assert code_of(s3.get_object, Bucket=bucket, Key=key) == (404, "NoSuchKey")
            listed = s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", [])
            assert key not in [line["Key"] for line in listed]

        return steps

    race(*[write(number) for number in range(WRITERS)])
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
