//! Verify: from what a request presents to a caller. Only this file makes a [`Caller`].

use std::ops::RangeInclusive;

use identity::Identity;
use policy::{Policies, Principal};
use s3::Code;
use signature::form::{self, Form, PresentedForm};
use signature::verify::read;
use signature::{
    ChunkDecoder, Mechanism, Payload, Presented, Request, Rules, Scope, SecretKey, SigningKey,
    Timestamp, Unverified, Verified, VerifyError,
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
    principal: Principal<'static>,
    verified: Verified,
    /// How many bytes the file of a form may have.
    file_bytes: RangeInclusive<u64>,
}

impl Caller {
    /// Who that is to policy.
    pub(crate) fn principal(&self) -> Principal<'static> {
        match self {
            Self::Signed(signed) => signed.principal,
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

    /// What is attached to the caller itself: identity policies, boundary, session policies. To
    /// nobody here anything is, so far. What is attached to the bucket is not the caller's.
    pub(crate) fn policies(&self) -> Policies<'_> {
        Policies::default()
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
    let access_key_id = unverified.access_key_id();
    let identity = holder(house, access_key_id)?;
    let verified = settle(&unverified, identity.secret, house, &rules)
        .map_err(|error| refused(error).with_access_key(access_key_id))?;
    check_token(unverified.session_token())?;
    Ok(Caller::Signed(Signed { principal: identity.principal, verified, file_bytes: ANY }))
}

/// Compares the signature, with a kept key where the mechanism has one.
fn settle(
    unverified: &Unverified<'_>,
    secret: &SecretKey,
    house: &House,
    rules: &Rules<'_>,
) -> Result<Verified, VerifyError> {
    let Some(at) = unverified.signed_at() else {
        return unverified.verify(secret, rules);
    };
    let derive = || SigningKey::derive(secret, at, rules.scope);
    let key = house.signing_keys.of(unverified.access_key_id(), secret, at, derive);
    unverified.verify_with(&key)
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
    let identity = holder(house, access_key_id)?;
    let verified = unverified
        .verify(identity.secret, rules)
        .map_err(|error| refused(error).with_access_key(access_key_id))?;
    check_token(unverified.session_token().map(str::as_bytes))?;
    let file_bytes = verified.content_length();
    let verified = verified.into_verified();
    Ok(Caller::Signed(Signed { principal: identity.principal, verified, file_bytes }))
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

fn holder<'h>(house: &'h House, access_key_id: &str) -> Result<Identity<'h>, Refusal> {
    house
        .identities
        .find(access_key_id)
        .ok_or_else(|| Refusal::new(Code::InvalidAccessKeyId).with("AWSAccessKeyId", access_key_id))
}

/// A long-term key has no session: a token beside it was made by nobody here.
fn check_token(token: Option<&[u8]>) -> Result<(), Refusal> {
    match token {
        Some(token) => {
            Err(Refusal::new(Code::InvalidToken).with("Token-0", String::from_utf8_lossy(token)))
        }
        None => Ok(()),
    }
}
