//! SigV2, the legacy signature: HMAC-SHA1, no region, no limit to a URL's life.
//!
//! It covers neither host nor body nor most of the query, so servers should refuse it unless they
//! must not. <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html>

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::encode::Sink;
use crate::mac::hmac_sha1;
use crate::query::Params;
use crate::sign::presign::{PresignedUrl, QueryText};
use crate::{Credentials, HeadersToSend, Presign, Request, Sign, Text, Timestamp};

/// Query parameters that are part of the resource that SigV2 signs; AWS publishes no full list and
/// the SDKs' lists agree on these.
const SUBRESOURCES: [&str; 35] = [
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "defaultObjectAcl",
    "delete",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "partNumber",
    "policy",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "select",
    "select-type",
    "storageClass",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
];

/// A legacy presigned URL, good until `expires_at` (which may be any time ahead).
///
/// Headers named `x-amz-*` travel in the query; `content-type` and `content-md5` are signed and
/// must be sent by the user of the URL; others cannot be covered and are left out.
/// `presign.expires_seconds` is not looked at. `virtual_bucket` is the bucket when it stands in
/// the authority and not in the path.
#[must_use]
pub fn presign(
    presign: &Presign<'_>,
    credentials: &Credentials,
    virtual_bucket: Option<&str>,
    expires_at: Timestamp,
) -> PresignedUrl {
    let expires = alloc::format!("{}", expires_at.seconds());
    let mut query = QueryText::new();
    for (name, value) in presign.query {
        query.add(name, value.map(str::as_bytes));
    }
    for (name, value) in presign.headers {
        let name = name.to_ascii_lowercase();
        if name.starts_with("x-amz-") {
            query.add(&name, Some(value.as_bytes()));
        }
    }
    if let Some(token) = credentials.session_token() {
        query.add("x-amz-security-token", Some(token.as_bytes()));
    }
    let headers: Vec<(&str, &[u8])> = presign
        .headers
        .iter()
        .filter(|(name, _)| is_positional(name))
        .map(|&(name, value)| (name, value.as_bytes()))
        .collect();
    let request = Request {
        method: presign.method,
        path: presign.path,
        query: query.as_str(),
        headers: &headers,
        virtual_bucket,
    };
    let text =
        string_to_sign(&request, &Params::read(query.as_str()), expires.as_bytes(), Place::Query);
    let signature = STANDARD.encode(hmac_sha1(credentials.secret(), &text));
    query.add("AWSAccessKeyId", Some(credentials.access_key_id().as_bytes()));
    query.add("Expires", Some(expires.as_bytes()));
    query.add("Signature", Some(signature.as_bytes()));
    let Presign { scheme, authority, path, .. } = presign;
    PresignedUrl(alloc::format!("{scheme}://{authority}{path}?{}", query.as_str()))
}

/// Signs `request` in its header, as of `at`.
///
/// A `date` or `x-amz-date` among its headers is kept as its time; otherwise a `date` is added.
/// All `x-amz-*` headers, `content-type` and `content-md5` are covered and no others are;
/// `request.payload_hash` is not looked at. `virtual_bucket` is the bucket when it stands in the
/// authority and not in the path.
#[must_use]
pub fn sign(
    request: &Sign<'_>,
    credentials: &Credentials,
    virtual_bucket: Option<&str>,
    at: Timestamp,
) -> HeadersToSend {
    let given = |name: &str| request.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
    let mut added = Vec::with_capacity(3);
    if given("x-amz-date").is_none() && given("date").is_none() {
        added.push(("date", at.http_date()));
    }
    if let Some(token) = credentials.session_token() {
        added.push(("x-amz-security-token", token.into()));
    }
    let covered = request.headers.iter().map(|&(name, value)| (name, value.as_bytes()));
    let covered: Vec<(&str, &[u8])> =
        covered.chain(added.iter().map(|(name, value)| (*name, value.as_bytes()))).collect();
    let Sign { method, path, query, .. } = *request;
    let view = Request { method, path, query, headers: &covered, virtual_bucket };
    let date = if given("x-amz-date").is_some() { "" } else { view.header("date").unwrap_or("") };
    let text = string_to_sign(&view, &Params::read(query), date.as_bytes(), Place::Header);
    let signature = STANDARD.encode(hmac_sha1(credentials.secret(), &text));
    let authorization = alloc::format!("AWS {}:{signature}", credentials.access_key_id());
    added.push(("authorization", authorization));
    HeadersToSend(added)
}

/// Whether the signature covers a query parameter. Whoever holds a URL can change all others.
#[must_use]
pub fn signs_parameter(name: &str) -> bool {
    SUBRESOURCES.contains(&name)
}

fn is_positional(name: &str) -> bool {
    name.eq_ignore_ascii_case("content-type") || name.eq_ignore_ascii_case("content-md5")
}

/// Where a signature stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Query,
    Header,
}

/// Verb, MD5, type, date, `x-amz-*` headers and resource.
pub(crate) fn string_to_sign(
    request: &Request<'_>,
    params: &Params<'_>,
    date: &[u8],
    place: Place,
) -> Text {
    let mut out = Text::new();
    out.put(request.method.as_bytes());
    out.put(b"\n");
    for name in ["content-md5", "content-type"] {
        // All of them, so that nobody can add one behind the signed one's back.
        for (index, value) in request.header_values(name).enumerate() {
            if index > 0 {
                out.put(b",");
            }
            out.put(value.trim_ascii());
        }
        out.put(b"\n");
    }
    out.put(date);
    out.put(b"\n");
    amz_headers_to(&mut out, request, params, place);
    resource_to(&mut out, request, params);
    out
}

/// `x-amz-*` headers, one per line, the values of a repeated one joined. In a URL, parameters of
/// such names are headers like those that are sent.
fn amz_headers_to(out: &mut Text, request: &Request<'_>, params: &Params<'_>, place: Place) {
    let sent = request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), *value));
    let mut lines: Vec<(String, Vec<u8>)> = sent
        .filter(|(name, _)| name.starts_with("x-amz-"))
        .map(|(name, value)| (name, value.trim_ascii().to_vec()))
        .collect();
    if place == Place::Query {
        lines.extend(params.iter().filter_map(|param| {
            let name = String::from_utf8(param.name().collect()).ok()?.to_ascii_lowercase();
            let value: Vec<u8> = param.value().collect();
            name.starts_with("x-amz-").then(|| (name, value.trim_ascii().to_vec()))
        }));
    }
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    for group in lines.chunk_by(|(name, _), (next, _)| name == next) {
        for (index, (name, value)) in group.iter().enumerate() {
            if index == 0 {
                out.put(name.as_bytes());
            }
            out.put(if index == 0 { b":" } else { b"," });
            out.put(value);
        }
        out.put(b"\n");
    }
}

/// The path as sent, behind the bucket when that stands in the host, and the sub-resources.
fn resource_to(out: &mut Text, request: &Request<'_>, params: &Params<'_>) {
    if let Some(bucket) = request.virtual_bucket {
        out.put(b"/");
        out.put(bucket.as_bytes());
    }
    out.put(request.path.as_bytes());
    if request.virtual_bucket.is_none() && is_bucket_without_slash(request.path) {
        out.put(b"/");
    }
    let mut found: Vec<_> = params
        .iter()
        .filter_map(|param| Some((*SUBRESOURCES.iter().find(|name| param.is(name))?, param)))
        .collect();
    found.sort_by_key(|(name, _)| *name);
    for (index, (name, param)) in found.into_iter().enumerate() {
        out.put(if index == 0 { b"?" } else { b"&" });
        out.put(name.as_bytes());
        if param.has_value() {
            out.put(b"=");
            out.put(&param.decoded());
        }
    }
}

/// A bucket alone is signed with a slash at its end, whether it was sent or not.
fn is_bucket_without_slash(path: &str) -> bool {
    path.len() > 1 && path.bytes().filter(|&b| b == b'/').count() == 1
}
