//! Reads a presigned URL of SigV4 or SigV4A.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use super::error::{CredentialFault, VerifyError};
use super::v4::{self, Algorithm, Credential, headers_are_signed, is_in_order};
use super::{Claim, Rules, SKEW_SECONDS_MAX, Unverified, region_set};
use crate::canonical::payload_hash_of_url;
use crate::query::{Param, Params, Value};
use crate::v2::Place;
use crate::v4a::REGION_SET;
use crate::{Dialect, EXPIRES_SECONDS_MAX, Request, Timestamp};

const PARAMETERS: [&str; 6] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
];

/// Whether any of the six parameters is there.
pub(super) fn is_presigned(params: &Params<'_>) -> bool {
    params.iter().any(|param| PARAMETERS.iter().any(|name| param.is(name)))
}

#[inline]
pub(super) fn read<'a>(
    request: &Request<'a>,
    params: Params<'a>,
    rules: &Rules<'_>,
) -> Result<Unverified<'a>, VerifyError> {
    let [algorithm, credential, date, expires, signed_headers, signature] = params.once(PARAMETERS);
    let (Some(algorithm), Some(credential), Some(date), Some(expires)) =
        (algorithm, credential, date, expires)
    else {
        return Err(incomplete(&params));
    };
    let (Some(signed_headers), Some(signature)) = (signed_headers, signature) else {
        return Err(incomplete(&params));
    };
    let algorithm =
        Algorithm::from_word(&algorithm.decoded()).ok_or(VerifyError::QueryAlgorithm)?;
    let sent = credential.decoded();
    let credential = text(&sent)
        .ok_or(CredentialFault::Malformed)
        .and_then(|text| Credential::read(algorithm, text, rules))
        .map_err(VerifyError::QueryCredential)?;
    let (signed_at, date) = signed_at(&date.decoded()).ok_or(VerifyError::QueryDate)?;
    credential.is_for(&date, rules).map_err(VerifyError::QueryCredential)?;
    let access_key_id_bytes = credential.access_key_id.len();
    if algorithm == Algorithm::Ecdsa {
        let [region_set] = params.once([REGION_SET]);
        region_set::covers(region_set.map(Param::decoded).as_deref(), rules.scope.region)
            .map_err(VerifyError::QueryRegionSet)?;
    }
    let expires_at = in_time(signed_at, expires_seconds(&expires.decoded())?, rules.now)?;
    let signed_headers = signed_headers.decoded();
    if !is_in_order(&signed_headers) {
        return Err(VerifyError::QuerySignedHeaders);
    }
    headers_are_signed(request, &signed_headers)?;
    Ok(Unverified {
        session_token: session_token(request, &params),
        claim: Claim::V4(v4::Claim {
            algorithm,
            place: Place::Query,
            credential: sent,
            access_key_id_bytes,
            signed_at,
            date,
            expires_at: Some(expires_at),
            dialect: rules.scope.dialect,
            payload_hash: payload_hash(request, &params, &signed_headers, rules.scope.dialect),
            signed_headers,
            signature: signature.decoded(),
        }),
        request: *request,
        params,
    })
}

fn incomplete(params: &Params<'_>) -> VerifyError {
    if params.repeats(&PARAMETERS) {
        VerifyError::QueryRepeated
    } else {
        VerifyError::QueryIncomplete
    }
}

/// The token, in any case of its name: what stands for a header is one. It counts as a header that
/// was sent, too: that one is signed, or it would have been refused.
fn session_token<'a>(request: &Request<'a>, params: &Params<'a>) -> Option<Value<'a>> {
    let in_query = params.iter().find(|param| param.is_alike("x-amz-security-token"));
    let sent = || request.header_values("x-amz-security-token").next().map(Value::AsSent);
    in_query.map(Param::decoded).or_else(sent)
}

fn text(bytes: &[u8]) -> Option<&str> {
    core::str::from_utf8(bytes).ok()
}

/// The time of the signature, and as it was sent: there is one way to write it.
fn signed_at(value: &[u8]) -> Option<(Timestamp, [u8; 16])> {
    Some((text(value).and_then(Timestamp::parse)?, value.try_into().ok()?))
}

fn expires_seconds(value: &[u8]) -> Result<u32, VerifyError> {
    let text = text(value).ok_or(VerifyError::ExpiresNotNumber)?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(VerifyError::ExpiresNotNumber);
    }
    if text.starts_with('-') {
        return Err(VerifyError::ExpiresNegative);
    }
    // A number too long for 32 bits is too long a life as well.
    match text.parse() {
        Ok(seconds) if seconds <= EXPIRES_SECONDS_MAX => Ok(seconds),
        Ok(_) | Err(_) => Err(VerifyError::ExpiresTooLong),
    }
}

fn in_time(
    signed_at: Timestamp,
    expires_seconds: u32,
    now: Timestamp,
) -> Result<Timestamp, VerifyError> {
    let expires_at = signed_at.plus(u64::from(expires_seconds));
    if signed_at > now.plus(SKEW_SECONDS_MAX) {
        return Err(VerifyError::NotYetValid { signed_at, expires_at });
    }
    // A life of no seconds is over, also for a clock that is behind the signer's.
    if now >= expires_at || expires_seconds == 0 {
        return Err(VerifyError::Expired { expires_seconds: Some(expires_seconds), expires_at });
    }
    Ok(expires_at)
}

/// What the query says of the body, else what a *signed* header says, else what a URL means that
/// says nothing. A signed
/// header that is not sent makes the signature wrong, whatever stands here.
fn payload_hash<'a>(
    request: &Request<'a>,
    params: &Params<'a>,
    signed_headers: &[u8],
    dialect: Dialect,
) -> Value<'a> {
    let name = "x-amz-content-sha256";
    let in_query = params.iter().find(|p| p.is("X-Amz-Content-Sha256") || p.is(name));
    if let Some(param) = in_query {
        return param.decoded();
    }
    let is_signed = signed_headers.split(|&b| b == b';').any(|n| n == name.as_bytes());
    let header = request.header_values(name).next().filter(|_| is_signed);
    Value::AsSent(header.unwrap_or(payload_hash_of_url(dialect).as_bytes()))
}
