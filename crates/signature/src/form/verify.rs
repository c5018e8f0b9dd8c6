//! Verifies forms: which signature, by whom, is it right, and does the policy allow the fields.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html>

use alloc::boxed::Box;
use core::fmt;
use core::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::document::Policy;
use super::{Form, FormError};
use crate::canonical::ALGORITHM;
use crate::mac::{hex, hmac_sha1, matches};
use crate::verify::{Algorithm, Credential, Legacy, Mechanism, Mismatch, Rules, Verified};
use crate::{SecretKey, SigningKey, Timestamp};

/// What a form presents.
#[derive(Debug)]
pub enum PresentedForm<'f> {
    /// Neither a policy nor a signature.
    Nothing,
    /// A signature that is well formed and not yet compared.
    Signature(UnverifiedForm<'f>),
}

/// Fields of a SigV4 signature, as S3 writes them when one is missing.
const V4_FIELDS: [&str; 4] =
    ["X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"];
/// Fields of a SigV2 signature.
const V2_FIELDS: [&str; 2] = ["Signature", "AWSAccessKeyId"];

/// Reads what `form` presents.
///
/// # Errors
/// Everything that is wrong before a secret is needed.
pub fn read<'f>(form: &'f Form, rules: &Rules<'_>) -> Result<PresentedForm<'f>, FormError> {
    let any = |names: &[&str]| names.iter().any(|name| form.field(name).is_some());
    match (any(&V4_FIELDS), any(&V2_FIELDS)) {
        (false, false) if form.field("policy").is_some() => Err(FormError::NotSigned),
        (false, false) => Ok(PresentedForm::Nothing),
        (true, true) => Err(FormError::TwoMechanisms),
        (true, false) => read_v4(form, rules).map(PresentedForm::Signature),
        (false, true) => read_v2(form, rules).map(PresentedForm::Signature),
    }
}

fn required<'f>(form: &'f Form, name: &'static str) -> Result<&'f str, FormError> {
    form.field(name).ok_or(FormError::FieldMissing(name))
}

fn read_v4<'f>(form: &'f Form, rules: &Rules<'_>) -> Result<UnverifiedForm<'f>, FormError> {
    let [signature, algorithm, credential, date] = V4_FIELDS.map(|name| required(form, name));
    let (signature, algorithm, value, date) = (signature?, algorithm?, credential?, date?);
    let policy = required(form, "policy")?;
    if algorithm != ALGORITHM {
        return Err(FormError::Algorithm(algorithm.into()));
    }
    let wrong = |fault| FormError::Credential { value: value.into(), fault };
    let credential = Credential::read(Algorithm::Hmac, value, rules).map_err(wrong)?;
    let signed_at = Timestamp::parse(date).ok_or_else(|| FormError::Date(date.into()))?;
    credential.is_for(&signed_at.basic(), rules).map_err(wrong)?;
    let access_key_id = credential.access_key_id;
    Ok(UnverifiedForm { form, policy, access_key_id, signature, claim: Claim::V4(signed_at) })
}

fn read_v2<'f>(form: &'f Form, rules: &Rules<'_>) -> Result<UnverifiedForm<'f>, FormError> {
    if rules.legacy == Legacy::Refuse {
        return Err(FormError::LegacyRefused);
    }
    let [signature, access_key_id] = V2_FIELDS.map(|name| required(form, name));
    let (signature, access_key_id) = (signature?, access_key_id?);
    let policy = required(form, "policy")?;
    Ok(UnverifiedForm { form, policy, access_key_id, signature, claim: Claim::V2 })
}

/// A signature that is well formed and not yet compared.
pub struct UnverifiedForm<'f> {
    form: &'f Form,
    policy: &'f str,
    access_key_id: &'f str,
    signature: &'f str,
    claim: Claim,
}

#[derive(Clone, Copy)]
enum Claim {
    /// SigV4, signed then.
    V4(Timestamp),
    V2,
}

impl UnverifiedForm<'_> {
    /// The access key id whose secret decides.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        self.access_key_id
    }

    /// The session token that came along. The policy has to name it, so the signature covers it.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.form.field("x-amz-security-token")
    }

    /// Compares the signature with the one that `secret` makes, then reads the policy and holds
    /// the fields to it.
    ///
    /// # Errors
    /// [`FormError::Mismatch`], or what is wrong with a policy that is rightly signed, or by it.
    pub fn verify(&self, secret: &SecretKey, rules: &Rules<'_>) -> Result<VerifiedForm, FormError> {
        if !self.is_signed_by(secret, rules) {
            return Err(FormError::Mismatch(Box::new(Mismatch {
                canonical_request: None,
                string_to_sign: self.policy.into(),
                provided: self.signature.into(),
            })));
        }
        let policy = Policy::read(self.policy).map_err(FormError::Policy)?;
        if rules.now >= policy.expires_at {
            return Err(FormError::Expired);
        }
        hold(self.form, &policy)?;
        let (mechanism, signed_at) = match self.claim {
            Claim::V4(signed_at) => (Mechanism::V4Form, Some(signed_at)),
            Claim::V2 => (Mechanism::V2Form, None),
        };
        let verified = Verified::of_form(mechanism, signed_at, policy.expires_at);
        Ok(VerifiedForm { verified, content_length: policy.content_length() })
    }

    /// The base64 text of the policy is what is signed, as it was sent.
    fn is_signed_by(&self, secret: &SecretKey, rules: &Rules<'_>) -> bool {
        let policy = self.policy.as_bytes();
        match self.claim {
            Claim::V4(at) => {
                let key = SigningKey::derive(secret, at, rules.scope);
                matches(&hex(key.mac(policy)), self.signature.as_bytes())
            }
            Claim::V2 => {
                let theirs = STANDARD.decode(self.signature).unwrap_or_default();
                matches(&hmac_sha1(secret, policy), &theirs)
            }
        }
    }
}

/// Every condition holds, and every field stands in one.
fn hold(form: &Form, policy: &Policy) -> Result<(), FormError> {
    if let Some(failed) = policy.conditions.iter().find(|condition| !condition.holds(form)) {
        return Err(FormError::ConditionFailed(failed.clone()));
    }
    let is_named = |name: &str| {
        policy.conditions.iter().filter_map(|c| c.field()).any(|f| f.eq_ignore_ascii_case(name))
    };
    match form.iter().find(|(name, _)| !needs_no_condition(name) && !is_named(name)) {
        Some((name, _)) => Err(FormError::FieldNotInPolicy(name.into())),
        None => Ok(()),
    }
}

/// Fields that carry the signature itself, or that are there to be ignored.
fn needs_no_condition(name: &str) -> bool {
    ["x-amz-signature", "signature", "awsaccesskeyid", "policy", "file"].contains(&name)
        || name.starts_with("x-ignore-")
}

/// Shows who claims it; signature and token stay hidden.
impl fmt::Debug for UnverifiedForm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedForm")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// Proof that the policy of a form is signed and allows its fields.
#[derive(Clone, Debug)]
pub struct VerifiedForm {
    verified: Verified,
    content_length: RangeInclusive<u64>,
}

impl VerifiedForm {
    /// How many bytes the file must have. The range is empty when the policy allows no length.
    #[must_use]
    pub fn content_length(&self) -> RangeInclusive<u64> {
        self.content_length.clone()
    }

    /// The proof, as of every other request.
    #[must_use]
    pub fn into_verified(self) -> Verified {
        self.verified
    }
}
