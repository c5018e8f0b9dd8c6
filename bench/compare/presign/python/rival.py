"""boto3 and minio-py as rivals: the first argument says which; `src/rival/mod.rs` says how."""

import itertools
import json
import platform
import sys
import time
from datetime import timedelta
from importlib.metadata import version

BATCH = 100


def boto3(case):
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "s3",
        region_name=case["region"],
        aws_access_key_id=case["access_key_id"],
        aws_secret_access_key=case["secret_access_key"],
        config=Config(signature_version="s3v4"),
    )
    bucket, expires = case["bucket"], case["expires_seconds"]
    return lambda key: client.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=expires
    )


def minio(case):
    from minio import Minio

    client = Minio(
        "s3.amazonaws.com",
        access_key=case["access_key_id"],
        secret_key=case["secret_access_key"],
        region=case["region"],
    )
    bucket, expires = case["bucket"], timedelta(seconds=case["expires_seconds"])
    return lambda key: client.presigned_get_object(bucket, key, expires=expires)


RIVALS = {"boto3": ("boto3", boto3), "minio-py": ("minio", minio)}


def take_turn(presign, keys, nanoseconds):
    keys, urls, began = itertools.cycle(keys), 0, time.process_time_ns()
    while True:
        for key in itertools.islice(keys, BATCH):
            url = presign(key)
        urls += BATCH
        spent = time.process_time_ns() - began
        if spent >= nanoseconds:
            return f"{urls} {spent} {url}"


def main():
    package, make = RIVALS[sys.argv[1]]
    case = json.loads(sys.stdin.readline())
    presign = make(case)
    print(f"{version(package)}, Python {platform.python_version()}", flush=True)
    for milliseconds in sys.stdin:
        print(take_turn(presign, case["keys"], int(milliseconds) * 1_000_000), flush=True)


main()
