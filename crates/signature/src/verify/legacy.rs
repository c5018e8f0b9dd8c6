//! Reads and verifies SigV2: a presigned URL, or an `Authorization` header.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html>

use alloc::boxed::Box;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::{Mismatch, VerifyError, lossy};
use super::v4::digest;
use super::{Legacy, Mechanism, Payload, Rules, Unverified, Verified, header};
use crate::canonical::UNSIGNED_PAYLOAD;
use crate::chunk::Chunks;
use crate::mac::{hmac_sha1, matches};
use crate::query::{Param, Params, Value};
use crate::v2::{Place, string_to_sign};
use crate::{Request, SecretKey, Short, Timestamp};

/// A SigV2 claim that is in time.
pub(super) struct Claim<'a> {
    pub(super) access_key_id: Value<'a>,
    place: Place,
    /// What stands on the date line of the string to sign.
    date: Value<'a>,
    signed_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    payload: Payload,
    signature: Value<'a>,
}

const PARAMETERS: [&str; 3] = ["AWSAccessKeyId", "Expires", "Signature"];

/// Whether the key or the signature of a SigV2 URL is there. `Expires` alone is not enough: it is
/// an ordinary name.
pub(super) fn is_presigned(params: &Params<'_>) -> bool {
    params.find("Signature").is_some() || params.find("AWSAccessKeyId").is_some()
}

/// In any case: what stands for a header is signed under its name in lower case.
fn is_token(param: &Param<'_>) -> bool {
    param.is_alike("x-amz-security-token")
}

pub(super) fn read<'a>(
    request: &Request<'a>,
    params: Params<'a>,
    rules: &Rules<'_>,
) -> Result<Unverified<'a>, VerifyError> {
    if rules.legacy == Legacy::Refuse {
        return Err(VerifyError::LegacyRefused);
    }
    let [access_key_id, expires, signature] = params.once(PARAMETERS);
    let (Some(access_key_id), Some(expires), Some(signature)) = (access_key_id, expires, signature)
    else {
        return Err(if params.repeats(&PARAMETERS) {
            VerifyError::LegacyRepeated
        } else {
            VerifyError::LegacyIncomplete
        });
    };
    let expires = expires.decoded();
    let expires_at = core::str::from_utf8(&expires)
        .ok()
        .filter(|text| text.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .map(Timestamp::from_seconds)
        .ok_or_else(|| VerifyError::LegacyExpires(lossy(&expires)))?;
    if rules.now >= expires_at {
        return Err(VerifyError::Expired { expires_seconds: None, expires_at });
    }
    let token = request
        .header_values("x-amz-security-token")
        .next()
        .map(Value::AsSent)
        .or_else(|| params.iter().find(|param| is_token(param)).map(Param::decoded));
    Ok(Unverified {
        session_token: token,
        claim: super::Claim::V2(Claim {
            access_key_id: access_key_id.decoded(),
            place: Place::Query,
            date: expires,
            signed_at: None,
            expires_at: Some(expires_at),
            payload: Payload::Unsigned,
            signature: signature.decoded(),
        }),
        request: *request,
        params,
    })
}

/// Reads `AKID:signature`, what stands behind `AWS ` in an `Authorization` header. A date in
/// `x-amz-date` is signed among the headers, and the date line is empty then.
pub(super) fn read_header<'a>(
    request: &Request<'a>,
    params: Params<'a>,
    text: &'a str,
    rules: &Rules<'_>,
) -> Result<Unverified<'a>, VerifyError> {
    if rules.legacy == Legacy::Refuse {
        return Err(VerifyError::LegacyRefused);
    }
    let (access_key_id, signature) =
        text.split_once(':').ok_or_else(|| VerifyError::Scheme(alloc::format!("AWS {text}")))?;
    let (signed_at, as_sent) = header::date(request).ok_or(VerifyError::DateMissing)?;
    header::in_time(signed_at, as_sent, rules)?;
    let in_amz_header = request.header("x-amz-date").is_some();
    let date = request.header("date").filter(|_| !in_amz_header).unwrap_or("");
    Ok(Unverified {
        session_token: request.header_values("x-amz-security-token").next().map(Value::AsSent),
        claim: super::Claim::V2(Claim {
            access_key_id: Value::AsSent(access_key_id.as_bytes()),
            place: Place::Header,
            date: Value::AsSent(date.as_bytes()),
            signed_at: Some(signed_at),
            expires_at: None,
            payload: payload(request)?,
            signature: Value::AsSent(signature.as_bytes()),
        }),
        request: *request,
        params,
    })
}

/// SigV2 signs nothing of the body but this header, among those of Amazon; it has no chunks.
fn payload(request: &Request<'_>) -> Result<Payload, VerifyError> {
    let Some(value) = request.header_values("x-amz-content-sha256").next() else {
        return Ok(Payload::Unsigned);
    };
    let text = core::str::from_utf8(value).unwrap_or_default();
    if text == UNSIGNED_PAYLOAD {
        return Ok(Payload::Unsigned);
    }
    if Chunks::from_word(text).is_some() {
        return Err(VerifyError::PayloadChunks(text.into()));
    }
    digest(text).map(Payload::Sha256).ok_or_else(|| VerifyError::PayloadHash(lossy(value)))
}

impl Claim<'_> {
    /// Compares with the signature that `secret` makes, as bytes: base64 has several spellings.
    pub(super) fn verify(
        &self,
        request: &Request<'_>,
        params: &Params<'_>,
        secret: &SecretKey,
    ) -> Result<Verified, VerifyError> {
        let string_to_sign = string_to_sign(request, params, &self.date, self.place);
        let ours = hmac_sha1(secret, &string_to_sign);
        // An unencoded `+` arrives as a blank, which base64 does not have.
        let text: Short =
            self.signature.iter().map(|&b| if b == b' ' { b'+' } else { b }).collect();
        let theirs = STANDARD.decode(&text).unwrap_or_default();
        if matches(&ours, &theirs) && !breaks_a_line(params) {
            return Ok(Verified {
                mechanism: match self.place {
                    Place::Query => Mechanism::V2Query,
                    Place::Header => Mechanism::V2Header,
                },
                signed_at: self.signed_at,
                expires_at: self.expires_at,
                payload: self.payload,
                chunk_verifier: None,
            });
        }
        Err(VerifyError::Mismatch(Box::new(Mismatch {
            canonical_request: None,
            string_to_sign: lossy(&string_to_sign),
            provided: lossy(&self.signature),
        })))
    }
}

/// Whether a parameter that stands for a header holds a line break. SigV2 signs such headers as
/// lines, so it could not tell this one from two.
fn breaks_a_line(params: &Params<'_>) -> bool {
    let is_amz =
        |param: &Param<'_>| param.name().map(|b| b.to_ascii_lowercase()).take(6).eq(*b"x-amz-");
    let breaks =
        |param: &Param<'_>| param.name().chain(param.value()).any(|b| b"\r\n".contains(&b));
    params.iter().any(|param| is_amz(param) && breaks(param))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scope;
    use crate::{Credentials, Presented, Presign, v2, verify};

    const NOW: Timestamp = Timestamp::MAX;

    fn credentials() -> Credentials {
        Credentials::new("AKID", "secret", Some("token"))
    }

    fn signed(query: &[(&str, Option<&str>)]) -> alloc::string::String {
        let presign = Presign {
            method: "GET",
            scheme: "https",
            authority: "h",
            path: "/b/k",
            query,
            headers: &[],
            expires_seconds: 60,
        };
        let url = v2::presign(&presign, &credentials(), None, NOW);
        url.as_str().split_once('?').unwrap().1.into()
    }

    /// Whether a query verifies, and the session token that comes with it.
    fn verified(query: &str) -> (bool, Option<Short>) {
        let headers = [("host", b"h".as_slice())];
        let request =
            Request { method: "GET", path: "/b/k", query, headers: &headers, virtual_bucket: None };
        let now = Timestamp::from_seconds(NOW.seconds() - 1);
        let rules = Rules { now, scope: Scope::s3("r"), legacy: Legacy::Accept };
        let Ok(Presented::Signature(claim)) = verify::read(&request, &rules) else {
            panic!("{query} is signed")
        };
        let is_good = claim.verify(credentials().secret(), &rules).is_ok();
        (is_good, claim.session_token().map(Short::from_slice))
    }

    #[test]
    fn session_token_is_seen_in_any_case_of_its_name() {
        let query = signed(&[]);
        for query in [&query, &query.replace("x-amz-security-token", "X-Amz-Security-Token")] {
            assert_eq!(verified(query), (true, Some(Short::from_slice(&b"token"[..]))));
        }
    }

    #[test]
    fn a_header_is_not_swallowed_by_the_one_before_it() {
        let query = signed(&[("x-amz-meta-a", Some("1")), ("x-amz-meta-b", Some("2"))]);
        assert!(verified(&query).0);
        let swallowed =
            query.replace("x-amz-meta-a=1&x-amz-meta-b=2", "x-amz-meta-a=1%0Ax-amz-meta-b:2");
        assert_ne!(query, swallowed);
        assert!(!verified(&swallowed).0);
    }
}
