//! Every way in which a signature is refused. Closed, so that a new one breaks the server's map.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use crate::Timestamp;

/// Why a request is not proven. Statuses and S3's texts are the server's business.
#[derive(Clone, PartialEq, Eq)]
pub enum VerifyError {
    /// Signed twice: in the header and in the query, or in the query with SigV4 and SigV2; holds
    /// the `Authorization` value, if there is one.
    TwoMechanisms(String),
    /// SigV2 where only SigV4 is accepted.
    LegacyRefused,
    /// One of the six parameters of a SigV4 URL is missing.
    QueryIncomplete,
    /// One of them is there twice.
    QueryRepeated,
    /// `X-Amz-Algorithm` is neither HMAC-SHA256 nor ECDSA-P256-SHA256.
    QueryAlgorithm,
    /// `X-Amz-Credential` is wrong.
    QueryCredential(CredentialFault),
    /// `X-Amz-Region-Set` of a SigV4A URL is wrong.
    QueryRegionSet(RegionSetFault),
    /// `X-Amz-Date` is not `yyyyMMdd'T'HHmmss'Z'`.
    QueryDate,
    /// `X-Amz-Expires` is not a number.
    ExpiresNotNumber,
    /// `X-Amz-Expires` is below zero.
    ExpiresNegative,
    /// `X-Amz-Expires` is over [`crate::EXPIRES_SECONDS_MAX`].
    ExpiresTooLong,
    /// A SigV2 URL lacks one of its three parameters.
    LegacyIncomplete,
    /// A SigV2 URL has one of them twice.
    LegacyRepeated,
    /// `Expires` of a SigV2 URL is not a number of seconds.
    LegacyExpires(String),
    /// The `Authorization` header names a scheme that is not known; holds its value.
    Scheme(String),
    /// The `Authorization` header has no blank after the scheme, or nothing behind it.
    SchemeOnly(String),
    /// The `Authorization` header is malformed.
    Header(HeaderFault),
    /// Neither `x-amz-date` nor a readable `Date`.
    DateMissing,
    /// `x-amz-content-sha256` is not there.
    PayloadHashMissing,
    /// `x-amz-content-sha256` is neither a hash nor one of the words; holds its value.
    PayloadHash(String),
    /// `x-amz-content-sha256` is a word for chunks that this signature cannot have: a presigned URL
    /// has none, and signed ones are signed as the request is; holds the word.
    PayloadChunks(String),
    /// The URL's time is over.
    Expired {
        /// Lifetime in seconds; SigV2 URLs have none.
        expires_seconds: Option<u32>,
        /// When it ended.
        expires_at: Timestamp,
    },
    /// The URL was signed in the future.
    NotYetValid {
        /// When it says it was signed.
        signed_at: Timestamp,
        /// When it would end.
        expires_at: Timestamp,
    },
    /// A header signature more than 15 minutes off; holds its time as it was sent.
    Skewed(String),
    /// The list of signed headers in a URL is not in order, names one twice or in capitals, or is
    /// longer than [`SIGNED_HEADERS_MAX`](super::SIGNED_HEADERS_MAX).
    QuerySignedHeaders,
    /// Headers that must be signed and are not: names in lower case, joined by comma and blank.
    HeadersNotSigned(String),
    /// A header that the signature covers was not sent, so that it cannot be right; with the texts
    /// that are signed on this side then.
    SignedHeaderMissing(Box<Mismatch>),
    /// The signature is right for another method, which it holds; with the texts that are signed on
    /// this side for the one that was used. Not told of SigV4A, where finding out costs too much.
    OtherMethod(&'static str, Box<Mismatch>),
    /// The signature is another one.
    Mismatch(Box<Mismatch>),
}

/// What is wrong with a credential scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialFault {
    /// Not five parts.
    Malformed,
    /// Not four parts, with SigV4A: its scope names no region.
    MalformedV4a,
    /// Another service; holds it.
    Service(String),
    /// Not `aws4_request`; holds what stood there.
    Terminator(String),
    /// Not a date; holds what stood there.
    DateFormat(String),
    /// Not the day on which it was signed.
    Date {
        /// The day in the scope.
        scope: String,
        /// The day in the request's time.
        signed: String,
    },
    /// Another region; holds it.
    Region(String),
}

/// What is wrong with an `Authorization` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderFault {
    /// Not three components.
    Components,
    /// No `Credential=`.
    CredentialMissing,
    /// No `SignedHeaders=`.
    SignedHeadersMissing,
    /// No `Signature=`.
    SignatureMissing,
    /// The list of signed headers is not in order, names one twice or in capitals, or is longer
    /// than [`SIGNED_HEADERS_MAX`](super::SIGNED_HEADERS_MAX).
    SignedHeaders,
    /// The credential is wrong.
    Credential(CredentialFault),
    /// `x-amz-region-set` of a SigV4A signature is wrong.
    RegionSet(RegionSetFault),
}

/// What is wrong with the set of regions that a SigV4A signature is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegionSetFault {
    /// It is not there, or there twice in a query.
    Missing,
    /// It does not cover this region; holds it.
    Elsewhere(String),
}

/// Both sides of a comparison that failed, except the right signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Our canonical request; none for SigV2.
    pub canonical_request: Option<String>,
    /// Our string to sign.
    pub string_to_sign: String,
    /// The signature that was sent.
    pub provided: String,
}

/// Hides the provided signature: it can be right for another request.
impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mismatch").finish_non_exhaustive()
    }
}

/// Says what `Display` says: the values are the caller's, and may be credentials.
impl fmt::Debug for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyError({self})")
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TwoMechanisms(_) => "signed in more than one way",
            Self::LegacyRefused => "SigV2 is not accepted",
            Self::QueryIncomplete => "a SigV4 query parameter is missing",
            Self::QueryRepeated => "a SigV4 query parameter is repeated",
            Self::QueryAlgorithm => "X-Amz-Algorithm is not supported",
            Self::QueryCredential(_) => "X-Amz-Credential is wrong",
            Self::QueryRegionSet(_) => "X-Amz-Region-Set is wrong",
            Self::QueryDate => "X-Amz-Date is malformed",
            Self::ExpiresNotNumber => "X-Amz-Expires is not a number",
            Self::ExpiresNegative => "X-Amz-Expires is negative",
            Self::ExpiresTooLong => "X-Amz-Expires is over a week",
            Self::LegacyIncomplete => "a SigV2 query parameter is missing",
            Self::LegacyRepeated => "a SigV2 query parameter is repeated",
            Self::LegacyExpires(_) => "Expires is not a number of seconds",
            Self::Scheme(_) => "the authorization scheme is unknown",
            Self::SchemeOnly(_) => "the authorization header is cut short",
            Self::Header(_) => "the authorization header is malformed",
            Self::DateMissing => "the request has no date",
            Self::PayloadHashMissing => "x-amz-content-sha256 is missing",
            Self::PayloadHash(_) => "x-amz-content-sha256 is not valid",
            Self::PayloadChunks(_) => "the body has chunks that do not go with the signature",
            Self::Expired { .. } => "the URL has expired",
            Self::NotYetValid { .. } => "the URL is not yet valid",
            Self::Skewed(_) => "the request's time is too far off",
            Self::QuerySignedHeaders => "X-Amz-SignedHeaders is not a list in order",
            Self::HeadersNotSigned(_) => "a header that must be signed is not",
            Self::SignedHeaderMissing(_) => "a signed header was not sent",
            Self::OtherMethod(..) => "the signature is for another method",
            Self::Mismatch(_) => "the signature does not match",
        })
    }
}

impl core::error::Error for VerifyError {}

/// A value of the caller's for an error, whatever its bytes are.
pub(crate) fn lossy(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}
