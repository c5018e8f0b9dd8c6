//! What the fuzz targets share: how an input becomes a request, a signed case or a framed body,
//! and what a verified request means.
//!
//! Each file under `src/bin` is one target; it panics when a promise is broken. What they promise
//! stands at the top of each.

pub mod case;
pub mod form;
pub mod frames;
pub mod meaning;
pub mod roundtrip;
pub mod wire;

use signature::{
    Credentials, Legacy, Presented, Request, Rules, Scope, Timestamp, VerifyError, verify,
};

use crate::meaning::Meaning;

/// The region of every signature here.
pub const REGION: &str = "eu-north-1";
/// The regions of a signature that is for several.
pub const REGION_SET: &str = "us-east-1,eu-*";
/// The access key id of every signature here.
pub const ACCESS_KEY_ID: &str = "AKIDFUZZ";
/// The secret of every signature here.
pub const SECRET: &str = "fuzz/secret+of=forty";

/// The moment at which everything here is signed and verified.
///
/// # Panics
/// Never: the text is a moment.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::parse("20260102T030405Z").unwrap()
}

/// The credentials of every signature here.
#[must_use]
pub fn credentials(token: Option<&str>) -> Credentials {
    Credentials::new(ACCESS_KEY_ID, SECRET, token)
}

/// The rules by which everything here is verified.
#[must_use]
pub fn rules() -> Rules<'static> {
    Rules { now: now(), scope: Scope::s3(REGION), legacy: Legacy::Accept }
}

/// Reads and verifies `request` with the one secret; nothing when it is not signed, by
/// somebody else, or means nothing to a server.
///
/// # Errors
/// Why it is refused.
pub fn verify(request: &Request<'_>) -> Result<Option<Meaning>, VerifyError> {
    let Presented::Signature(claim) = verify::read(request, &rules())? else {
        return Ok(None);
    };
    // Who holds no secret has proven nothing.
    if claim.access_key_id() != ACCESS_KEY_ID {
        return Ok(None);
    }
    let verified = claim.verify(credentials(None).secret(), &rules())?;
    Ok(Meaning::of(request, &claim, &verified))
}
