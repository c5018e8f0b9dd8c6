//! PutObjectTagging, GetObjectTagging, DeleteObjectTagging.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html>

use http::StatusCode;
use s3::operation::On;
use s3::xml::write_tagging;
use s3::{Tagged, Tags};
use store::{TagOptions, VersionId};

use super::super::Outcome;
use crate::authorize::{Document, Permit};
use crate::body::{Arriving, OfTheBody, take_document};
use crate::house::House;
use crate::read::document_tags;
use crate::refusal::Refusal;

pub(in crate::operate) async fn put_on_object(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    let text = take_document(permit, body, OfTheBody::Checksum).await?;
    let tags = document_tags(&text, Tagged::Object)?;
    permit.demand_with(Document::Tags(&tags))?;
    let version = set(permit, house, tags).await?;
    Ok(Outcome::status(StatusCode::OK).with_version(version))
}

pub(in crate::operate) fn get_of_object(
    permit: &Permit,
    house: &House,
) -> Result<Outcome, Refusal> {
    let found = house.store.object_version(permit.bucket()?, permit.key()?, permit.version());
    let object = found.map_err(|error| Refusal::of_store(error, permit))?;
    permit.confirm(On::Object, &object)?;
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
    let (bucket, key, version) = (permit.bucket()?, permit.key()?, permit.version());
    let refused = |error| Refusal::of_store(error, permit);
    let mut expected = None;
    // What policy allowed for an object with some tags is not done to one with others.
    if permit.depends_on_tags() {
        let object = house.store.object_version(bucket, key, version).map_err(refused)?;
        permit.confirm(On::Object, &object)?;
        expected = Some(object.tags);
    }
    let options = TagOptions { version, tags, expected };
    house.store.set_tags(bucket, key, options).await.map_err(refused)
}
