"""A presigner of our own, written from the AWS page, that also signs what no SDK would.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

import datetime
import hashlib
import hmac
from urllib.parse import quote, urlsplit

REGION = "us-east-1"


def now(**ago):
    """The time, `ago` before now: `now(hours=1)`."""
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**ago)


def encode(text, safe=""):
    """Percent-encodes as the AWS page says."""
    return quote(text, safe=safe + "~")


def object_url(server, bucket, key):
    """The path-style URL of an object."""
    return f"{server.url}/{bucket}/{encode(key, '/')}"


def presign(
    server,
    method,
    url,
    *,
    query=(),
    headers=(),
    expires=3600,
    at=None,
    region=REGION,
    service="s3",
    terminator="aws4_request",
    key_id=None,
    secret=None,
):
    """`url` with a SigV4 signature in its query; each part of it can be made wrong."""
    at = at or now()
    key_id, secret = key_id or server.key_id, secret or server.secret
    day, stamp = at.strftime("%Y%m%d"), at.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{day}/{region}/{service}/{terminator}"
    host = urlsplit(url).netloc
    headers = sorted([("host", host), *((name.lower(), value) for name, value in headers)])
    names = ";".join(name for name, _ in headers)
    parameters = [
        *query,
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Credential", f"{key_id}/{scope}"),
        ("X-Amz-Date", stamp),
        ("X-Amz-Expires", str(expires)),
        ("X-Amz-SignedHeaders", names),
    ]
    canonical_query = "&".join(
        f"{name}={value}" for name, value in sorted((encode(n), encode(v)) for n, v in parameters)
    )
    canonical_headers = "".join(f"{name}:{value}\n" for name, value in headers)
    path = url.split(host, 1)[1] or "/"
    canonical = "\n".join(
        [method, path, canonical_query, canonical_headers, names, "UNSIGNED-PAYLOAD"]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, digest])
    key = f"AWS4{secret}".encode()
    for word in scope.split("/"):
        key = mac(key, word)
    return f"{url}?{canonical_query}&X-Amz-Signature={mac(key, text).hex()}"


def mac(key, text):
    """HMAC-SHA256."""
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
