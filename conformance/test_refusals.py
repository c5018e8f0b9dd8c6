"""What is refused: requests whose signature, time, parameters or form is not right.

Texts and codes are those of https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from support.presigning import encode, now, object_url, presign
from support.wire import ask

SECRET_BODY = b"nobody may read this"
MISSING = (
    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
    "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
)
OVER_A_WEEK = (
    "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must "
    "be less than 604800 seconds"
)
PARAMETERS = "AuthorizationQueryParametersError"
CREDENTIAL = "Error parsing the X-Amz-Credential parameter; "


@pytest.fixture(scope="module")
def place(server):
    """The URL of an object nobody may read unsigned."""
    bucket = f"{server.url}/refusals"
    assert ask("PUT", presign(server, "PUT", bucket)).status == 200
    url = object_url(server, "refusals", "folder/a b+\ud55c.txt")
    assert ask("PUT", presign(server, "PUT", url), body=SECRET_BODY).status == 200
    return url


def refuse(answer, status, code, message=None, **elements):
    """The answer is that error, with that message and those elements, and no byte of the object."""
    assert SECRET_BODY not in answer.body
    assert (answer.status, answer.error["Code"]) == (status, code), answer
    assert message in (None, answer.error["Message"]), answer
    assert elements.items() <= answer.error.items(), answer


def edit(url, name, value):
    """The URL with one parameter of its query replaced or, for None, left out."""
    base, query = url.split("?")
    pairs = [(old, value if old == name else kept) for old, kept in parse_qsl(query)]
    kept = [f"{encode(old)}={encode(new)}" for old, new in pairs if new is not None]
    assert "&".join(kept) != query, "the edit changed nothing"
    return f"{base}?{'&'.join(kept)}"


def test_the_object_is_there_for_a_right_signature(server, place):
    assert ask("GET", presign(server, "GET", place)).body == SECRET_BODY


def test_no_signature_is_access_denied(server, place):
    for method in ("GET", "PUT", "DELETE"):
        refuse(ask(method, place), 403, "AccessDenied", "Access Denied")
    assert ask("HEAD", place).status == 403
    refuse(ask("GET", f"{server.url}/"), 403, "AccessDenied", "Access Denied")
    refuse(ask("GET", f"{server.url}/refusals"), 403, "AccessDenied", "Access Denied")


def test_absent_key_looks_like_any_other_without_a_signature(place):
    refuse(ask("GET", place + "x"), 403, "AccessDenied", "Access Denied")


def test_response_overrides_without_a_signature_are_refused(place):
    answer = ask("GET", f"{place}?response-content-type=text%2Fhtml")
    assert (answer.status, SECRET_BODY in answer.body) == (400, False)
    assert answer.error["Code"] == "InvalidRequest"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "POST"])
def test_url_signed_for_get_serves_no_other_method(server, place, method):
    answer = ask(method, presign(server, "GET", place))
    assert answer.status in (403, 405)
    if method != "HEAD":
        assert answer.error["Code"] in ("SignatureDoesNotMatch", "MethodNotAllowed")
    assert ask("GET", presign(server, "GET", place)).body == SECRET_BODY


@pytest.mark.parametrize("position", range(0, 64, 7))
def test_signature_with_one_digit_changed_is_refused(server, place, position):
    base, signature = presign(server, "GET", place).rsplit("=", 1)
    digit = "1" if signature[position] == "0" else "0"
    wrong = signature[:position] + digit + signature[position + 1 :]
    answer = ask("GET", f"{base}={wrong}")
    refuse(answer, 403, "SignatureDoesNotMatch", SignatureProvided=wrong)
    assert signature.encode() not in answer.body


@pytest.mark.parametrize("wrong", ["", "0", "z" * 64, "\ud55c", "0" * 63, "0" * 65, "0" * 10_000])
def test_signature_that_is_none_is_refused(server, place, wrong):
    answer = ask("GET", edit(presign(server, "GET", place), "X-Amz-Signature", wrong))
    assert answer.status in (400, 403)
    assert answer.error["Code"] in ("SignatureDoesNotMatch", PARAMETERS)


def test_capitals_in_the_signature_are_another_signature(server, place):
    base, signature = presign(server, "GET", place).rsplit("=", 1)
    assert signature != signature.upper()
    refuse(ask("GET", f"{base}={signature.upper()}"), 403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("position", range(0, 44, 3))
def test_path_with_one_character_changed_is_refused(server, place, position):
    base, query = presign(server, "GET", place).split("?")
    path = urlsplit(base).path
    at = len(base) - len(path) + 1 + position % (len(path) - 1)
    wrong = "0" if base[at] != "0" else "1"
    answer = ask("GET", f"{base[:at]}{wrong}{base[at + 1 :]}?{query}")
    assert SECRET_BODY not in answer.body
    assert answer.status in (400, 403), answer


@pytest.mark.parametrize("ending", ["/", "//", "/.", "%00", "x"])
def test_path_made_longer_is_refused(server, place, ending):
    base, query = presign(server, "GET", place).split("?")
    answer = ask("GET", f"{base}{ending}?{query}")
    assert SECRET_BODY not in answer.body
    assert answer.status in (400, 403), answer


def test_bucket_or_folder_alone_is_not_what_was_signed(server, place):
    base, query = presign(server, "GET", place).split("?")
    for shorter in (base.rsplit("/", 1)[0], f"{server.url}/refusals", f"{server.url}/"):
        refuse(ask("GET", f"{shorter}?{query}"), 403, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Amz-Expires", "3601"),
        ("X-Amz-Expires", "03600"),
        ("X-Amz-SignedHeaders", "host;range"),
        ("X-Amz-SignedHeaders", "Host"),
        ("X-Amz-SignedHeaders", "range"),
        ("X-Amz-SignedHeaders", ""),
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA1"),
        ("X-Amz-Date", "yesterday"),
    ],
)
def test_parameter_with_another_value_is_refused(server, place, name, value):
    answer = ask("GET", edit(presign(server, "GET", place), name, value))
    assert SECRET_BODY not in answer.body
    assert answer.status in (400, 403)
    assert answer.error["Code"] in ("SignatureDoesNotMatch", "AccessDenied", PARAMETERS)


@pytest.mark.parametrize(
    "extra", ["a=b", "x-id=GetObject", "versionId=1", "response-content-type=a"]
)
def test_added_parameter_is_refused(server, place, extra):
    url = presign(server, "GET", place)
    base, query = url.split("?")
    refuse(ask("GET", f"{url}&{extra}"), 403, "SignatureDoesNotMatch")
    refuse(ask("GET", f"{base}?{extra}&{query}"), 403, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    "name",
    [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
    ],
)
def test_each_missing_parameter_is_named_missing(server, place, name):
    answer = ask("GET", edit(presign(server, "GET", place), name, None))
    if name == "X-Amz-Algorithm" and answer.status == 403:
        refuse(answer, 403, "AccessDenied")
    else:
        refuse(answer, 400, PARAMETERS, MISSING)


@pytest.mark.parametrize("name", ["X-Amz-Signature", "X-Amz-Expires", "X-Amz-Date"])
def test_parameter_given_twice_is_refused(server, place, name):
    url = presign(server, "GET", place)
    value = dict(parse_qsl(urlsplit(url).query))[name]
    for again in (value, "1"):
        answer = ask("GET", f"{url}&{name}={again}")
        assert SECRET_BODY not in answer.body
        assert answer.status in (400, 403), answer


def test_expired_url_is_refused_and_says_since_when(server, place):
    url = presign(server, "GET", place, at=now(seconds=70), expires=60)
    answer = ask("GET", url)
    elements = {"X-Amz-Expires": "60"}
    refuse(answer, 403, "AccessDenied", "Request has expired", **elements)
    iso = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    assert re.fullmatch(iso, answer.error["Expires"])
    assert re.fullmatch(iso, answer.error["ServerTime"])
    assert answer.error["Expires"] < answer.error["ServerTime"]


def test_url_signed_long_ago_works_until_it_expires(server, place):
    url = presign(server, "GET", place, at=now(days=6), expires=604800)
    assert ask("GET", url).body == SECRET_BODY
    week = presign(server, "GET", place, at=now(days=7, seconds=5), expires=604800)
    refuse(ask("GET", week), 403, "AccessDenied", "Request has expired")


def test_expired_url_stores_nothing(server, place):
    url = presign(server, "PUT", place + "-late", at=now(seconds=70), expires=60)
    refuse(ask("PUT", url, body=b"late"), 403, "AccessDenied", "Request has expired")
    assert ask("GET", presign(server, "GET", place + "-late")).status == 404


def test_url_of_the_future_is_not_yet_valid(server, place):
    url = presign(server, "GET", place, at=now(hours=-1))
    answer = ask("GET", url)
    refuse(answer, 403, "AccessDenied", "Request is not yet valid")
    assert re.fullmatch(r"\d{13}", answer.error["X-Amz-Date"])


@pytest.mark.parametrize(
    ("expires", "message"),
    [
        ("604801", OVER_A_WEEK),
        ("99999999999999999999999", None),
        ("-1", "X-Amz-Expires must be non-negative"),
        ("soon", "X-Amz-Expires should be a number"),
        ("", None),
        ("1.5", "X-Amz-Expires should be a number"),
        ("0x10", "X-Amz-Expires should be a number"),
    ],
)
def test_expiry_out_of_range_is_refused(server, place, expires, message):
    refuse(ask("GET", presign(server, "GET", place, expires=expires)), 400, PARAMETERS, message)


def test_expiry_of_0_seconds_is_already_over(server, place):
    url = presign(server, "GET", place, expires=0, at=now(seconds=2))
    refuse(ask("GET", url), 403, "AccessDenied", "Request has expired")


def test_wrong_region_is_told_the_right_one(server, place):
    message = CREDENTIAL + "the region 'eu-west-1' is wrong; expecting 'us-east-1'"
    answer = ask("GET", presign(server, "GET", place, region="eu-west-1"))
    refuse(answer, 400, PARAMETERS, message, Region="us-east-1")


def test_wrong_service_is_refused(server, place):
    message = CREDENTIAL + 'incorrect service "ec2". This endpoint belongs to "s3".'
    refuse(ask("GET", presign(server, "GET", place, service="ec2")), 400, PARAMETERS, message)


def test_wrong_terminator_is_refused(server, place):
    message = CREDENTIAL + 'incorrect terminal "aws5_request". This endpoint uses "aws4_request".'
    answer = ask("GET", presign(server, "GET", place, terminator="aws5_request"))
    refuse(answer, 400, PARAMETERS, message)


def test_credential_that_is_none_is_refused(server, place):
    message = (
        CREDENTIAL + "the Credential is mal-formed; expecting "
        '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
    )
    for wrong in ("AKIA", "AKIA/20260101/us-east-1/s3", "AKIA%2F20260101", "a b"):
        answer = ask("GET", edit(presign(server, "GET", place), "X-Amz-Credential", wrong))
        refuse(answer, 400, PARAMETERS, message)


def test_day_of_the_credential_has_to_be_that_of_the_date(server, place):
    url = presign(server, "GET", place)
    credential = dict(parse_qsl(urlsplit(url).query))["X-Amz-Credential"]
    other = re.sub(r"/\d{8}/", "/20200101/", credential)
    refuse(ask("GET", edit(url, "X-Amz-Credential", other)), 400, PARAMETERS)


def test_unknown_key_is_refused(server, place):
    answer = ask("GET", presign(server, "GET", place, key_id="AKIANOBODY"))
    message = "The AWS Access Key Id you provided does not exist in our records."
    refuse(answer, 403, "InvalidAccessKeyId", message, AWSAccessKeyId="AKIANOBODY")


def test_wrong_secret_is_shown_what_we_calculated(server, place):
    url = presign(server, "GET", place, secret="wrong", query=[("a", "b")])
    answer = ask("GET", url)
    message = (
        "The request signature we calculated does not match the signature you provided. "
        "Check your key and signing method."
    )
    refuse(answer, 403, "SignatureDoesNotMatch", message, AWSAccessKeyId=server.key_id)
    error = answer.error
    lines = error["CanonicalRequest"].split("\n")
    query = urlsplit(url).query.rsplit("&X-Amz-Signature=", 1)
    assert lines[:3] == ["GET", urlsplit(place).path, query[0]]
    assert lines[3:] == [f"host:{server.host}", "", "host", "UNSIGNED-PAYLOAD"]
    assert error["StringToSign"].startswith("AWS4-HMAC-SHA256\n")
    assert error["SignatureProvided"] == query[1]
    for name in ("StringToSign", "CanonicalRequest"):
        assert bytes.fromhex(error[f"{name}Bytes"]).decode() == error[name]


def test_right_signature_is_never_told(server, place):
    right = presign(server, "GET", place)
    wrong = edit(right, "X-Amz-Signature", "0" * 64)
    answer = ask("GET", wrong)
    refuse(answer, 403, "SignatureDoesNotMatch")
    assert right.rsplit("=", 1)[1].encode() not in answer.body


def test_header_and_query_together_are_refused(server, place):
    authorization = "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=0"
    answer = ask("GET", presign(server, "GET", place), {"Authorization": authorization})
    message = (
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature "
        "query string parameter or the Authorization header should be specified"
    )
    refuse(answer, 400, "InvalidArgument", message, ArgumentName="Authorization")


@pytest.mark.parametrize("name", ["x-amz-meta-colour", "x-amz-date", "x-amz-acl", "x-amz-expires"])
def test_unsigned_amz_header_is_refused_and_named(server, place, name):
    target = place + "-unsigned"
    answer = ask("PUT", presign(server, "PUT", target), {name: "x"}, b"x")
    message = "There were headers present in the request which were not signed"
    refuse(answer, 403, "AccessDenied", message, HeadersNotSigned=name)
    assert ask("GET", presign(server, "GET", target)).status == 404


def test_unsigned_copy_source_cannot_turn_a_put_into_a_copy(server, place):
    source = urlsplit(place).path
    url = presign(server, "PUT", place + "-copy")
    refuse(ask("PUT", url, {"x-amz-copy-source": source}), 403, "AccessDenied")
    assert ask("GET", presign(server, "GET", place + "-copy")).status == 404


def test_signed_header_has_to_be_sent_as_signed(server, place):
    url = presign(server, "GET", place, headers=[("range", "bytes=0-0")])
    refuse(ask("GET", url), 403, "SignatureDoesNotMatch")
    refuse(ask("GET", url, {"Range": "bytes=0-9"}), 403, "SignatureDoesNotMatch")
    assert ask("GET", url, {"Range": "bytes=0-0"}).body == SECRET_BODY[:1]


def test_url_for_another_host_is_refused(server, place):
    url = presign(server, "GET", place.replace(server.url, "http://other.example"))
    answer = ask("GET", url.replace("http://other.example", server.url))
    refuse(answer, 403, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    "authorization",
    [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 ",
        "AWS4-HMAC-SHA256 Credential=a",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host",
        "AWS4-HMAC-SHA256 Credential=,SignedHeaders=,Signature=",
        "Basic dXNlcjpwYXNz",
        "Bearer x",
        "",
        "AWS AKIA:sig",
    ],
)
def test_authorization_that_is_none_is_refused(place, authorization):
    answer = ask("GET", place, {"Authorization": authorization})
    assert SECRET_BODY not in answer.body
    assert answer.status in (400, 403), answer
    assert answer.error["Code"]


def test_body_that_differs_from_its_signed_hash_is_not_stored(server, place):
    target, name = place + "-hash", "x-amz-content-sha256"
    url = presign(server, "PUT", target, query=[("X-Amz-Content-Sha256", "0" * 64)])
    answer = ask("PUT", url, {name: "0" * 64}, b"x")
    assert answer.status in (400, 403), answer
    assert ask("GET", presign(server, "GET", target)).status == 404


@pytest.mark.parametrize(
    "name", ["A", "ab", "Upper", "under_score", "a..b", "192.168.1.1", "a" * 64]
)
def test_bucket_with_a_bad_name_is_refused(server, name):
    answer = ask("PUT", presign(server, "PUT", f"{server.url}/{name}"))
    message = "The specified bucket is not valid."
    refuse(answer, 400, "InvalidBucketName", message, BucketName=name)


def test_key_of_1025_bytes_is_refused(server, place):
    url = object_url(server, "refusals", "\uac00" * 341 + "xx")
    for method in ("PUT", "GET"):
        answer = ask(method, presign(server, method, url))
        refuse(answer, 400, "KeyTooLongError", "Your key is too long", Size="1025")


def test_document_is_well_formed_whatever_was_sent(server, place):
    refuse(ask("GET", presign(server, "GET", place) + "%01"), 403, "SignatureDoesNotMatch")
    elsewhere = edit(presign(server, "GET", place), "X-Amz-Credential", "a/20260101/\x01/s3/aws4_request")
    refuse(ask("GET", elsewhere), 400, PARAMETERS)
    absent = ask("GET", presign(server, "GET", f"{server.url}/refusals/k%00"))
    refuse(absent, 404, "NoSuchKey", Key="k\ufffd")


def signed_in_query(server, method, url, *headers):
    """A URL that signs these headers and holds their values, so that they need not be sent."""
    return presign(server, method, url, query=headers, headers=headers)


@pytest.mark.parametrize(
    "header",
    [("content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="), ("x-amz-checksum-crc32", "AAAAAA==")],
    ids=lambda header: header[0],
)
def test_signed_header_in_the_query_is_enforced(server, place, header):
    url = signed_in_query(server, "PUT", place, header)
    refuse(ask("PUT", url, body=b"other"), 400, "BadDigest")
    part = ask("GET", signed_in_query(server, "GET", place, ("range", "bytes=0-5")))
    assert (part.status, part.body) == (206, SECRET_BODY[:6])


@pytest.mark.parametrize(
    ("method", "what"),
    [
        ("GET", "torrent"),
        ("GET", "acl"),
        ("PUT", "retention"),
        ("GET", "analytics"),
        ("PUT", "website"),
        ("DELETE", "cors"),
    ],
)
def test_operation_we_do_not_have_is_not_mistaken_for_another(server, place, method, what):
    target = place if what in ("torrent", "acl", "retention") else f"{server.url}/refusals"
    answer = ask(method, presign(server, method, target, query=[(what, "")]), body=b"")
    refuse(answer, 501, "NotImplemented")
    assert ask("GET", presign(server, "GET", place)).body == SECRET_BODY


def test_each_refusal_has_an_id_of_its_own(place):
    answers = [ask("GET", place) for _ in range(3)]
    assert len({answer.error["RequestId"] for answer in answers}) == 3
    assert all(answer.headers["x-amz-id-2"] == answer.error["HostId"] for answer in answers)
