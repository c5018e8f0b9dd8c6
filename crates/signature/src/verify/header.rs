//! Reads an `Authorization` header.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html>

use alloc::vec::Vec;

use super::error::{HeaderFault, RegionSetFault, VerifyError, lossy};
use super::v4::{self, Algorithm, Credential, headers_are_signed, is_in_order};
use super::{Claim, Rules, SKEW_SECONDS_MAX, Unverified, legacy, region_set};
use crate::query::{Params, Value};
use crate::v2::Place;
use crate::v4a::REGION_SET;
use crate::{Request, Timestamp};

pub(super) fn read<'a>(
    request: &Request<'a>,
    params: Params<'a>,
    value: &'a [u8],
    rules: &Rules<'_>,
) -> Result<Unverified<'a>, VerifyError> {
    let text =
        core::str::from_utf8(value).map_err(|_| VerifyError::SchemeOnly(lossy(value)))?.trim();
    match text.split_once(' ') {
        None => Err(VerifyError::SchemeOnly(lossy(value))),
        Some(("AWS", rest)) => legacy::read_header(request, params, rest, rules),
        Some((word, rest)) => match Algorithm::from_word(word.as_bytes()) {
            Some(algorithm) => read_v4(request, params, algorithm, rest, rules),
            None => Err(VerifyError::Scheme(lossy(value))),
        },
    }
}

fn read_v4<'a>(
    request: &Request<'a>,
    params: Params<'a>,
    algorithm: Algorithm,
    rest: &'a str,
    rules: &Rules<'_>,
) -> Result<Unverified<'a>, VerifyError> {
    let parts = Parts::read(rest).map_err(VerifyError::Header)?;
    let malformed = |fault| VerifyError::Header(HeaderFault::Credential(fault));
    let credential = Credential::read(algorithm, parts.credential, rules).map_err(malformed)?;
    let payload_hash = payload_hash(request)?;
    let (signed_at, as_sent) = date(request).ok_or(VerifyError::DateMissing)?;
    let date = signed_at.basic();
    credential.is_for(&date, rules).map_err(malformed)?;
    if algorithm == Algorithm::Ecdsa {
        region_set_covers(request, rules)
            .map_err(|fault| VerifyError::Header(HeaderFault::RegionSet(fault)))?;
    }
    in_time(signed_at, as_sent, rules)?;
    if !is_in_order(parts.signed_headers.as_bytes()) {
        return Err(VerifyError::Header(HeaderFault::SignedHeaders));
    }
    headers_are_signed(request, parts.signed_headers.as_bytes())?;
    let token = request.header_values("x-amz-security-token").next();
    Ok(Unverified {
        session_token: token.map(Value::AsSent),
        claim: Claim::V4(v4::Claim {
            algorithm,
            place: Place::Header,
            credential: Value::AsSent(parts.credential.as_bytes()),
            access_key_id_bytes: credential.access_key_id.len(),
            signed_at,
            date,
            expires_at: None,
            dialect: rules.scope.dialect,
            signed_headers: Value::AsSent(parts.signed_headers.as_bytes()),
            payload_hash,
            signature: Value::AsSent(parts.signature.as_bytes()),
        }),
        request: *request,
        params,
    })
}

struct Parts<'v> {
    credential: &'v str,
    signed_headers: &'v str,
    signature: &'v str,
}

impl<'v> Parts<'v> {
    /// Three components in any order; blanks after the commas are optional.
    fn read(text: &'v str) -> Result<Self, HeaderFault> {
        let component = |name: &str| {
            text.split(',')
                .filter_map(|part| part.trim().split_once('='))
                .find(|(n, _)| *n == name)
                .map(|(_, value)| value)
        };
        if text.split(',').count() != 3 {
            return Err(HeaderFault::Components);
        }
        Ok(Self {
            credential: component("Credential").ok_or(HeaderFault::CredentialMissing)?,
            signed_headers: component("SignedHeaders").ok_or(HeaderFault::SignedHeadersMissing)?,
            signature: component("Signature").ok_or(HeaderFault::SignatureMissing)?,
        })
    }
}

fn payload_hash<'a>(request: &Request<'a>) -> Result<Value<'a>, VerifyError> {
    let value = request.header_values("x-amz-content-sha256").next();
    value.map(Value::AsSent).ok_or(VerifyError::PayloadHashMissing)
}

/// A header that is sent several times is one list, in the signature and here.
fn region_set_covers(request: &Request<'_>, rules: &Rules<'_>) -> Result<(), RegionSetFault> {
    let sent: Vec<&[u8]> = request.header_values(REGION_SET).collect();
    let list = sent.join(&b","[..]);
    region_set::covers((!sent.is_empty()).then_some(&list), rules.scope.region)
}

/// A header signature is good for 15 minutes, to either side.
pub(super) fn in_time(
    signed_at: Timestamp,
    as_sent: &str,
    rules: &Rules<'_>,
) -> Result<(), VerifyError> {
    if rules.now.seconds().abs_diff(signed_at.seconds()) > SKEW_SECONDS_MAX {
        return Err(VerifyError::Skewed(as_sent.into()));
    }
    Ok(())
}

/// `x-amz-date`, else `Date`, in the form of signatures or that of HTTP; and as it was sent.
pub(super) fn date<'a>(request: &Request<'a>) -> Option<(Timestamp, &'a str)> {
    let text = request.header("x-amz-date").or_else(|| request.header("date"))?.trim();
    let at = Timestamp::parse(text).or_else(|| Timestamp::parse_http_date(text))?;
    Some((at, text))
}
