//! The canonical request and string to sign of SigV4: a read-only view of a request.
//!
//! What S3 and other services do differently is [`Dialect`]'s. Layout:
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>

use alloc::vec::Vec;

use crate::encode::{Plus, Sink, Slash, encode_to, recode_to};
use crate::query::Params;
use crate::{Dialect, Request};

/// The word that names HMAC-SHA256 signatures.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The payload line of a request whose body is not covered.
pub(crate) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
/// SHA-256 of nothing.
pub(crate) const EMPTY_SHA256: &str =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Where the value of a signed header may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeaderSource {
    /// A request signed in its header has to send what it signed.
    Headers,
    /// A presigned URL may carry the value as a query parameter of that name.
    HeadersOrQuery,
}

/// How a `host` with a default port is signed: SDKs leave the port out and some send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostPort {
    AsSent,
    DefaultLeftOut,
}

/// What a canonical request is made of.
pub(crate) struct Canonical<'r, 'p> {
    pub(crate) request: &'r Request<'r>,
    pub(crate) params: &'r Params<'p>,
    /// Lower-case names joined by `;`.
    pub(crate) signed_headers: &'r [u8],
    pub(crate) payload_hash: &'r [u8],
    pub(crate) source: HeaderSource,
    pub(crate) host: HostPort,
    pub(crate) dialect: Dialect,
}

/// Whether every header that is said to be signed is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignedHeaders {
    Present,
    Missing,
}

impl Canonical<'_, '_> {
    /// Appends the six parts; says whether a signed header was missing from the request (its line
    /// is then empty, and no signature can be right).
    pub(crate) fn write_to(&self, out: &mut impl Sink) -> SignedHeaders {
        out.put(self.request.method.as_bytes());
        out.put(b"\n");
        path_to(out, self.request.path, self.dialect);
        out.put(b"\n");
        self.params.canonical_to(out, "X-Amz-Signature");
        self.headers_to(out)
    }

    /// Everything behind the query.
    pub(crate) fn headers_to(&self, out: &mut impl Sink) -> SignedHeaders {
        out.put(b"\n");
        let mut headers = SignedHeaders::Present;
        for name in self.signed_headers.split(|&b| b == b';') {
            out.put(name);
            out.put(b":");
            // Also behind a missing one: the text is shown to whoever asks what differs.
            if !self.value_to(out, name) {
                headers = SignedHeaders::Missing;
            }
            out.put(b"\n");
        }
        out.put(b"\n");
        out.put(self.signed_headers);
        out.put(b"\n");
        out.put(self.payload_hash);
        headers
    }

    /// Appends the value of header `name`; false when the request has none.
    fn value_to(&self, out: &mut impl Sink, name: &[u8]) -> bool {
        if name == b"host" {
            return self.host_to(out);
        }
        let Ok(name) = core::str::from_utf8(name) else { return false };
        let mut values = self.request.header_values(name);
        if let Some(first) = values.next() {
            trimmed_to(out, first);
            for value in values {
                out.put(b",");
                trimmed_to(out, value);
            }
            return true;
        }
        let from_query = match self.source {
            HeaderSource::Headers => None,
            HeaderSource::HeadersOrQuery => self.params.iter().find(|param| param.is_alike(name)),
        };
        from_query.map(|param| trimmed_to(out, &param.decoded())).is_some()
    }

    fn host_to(&self, out: &mut impl Sink) -> bool {
        let Some(host) = self.request.header_values("host").next() else { return false };
        let host = match self.host {
            HostPort::AsSent => host,
            HostPort::DefaultLeftOut => without_default_port(host),
        };
        lowercase_to(out, host.trim_ascii());
        true
    }
}

/// The payload line of a URL that names no hash.
pub(crate) fn payload_hash_of_url(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::S3 => UNSIGNED_PAYLOAD,
        Dialect::Generic => EMPTY_SHA256,
    }
}

/// Appends the canonical spelling of a path as it is sent.
pub(crate) fn path_to(out: &mut impl Sink, path: &str, dialect: Dialect) {
    match dialect {
        Dialect::S3 => recode_to(out, path.as_bytes(), Slash::Keep, Plus::Itself),
        Dialect::Generic => resolved_to(out, path),
    }
}

/// Appends `path` with its dots and empty parts resolved as RFC 3986 does, each part encoded once
/// more than it was sent.
fn resolved_to(out: &mut impl Sink, path: &str) {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    for part in &parts {
        out.put(b"/");
        encode_to(out, part.as_bytes(), Slash::Encode);
    }
    let is_folder = ["/", "/.", "/.."].iter().any(|end| path.ends_with(end));
    if parts.is_empty() || is_folder {
        out.put(b"/");
    }
}

/// `host` without `:80` or `:443` at its end.
pub(crate) fn without_default_port(host: &[u8]) -> &[u8] {
    host.strip_suffix(b":80").or_else(|| host.strip_suffix(b":443")).unwrap_or(host)
}

/// Appends `text` in lower case.
pub(crate) fn lowercase_to(out: &mut impl Sink, text: &[u8]) {
    for piece in text.chunks(64) {
        let mut lower = [0; 64];
        let lower = lower.get_mut(..piece.len()).unwrap_or_default();
        lower.copy_from_slice(piece);
        lower.make_ascii_lowercase();
        out.put(lower);
    }
}

/// Appends `value` without outer blanks, each inner run of blanks as one.
fn trimmed_to(out: &mut impl Sink, value: &[u8]) {
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            out.put(b" ");
        }
        out.put(word);
    }
}

/// Appends algorithm, time, scope and the hash of the canonical request.
pub(crate) fn string_to_sign_to(
    out: &mut impl Sink,
    algorithm: &str,
    timestamp: &[u8],
    scope: &[u8],
    hash: &[u8],
) {
    string_to_sign_beginning_to(out, algorithm, timestamp, scope);
    out.put(hash);
}

/// Appends all of it but the hash.
pub(crate) fn string_to_sign_beginning_to(
    out: &mut impl Sink,
    algorithm: &str,
    timestamp: &[u8],
    scope: &[u8],
) {
    for line in [algorithm.as_bytes(), timestamp, scope] {
        out.put(line);
        out.put(b"\n");
    }
}
