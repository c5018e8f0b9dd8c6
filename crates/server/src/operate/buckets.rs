//! ListBuckets, CreateBucket, HeadBucket, DeleteBucket, GetBucketLocation.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>

use http::{HeaderName, StatusCode, header};
use s3::xml::{Writer, read_create_bucket};
use s3::{Code, date};
use store::StoreError;

use super::Outcome;
use crate::authorize::Permit;
use crate::body::{Arriving, OfTheBody, take_document};
use crate::house::House;
use crate::refusal::Refusal;

/// Buckets on one page when nobody asks for another number, and at most.
const BUCKETS_MAX: usize = 10_000;
/// The one region whose name stands for no constraint at all.
const CLASSIC_REGION: &str = "us-east-1";

pub(super) fn list(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let call = permit.call();
    let limit = match call.parameter("max-buckets") {
        Some(text) => text
            .parse()
            .ok()
            .filter(|n| (1..=BUCKETS_MAX).contains(n))
            .ok_or_else(|| Refusal::argument("max-buckets", text))?,
        None => BUCKETS_MAX,
    };
    let prefix = call.parameter("prefix").unwrap_or("");
    let after = call.parameter("continuation-token");
    let page = house
        .store
        .buckets(prefix, after, limit)
        .map_err(|error| Refusal::of_store(error, permit))?;
    let document = Writer::new().root("ListAllMyBucketsResult", |root| {
        root.element("Owner", |owner| owner.text("ID", identity::CANONICAL_USER_ID));
        root.element("Buckets", |buckets| {
            for bucket in &page.items {
                buckets.element("Bucket", |element| {
                    element.text("Name", &bucket.name);
                    element.text("CreationDate", date::iso(bucket.created_ms));
                    element.text("BucketRegion", &house.settings.region);
                });
            }
        });
        if let (true, Some(last)) = (page.more, page.items.last()) {
            root.text("ContinuationToken", &last.name);
        }
        if let Some(prefix) = call.parameter("prefix") {
            root.text("Prefix", prefix);
        }
    });
    Ok(Outcome::document(document.finish()))
}

pub(super) async fn create(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    let bucket = permit.bucket()?;
    let text = take_document(permit, body, OfTheBody::Checksum).await?;
    let location = read_create_bucket(&text).map_err(|_| Refusal::new(Code::MalformedXML))?;
    if let Some(location) = location.filter(|location| *location != house.settings.region) {
        return Err(Refusal::new(Code::IllegalLocationConstraintException).saying(format!(
            "The {location} location constraint is incompatible for the region specific \
             endpoint this request was sent to."
        )));
    }
    match house.store.create_bucket(bucket, house.now_ms()).await {
        Ok(()) => {}
        // In this one region, as S3 has it, making a bucket that one has is no error.
        Err(StoreError::BucketExists) if house.settings.region == CLASSIC_REGION => {}
        Err(error) => return Err(Refusal::of_store(error, permit)),
    }
    Ok(Outcome::status(StatusCode::OK).with(header::LOCATION, &format!("/{bucket}")))
}

pub(super) fn head(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    find(permit, house)?;
    let region = HeaderName::from_static("x-amz-bucket-region");
    Ok(Outcome::status(StatusCode::OK).with(region, &house.settings.region))
}

pub(super) async fn delete(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let deleted = house.store.delete_bucket(permit.bucket()?).await;
    deleted.map_err(|error| Refusal::of_store(error, permit))?;
    Ok(Outcome::status(StatusCode::NO_CONTENT))
}

pub(super) fn location(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    find(permit, house)?;
    let region = &house.settings.region;
    let constraint = if region == CLASSIC_REGION { "" } else { region };
    let mut document = Writer::new();
    document.text_root("LocationConstraint", constraint);
    Ok(Outcome::document(document.finish()))
}

fn find(permit: &Permit, house: &House) -> Result<(), Refusal> {
    let found = house.store.bucket(permit.bucket()?);
    found.map(drop).map_err(|error| Refusal::of_store(error, permit))
}
