//! PutBucketTagging, GetBucketTagging, DeleteBucketTagging.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html>

use http::StatusCode;
use s3::xml::write_tagging;
use s3::{Code, Tagged, Tags};

use super::super::Outcome;
use crate::authorize::Permit;
use crate::body::{Arriving, OfTheBody, take_document};
use crate::house::House;
use crate::read::document_tags;
use crate::refusal::Refusal;

pub(in crate::operate) async fn put_on_bucket(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    let text = take_document(permit, body, OfTheBody::Checksum).await?;
    set(permit, house, document_tags(&text, Tagged::Bucket)?).await
}

pub(in crate::operate) fn get_of_bucket(
    permit: &Permit,
    house: &House,
) -> Result<Outcome, Refusal> {
    let found = house.store.bucket(permit.bucket()?);
    let bucket = found.map_err(|error| Refusal::of_store(error, permit))?;
    if bucket.tags.is_empty() {
        return Err(Refusal::new(Code::NoSuchTagSet).with("BucketName", &bucket.name));
    }
    Ok(Outcome::document(write_tagging(&bucket.tags)))
}

pub(in crate::operate) async fn delete_of_bucket(
    permit: &Permit,
    house: &House,
) -> Result<Outcome, Refusal> {
    set(permit, house, Tags::default()).await
}

async fn set(permit: &Permit, house: &House, tags: Tags) -> Result<Outcome, Refusal> {
    let set = house.store.set_bucket_tags(permit.bucket()?, tags).await;
    set.map_err(|error| Refusal::of_store(error, permit))?;
    Ok(Outcome::status(StatusCode::NO_CONTENT))
}
