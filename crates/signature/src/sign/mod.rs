//! SigV4 in the `Authorization` header, and what of it SigV4A shares.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>

pub(crate) mod presign;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use self::presign::{signed_headers, with_host};
use crate::canonical::{ALGORITHM, Canonical, HeaderSource, HostPort, string_to_sign_to};
use crate::mac::{Hash, hex};
use crate::query::Params;
use crate::{Credentials, Dialect, Request, Scope, Short, SigningKey, Text, Timestamp};

/// A request to sign.
#[derive(Clone, Copy)]
pub struct Sign<'a> {
    /// The method in capitals.
    pub method: &'a str,
    /// `https` or `http`.
    pub scheme: &'a str,
    /// Host, and port where it is not the scheme's own.
    pub authority: &'a str,
    /// The path as it will be sent, percent-encoded.
    pub path: &'a str,
    /// The query as it will be sent, without `?`; empty when there is none.
    pub query: &'a str,
    /// Headers to cover, besides `host` and those that [`sign`] adds.
    pub headers: &'a [(&'a str, &'a str)],
    /// The value of `x-amz-content-sha256`: 64 hexadecimal digits, or a word such as
    /// `UNSIGNED-PAYLOAD`.
    pub payload_hash: &'a str,
}

/// Shows method, host and path: headers and query can hold an encryption key or a token.
impl fmt::Debug for Sign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sign")
            .field("method", &self.method)
            .field("authority", &self.authority)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Headers to put on the request, beside the ones that were given to be covered.
#[derive(Clone)]
pub struct HeadersToSend(pub(crate) Vec<(&'static str, String)>);

impl HeadersToSend {
    /// Names in lower case with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The signature in `authorization`, which the first chunk of a body covers.
    #[must_use]
    pub fn signature(&self) -> &str {
        let authorization = self.iter().find(|(name, _)| *name == "authorization");
        let signature = authorization.and_then(|(_, value)| value.rsplit_once("Signature="));
        signature.map_or("", |(_, signature)| signature)
    }
}

/// Redacted: a value is a signature, another may be a session token.
impl fmt::Debug for HeadersToSend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Signs `request` for a region and service (a region alone means S3) at `at`.
#[must_use]
pub fn sign<'s>(
    request: &Sign<'_>,
    credentials: &Credentials,
    scope: impl Into<Scope<'s>>,
    at: Timestamp,
) -> HeadersToSend {
    let scope = scope.into();
    let key = SigningKey::derive(credentials.secret(), at, scope);
    Scheme {
        algorithm: ALGORITHM,
        scope: scope.text(at),
        dialect: scope.dialect,
        region_set: None,
        signature: &|string_to_sign| Short::from_slice(hex(key.mac(string_to_sign)).as_slice()),
    }
    .sign(request, credentials, at)
}

/// What tells SigV4 and SigV4A apart.
pub(crate) struct Scheme<'a> {
    pub(crate) algorithm: &'static str,
    pub(crate) scope: Short,
    pub(crate) dialect: Dialect,
    /// The regions, where the scope names none.
    pub(crate) region_set: Option<&'a str>,
    /// The signature of a string to sign.
    pub(crate) signature: &'a dyn Fn(&[u8]) -> Short,
}

impl Scheme<'_> {
    pub(crate) fn sign(
        &self,
        request: &Sign<'_>,
        credentials: &Credentials,
        at: Timestamp,
    ) -> HeadersToSend {
        let timestamp = at.basic();
        let mut added = self.headers(request, credentials, &timestamp);
        let covered: Vec<(&str, &str)> = request
            .headers
            .iter()
            .copied()
            .chain(added.iter().map(|(name, value)| (*name, value.as_str())))
            .collect();
        let names = signed_headers(covered.iter().map(|(name, _)| *name));
        let Self { algorithm, scope, dialect, signature, .. } = self;
        let hash = canonical_hash(request, &covered, &names, *dialect);
        let mut string_to_sign = Text::new();
        string_to_sign_to(&mut string_to_sign, algorithm, &timestamp, scope, &hash);
        let signature = signature(&string_to_sign);
        let authorization = alloc::format!(
            "{algorithm} Credential={}/{}, SignedHeaders={}, Signature={}",
            credentials.access_key_id(),
            String::from_utf8_lossy(scope),
            String::from_utf8_lossy(&names),
            String::from_utf8_lossy(&signature),
        );
        added.push(("authorization", authorization));
        HeadersToSend(added)
    }

    /// The headers that signing adds, but for the one that holds the signature.
    fn headers(
        &self,
        request: &Sign<'_>,
        credentials: &Credentials,
        timestamp: &[u8],
    ) -> Vec<(&'static str, String)> {
        let mut added = Vec::with_capacity(5);
        added.push(("x-amz-date", String::from_utf8_lossy(timestamp).into_owned()));
        added.push(("x-amz-content-sha256", request.payload_hash.into()));
        if let Some(region_set) = self.region_set {
            added.push(("x-amz-region-set", region_set.into()));
        }
        if let Some(token) = credentials.session_token() {
            added.push(("x-amz-security-token", token.into()));
        }
        added
    }
}

/// The hash of the canonical request, in hexadecimal.
fn canonical_hash(
    request: &Sign<'_>,
    covered: &[(&str, &str)],
    signed_headers: &[u8],
    dialect: Dialect,
) -> [u8; 64] {
    let mut canonical = Hash::new();
    Canonical {
        request: &Request {
            method: request.method,
            path: request.path,
            query: request.query,
            headers: &with_host(request.scheme, request.authority, covered),
            virtual_bucket: None,
        },
        params: &Params::read(request.query),
        signed_headers,
        payload_hash: request.payload_hash.as_bytes(),
        source: HeaderSource::Headers,
        host: HostPort::AsSent,
        dialect,
    }
    .write_to(&mut canonical);
    hex(canonical.finish())
}
