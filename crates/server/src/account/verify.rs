//! Verify: who made a request to IAM or STS.
//!
//! As for S3, but for three things: the service, and with it how a path is spelled; the hash of the
//! body, which clients sign and do not send; and that the body has to be the one that was signed.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use identity::{Caller, ResolveError};
use sha2::{Digest as _, Sha256};
use signature::verify::{CredentialFault, HeaderFault, read};
use signature::{
    Legacy, Mechanism, Payload, Presented, Request, Rules, Scope, Timestamp, VerifyError,
};

use super::route::claimed;
use super::{Asked, Fault};
use crate::house::{House, seconds};

/// Where services that have no region are signed for.
const GLOBAL: &str = "us-east-1";
const PAYLOAD_HASH: &str = "x-amz-content-sha256";

/// Who signed a request, and how; none when it is not signed.
pub(super) fn caller(
    asked: &Asked,
    body: &[u8],
    house: &House,
) -> Result<Option<(Caller, Mechanism)>, Fault> {
    let head = &asked.received.head;
    let hash: [u8; 32] = Sha256::digest(body).into();
    let spelled = s3::hex::encode(&hash);
    let mut headers: Vec<(&str, &[u8])> =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    if !head.headers.contains_key(PAYLOAD_HASH) {
        headers.push((PAYLOAD_HASH, spelled.as_bytes()));
    }
    let request = Request {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or(""),
        headers: &headers,
        virtual_bucket: None,
    };
    let is_global = claimed(&asked.received).is_some_and(|scope| scope.region == Some(GLOBAL));
    let region = if is_global { GLOBAL } else { &house.settings.region };
    let rules = Rules {
        now: seconds(asked.now_ms),
        scope: Scope::generic(region, asked.api.service()),
        legacy: Legacy::Refuse,
    };
    let refused = |error: VerifyError| of_verify(&error, &rules);
    let unverified = match read(&request, &rules).map_err(refused)? {
        Presented::Nothing => return Ok(None),
        Presented::Signature(unverified) => unverified,
    };
    let (id, token) = (unverified.access_key_id(), unverified.session_token());
    let caller = house.account.resolve(id, token, rules.now).map_err(of_resolve)?;
    let verified = unverified.verify(caller.secret(), &rules).map_err(refused)?;
    if verified.payload() != Payload::Sha256(hash) {
        return Err(mismatch());
    }
    caller.note_use(asked.api.noted_as(), rules.now);
    Ok(Some((caller, verified.mechanism())))
}

fn mismatch() -> Fault {
    Fault::denied(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check \
         your AWS Secret Access Key and signing method. Consult the service documentation for \
         details.",
    )
}

fn of_verify(error: &VerifyError, rules: &Rules<'_>) -> Fault {
    let incomplete = || Fault::sender("IncompleteSignature", error.to_string());
    match error {
        VerifyError::QueryCredential(fault)
        | VerifyError::Header(HeaderFault::Credential(fault)) => of_credential(fault, rules),
        VerifyError::Expired { expires_at, .. } => untimely(format!(
            "Signature expired: {} is now earlier than {}",
            basic(*expires_at),
            basic(rules.now)
        )),
        VerifyError::NotYetValid { signed_at, .. } => untimely(format!(
            "Signature not yet current: {} is still later than {}",
            basic(*signed_at),
            basic(rules.now)
        )),
        VerifyError::Skewed(as_sent) => untimely(format!(
            "Signature expired: {as_sent} is more than 15 minutes from {}",
            basic(rules.now)
        )),
        VerifyError::PayloadHash(_)
        | VerifyError::PayloadChunks(_)
        | VerifyError::SignedHeaderMissing(_)
        | VerifyError::OtherMethod(..)
        | VerifyError::Mismatch(_) => mismatch(),
        VerifyError::TwoMechanisms(_)
        | VerifyError::LegacyRefused
        | VerifyError::QueryIncomplete
        | VerifyError::QueryRepeated
        | VerifyError::QueryAlgorithm
        | VerifyError::QueryRegionSet(_)
        | VerifyError::QueryDate
        | VerifyError::ExpiresNotNumber
        | VerifyError::ExpiresNegative
        | VerifyError::ExpiresTooLong
        | VerifyError::LegacyIncomplete
        | VerifyError::LegacyRepeated
        | VerifyError::LegacyExpires(_)
        | VerifyError::Scheme(_)
        | VerifyError::SchemeOnly(_)
        | VerifyError::Header(_)
        | VerifyError::DateMissing
        | VerifyError::PayloadHashMissing
        | VerifyError::QuerySignedHeaders
        | VerifyError::HeadersNotSigned(_) => incomplete(),
    }
}

/// A moment as it is signed.
fn basic(at: Timestamp) -> String {
    String::from_utf8_lossy(&at.basic()).into_owned()
}

fn untimely(message: String) -> Fault {
    Fault::denied("SignatureDoesNotMatch", message)
}

fn of_credential(fault: &CredentialFault, rules: &Rules<'_>) -> Fault {
    let message = match fault {
        CredentialFault::Malformed
        | CredentialFault::MalformedV4a
        | CredentialFault::DateFormat(_) => {
            return Fault::sender("IncompleteSignature", "The Credential is malformed.");
        }
        CredentialFault::Service(_) => {
            format!("Credential should be scoped to correct service: '{}'.", rules.scope.service)
        }
        CredentialFault::Terminator(_) => {
            "Credential should be scoped with a valid terminator: 'aws4_request'.".into()
        }
        CredentialFault::Region(_) => "Credential should be scoped to a valid region.".into(),
        CredentialFault::Date { scope, signed } => format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '{scope}' != '{signed}'."
        ),
    };
    Fault::denied("SignatureDoesNotMatch", message)
}

/// Why an access key is nobody's who may ask. Why it is not, the operator is told alone.
fn of_resolve(error: ResolveError) -> Fault {
    let invalid = "The security token included in the request is invalid.";
    match error {
        ResolveError::Unknown
        | ResolveError::Inactive
        | ResolveError::TokenMissing
        | ResolveError::TokenInvalid
        | ResolveError::Gone => {
            Fault::denied("InvalidClientTokenId", invalid).because(error.to_string())
        }
        ResolveError::TokenExpired(_) => {
            Fault::denied("ExpiredToken", "The security token included in the request is expired")
        }
        ResolveError::SecretLost => Fault::internal(error.to_string()),
    }
}
