//! Why a signature is not good, in S3's words.

use std::borrow::Cow;

use s3::Code;
use signature::verify::{CredentialFault, HeaderFault, RegionSetFault, SKEW_SECONDS_MAX};
use signature::{ChunkError, Mismatch, Rules, Scope, Timestamp, VerifyError};

use super::Refusal;

impl Refusal {
    /// Why a signature is not good.
    pub(crate) fn of_verify(error: VerifyError, rules: &Rules<'_>) -> Self {
        match error {
            VerifyError::TwoMechanisms(value) => authorization(&value, TWO_MECHANISMS),
            VerifyError::Scheme(value) => authorization(&value, SCHEME),
            VerifyError::SchemeOnly(value) => authorization(&value, SCHEME_ONLY),
            VerifyError::Header(fault) => header_fault(&fault, rules),
            VerifyError::LegacyRefused => Self::new(Code::InvalidRequest).saying(LEGACY_REFUSED),
            VerifyError::LegacyIncomplete | VerifyError::LegacyRepeated => {
                denied(LEGACY_INCOMPLETE)
            }
            VerifyError::LegacyExpires(text) => {
                denied(format!("Invalid date (should be seconds since epoch): {text}"))
            }
            VerifyError::QueryIncomplete | VerifyError::QueryRepeated => query(QUERY_INCOMPLETE),
            VerifyError::QueryAlgorithm => query(QUERY_ALGORITHM),
            VerifyError::QueryCredential(fault) => query_credential(&fault, rules),
            VerifyError::QueryRegionSet(fault) => query_region_set(&fault, rules),
            VerifyError::QueryDate => query(QUERY_DATE),
            VerifyError::ExpiresNotNumber => query("X-Amz-Expires should be a number"),
            VerifyError::ExpiresNegative => query("X-Amz-Expires must be non-negative"),
            VerifyError::ExpiresTooLong => query(EXPIRES_TOO_LONG),
            VerifyError::QuerySignedHeaders => query(SIGNED_HEADERS),
            VerifyError::DateMissing => denied(DATE_MISSING),
            VerifyError::PayloadHashMissing => {
                Self::new(Code::InvalidRequest).saying(PAYLOAD_HASH_MISSING)
            }
            VerifyError::PayloadHash(value) => {
                Self::argument("x-amz-content-sha256", &value).saying(PAYLOAD_HASH)
            }
            VerifyError::PayloadChunks(word) => {
                Self::argument("x-amz-content-sha256", &word).saying(PAYLOAD_CHUNKS)
            }
            VerifyError::Expired { expires_seconds, expires_at } => {
                expired(expires_seconds, expires_at, rules.now)
            }
            VerifyError::NotYetValid { signed_at, expires_at } => {
                denied("Request is not yet valid")
                    .with("X-Amz-Date", signed_at.seconds() * 1000)
                    .with("Expires", expires_at)
                    .with("ServerTime", rules.now)
            }
            VerifyError::Skewed(as_sent) => Self::new(Code::RequestTimeTooSkewed)
                .with("RequestTime", as_sent)
                .with("ServerTime", rules.now)
                .with("MaxAllowedSkewMilliseconds", SKEW_SECONDS_MAX * 1000),
            VerifyError::HeadersNotSigned(names) => {
                denied(HEADERS_NOT_SIGNED).with("HeadersNotSigned", names)
            }
            VerifyError::SignedHeaderMissing(texts) | VerifyError::Mismatch(texts) => {
                of_mismatch(&texts)
            }
            // S3 does not tell for which; whoever runs the server wants to know.
            VerifyError::OtherMethod(method, texts) => {
                of_mismatch(&texts).because(format!("signed for {method}"))
            }
        }
    }
}

impl Refusal {
    /// Why a chunked body is not good.
    pub(crate) fn of_chunk(error: ChunkError) -> Self {
        match error {
            ChunkError::Malformed | ChunkError::Length => {
                Self::new(Code::IncompleteBody).because(error.to_string())
            }
            ChunkError::TooSmall { chunk, size } => Self::new(Code::InvalidChunkSizeError)
                .with("Chunk", chunk)
                .with("BadChunkSize", size),
            ChunkError::Signature => {
                Self::new(Code::SignatureDoesNotMatch).because(error.to_string())
            }
            ChunkError::Trailer => Self::new(Code::MalformedTrailerError),
        }
    }
}

fn denied(message: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::new(Code::AccessDenied).saying(message)
}

fn query(message: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::new(Code::AuthorizationQueryParametersError).saying(message)
}

fn authorization(value: &str, message: &'static str) -> Refusal {
    Refusal::argument("Authorization", value).saying(message)
}

fn expired(expires_seconds: Option<u32>, expires_at: Timestamp, now: Timestamp) -> Refusal {
    let refusal = denied("Request has expired");
    match expires_seconds {
        Some(seconds) => refusal.with("X-Amz-Expires", seconds),
        None => refusal,
    }
    .with("Expires", expires_at)
    .with("ServerTime", now)
}

/// Our texts, so that the caller can see what differs; never the right signature.
pub(super) fn of_mismatch(mismatch: &Mismatch) -> Refusal {
    let refusal = Refusal::new(Code::SignatureDoesNotMatch)
        .with("StringToSign", &mismatch.string_to_sign)
        .with("SignatureProvided", &mismatch.provided)
        .with("StringToSignBytes", spaced_hex(&mismatch.string_to_sign));
    match &mismatch.canonical_request {
        Some(canonical) => refusal
            .with("CanonicalRequest", canonical)
            .with("CanonicalRequestBytes", spaced_hex(canonical)),
        None => refusal,
    }
}

fn query_credential(fault: &CredentialFault, rules: &Rules<'_>) -> Refusal {
    let said = credential_fault(fault, rules);
    match fault {
        CredentialFault::Date { .. } => query(said),
        CredentialFault::Region(_) => in_region(query(format!("{CREDENTIAL}; {said}")), rules),
        CredentialFault::Malformed
        | CredentialFault::MalformedV4a
        | CredentialFault::Service(_)
        | CredentialFault::Terminator(_)
        | CredentialFault::DateFormat(_) => query(format!("{CREDENTIAL}; {said}")),
    }
}

fn header_fault(fault: &HeaderFault, rules: &Rules<'_>) -> Refusal {
    let said = match fault {
        HeaderFault::Components => COMPONENTS.into(),
        HeaderFault::CredentialMissing => "missing Credential.".into(),
        HeaderFault::SignedHeadersMissing => "missing SignedHeaders.".into(),
        HeaderFault::SignatureMissing => "missing Signature.".into(),
        HeaderFault::SignedHeaders => SIGNED_HEADERS.into(),
        HeaderFault::Credential(fault) => credential_fault(fault, rules),
        HeaderFault::RegionSet(fault) => region_set_fault(fault, rules),
    };
    let refusal = Refusal::new(Code::AuthorizationHeaderMalformed)
        .saying(format!("The authorization header is malformed; {said}"));
    match fault {
        HeaderFault::Credential(CredentialFault::Region(_))
        | HeaderFault::RegionSet(RegionSetFault::Elsewhere(_)) => in_region(refusal, rules),
        HeaderFault::Components
        | HeaderFault::CredentialMissing
        | HeaderFault::SignedHeadersMissing
        | HeaderFault::SignatureMissing
        | HeaderFault::SignedHeaders
        | HeaderFault::Credential(_)
        | HeaderFault::RegionSet(RegionSetFault::Missing) => refusal,
    }
}

fn query_region_set(fault: &RegionSetFault, rules: &Rules<'_>) -> Refusal {
    let refusal = query(region_set_fault(fault, rules));
    match fault {
        RegionSetFault::Missing => refusal,
        RegionSetFault::Elsewhere(_) => in_region(refusal, rules),
    }
}

fn region_set_fault(fault: &RegionSetFault, rules: &Rules<'_>) -> String {
    match fault {
        RegionSetFault::Missing => REGION_SET_MISSING.into(),
        RegionSetFault::Elsewhere(set) => {
            format!("the region set '{set}' does not cover '{}'.", rules.scope.region)
        }
    }
}

/// Says for which region to sign, also to a HEAD, whose answer has no body.
fn in_region(refusal: Refusal, rules: &Rules<'_>) -> Refusal {
    refusal.with("Region", rules.scope.region).header("x-amz-bucket-region", rules.scope.region)
}

pub(super) fn credential_fault(fault: &CredentialFault, rules: &Rules<'_>) -> String {
    let Scope { region, service, .. } = rules.scope;
    match fault {
        CredentialFault::Malformed => "the Credential is mal-formed; expecting \
             \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
            .into(),
        CredentialFault::MalformedV4a => "the Credential is mal-formed; expecting \
             \"<YOUR-AKID>/YYYYMMDD/SERVICE/aws4_request\"."
            .into(),
        CredentialFault::Service(other) => {
            format!("incorrect service \"{other}\". This endpoint belongs to \"{service}\".")
        }
        CredentialFault::Terminator(other) => {
            format!("incorrect terminal \"{other}\". This endpoint uses \"aws4_request\".")
        }
        CredentialFault::DateFormat(date) => format!(
            "incorrect date format \"{date}\". This date in the credential must be in the \
             format \"yyyyMMdd\"."
        ),
        CredentialFault::Date { scope, signed } => format!(
            "Invalid credential date \"{scope}\". This date is not the same as X-Amz-Date: \
             \"{signed}\"."
        ),
        CredentialFault::Region(other) => {
            format!("the region '{other}' is wrong; expecting '{region}'")
        }
    }
}

/// Two lower-case digits for each byte, separated by blanks.
fn spaced_hex(text: &str) -> String {
    let pairs: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}

pub(super) const TWO_MECHANISMS: &str = "Only one auth mechanism allowed; only the \
    X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization \
    header should be specified";
const SCHEME: &str = "Unsupported Authorization Type";
const SCHEME_ONLY: &str =
    "Authorization header is invalid -- one and only one ' ' (space) required.";
pub(super) const LEGACY_REFUSED: &str = "The authorization mechanism you have provided is not \
    supported. Please use AWS4-HMAC-SHA256.";
const LEGACY_INCOMPLETE: &str = "Query-string authentication requires the Signature, Expires and \
    AWSAccessKeyId parameters";
const QUERY_INCOMPLETE: &str = "Query-string authentication version 4 requires the \
    X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and \
    X-Amz-Expires parameters.";
const QUERY_ALGORITHM: &str =
    "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"";
const REGION_SET_MISSING: &str = "AWS4-ECDSA-P256-SHA256 requires X-Amz-Region-Set, once, with \
    the regions that the signature is for.";
const QUERY_DATE: &str = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"";
const EXPIRES_TOO_LONG: &str = "X-Amz-Expires must be less than a week (in seconds); that is, the \
    given X-Amz-Expires must be less than 604800 seconds";
pub(super) const CREDENTIAL: &str = "Error parsing the X-Amz-Credential parameter";
const COMPONENTS: &str = "the authorization header requires three components: Credential, \
    SignedHeaders, and Signature.";
const SIGNED_HEADERS: &str =
    "SignedHeaders must name each header once, in lower case and in order.";
const DATE_MISSING: &str = "AWS authentication requires a valid Date or x-amz-date header";
const PAYLOAD_HASH_MISSING: &str = "Missing required header for this request: x-amz-content-sha256";
const PAYLOAD_HASH: &str = "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, \
    STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, \
    STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, \
    STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.";
const PAYLOAD_CHUNKS: &str = "x-amz-content-sha256 names chunks that do not go with the signature: \
    a presigned URL has none, and signed ones are signed with the algorithm of the request.";
const HEADERS_NOT_SIGNED: &str = "There were headers present in the request which were not signed";
