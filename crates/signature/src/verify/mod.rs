//! Verify: from what a request claims to what is proven.
//!
//! [`read`] looks at the request alone: which mechanism, well formed, for this region, in time.
//! Then the caller looks up the secret of [`Unverified::access_key_id`], and
//! [`Unverified::verify`] compares the signature. Only that makes a [`Verified`].
//!
//! The order of checks decides which error a request with several faults gets: syntax and scope,
//! then time, then unsigned headers, then the key, then the signature.

mod error;
mod header;
mod legacy;
mod query;
mod region_set;
#[cfg(test)]
mod suite;
mod v4;

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

pub use error::{CredentialFault, HeaderFault, Mismatch, RegionSetFault, VerifyError};
pub(crate) use v4::{Algorithm, Credential, Key};

use crate::chunk::{ChunkDecoder, ChunkVerifier, Chunks};
use crate::query::{Params, Value};
use crate::v4a::{EcdsaKey, EcdsaPublicKey};
use crate::{Request, Scope, SecretKey, SigningKey, Timestamp};

/// Clock skew that a signature may have, to either side where AWS says so: 15 minutes.
pub const SKEW_SECONDS_MAX: u64 = 900;

/// Most headers that a signature may cover; SDKs sign a dozen at most.
pub const SIGNED_HEADERS_MAX: usize = 100;

/// The methods of S3.
pub(crate) const METHODS: [&str; 5] = ["GET", "PUT", "HEAD", "POST", "DELETE"];

/// Whether SigV2 is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legacy {
    /// SigV2 is refused.
    Refuse,
    /// SigV2 is verified.
    Accept,
}

/// What the verifier knows of the world.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The moment at which the request began.
    pub now: Timestamp,
    /// The region that credentials must name, and sets of regions must cover; and the service.
    pub scope: Scope<'a>,
    /// Whether SigV2 is accepted.
    pub legacy: Legacy,
}

/// How a request was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// SigV4 in the query: a presigned URL.
    V4Query,
    /// SigV4 in the `Authorization` header.
    V4Header,
    /// SigV4A in the query: a presigned URL for a set of regions.
    V4aQuery,
    /// SigV4A in the `Authorization` header.
    V4aHeader,
    /// SigV2 in the query: a legacy presigned URL.
    V2Query,
    /// SigV2 in the `Authorization` header.
    V2Header,
    /// SigV4 over the policy of a form.
    V4Form,
    /// SigV2 over the policy of a form.
    V2Form,
}

/// What the signature says of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Nothing.
    Unsigned,
    /// The body's SHA-256 must be this.
    Sha256([u8; 32]),
    /// The body comes in `aws-chunked` frames; [`Verified::chunks`] takes them off.
    Chunked(Chunks),
}

/// What a request presents.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "short-lived; a box would be the only allocation")]
pub enum Presented<'a> {
    /// No signature of any kind.
    Nothing,
    /// A signature that is well formed and in time, and not yet compared.
    Signature(Unverified<'a>),
}

/// Reads what `request` presents.
///
/// # Errors
/// Everything that is wrong before a secret is needed.
pub fn read<'a>(request: &Request<'a>, rules: &Rules<'_>) -> Result<Presented<'a>, VerifyError> {
    let params = Params::read(request.query);
    let in_header = request.header_values("authorization").next();
    let (in_query, in_legacy_query) = (query::is_presigned(&params), legacy::is_presigned(&params));
    match in_header {
        None if in_query && in_legacy_query => Err(VerifyError::TwoMechanisms(String::new())),
        None if in_query => query::read(request, params, rules).map(Presented::Signature),
        None if in_legacy_query => legacy::read(request, params, rules).map(Presented::Signature),
        None => Ok(Presented::Nothing),
        Some(value) if in_query || in_legacy_query => {
            Err(VerifyError::TwoMechanisms(error::lossy(value)))
        }
        Some(value) => header::read(request, params, value, rules).map(Presented::Signature),
    }
}

/// A signature that is well formed and in time, and not yet compared.
pub struct Unverified<'a> {
    request: Request<'a>,
    params: Params<'a>,
    session_token: Option<Value<'a>>,
    claim: Claim<'a>,
}

enum Claim<'a> {
    V4(v4::Claim<'a>),
    V2(legacy::Claim<'a>),
}

impl Unverified<'_> {
    /// The access key id whose secret decides.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        let bytes = match &self.claim {
            Claim::V4(claim) => claim.access_key_id(),
            Claim::V2(claim) => &claim.access_key_id,
        };
        core::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The session token that came along, as bytes. The signature covers it.
    #[must_use]
    pub fn session_token(&self) -> Option<&[u8]> {
        self.session_token.as_deref()
    }

    /// Compares the signature with the one that a kept `key` makes. It has to be derived for the
    /// day of [`Unverified::signed_at`]. Only SigV4 has such a key: others are never right here.
    ///
    /// # Errors
    /// [`VerifyError::Mismatch`], with the texts that were signed on this side, or why it is one.
    pub fn verify_with(&self, key: &SigningKey) -> Result<Verified, VerifyError> {
        match &self.claim {
            Claim::V4(claim) => {
                self.settle(|request| claim.verify(request, &self.params, Key::Hmac(key)))
            }
            Claim::V2(_) => Err(VerifyError::LegacyRefused),
        }
    }

    /// Compares the request as it is; when another signature is right for it, looks whether this
    /// one is for another method.
    fn settle(
        &self,
        compare: impl Fn(&Request<'_>) -> Result<Verified, VerifyError>,
    ) -> Result<Verified, VerifyError> {
        let texts = match compare(&self.request) {
            Err(VerifyError::Mismatch(texts)) => texts,
            settled => return settled,
        };
        let is_for = |method| compare(&Request { method, ..self.request }).is_ok();
        let mut others = METHODS.into_iter().filter(|method| *method != self.request.method);
        Err(match others.find(|method| is_for(method)) {
            Some(method) => VerifyError::OtherMethod(method, texts),
            None => VerifyError::Mismatch(texts),
        })
    }

    /// Compares the signature with a credential's public `key`, which needs no secret here. Only
    /// SigV4A is ever right.
    ///
    /// # Errors
    /// [`VerifyError::Mismatch`], with the texts that were signed on this side.
    pub fn verify_with_public(&self, key: &EcdsaPublicKey) -> Result<Verified, VerifyError> {
        match &self.claim {
            Claim::V4(claim) => claim.verify(&self.request, &self.params, Key::Ecdsa(key)),
            Claim::V2(_) => Err(VerifyError::LegacyRefused),
        }
    }

    /// The moment whose day a kept [`SigningKey`] has to be derived for; none for SigV2 and SigV4A,
    /// which have no such key.
    #[must_use]
    pub fn signed_at(&self) -> Option<Timestamp> {
        match &self.claim {
            Claim::V4(claim) => {
                Some(claim.signed_at).filter(|_| claim.algorithm == Algorithm::Hmac)
            }
            Claim::V2(_) => None,
        }
    }

    /// Compares the signature with the one that `secret` makes.
    ///
    /// # Errors
    /// [`VerifyError::Mismatch`], with the texts that were signed on this side, or why it is one.
    pub fn verify(&self, secret: &SecretKey, rules: &Rules<'_>) -> Result<Verified, VerifyError> {
        match &self.claim {
            Claim::V4(claim) => match claim.algorithm {
                Algorithm::Hmac => {
                    let at = claim.signed_at;
                    self.verify_with(&SigningKey::derive(secret, at, rules.scope))
                }
                Algorithm::Ecdsa => {
                    let key = EcdsaKey::derive(secret, self.access_key_id());
                    self.verify_with_public(&key.public_key())
                }
            },
            Claim::V2(claim) => self.settle(|request| claim.verify(request, &self.params, secret)),
        }
    }
}

/// Shows who claims it; signature and token stay hidden.
impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified")
            .field("access_key_id", &self.access_key_id())
            .finish_non_exhaustive()
    }
}

/// Proof that whoever made this request held the secret. Only this module makes one.
#[derive(Clone, Debug)]
pub struct Verified {
    mechanism: Mechanism,
    signed_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    payload: Payload,
    chunk_verifier: Option<Box<ChunkVerifier>>,
}

impl Verified {
    /// A form whose policy is signed and holds. A form says nothing of the file's content.
    pub(crate) fn of_form(
        mechanism: Mechanism,
        signed_at: Option<Timestamp>,
        expires_at: Timestamp,
    ) -> Self {
        Self {
            mechanism,
            signed_at,
            expires_at: Some(expires_at),
            payload: Payload::Unsigned,
            chunk_verifier: None,
        }
    }

    /// How it was signed.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// When it was signed; SigV2 URLs do not say.
    #[must_use]
    pub fn signed_at(&self) -> Option<Timestamp> {
        self.signed_at
    }

    /// When a presigned URL ends.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// What the body must be.
    #[must_use]
    pub fn payload(&self) -> Payload {
        self.payload
    }

    /// A decoder for a chunked body of `length` bytes of data, which
    /// `x-amz-decoded-content-length` announces; none when the body is not chunked.
    #[must_use]
    pub fn chunks(&self, length: u64) -> Option<ChunkDecoder> {
        match self.payload {
            Payload::Chunked(chunks) => {
                Some(ChunkDecoder::new(chunks, self.chunk_verifier.as_deref().cloned(), length))
            }
            Payload::Unsigned | Payload::Sha256(_) => None,
        }
    }
}
