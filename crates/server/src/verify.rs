//! Verify: from what a request presents to a caller. Only this file makes a [`Caller`].

use policy::Principal;
use s3::Code;
use signature::verify::read;
use signature::{ChunkDecoder, Mechanism, Payload, Presented, Request, Rules, Verified};

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
    principal: Principal,
    verified: Verified,
}

impl Caller {
    /// Who that is to policy.
    pub(crate) fn principal(&self) -> Principal {
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
        region: &house.settings.region,
        service: "s3",
        legacy: house.settings.legacy,
    };
    let refused = |error| Refusal::of_verify(error, &rules);
    let unverified = match read(&request, &rules).map_err(refused)? {
        Presented::Nothing => return Ok(Caller::Anonymous),
        Presented::Signature(unverified) => unverified,
    };
    let access_key_id = unverified.access_key_id();
    let identity = house.identities.find(access_key_id).ok_or_else(|| {
        Refusal::new(Code::InvalidAccessKeyId).with("AWSAccessKeyId", access_key_id)
    })?;
    let verified = unverified
        .verify(identity.secret, &rules)
        .map_err(|error| refused(error).with_access_key(access_key_id))?;
    if let Some(token) = unverified.session_token() {
        // A long-term key has no session: a token beside it was made by nobody here.
        return Err(
            Refusal::new(Code::InvalidToken).with("Token-0", String::from_utf8_lossy(token))
        );
    }
    Ok(Caller::Signed(Signed { principal: identity.principal, verified }))
}
