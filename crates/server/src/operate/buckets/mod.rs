//! ListBuckets, CreateBucket, HeadBucket, DeleteBucket, GetBucketLocation, and whether a bucket
//! keeps versions: GetBucketVersioning, PutBucketVersioning.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>

mod policy;
mod public_access;

use http::{HeaderName, StatusCode, header};
use s3::xml::{VersioningStatus, Writer, read_create_bucket, read_versioning};
use s3::{Code, date};
use store::{StoreError, Versioning};

use super::{Outcome, tagging};
use crate::authorize::{Document, Permit};
use crate::body::{Arriving, OfTheBody, take_document};
use crate::house::House;
use crate::refusal::Refusal;

pub(super) use policy::{delete_policy, get_policy, policy_status, put_policy};
pub(super) use public_access::{delete_public_access, get_public_access, put_public_access};

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
    permit.demand_with(Document::Location(location.as_deref()))?;
    if let Some(location) = location.filter(|location| *location != house.settings.region) {
        return Err(Refusal::new(Code::IllegalLocationConstraintException).saying(format!(
            "The {location} location constraint is incompatible for the region specific \
             endpoint this request was sent to."
        )));
    }
    let tags = tagging::of_new_bucket(&text)?;
    let is_plain = tags.is_empty() && house.settings.region == CLASSIC_REGION;
    let created = house.store.create_tagged_bucket(bucket, house.now_ms(), tags).into_future();
    match house.rulebooks.change(bucket, created).await? {
        Ok(()) => {}
        // In this one region, as S3 has it, making a bucket that one has is no error.
        Err(StoreError::BucketExists) if is_plain => {}
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
    let bucket = permit.bucket()?;
    let deleted = house.store.delete_bucket(bucket).into_future();
    let deleted = house.rulebooks.change(bucket, deleted).await?;
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

pub(super) fn versioning(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let found = house.store.bucket(permit.bucket()?);
    let bucket = found.map_err(|error| Refusal::of_store(error, permit))?;
    let status = match bucket.versioning {
        Versioning::Never => None,
        Versioning::Enabled => Some("Enabled"),
        Versioning::Suspended => Some("Suspended"),
    };
    let document = Writer::new().root("VersioningConfiguration", |root| {
        if let Some(status) = status {
            root.text("Status", status);
        }
    });
    Ok(Outcome::document(document.finish()))
}

pub(super) async fn put_versioning(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    find(permit, house)?;
    let text = take_document(permit, body, OfTheBody::Checksum).await?;
    let asked = read_versioning(&text).map_err(|_| Refusal::new(Code::MalformedXML))?;
    if asked.wants_mfa_delete {
        return Err(Refusal::not_implemented_header("MfaDelete"));
    }
    let versioning = match asked.status {
        Some(VersioningStatus::Enabled) => Versioning::Enabled,
        Some(VersioningStatus::Suspended) => Versioning::Suspended,
        None => return Err(Refusal::new(Code::IllegalVersioningConfigurationException)),
    };
    let set = house.store.set_versioning(permit.bucket()?, versioning).await;
    set.map_err(|error| Refusal::of_store(error, permit))?;
    Ok(Outcome::status(StatusCode::OK))
}

fn find(permit: &Permit, house: &House) -> Result<(), Refusal> {
    let found = house.store.bucket(permit.bucket()?);
    found.map(drop).map_err(|error| Refusal::of_store(error, permit))
}
