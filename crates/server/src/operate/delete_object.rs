//! DeleteObject.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html>

use http::StatusCode;
use store::Precondition;

use super::Outcome;
use crate::authorize::Permit;
use crate::house::House;
use crate::refusal::Refusal;

pub(super) async fn delete(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let call = permit.call();
    for header in ["x-amz-if-match-size", "x-amz-if-match-last-modified-time", "x-amz-mfa"] {
        if call.header(header).is_some() {
            return Err(Refusal::not_implemented_header(header));
        }
    }
    let precondition = match call.header("if-match") {
        Some(tag) => Precondition::IfMatch(tag.to_owned()),
        None => Precondition::None,
    };
    let deleted = house.store.delete(permit.bucket()?, permit.key()?, precondition).await;
    deleted.map_err(|error| Refusal::of_store(error, permit))?;
    Ok(Outcome::status(StatusCode::NO_CONTENT))
}
