//! Reads and verifies a SigV2 presigned URL.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html>

use alloc::boxed::Box;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::{Mismatch, VerifyError, lossy};
use super::{Legacy, Mechanism, Payload, Rules, Unverified, Verified};
use crate::mac::{hmac_sha1, matches};
use crate::query::{Param, Params};
use crate::v2::string_to_sign;
use crate::{Request, SecretKey, Short, Timestamp};

/// A SigV2 claim that is in time.
pub(super) struct Claim {
    expires: Short,
    expires_at: Timestamp,
    signature: Short,
}

/// Whether the key or the signature of a SigV2 URL is there. `Expires` alone is not enough: it is
/// an ordinary name.
pub(super) fn is_presigned(params: &Params<'_>) -> bool {
    params.find("Signature").is_some() || params.find("AWSAccessKeyId").is_some()
}

pub(super) fn read<'a>(
    request: &Request<'a>,
    params: Params<'a>,
    rules: &Rules<'_>,
) -> Result<Unverified<'a>, VerifyError> {
    if rules.legacy == Legacy::Refuse {
        return Err(VerifyError::LegacyRefused);
    }
    let [access_key_id, expires, signature] =
        ["AWSAccessKeyId", "Expires", "Signature"].map(|name| params.once(name).map(Param::short));
    let (Some(access_key_id), Some(expires), Some(signature)) = (access_key_id, expires, signature)
    else {
        return Err(VerifyError::LegacyIncomplete);
    };
    let expires_at = core::str::from_utf8(&expires)
        .ok()
        .filter(|text| text.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .map(Timestamp::from_seconds)
        .ok_or_else(|| VerifyError::LegacyExpires(lossy(&expires)))?;
    if rules.now >= expires_at {
        return Err(VerifyError::Expired {
            expires_seconds: None,
            expires_at,
        });
    }
    let token = request
        .header_values("x-amz-security-token")
        .next()
        .map(Short::from)
        .or_else(|| params.find("x-amz-security-token").map(Param::short));
    Ok(Unverified {
        access_key_id,
        session_token: token,
        claim: super::Claim::V2(Claim {
            expires,
            expires_at,
            signature,
        }),
        request: *request,
        params,
    })
}

impl Claim {
    /// Compares with the signature that `secret` makes, as bytes: base64 has several spellings.
    pub(super) fn verify(
        &self,
        request: &Request<'_>,
        params: &Params<'_>,
        secret: &SecretKey,
    ) -> Result<Verified, VerifyError> {
        let string_to_sign = string_to_sign(request, params, &self.expires);
        let ours = hmac_sha1(secret, &string_to_sign);
        // An unencoded `+` arrives as a blank, which base64 does not have.
        let text: Short = self
            .signature
            .iter()
            .map(|&b| if b == b' ' { b'+' } else { b })
            .collect();
        let theirs = STANDARD.decode(&text).unwrap_or_default();
        if matches(&ours, &theirs) {
            return Ok(Verified {
                mechanism: Mechanism::V2Query,
                signed_at: None,
                expires_at: Some(self.expires_at),
                payload: Payload::Unsigned,
                chunk_signer: None,
            });
        }
        Err(VerifyError::Mismatch(Box::new(Mismatch {
            canonical_request: None,
            string_to_sign: lossy(&string_to_sign),
            provided: lossy(&self.signature),
        })))
    }
}
