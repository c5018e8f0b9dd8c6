//! Presigned URLs with SigV4: the signature stands in the query.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};

use crate::canonical::{ALGORITHM, Canonical, HeaderSource, HostPort, UNSIGNED_PAYLOAD};
use crate::canonical::{string_to_sign, without_default_port};
use crate::encode::{Sink, Slash, encode_to};
use crate::mac::hex;
use crate::query::Params;
use crate::{Credentials, EXPIRES_SECONDS_MAX, Request, Short, SigningKey, Timestamp};

/// What a presigned URL shall allow.
#[derive(Clone, Copy, Debug)]
pub struct Presign<'a> {
    /// The method in capitals.
    pub method: &'a str,
    /// `https` or `http`.
    pub scheme: &'a str,
    /// Host, and port where it is not the scheme's own.
    pub authority: &'a str,
    /// The path, percent-encoded, beginning with `/`.
    pub path: &'a str,
    /// Parameters of the operation, decoded; `None` writes a name without `=`.
    pub query: &'a [(&'a str, Option<&'a str>)],
    /// Headers that the user of the URL must send, besides `host`.
    pub headers: &'a [(&'a str, &'a str)],
    /// How long the URL lives: 1 to [`EXPIRES_SECONDS_MAX`] seconds.
    pub expires_seconds: u32,
}

/// Why there is no URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresignError {
    /// The lifetime is zero.
    ExpiresZero,
    /// The lifetime is over [`EXPIRES_SECONDS_MAX`].
    ExpiresTooLong,
}

impl fmt::Display for PresignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ExpiresZero => "a presigned URL must live for at least a second",
            Self::ExpiresTooLong => "a SigV4 presigned URL lives at most 7 days (604800 seconds)",
        })
    }
}

impl core::error::Error for PresignError {}

/// A finished URL. It opens the object to whoever holds it, so `Debug` shows no part of it.
#[derive(Clone, PartialEq, Eq)]
pub struct PresignedUrl(pub(crate) String);

impl PresignedUrl {
    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PresignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresignedUrl(redacted)")
    }
}

/// Presigns for one credential, region and moment; the signing key is derived once.
#[derive(Debug)]
pub struct Presigner<'c> {
    credentials: &'c Credentials,
    key: SigningKey,
    at: Timestamp,
    scope: Short,
}

impl<'c> Presigner<'c> {
    /// A presigner for service `s3` in `region` whose URLs are signed at `at`.
    #[must_use]
    pub fn new(credentials: &'c Credentials, region: &str, at: Timestamp) -> Self {
        let key = SigningKey::derive(credentials.secret(), at, region, "s3");
        Self { credentials, key, at, scope: scope(at, region, "s3") }
    }

    /// Signs one URL.
    ///
    /// # Errors
    /// A lifetime that S3 would refuse.
    pub fn presign(&self, presign: &Presign<'_>) -> Result<PresignedUrl, PresignError> {
        match presign.expires_seconds {
            0 => return Err(PresignError::ExpiresZero),
            1..=EXPIRES_SECONDS_MAX => {}
            _ => return Err(PresignError::ExpiresTooLong),
        }
        let signed_headers = signed_headers(presign.headers.iter().map(|(name, _)| *name));
        let query = self.query(presign, &signed_headers);
        let signature = self.signature(presign, &signed_headers, &query);
        let signature = core::str::from_utf8(&signature).unwrap_or_default();
        let Presign { scheme, authority, path, .. } = presign;
        let url =
            alloc::format!("{scheme}://{authority}{path}?{query}&X-Amz-Signature={signature}");
        Ok(PresignedUrl(url))
    }

    fn query(&self, presign: &Presign<'_>, signed_headers: &[u8]) -> String {
        let mut credential = Short::from(self.credentials.access_key_id().as_bytes());
        credential.put(b"/");
        credential.put(&self.scope);
        let mut query = QueryText(Vec::with_capacity(512));
        for (name, value) in presign.query {
            query.add(name, value.map(str::as_bytes));
        }
        query.add("X-Amz-Algorithm", Some(ALGORITHM.as_bytes()));
        query.add("X-Amz-Credential", Some(&credential));
        query.add("X-Amz-Date", Some(&self.at.basic()));
        query.add("X-Amz-Expires", Some(decimal(presign.expires_seconds).as_bytes()));
        query.add("X-Amz-SignedHeaders", Some(signed_headers));
        if let Some(token) = self.credentials.session_token() {
            query.add("X-Amz-Security-Token", Some(token.as_bytes()));
        }
        query.finish()
    }

    fn signature(&self, presign: &Presign<'_>, signed_headers: &[u8], query: &str) -> [u8; 64] {
        let headers = with_host(presign.scheme, presign.authority, presign.headers);
        let request = Request {
            method: presign.method,
            path: presign.path,
            query,
            headers: &headers,
            virtual_bucket: None,
        };
        let params = Params::read(query);
        let payload_hash = payload_hash(&request, &params);
        let (canonical, _) = Canonical {
            request: &request,
            params: &params,
            signed_headers,
            payload_hash: &payload_hash,
            source: HeaderSource::HeadersOrQuery,
            host: HostPort::AsSent,
        }
        .write();
        hex(self.key.mac(&string_to_sign(&self.at.basic(), &self.scope, &canonical)))
    }
}

/// The payload line of a presigned request: what the query says, else what a header says, else
/// that nothing is said about the body.
pub(crate) fn payload_hash(request: &Request<'_>, params: &Params<'_>) -> Short {
    if let Some(param) = params.find("X-Amz-Content-Sha256") {
        return param.short();
    }
    let header = request.header_values("x-amz-content-sha256").next();
    Short::from(header.unwrap_or(UNSIGNED_PAYLOAD.as_bytes()))
}

/// `day/region/service/aws4_request`.
pub(crate) fn scope(at: Timestamp, region: &str, service: &str) -> Short {
    let mut scope = Short::new();
    scope.put(&at.day());
    for part in [region, service, "aws4_request"] {
        scope.put(b"/");
        scope.put(part.as_bytes());
    }
    scope
}

/// `names` and `host` in lower case, sorted, each once, joined by `;`.
pub(crate) fn signed_headers<'n>(names: impl Iterator<Item = &'n str>) -> Short {
    let mut names: Vec<String> = names.map(str::to_ascii_lowercase).collect();
    names.push("host".into());
    names.sort_unstable();
    names.dedup();
    Short::from(names.join(";").as_bytes())
}

/// `headers` behind the `host` header that belongs to `authority`.
pub(crate) fn with_host<'a>(
    scheme: &str,
    authority: &'a str,
    headers: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a [u8])> {
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let host = authority.as_bytes();
    let host = if authority.ends_with(default_port) { without_default_port(host) } else { host };
    let others = headers.iter().map(|&(name, value)| (name, value.as_bytes()));
    core::iter::once(("host", host)).chain(others).collect()
}

fn decimal(number: u32) -> String {
    let mut text = String::new();
    let Ok(()) = write!(text, "{number}") else {
        return text;
    };
    text
}

/// A query under construction.
pub(crate) struct QueryText(pub(crate) Vec<u8>);

impl QueryText {
    pub(crate) fn add(&mut self, name: &str, value: Option<&[u8]>) {
        if !self.0.is_empty() {
            self.0.push(b'&');
        }
        encode_to(&mut self.0, name.bytes(), Slash::Encode);
        if let Some(value) = value {
            self.0.push(b'=');
            encode_to(&mut self.0, value.iter().copied(), Slash::Encode);
        }
    }

    #[expect(clippy::expect_used, reason = "percent-encoded text is ASCII")]
    pub(crate) fn finish(self) -> String {
        String::from_utf8(self.0).expect("invariant: percent-encoded text is ASCII")
    }
}
