//! PutObject.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>

use http::StatusCode;
use store::{Object, Precondition, PutOptions};

use super::{Outcome, attributes};
use crate::authorize::Permit;
use crate::body::{Arriving, take};
use crate::house::House;
use crate::read::{Call, request_tags};
use crate::refusal::Refusal;

pub(super) async fn put(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    let object = write(permit, body, house).await?;
    Ok(Outcome { object_bytes: Some(object.summary.size), ..Outcome::status(StatusCode::OK) }
        .with_etag(&object.summary.etag)
        .with_checksum(&object.summary.checksum)
        .with_new_version(object.version))
}

/// Makes an object of what arrives.
pub(super) async fn write(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Object, Refusal> {
    let (bucket, key) = (permit.bucket()?, permit.key()?.clone());
    let (attributes, tags) = (attributes::of(permit)?, request_tags(permit.call())?);
    let precondition = precondition(permit.call())?;
    let refused = |error| Refusal::of_store(error, permit);
    // Asked before the body is, so that a client with a large one learns of it soon.
    house.store.bucket(bucket).map_err(refused)?;
    let taken = take(permit, body, house).await?;
    let options = PutOptions {
        attributes,
        tags,
        checksum: taken.checksum,
        precondition,
        modified_ms: house.now_ms(),
    };
    house.store.put(bucket, key, taken.content, options).await.map_err(refused)
}

/// `If-None-Match: *` or `If-Match: tag`; S3 knows no other condition on writing, and not both.
pub(super) fn precondition(call: &Call) -> Result<Precondition, Refusal> {
    match (call.header("if-none-match"), call.header("if-match")) {
        (None, None) => Ok(Precondition::None),
        (Some("*"), None) => Ok(Precondition::IfNoneMatchAny),
        (None, Some(tag)) if tag != "*" => Ok(Precondition::IfMatch(tag.to_owned())),
        (Some(_), _) => Err(Refusal::not_implemented_header("If-None-Match")),
        (None, Some(_)) => Err(Refusal::not_implemented_header("If-Match")),
    }
}
