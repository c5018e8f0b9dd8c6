//! PutObjectTagging, GetObjectTagging, DeleteObjectTagging.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html>

use http::StatusCode;
use s3::xml::write_tagging;
use s3::{Tagged, Tags};
use store::VersionId;

use super::super::Outcome;
use super::of_document;
use crate::authorize::Permit;
use crate::body::{Arriving, OfTheBody, take_document};
use crate::house::House;
use crate::refusal::Refusal;

pub(in crate::operate) async fn put_on_object(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    let text = take_document(permit, body, OfTheBody::Checksum).await?;
    let version = set(permit, house, of_document(&text, Tagged::Object)?).await?;
    Ok(Outcome::status(StatusCode::OK).with_version(version))
}

pub(in crate::operate) fn get_of_object(
    permit: &Permit,
    house: &House,
) -> Result<Outcome, Refusal> {
    let found = house.store.object_version(permit.bucket()?, permit.key()?, permit.version());
    let object = found.map_err(|error| Refusal::of_store(error, permit))?;
    Ok(Outcome::document(write_tagging(&object.tags)).with_version(object.version))
}

pub(in crate::operate) async fn delete_of_object(
    permit: &Permit,
    house: &House,
) -> Result<Outcome, Refusal> {
    let version = set(permit, house, Tags::default()).await?;
    Ok(Outcome::status(StatusCode::NO_CONTENT).with_version(version))
}

async fn set(permit: &Permit, house: &House, tags: Tags) -> Result<Option<VersionId>, Refusal> {
    let (bucket, key) = (permit.bucket()?, permit.key()?);
    let set = house.store.set_tags(bucket, key, permit.version(), tags).await;
    set.map_err(|error| Refusal::of_store(error, permit))
}
