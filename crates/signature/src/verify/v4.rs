//! What header and query signatures of SigV4 have in common: scope, unsigned headers, comparison.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::error::{CredentialFault, Mismatch, VerifyError, lossy};
use super::{Mechanism, Payload, Rules, SIGNED_HEADERS_MAX, Verified};
use crate::canonical::{
    Canonical, HeaderSource, HostPort, SignedHeaders, UNSIGNED_PAYLOAD, string_to_sign,
    without_default_port,
};
use crate::chunk::{ChunkSigner, Chunks};
use crate::mac::{hex, matches};
use crate::presign::scope;
use crate::query::Params;
use crate::{Request, Short, SigningKey, Timestamp};

/// A SigV4 claim whose syntax, scope and time are right.
pub(super) struct Claim {
    pub(super) mechanism: Mechanism,
    pub(super) signed_at: Timestamp,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) scope: Short,
    pub(super) signed_headers: Short,
    pub(super) payload_hash: Short,
    pub(super) signature: Short,
}

impl Claim {
    /// Compares with the signature that `key` makes.
    pub(super) fn verify(
        &self,
        request: &Request<'_>,
        params: &Params<'_>,
        key: &SigningKey,
    ) -> Result<Verified, VerifyError> {
        let payload = self.payload()?;
        let as_sent = match self.compare(request, params, key, HostPort::AsSent) {
            Ok(()) => return Ok(self.verified(payload, key)),
            Err(mismatch) => mismatch,
        };
        // Because: SDKs sign the host without a default port, and some clients send the port.
        let host = request.header_values("host").next().unwrap_or_default();
        if without_default_port(host).len() < host.len()
            && self.compare(request, params, key, HostPort::DefaultLeftOut).is_ok()
        {
            return Ok(self.verified(payload, key));
        }
        Err(VerifyError::Mismatch(as_sent))
    }

    fn verified(&self, payload: Payload, key: &SigningKey) -> Verified {
        let seed: Option<[u8; 64]> = self.signature.as_slice().try_into().ok();
        let chunk_signer = match (payload, seed) {
            (Payload::Chunked(_), Some(previous)) => Some(Box::new(ChunkSigner {
                key: key.clone(),
                timestamp: self.signed_at.basic(),
                scope: self.scope.clone(),
                previous,
            })),
            (Payload::Unsigned | Payload::Sha256(_) | Payload::Chunked(_), _) => None,
        };
        Verified {
            mechanism: self.mechanism,
            signed_at: Some(self.signed_at),
            expires_at: self.expires_at,
            payload,
            chunk_signer,
        }
    }

    fn compare(
        &self,
        request: &Request<'_>,
        params: &Params<'_>,
        key: &SigningKey,
        host: HostPort,
    ) -> Result<(), Box<Mismatch>> {
        let source = match self.mechanism {
            Mechanism::V4Query => HeaderSource::HeadersOrQuery,
            Mechanism::V4Header | Mechanism::V2Query | Mechanism::V2Header => HeaderSource::Headers,
        };
        let (canonical, headers) = Canonical {
            request,
            params,
            signed_headers: &self.signed_headers,
            payload_hash: &self.payload_hash,
            source,
            host,
        }
        .write();
        let string_to_sign = string_to_sign(&self.signed_at.basic(), &self.scope, &canonical);
        let ours = hex(key.mac(&string_to_sign));
        if matches(&ours, &self.signature) && headers == SignedHeaders::Present {
            return Ok(());
        }
        Err(Box::new(Mismatch {
            canonical_request: Some(lossy(&canonical)),
            string_to_sign: lossy(&string_to_sign),
            provided: lossy(&self.signature),
        }))
    }

    /// Chunks are for requests that are signed in their header: S3 has no chunked presigned URL.
    fn payload(&self) -> Result<Payload, VerifyError> {
        let text = core::str::from_utf8(&self.payload_hash).unwrap_or_default();
        let chunks = Chunks::from_word(text).filter(|_| self.mechanism == Mechanism::V4Header);
        if text == UNSIGNED_PAYLOAD {
            return Ok(Payload::Unsigned);
        }
        chunks
            .map(Payload::Chunked)
            .or_else(|| digest(text).map(Payload::Sha256))
            .ok_or_else(|| VerifyError::PayloadHash(lossy(&self.payload_hash)))
    }
}

fn digest(text: &str) -> Option<[u8; 32]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != 32 || !rest.is_empty() {
        return None;
    }
    let digit = |d: u8| char::from(d).to_digit(16).and_then(|n| u8::try_from(n).ok());
    let mut bytes = [0; 32];
    for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (digit(high)? << 4) | digit(low)?;
    }
    Some(bytes)
}

/// A credential, split at its slashes.
pub(super) struct Credential<'a> {
    pub(super) access_key_id: &'a str,
    day: &'a str,
    region: &'a str,
}

impl<'a> Credential<'a> {
    /// Five parts, of which the access key id may itself hold slashes; service, terminator and
    /// the form of the date are checked here.
    pub(super) fn read(text: &'a str, rules: &Rules<'_>) -> Result<Self, CredentialFault> {
        let mut parts = text.rsplitn(5, '/');
        let (Some(terminator), Some(service), Some(region), Some(day), Some(access_key_id)) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(CredentialFault::Malformed);
        };
        if access_key_id.is_empty() {
            return Err(CredentialFault::Malformed);
        }
        if service != rules.service {
            return Err(CredentialFault::Service(service.into()));
        }
        if terminator != "aws4_request" {
            return Err(CredentialFault::Terminator(terminator.into()));
        }
        if day.len() != 8 || !day.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CredentialFault::DateFormat(day.into()));
        }
        Ok(Self { access_key_id, day, region })
    }

    /// The region must be the verifier's, and the day that of `signed_at`.
    pub(super) fn scope(
        &self,
        signed_at: Timestamp,
        rules: &Rules<'_>,
    ) -> Result<Short, CredentialFault> {
        if self.region != rules.region {
            return Err(CredentialFault::Region(self.region.into()));
        }
        if self.day.as_bytes() != signed_at.day() {
            return Err(CredentialFault::Date {
                scope: self.day.into(),
                signed: lossy(&signed_at.day()),
            });
        }
        Ok(scope(signed_at, rules.region, rules.service))
    }
}

/// Whether a list of signed headers is what signers make: names in lower case, each once, in
/// order, and not too many, so that looking each up stays cheap.
pub(super) fn is_in_order(signed_headers: &[u8]) -> bool {
    let names = || signed_headers.split(|&b| b == b';');
    names().count() <= SIGNED_HEADERS_MAX
        && names().zip(names().skip(1)).all(|(name, next)| name < next)
        && !signed_headers.iter().any(u8::is_ascii_uppercase)
}

/// `host` and every `x-amz-*` header that was sent must be signed, but for the payload hash,
/// which stands in the canonical request anyway.
pub(super) fn headers_are_signed(
    request: &Request<'_>,
    signed_headers: &[u8],
) -> Result<(), VerifyError> {
    let is_signed = |name: &str| signed_headers.split(|&b| b == b';').any(|n| n == name.as_bytes());
    let must_be = |name: &str| name.starts_with("x-amz-") && name != "x-amz-content-sha256";
    if is_signed("host") && !request.headers.iter().any(|(name, _)| is_amz(name)) {
        return Ok(());
    }
    let mut unsigned: Vec<String> = request
        .headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| must_be(name) && !is_signed(name))
        .collect();
    if !is_signed("host") {
        unsigned.push("host".into());
    }
    unsigned.sort_unstable();
    unsigned.dedup();
    if unsigned.is_empty() {
        Ok(())
    } else {
        Err(VerifyError::HeadersNotSigned(unsigned.join(", ")))
    }
}

fn is_amz(name: &str) -> bool {
    name.as_bytes().get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"x-amz-"))
}
