"""Lists through boto3, held against a model in Python over 2500 keys.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote_plus

import pytest

from conftest import new_bucket
from support.clients import boto, code_of
from support.names import many_keys
from support.presigning import presign
from support.wire import ask

KEYS = many_keys(2500)
XMLNS = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@pytest.fixture(scope="module")
def full(server):
    """A client and a bucket holding KEYS."""
    client = boto(server)
    bucket = new_bucket(client)
    with ThreadPoolExecutor(16) as pool:
        for done in pool.map(
            lambda key: client.put_object(Bucket=bucket, Key=key, Body=key.encode()), KEYS
        ):
            assert done["ETag"]
    return client, bucket


def model(prefix="", delimiter="", after=""):
    """What a list has to hold: keys, and prefixes up to the delimiter, in order of bytes."""
    entries = []
    for key in KEYS:
        if not key.startswith(prefix) or key.encode() <= after.encode():
            continue
        head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        entry = ("prefix", prefix + head + found) if found else ("key", key)
        if entry not in entries[-1:]:
            entries.append(entry)
    return entries


def entries_of(page):
    keys = [("key", entry["Key"]) for entry in page.get("Contents", [])]
    prefixes = [("prefix", entry["Prefix"]) for entry in page.get("CommonPrefixes", [])]
    return sorted(keys + prefixes, key=lambda entry: entry[1].encode())


def pages_of(client, bucket, **parameters):
    """All pages, following the continuation tokens by hand."""
    pages, token = [], {}
    while True:
        page = client.list_objects_v2(Bucket=bucket, **parameters, **token)
        pages.append(page)
        assert page["KeyCount"] == len(entries_of(page))
        if not page["IsTruncated"]:
            assert "NextContinuationToken" not in page
            return pages
        token = {"ContinuationToken": page["NextContinuationToken"]}


@pytest.mark.parametrize("size", [1000, 999, 250])
def test_pages_hold_every_key_once_and_in_order(full, size):
    client, bucket = full
    pages = pages_of(client, bucket, MaxKeys=size)
    assert [len(entries_of(page)) for page in pages[:-1]] == [size] * (len(pages) - 1)
    assert len(pages) == -(-len(KEYS) // size)
    assert [entry["Key"] for page in pages for entry in page["Contents"]] == KEYS


@pytest.mark.parametrize("delimiter", ["", "/", "//", "0", "\u00e9"])
@pytest.mark.parametrize(
    "prefix", ["", "a/", "a", "photos/", "photos/20", "\ud55c\uad6d/", "x+y z%", "none"]
)
def test_prefix_and_delimiter_fold_as_the_model_does(full, prefix, delimiter):
    client, bucket = full
    expected = model(prefix, delimiter)
    for size in (1000, 7):
        if len(expected) / size > 60:
            continue
        pages = pages_of(client, bucket, Prefix=prefix, Delimiter=delimiter, MaxKeys=size)
        assert [entry for page in pages for entry in entries_of(page)] == expected


@pytest.mark.parametrize(
    "after", ["", "a", "a/n", "m", "photos/2024/~", "\ud55c", "\U0010ffff", KEYS[1000], KEYS[-1]]
)
def test_start_after_begins_with_the_next_key(full, after):
    client, bucket = full
    pages = pages_of(client, bucket, StartAfter=after)
    assert [entry for page in pages for entry in entries_of(page)] == model(after=after)


def test_start_after_and_prefix_go_together(full):
    client, bucket = full
    expected = model("photos/", "/", "photos/2025")
    page = client.list_objects_v2(
        Bucket=bucket, Prefix="photos/", Delimiter="/", StartAfter="photos/2025"
    )
    assert entries_of(page) == expected == [("prefix", "photos/2025/")]
    assert page["StartAfter"] == "photos/2025"


def test_paginator_of_boto3_sees_everything(full):
    client, bucket = full
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 50}
    )
    assert [entry for page in pages for entry in entries_of(page)] == model("", "/")


def test_version_1_pages_by_marker(full):
    client, bucket = full
    paginator = client.get_paginator("list_objects")
    pages = list(paginator.paginate(Bucket=bucket, PaginationConfig={"PageSize": 900}))
    assert [entry["Key"] for page in pages for entry in page["Contents"]] == KEYS
    folded = paginator.paginate(Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 3})
    assert [entry for page in folded for entry in entries_of(page)] == model("", "/")


def test_entry_says_what_the_object_is(full):
    client, bucket = full
    for entry in client.list_objects_v2(Bucket=bucket, MaxKeys=5)["Contents"]:
        head = client.head_object(Bucket=bucket, Key=entry["Key"])
        assert (entry["ETag"], entry["Size"]) == (head["ETag"], head["ContentLength"])
        assert entry["StorageClass"] == "STANDARD"
        assert entry["LastModified"].replace(microsecond=0) == head["LastModified"]


def test_owner_is_listed_when_asked_for(full):
    client, bucket = full
    assert "Owner" not in client.list_objects_v2(Bucket=bucket, MaxKeys=1)["Contents"][0]
    asked = client.list_objects_v2(Bucket=bucket, MaxKeys=1, FetchOwner=True)["Contents"][0]
    assert asked["Owner"]["ID"]


def test_max_keys_has_its_limits(full):
    client, bucket = full
    capped = client.list_objects_v2(Bucket=bucket, MaxKeys=5000)
    assert (capped["KeyCount"], capped["MaxKeys"], capped["IsTruncated"]) == (1000, 1000, True)
    none = client.list_objects_v2(Bucket=bucket, MaxKeys=0)
    assert (none["KeyCount"], none["IsTruncated"]) == (0, False)
    assert code_of(client.list_objects_v2, Bucket=bucket, MaxKeys=-1) == (400, "InvalidArgument")


def test_token_that_we_never_gave_is_refused(full):
    client, bucket = full
    wrong = {"ContinuationToken": "not one of ours"}
    assert code_of(client.list_objects_v2, Bucket=bucket, **wrong) == (400, "InvalidArgument")


def raw_list(server, bucket, *query):
    query = [("list-type", "2"), *query]
    answer = ask("GET", presign(server, "GET", f"{server.url}/{bucket}", query=query))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/xml")
    keys = [element.text for element in answer.xml.iter(f"{XMLNS}Key")]
    return answer, keys


def test_encoding_type_url_encodes_keys_and_prefixes(server, full):
    _, bucket = full
    query = [("encoding-type", "url"), ("prefix", "x+y z%/"), ("max-keys", "20")]
    answer, keys = raw_list(server, bucket, *query)
    assert answer.body.isascii()
    assert answer.xml.findtext(f"{XMLNS}EncodingType") == "url"
    assert unquote_plus(answer.xml.findtext(f"{XMLNS}Prefix")) == "x+y z%/"
    assert [unquote_plus(key) for key in keys] == [key for _, key in model("x+y z%/")[:20]]
    assert all(key.startswith("x%2By") and "/" in key for key in keys)


def test_without_encoding_type_keys_stand_as_they_are(server, full):
    _, bucket = full
    answer, keys = raw_list(server, bucket, ("max-keys", "1000"))
    assert keys == KEYS[:1000]
    assert answer.xml.find(f"{XMLNS}EncodingType") is None
    assert answer.xml.findtext(f"{XMLNS}Name") == bucket


def test_deleted_key_leaves_the_list(s3, bucket):
    for key in ("a", "b/1", "b/2", "c"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    for key in ("b/1", "b/2"):
        s3.delete_object(Bucket=bucket, Key=key)
    page = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert entries_of(page) == [("key", "a"), ("key", "c")]


def test_folder_with_its_marker_lists_both(s3, bucket):
    for key in ("folder/", "folder/a", "folder/b/c"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    page = s3.list_objects_v2(Bucket=bucket, Prefix="folder/", Delimiter="/")
    assert entries_of(page) == [("key", "folder/"), ("key", "folder/a"), ("prefix", "folder/b/")]
