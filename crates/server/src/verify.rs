//! Verify: from what a request presents to a caller. Only this file makes a [`Caller`].

use std::ops::RangeInclusive;

use identity::{Permissions, Service};
use policy::{Context, Key, Principal};
use s3::Code;
use signature::form::{self, Form, PresentedForm};
use signature::verify::read;
use signature::{
    ChunkDecoder, Mechanism, Payload, Presented, Request, Rules, Scope, SigningKey, Timestamp,
    Unverified, Verified, VerifyError,
};

use crate::house::{House, seconds};
use crate::read::Received;
use crate::refusal::Refusal;

/// Who asks, proven.
#[derive(Debug)]
pub(crate) enum Caller {
    /// The holder of an access key.
    Signed(Signed),
    /// A request without any signature.
    Anonymous,
}

/// Proof that a request was signed by the holder of an access key.
#[derive(Debug)]
pub(crate) struct Signed {
    holder: identity::Caller,
    verified: Verified,
    /// How many bytes the file of a form may have.
    file_bytes: RangeInclusive<u64>,
}

impl Caller {
    /// Who that is to policy.
    pub(crate) fn principal(&self) -> Principal<'_> {
        match self {
            Self::Signed(signed) => signed.holder.principal(),
            Self::Anonymous => Principal::Anonymous,
        }
    }

    /// How the request was signed, if it was.
    pub(crate) fn mechanism(&self) -> Option<Mechanism> {
        match self {
            Self::Signed(signed) => Some(signed.verified.mechanism()),
            Self::Anonymous => None,
        }
    }

    /// What is attached to the caller itself: identity policies, boundary, session policies. What
    /// is attached to the bucket is not the caller's.
    pub(crate) fn permissions(&self) -> Permissions<'_> {
        match self {
            Self::Signed(signed) => signed.holder.permissions(),
            Self::Anonymous => Permissions::default(),
        }
    }

    /// What conditions may ask of the caller.
    pub(crate) fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        match self {
            Self::Signed(signed) => signed.holder.values(key, each),
            Self::Anonymous => {}
        }
    }

    /// Who it was signed by, if it was, and how.
    pub(crate) fn signer(&self) -> Option<(&identity::Caller, Mechanism)> {
        match self {
            Self::Signed(signed) => Some((&signed.holder, signed.verified.mechanism())),
            Self::Anonymous => None,
        }
    }

    /// When the request was signed, where its signature says so.
    pub(crate) fn signed_at(&self) -> Option<Timestamp> {
        match self {
            Self::Signed(signed) => signed.verified.signed_at(),
            Self::Anonymous => None,
        }
    }

    /// How many bytes the file of a form may have.
    pub(crate) fn file_bytes(&self) -> RangeInclusive<u64> {
        match self {
            Self::Signed(signed) => signed.file_bytes.clone(),
            Self::Anonymous => ANY,
        }
    }

    /// What takes the frames off a chunked body of `length` bytes of data.
    pub(crate) fn chunks(&self, length: u64) -> Option<ChunkDecoder> {
        match self {
            Self::Signed(signed) => signed.verified.chunks(length),
            Self::Anonymous => None,
        }
    }

    /// What the signature says of the body.
    pub(crate) fn payload(&self) -> Payload {
        match self {
            Self::Signed(signed) => signed.verified.payload(),
            Self::Anonymous => Payload::Unsigned,
        }
    }
}

const ANY: RangeInclusive<u64> = 0..=u64::MAX;

/// Settles who made a request.
pub(crate) fn caller(received: &Received, house: &House, now_ms: u64) -> Result<Caller, Refusal> {
    let headers: Vec<(&str, &[u8])> = received
        .head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let request = Request {
        method: received.head.method.as_str(),
        path: received.head.uri.path(),
        query: received.head.uri.query().unwrap_or(""),
        headers: &headers,
        virtual_bucket: received.bucket.as_deref().filter(|_| received.is_virtual_hosted),
    };
    let rules = Rules {
        now: seconds(now_ms),
        scope: Scope::s3(&house.settings.region),
        legacy: house.settings.legacy,
    };
    if let Some(received) = &received.form {
        return of_form(&received.form, &request, house, &rules);
    }
    let refused = |error| Refusal::of_verify(error, &rules);
    let unverified = match read(&request, &rules).map_err(refused)? {
        Presented::Nothing => return Ok(Caller::Anonymous),
        Presented::Signature(unverified) => unverified,
    };
    let (access_key_id, token) = (unverified.access_key_id(), unverified.session_token());
    let holder = holder(house, &rules, access_key_id, token)?;
    let verified = settle(&unverified, &holder, house, &rules)
        .map_err(|error| refused(error).with_access_key(access_key_id))?;
    holder.note_use(Service::S3, rules.now);
    Ok(Caller::Signed(Signed { holder, verified, file_bytes: ANY }))
}

/// Compares the signature, with a kept key where the mechanism has one.
fn settle(
    unverified: &Unverified<'_>,
    holder: &identity::Caller,
    house: &House,
    rules: &Rules<'_>,
) -> Result<Verified, VerifyError> {
    let secret = holder.secret();
    let Some(at) = unverified.signed_at() else {
        return unverified.verify(secret, rules);
    };
    let derive = || SigningKey::derive(secret, at, rules.scope);
    let is_session = holder.session().is_some();
    let keys = if is_session { &house.session_keys } else { &house.signing_keys };
    unverified.verify_with(&keys.of(unverified.access_key_id(), secret, at, derive))
}

/// Settles who signed the policy of a form. Nothing else can sign a form.
fn of_form(
    form: &Form,
    request: &Request<'_>,
    house: &House,
    rules: &Rules<'_>,
) -> Result<Caller, Refusal> {
    if !matches!(read(request, rules), Ok(Presented::Nothing)) {
        return Err(Refusal::new(Code::InvalidRequest)
            .saying("A form is signed in its fields, not in the header and not in the query."));
    }
    check_headers(request).map_err(|error| Refusal::of_verify(error, rules))?;
    let refused = |error| Refusal::of_form(error, form, rules);
    let unverified = match form::read(form, rules).map_err(refused)? {
        PresentedForm::Nothing => return Ok(Caller::Anonymous),
        PresentedForm::Signature(unverified) => unverified,
    };
    let access_key_id = unverified.access_key_id();
    let token = unverified.session_token().map(str::as_bytes);
    let holder = holder(house, rules, access_key_id, token)?;
    let verified = unverified
        .verify(holder.secret(), rules)
        .map_err(|error| refused(error).with_access_key(access_key_id))?;
    holder.note_use(Service::S3, rules.now);
    let file_bytes = verified.content_length();
    let verified = verified.into_verified();
    Ok(Caller::Signed(Signed { holder, verified, file_bytes }))
}

/// A policy covers fields alone, so a header beside the form would be obeyed or dropped unsigned.
fn check_headers(request: &Request<'_>) -> Result<(), VerifyError> {
    let names = request.headers.iter().map(|(name, _)| *name);
    let mut unsigned: Vec<&str> = names.filter(|name| name.starts_with("x-amz-")).collect();
    unsigned.sort_unstable();
    unsigned.dedup();
    if unsigned.is_empty() {
        Ok(())
    } else {
        Err(VerifyError::HeadersNotSigned(unsigned.join(", ")))
    }
}

/// Who holds an access key, if anybody may ask with it. A token is a part of the key: what is said
/// of it is said to whoever has it.
fn holder(
    house: &House,
    rules: &Rules<'_>,
    access_key_id: &str,
    token: Option<&[u8]>,
) -> Result<identity::Caller, Refusal> {
    let resolved = house.account.resolve(access_key_id, token, rules.now);
    resolved.map_err(|error| Refusal::of_resolve(error, access_key_id, token))
}
