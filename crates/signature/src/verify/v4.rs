//! What header and query signatures of SigV4 and SigV4A have in common: scope, unsigned headers,
//! comparison.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::error::{CredentialFault, Mismatch, VerifyError, lossy};
use super::{Mechanism, Payload, Rules, SIGNED_HEADERS_MAX, Verified};
use crate::canonical::{
    ALGORITHM, Canonical, HeaderSource, HostPort, SignedHeaders, UNSIGNED_PAYLOAD,
    string_to_sign_to, without_default_port,
};
use crate::chunk::{ChunkVerifier, Chunks};
use crate::encode::Sink;
use crate::mac::{Hash, hex, matches};
use crate::query::{Params, Value};
use crate::v2::Place;
use crate::v4a::{self, EcdsaPublicKey};
use crate::{Dialect, Request, Short, SigningKey, Text, Timestamp};

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// SigV4.
    Hmac,
    /// SigV4A.
    Ecdsa,
}

impl Algorithm {
    pub(super) fn from_word(word: &[u8]) -> Option<Self> {
        [Self::Hmac, Self::Ecdsa].into_iter().find(|algorithm| algorithm.word().as_bytes() == word)
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Hmac => ALGORITHM,
            Self::Ecdsa => v4a::ALGORITHM,
        }
    }
}

/// What settles a claim.
#[derive(Clone, Copy)]
pub(crate) enum Key<'k> {
    Hmac(&'k SigningKey),
    Ecdsa(&'k EcdsaPublicKey),
}

/// A claim whose syntax, scope and time are right.
pub(super) struct Claim<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) place: Place,
    pub(super) credential: Value<'a>,
    /// How much of the credential is the access key id; the scope is behind the slash after it.
    pub(super) access_key_id_bytes: usize,
    pub(super) signed_at: Timestamp,
    /// The same, as it stands in the string to sign.
    pub(super) date: [u8; 16],
    pub(super) expires_at: Option<Timestamp>,
    pub(super) dialect: Dialect,
    pub(super) signed_headers: Value<'a>,
    pub(super) payload_hash: Value<'a>,
    pub(super) signature: Value<'a>,
}

impl Claim<'_> {
    pub(super) fn access_key_id(&self) -> &[u8] {
        self.credential.get(..self.access_key_id_bytes).unwrap_or_default()
    }

    fn scope(&self) -> &[u8] {
        self.credential.get(self.access_key_id_bytes + 1..).unwrap_or_default()
    }

    /// Settles whether the signature is one that `key` makes. A key of the other kind makes none.
    pub(super) fn verify(
        &self,
        request: &Request<'_>,
        params: &Params<'_>,
        key: Key<'_>,
    ) -> Result<Verified, VerifyError> {
        let payload = self.payload()?;
        let as_sent = match self.compare(request, params, key, HostPort::AsSent) {
            Ok(()) => return Ok(self.verified(payload, key)),
            Err(refused) => refused,
        };
        // Because: SDKs sign the host without a default port, and some clients send the port.
        let host = request.header_values("host").next().unwrap_or_default();
        if without_default_port(host).len() < host.len()
            && self.compare(request, params, key, HostPort::DefaultLeftOut).is_ok()
        {
            return Ok(self.verified(payload, key));
        }
        Err(as_sent)
    }

    fn verified(&self, payload: Payload, key: Key<'_>) -> Verified {
        let chunk_verifier = match payload {
            Payload::Chunked(chunks) if chunks.is_signed() => {
                let (at, scope) = (self.signed_at, Short::from_slice(self.scope()));
                Some(Box::new(ChunkVerifier::new(key, at, scope, &self.signature)))
            }
            Payload::Chunked(_) | Payload::Unsigned | Payload::Sha256(_) => None,
        };
        Verified {
            mechanism: self.mechanism(),
            signed_at: Some(self.signed_at),
            expires_at: self.expires_at,
            payload,
            chunk_verifier,
        }
    }

    fn compare(
        &self,
        request: &Request<'_>,
        params: &Params<'_>,
        key: Key<'_>,
        host: HostPort,
    ) -> Result<(), VerifyError> {
        let source = match self.place {
            Place::Query => HeaderSource::HeadersOrQuery,
            Place::Header => HeaderSource::Headers,
        };
        let canonical = Canonical {
            request,
            params,
            signed_headers: &self.signed_headers,
            payload_hash: &self.payload_hash,
            source,
            host,
            dialect: self.dialect,
        };
        let mut hash = Hash::new();
        let headers = canonical.write_to(&mut hash);
        let hash = hex(hash.finish());
        if headers == SignedHeaders::Present && self.is_proven(&hash, key) {
            return Ok(());
        }
        let (mut canonical_request, mut string_to_sign) = (Vec::new(), Vec::new());
        canonical.write_to(&mut canonical_request);
        self.string_to_sign_to(&mut string_to_sign, &hash);
        let texts = Box::new(Mismatch {
            canonical_request: Some(lossy(&canonical_request)),
            string_to_sign: lossy(&string_to_sign),
            provided: lossy(&self.signature),
        });
        Err(match headers {
            SignedHeaders::Present => VerifyError::Mismatch(texts),
            SignedHeaders::Missing => VerifyError::SignedHeaderMissing(texts),
        })
    }

    /// Appends what is signed, for a canonical request of this hash.
    fn string_to_sign_to(&self, out: &mut impl Sink, hash: &[u8]) {
        let word = self.algorithm.word();
        string_to_sign_to(out, word, &self.date, self.scope(), hash);
    }

    fn is_proven(&self, hash: &[u8], key: Key<'_>) -> bool {
        match (self.algorithm, key) {
            (Algorithm::Hmac, Key::Hmac(key)) => {
                let ours = key.mac_of(|out| self.string_to_sign_to(out, hash));
                matches(&hex(ours), &self.signature)
            }
            (Algorithm::Ecdsa, Key::Ecdsa(key)) => {
                let mut string_to_sign = Text::new();
                self.string_to_sign_to(&mut string_to_sign, hash);
                key.verifies(&string_to_sign, &self.signature)
            }
            (Algorithm::Hmac, Key::Ecdsa(_)) | (Algorithm::Ecdsa, Key::Hmac(_)) => false,
        }
    }

    fn mechanism(&self) -> Mechanism {
        match (self.algorithm, self.place) {
            (Algorithm::Hmac, Place::Query) => Mechanism::V4Query,
            (Algorithm::Hmac, Place::Header) => Mechanism::V4Header,
            (Algorithm::Ecdsa, Place::Query) => Mechanism::V4aQuery,
            (Algorithm::Ecdsa, Place::Header) => Mechanism::V4aHeader,
        }
    }

    /// Chunks are for requests that are signed in their header: S3 has no chunked presigned URL.
    /// A signed chunk covers the signature before it, so all are made in the same way.
    fn payload(&self) -> Result<Payload, VerifyError> {
        if *self.payload_hash == *UNSIGNED_PAYLOAD.as_bytes() {
            return Ok(Payload::Unsigned);
        }
        let text = core::str::from_utf8(&self.payload_hash).unwrap_or_default();
        if let Some((chunks, algorithm)) = Chunks::from_word(text) {
            let is_alike = algorithm.is_none_or(|algorithm| algorithm == self.algorithm);
            return if self.place == Place::Header && is_alike {
                Ok(Payload::Chunked(chunks))
            } else {
                Err(VerifyError::PayloadChunks(text.into()))
            };
        }
        let hash = digest(text).map(Payload::Sha256);
        hash.ok_or_else(|| VerifyError::PayloadHash(lossy(&self.payload_hash)))
    }
}

pub(super) fn digest(text: &str) -> Option<[u8; 32]> {
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
pub(crate) struct Credential<'a> {
    pub(crate) access_key_id: &'a str,
    day: &'a str,
    /// None with SigV4A.
    region: Option<&'a str>,
}

impl<'a> Credential<'a> {
    /// Five parts, or four with SigV4A, of which the access key id may itself hold slashes;
    /// service, terminator and the form of the date are checked here.
    pub(crate) fn read(
        algorithm: Algorithm,
        text: &'a str,
        rules: &Rules<'_>,
    ) -> Result<Self, CredentialFault> {
        let parts = Self::split(text, algorithm)
            .filter(|(credential, ..)| !credential.access_key_id.is_empty());
        let (credential, service, terminator) = parts.ok_or(match algorithm {
            Algorithm::Hmac => CredentialFault::Malformed,
            Algorithm::Ecdsa => CredentialFault::MalformedV4a,
        })?;
        if service != rules.scope.service {
            return Err(CredentialFault::Service(service.into()));
        }
        if terminator != "aws4_request" {
            return Err(CredentialFault::Terminator(terminator.into()));
        }
        let day = credential.day;
        if day.len() != 8 || !day.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CredentialFault::DateFormat(day.into()));
        }
        Ok(credential)
    }

    /// The credential, and the service and terminator behind it.
    fn split(text: &'a str, algorithm: Algorithm) -> Option<(Self, &'a str, &'a str)> {
        let (rest, terminator) = cut_last(text)?;
        let (rest, service) = cut_last(rest)?;
        let (rest, region) = match algorithm {
            Algorithm::Hmac => cut_last(rest).map(|(rest, region)| (rest, Some(region)))?,
            Algorithm::Ecdsa => (rest, None),
        };
        let (access_key_id, day) = cut_last(rest)?;
        Some((Self { access_key_id, day, region }, service, terminator))
    }

    /// The region, if there is one, must be the verifier's, and the day that of the signature's
    /// `date`.
    pub(crate) fn is_for(&self, date: &[u8; 16], rules: &Rules<'_>) -> Result<(), CredentialFault> {
        if let Some(region) = self.region.filter(|region| *region != rules.scope.region) {
            return Err(CredentialFault::Region(region.into()));
        }
        let (signed, _) = date.split_at(8);
        if self.day.as_bytes() != signed {
            return Err(CredentialFault::Date { scope: self.day.into(), signed: lossy(signed) });
        }
        Ok(())
    }
}

/// `text` before its last slash, and behind it. The parts are short: a loop finds it soonest.
fn cut_last(text: &str) -> Option<(&str, &str)> {
    let at = text.bytes().rposition(|byte| byte == b'/')?;
    Some((text.get(..at)?, text.get(at + 1..)?))
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
    let is_signed = |name: &str| {
        signed_headers.split(|&b| b == b';').any(|n| n.eq_ignore_ascii_case(name.as_bytes()))
    };
    let must_be = |name: &str| is_amz(name) && !name.eq_ignore_ascii_case("x-amz-content-sha256");
    let sent = request.headers.iter().map(|&(name, _)| name).filter(|name| must_be(name));
    let mut unsigned: Vec<String> =
        sent.chain(["host"]).filter(|name| !is_signed(name)).map(str::to_ascii_lowercase).collect();
    if unsigned.is_empty() {
        return Ok(());
    }
    unsigned.sort_unstable();
    unsigned.dedup();
    Err(VerifyError::HeadersNotSigned(unsigned.join(", ")))
}

fn is_amz(name: &str) -> bool {
    name.as_bytes().get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"x-amz-"))
}
