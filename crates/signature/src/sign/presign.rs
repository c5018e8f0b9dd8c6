//! Presigned URLs with SigV4 and SigV4A: the signature stands in the query.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use smallvec::SmallVec;

use crate::canonical::{
    ALGORITHM, Canonical, HeaderSource, HostPort, lowercase_to, path_to, payload_hash_of_url,
    string_to_sign_beginning_to,
};
use crate::encode::{Sink, Slash, encode_to, encoded_length};
use crate::mac::{Hash, Keyed, hex};
use crate::query::Params;
use crate::v4a::{self, EcdsaKey, REGION_SET};
use crate::verify::SIGNED_HEADERS_MAX;
use crate::{
    Credentials, Dialect, EXPIRES_SECONDS_MAX, Request, Scope, Short, SigningKey, Text, Timestamp,
};

/// What a presigned URL shall allow.
#[derive(Clone, Copy)]
pub struct Presign<'a> {
    /// The method in capitals.
    pub method: &'a str,
    /// `https` or `http`.
    pub scheme: &'a str,
    /// Host, and port where it is not the scheme's own.
    pub authority: &'a str,
    /// The path, percent-encoded, beginning with `/`.
    pub path: &'a str,
    /// Parameters of the operation, decoded. No value is the same as an empty one to S3.
    pub query: &'a [(&'a str, Option<&'a str>)],
    /// Headers that the user of the URL must send, besides `host`.
    pub headers: &'a [(&'a str, &'a str)],
    /// How long the URL lives: 1 to [`EXPIRES_SECONDS_MAX`] seconds.
    pub expires_seconds: u32,
}

/// Shows method, host and path: headers and query can hold an encryption key or a token.
impl fmt::Debug for Presign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presign")
            .field("method", &self.method)
            .field("authority", &self.authority)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Why there is no URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresignError {
    /// The lifetime is zero.
    ExpiresZero,
    /// The lifetime is over [`EXPIRES_SECONDS_MAX`].
    ExpiresTooLong,
    /// More headers than [`SIGNED_HEADERS_MAX`], which no verifier here would take.
    TooManyHeaders,
}

impl fmt::Display for PresignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ExpiresZero => "a presigned URL must live for at least a second",
            Self::TooManyHeaders => "a presigned URL signs at most 100 headers",
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

/// Presigns for one credential, region (a set of regions, with SigV4A) and moment.
///
/// What all its URLs have in common is made once: the signing key, keyed and led up to the hash,
/// and the signing parameters. Signing one more URL allocates that URL.
pub struct Presigner<'c> {
    credentials: &'c Credentials,
    at: Timestamp,
    scope: Short,
    dialect: Dialect,
    seal: Seal,
    /// The signing parameters up to the lifetime, encoded.
    before_expires: String,
    /// Those between the lifetime and the list of headers, encoded.
    after_expires: String,
}

impl<'c> Presigner<'c> {
    /// A presigner for a region and service (a region alone means S3) whose URLs are signed at
    /// `at`.
    #[must_use]
    pub fn new<'s>(
        credentials: &'c Credentials,
        scope: impl Into<Scope<'s>>,
        at: Timestamp,
    ) -> Self {
        let scope = scope.into();
        let key = SigningKey::derive(credentials.secret(), at, scope);
        let beginning = beginning(ALGORITHM, at, &scope.text(at));
        Self::with(credentials, scope, at, Seal::Hmac(key.started(&beginning)))
    }

    /// A presigner with SigV4A for the regions of `scope`.
    pub(crate) fn of_regions(
        credentials: &'c Credentials,
        key: EcdsaKey,
        scope: Scope<'_>,
        at: Timestamp,
    ) -> Self {
        let beginning = beginning(v4a::ALGORITHM, at, &scope.text_of_regions(at)).to_vec();
        Self::with(credentials, scope, at, Seal::Ecdsa { key, beginning })
    }

    fn with(credentials: &'c Credentials, scope: Scope<'_>, at: Timestamp, seal: Seal) -> Self {
        let Scope { region, dialect, .. } = scope;
        let (scope, region_set) = match seal {
            Seal::Hmac(_) => (scope.text(at), None),
            Seal::Ecdsa { .. } => (scope.text_of_regions(at), Some(region)),
        };
        let mut credential = Short::from_slice(credentials.access_key_id().as_bytes());
        credential.put(b"/");
        credential.put(&scope);
        let mut before = QueryText::new();
        before.add("X-Amz-Algorithm", Some(seal.algorithm().as_bytes()));
        before.add("X-Amz-Credential", Some(&credential));
        before.add("X-Amz-Date", Some(&at.basic()));
        let mut after = QueryText::new();
        if let Some(region_set) = region_set {
            after.add(REGION_SET, Some(region_set.as_bytes()));
        }
        if let Some(token) = credentials.session_token() {
            after.add("X-Amz-Security-Token", Some(token.as_bytes()));
        }
        let [before_expires, after_expires] = [before, after].map(|query| query.as_str().into());
        Self { credentials, at, scope, dialect, seal, before_expires, after_expires }
    }

    /// Signs one URL. Its parameters stand in canonical order.
    ///
    /// # Errors
    /// A lifetime that S3 would refuse, or too many headers.
    pub fn presign(&self, presign: &Presign<'_>) -> Result<PresignedUrl, PresignError> {
        match presign.expires_seconds {
            0 => return Err(PresignError::ExpiresZero),
            1..=EXPIRES_SECONDS_MAX => {}
            _ => return Err(PresignError::ExpiresTooLong),
        }
        // `host` is one of them.
        if presign.headers.len() >= SIGNED_HEADERS_MAX {
            return Err(PresignError::TooManyHeaders);
        }
        let signed_headers = signed_headers(presign.headers.iter().map(|(name, _)| *name));
        let Presign { method, scheme, authority, path, .. } = presign;
        let mut url = Vec::with_capacity(self.length(presign, &signed_headers));
        for piece in [scheme, "://", authority, path, "?"] {
            url.put(piece.as_bytes());
        }
        let begin = url.len();
        self.query_to(&mut url, presign, &signed_headers);
        let mut hash = Hash::new();
        hash.put(method.as_bytes());
        hash.put(b"\n");
        path_to(&mut hash, path, self.dialect);
        hash.put(b"\n");
        hash.put(url.get(begin..).unwrap_or_default());
        headers_to(&mut hash, presign, &signed_headers, self.dialect);
        url.put(b"&X-Amz-Signature=");
        self.seal.signature_to(&mut url, &hex(hash.finish()));
        Ok(PresignedUrl(String::from_utf8(url).unwrap_or_default()))
    }

    /// The length of the URL.
    fn length(&self, presign: &Presign<'_>, signed_headers: &[u8]) -> usize {
        let encoded = |text: &[u8]| encoded_length(text, Slash::Encode);
        let parameters = presign.query.iter().map(|(name, value)| {
            "&=".len() + encoded(name.as_bytes()) + encoded(value.unwrap_or("").as_bytes())
        });
        let after = self.after_expires.len() + usize::from(!self.after_expires.is_empty());
        let names = "://?&X-Amz-Expires=&X-Amz-SignedHeaders=&X-Amz-Signature=";
        let Presign { scheme, authority, path, expires_seconds, .. } = presign;
        [scheme, authority, path, names, &*self.before_expires].map(str::len).iter().sum::<usize>()
            + Decimal::new(*expires_seconds).digits().len()
            + after
            + encoded(signed_headers)
            + parameters.sum::<usize>()
            + self.seal.length_max()
    }

    /// Appends the canonical query.
    fn query_to(&self, out: &mut impl Sink, presign: &Presign<'_>, signed_headers: &[u8]) {
        let expires = Decimal::new(presign.expires_seconds);
        if !presign.query.is_empty() {
            return self.merged_query_to(out, presign, expires.digits(), signed_headers);
        }
        out.put(self.before_expires.as_bytes());
        out.put(b"&X-Amz-Expires=");
        out.put(expires.digits());
        if !self.after_expires.is_empty() {
            out.put(b"&");
            out.put(self.after_expires.as_bytes());
        }
        out.put(b"&X-Amz-SignedHeaders=");
        encode_to(out, signed_headers, Slash::Encode);
    }

    /// Appends the canonical query of the signing parameters and those of the operation.
    fn merged_query_to(
        &self,
        out: &mut impl Sink,
        presign: &Presign<'_>,
        expires: &[u8],
        signed_headers: &[u8],
    ) {
        let mut query = QueryText::new();
        for (name, value) in presign.query {
            query.add(name, Some(value.unwrap_or("").as_bytes()));
        }
        query.add("X-Amz-Expires", Some(expires));
        query.add("X-Amz-SignedHeaders", Some(signed_headers));
        for ready in [&self.before_expires, &self.after_expires] {
            query.add_encoded(ready);
        }
        Params::read(query.as_str()).canonical_to(out, "X-Amz-Signature");
    }
}

impl fmt::Debug for Presigner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presigner")
            .field("credentials", &self.credentials)
            .field("at", &self.at)
            .field("scope", &String::from_utf8_lossy(&self.scope))
            .finish_non_exhaustive()
    }
}

/// What signs the hash of a canonical request; the lines before it are in already.
enum Seal {
    Hmac(Keyed),
    Ecdsa { key: EcdsaKey, beginning: Vec<u8> },
}

impl Seal {
    fn algorithm(&self) -> &'static str {
        match self {
            Self::Hmac(_) => ALGORITHM,
            Self::Ecdsa { .. } => v4a::ALGORITHM,
        }
    }

    /// The length of a signature in hexadecimal.
    fn length_max(&self) -> usize {
        match self {
            Self::Hmac(_) => 64,
            Self::Ecdsa { .. } => v4a::SIGNATURE_LENGTH_MAX,
        }
    }

    fn signature_to(&self, out: &mut impl Sink, hash: &[u8]) {
        match self {
            Self::Hmac(key) => out.put(&hex(key.mac(hash))),
            Self::Ecdsa { key, beginning } => {
                out.put(key.sign(&[beginning, hash].concat()).as_bytes());
            }
        }
    }
}

/// Algorithm, time and scope: the string to sign up to the hash.
fn beginning(algorithm: &str, at: Timestamp, scope: &[u8]) -> Text {
    let mut beginning = Text::new();
    string_to_sign_beginning_to(&mut beginning, algorithm, &at.basic(), scope);
    beginning
}

/// Appends everything behind the canonical query.
fn headers_to(out: &mut impl Sink, presign: &Presign<'_>, signed_headers: &[u8], dialect: Dialect) {
    let in_query = presign.query.iter().find(|(name, _)| is_payload_hash(name));
    let in_header =
        presign.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amz-content-sha256"));
    let payload_hash = match (in_query, in_header) {
        (Some((_, hash)), _) => hash.unwrap_or(""),
        (None, Some((_, hash))) => hash,
        (None, None) => payload_hash_of_url(dialect),
    };
    if presign.headers.is_empty() {
        out.put(b"\nhost:");
        lowercase_to(out, signed_host(presign.scheme, presign.authority).as_bytes());
        out.put(b"\n\nhost\n");
        out.put(payload_hash.as_bytes());
        return;
    }
    let request = Request {
        method: presign.method,
        path: presign.path,
        query: "",
        headers: &with_host(presign.scheme, presign.authority, presign.headers),
        virtual_bucket: None,
    };
    Canonical {
        request: &request,
        params: &Params::read(""),
        signed_headers,
        payload_hash: payload_hash.as_bytes(),
        source: HeaderSource::Headers,
        host: HostPort::AsSent,
        dialect,
    }
    .headers_to(out);
}

/// The two spellings of the parameter that the verifier reads.
fn is_payload_hash(name: &str) -> bool {
    name == "X-Amz-Content-Sha256" || name == "x-amz-content-sha256"
}

/// `names` and `host` in lower case, sorted, each once, joined by `;`.
pub(crate) fn signed_headers<'n>(names: impl Iterator<Item = &'n str>) -> Short {
    let mut names = names.peekable();
    if names.peek().is_none() {
        return Short::from_slice(b"host");
    }
    let lower = |name: &'n str| name.bytes().map(|byte| byte.to_ascii_lowercase());
    let mut names: SmallVec<[&str; 16]> = core::iter::once("host").chain(names).collect();
    names.sort_unstable_by(|a, b| lower(a).cmp(lower(b)));
    names.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    let mut list = Short::new();
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            list.put(b";");
        }
        lowercase_to(&mut list, name.as_bytes());
    }
    list
}

/// `headers` behind the `host` header that belongs to `authority`.
pub(crate) fn with_host<'a>(
    scheme: &str,
    authority: &'a str,
    headers: &[(&'a str, &'a str)],
) -> SmallVec<[(&'a str, &'a [u8]); 16]> {
    let host = signed_host(scheme, authority).as_bytes();
    let others = headers.iter().map(|&(name, value)| (name, value.as_bytes()));
    core::iter::once(("host", host)).chain(others).collect()
}

/// The host that SDKs sign: without the port that is the scheme's own.
fn signed_host<'a>(scheme: &str, authority: &'a str) -> &'a str {
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    authority.strip_suffix(default_port).unwrap_or(authority)
}

/// The decimal digits of a number, without an allocation.
struct Decimal([u8; 10], usize);

impl Decimal {
    fn new(mut number: u32) -> Self {
        let (mut digits, mut begin) = ([b'0'; 10], 10);
        for (index, digit) in digits.iter_mut().enumerate().rev() {
            *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
            begin = index;
            if number == 0 {
                break;
            }
        }
        Self(digits, begin)
    }

    fn digits(&self) -> &[u8] {
        self.0.get(self.1..).unwrap_or_default()
    }
}

/// A query under construction.
pub(crate) struct QueryText(Text);

impl QueryText {
    pub(crate) fn new() -> Self {
        Self(Text::new())
    }

    pub(crate) fn add(&mut self, name: &str, value: Option<&[u8]>) {
        if !self.0.is_empty() {
            self.0.put(b"&");
        }
        encode_to(&mut self.0, name.as_bytes(), Slash::Encode);
        if let Some(value) = value {
            self.0.put(b"=");
            encode_to(&mut self.0, value, Slash::Encode);
        }
    }

    /// Adds parameters that are encoded already.
    fn add_encoded(&mut self, parameters: &str) {
        if !self.0.is_empty() && !parameters.is_empty() {
            self.0.put(b"&");
        }
        self.0.put(parameters.as_bytes());
    }

    #[expect(clippy::expect_used, reason = "percent-encoded text is ASCII")]
    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).expect("invariant: percent-encoded text is ASCII")
    }
}
