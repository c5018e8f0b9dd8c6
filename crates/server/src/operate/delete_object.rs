//! DeleteObject.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html>

use http::StatusCode;
use store::{DeleteOptions, Precondition};

use super::Outcome;
use super::outcome::DELETE_MARKER;
use crate::authorize::Permit;
use crate::house::House;
use crate::refusal::Refusal;

pub(super) async fn delete(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let call = permit.call();
    for header in ["x-amz-if-match-last-modified-time", "x-amz-if-match-size", "x-amz-mfa"] {
        if call.header(header).is_some() {
            return Err(Refusal::not_implemented_header(header));
        }
    }
    let version = permit.version();
    let precondition = match call.header("if-match") {
        Some(_) if version.is_some() => return Err(Refusal::not_implemented_header("If-Match")),
        Some(tag) => Precondition::IfMatch(tag.to_owned()),
        None => Precondition::None,
    };
    let options = DeleteOptions { version, precondition, modified_ms: house.now_ms() };
    let deleted = house.store.delete(permit.bucket()?, permit.key()?, options).await;
    let deleted = deleted.map_err(|error| Refusal::of_store(error, permit))?;
    let outcome = Outcome::status(StatusCode::NO_CONTENT).with_version(deleted.marker.or(version));
    Ok(if deleted.marker.is_some() { outcome.with(DELETE_MARKER, "true") } else { outcome })
}
