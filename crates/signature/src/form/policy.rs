//! Makes forms: a policy, and the fields that carry it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Condition;
use super::condition::Quoted;
use crate::canonical::ALGORITHM;
use crate::mac::{hex, hmac_sha1};
use crate::{Credentials, Scope, SigningKey, Timestamp};

/// What a form shall allow.
///
/// ```
/// use signature::form::PostPolicy;
/// use signature::{Credentials, Timestamp};
///
/// let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None);
/// let now = Timestamp::parse("20130524T000000Z").unwrap();
/// let form = PostPolicy::new("examplebucket", "user/${filename}", now.plus(3600))
///     .field("success_action_status", "201")
///     .prefix("Content-Type", "image/")
///     .content_length(1..=10_485_760)
///     .sign(&credentials, "us-east-1", now);
/// let names: Vec<&str> = form.iter().map(|(name, _)| name).collect();
/// assert_eq!(names[..2], ["success_action_status", "key"]);
/// assert_eq!(names.last(), Some(&"x-amz-signature"));
/// ```
#[derive(Clone, Debug)]
pub struct PostPolicy {
    bucket: String,
    key: String,
    expires_at: Timestamp,
    /// As they are spelled in the policy.
    conditions: Vec<String>,
    fields: Vec<(String, String)>,
}

impl PostPolicy {
    /// A form that uploads to `key` of `bucket` until `expires_at`. A key that ends in
    /// `${filename}` allows every key that begins as it does.
    #[must_use]
    pub fn new(bucket: &str, key: &str, expires_at: Timestamp) -> Self {
        Self {
            bucket: bucket.into(),
            key: key.into(),
            expires_at,
            conditions: Vec::new(),
            fields: Vec::new(),
        }
    }

    /// Puts a field into the form and holds it to its value: `acl`, `Content-Type`,
    /// `success_action_redirect`, `success_action_status`, `x-amz-meta-...`, any other.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.conditions.push(alloc::format!("{{{}: {}}}", Quoted(name), Quoted(value)));
        self.prefilled(name, value)
    }

    /// Puts a field into the form that a condition speaks of, or that none has to.
    #[must_use]
    pub fn prefilled(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Asks for a field that begins with `prefix`, which the user of the form adds.
    #[must_use]
    pub fn prefix(self, name: &str, prefix: &str) -> Self {
        self.condition(&Condition::StartsWith { field: name.into(), prefix: prefix.into() })
    }

    /// Bounds the length of the file in bytes.
    #[must_use]
    pub fn content_length(self, bytes: RangeInclusive<u64>) -> Self {
        self.condition(&Condition::ContentLength { min: *bytes.start(), max: *bytes.end() })
    }

    /// Holds the form to any condition. An exact one is spelled as a list, `["eq", ...]`, which
    /// means the same as the spelling of [`PostPolicy::field`].
    #[must_use]
    pub fn condition(mut self, condition: &Condition) -> Self {
        self.conditions.push(condition.policy_text());
        self
    }

    /// Signs with SigV4 for service `s3` in `region` at `at`.
    #[must_use]
    pub fn sign(self, credentials: &Credentials, region: &str, at: Timestamp) -> SignedForm {
        let scope = Scope::s3(region).text(at);
        let credential =
            alloc::format!("{}/{}", credentials.access_key_id(), String::from_utf8_lossy(&scope));
        let mut form = self.with_key();
        form = form.field("x-amz-algorithm", ALGORITHM);
        form = form.field("x-amz-credential", &credential);
        form = form.field("x-amz-date", &String::from_utf8_lossy(&at.basic()));
        form = form.with_token(credentials);
        let key = SigningKey::derive(credentials.secret(), at, region);
        form.finish("x-amz-signature", |policy| {
            String::from_utf8_lossy(&hex(key.mac(policy.as_bytes()))).into_owned()
        })
    }

    /// Signs with the legacy SigV2.
    #[must_use]
    pub fn sign_legacy(self, credentials: &Credentials) -> SignedForm {
        let mut form = self.with_key();
        form = form.prefilled("AWSAccessKeyId", credentials.access_key_id());
        form.with_token(credentials).finish("signature", |policy| {
            STANDARD.encode(hmac_sha1(credentials.secret(), policy.as_bytes()))
        })
    }

    fn with_key(mut self) -> Self {
        let (bucket, key) = (self.bucket.clone(), self.key.clone());
        self.conditions.push(alloc::format!("{{\"bucket\": {}}}", Quoted(&bucket)));
        match key.strip_suffix("${filename}") {
            Some(prefix) => self.prefilled("key", &key).prefix("key", prefix),
            None => self.field("key", &key),
        }
    }

    fn with_token(self, credentials: &Credentials) -> Self {
        match credentials.session_token() {
            Some(token) => self.field("x-amz-security-token", token),
            None => self,
        }
    }

    fn finish(mut self, name: &str, signature: impl FnOnce(&str) -> String) -> SignedForm {
        let expiration = alloc::format!("{}", self.expires_at);
        let json = alloc::format!(
            "{{\"expiration\": {}, \"conditions\": [{}]}}",
            Quoted(&expiration),
            self.conditions.join(", ")
        );
        let policy = STANDARD.encode(json);
        let signature = signature(&policy);
        self.fields.push(("policy".into(), policy));
        self.fields.push((name.into(), signature));
        SignedForm(self.fields)
    }
}

/// The fields to put into a form in front of the file, which stands last in a field `file`.
#[derive(Clone)]
pub struct SignedForm(Vec<(String, String)>);

impl SignedForm {
    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Redacted: whoever holds the values can upload.
impl fmt::Debug for SignedForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}
