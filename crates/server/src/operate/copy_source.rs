//! The source of a copy: found, and as the caller's conditions want it.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>

use http::HeaderName;
use s3::operation::On;
use s3::precondition::{Preconditions, Verdict};
use s3::{Code, date};
use store::{OpenObject, StoreError, VersionId};

use super::Outcome;
use crate::authorize::Permit;
use crate::house::House;
use crate::read::Source;
use crate::refusal::Refusal;

/// Opens the source that `permit` allows to read.
pub(super) fn open(permit: &Permit, house: &House) -> Result<OpenObject, Refusal> {
    let source = permit.source()?;
    let opened = house
        .store
        .open_version(&source.bucket, &source.key, source.version)
        .map_err(|error| refused(error, permit, source))?;
    permit.confirm(On::Source, &opened.object)?;
    judge(permit, &opened)?;
    Ok(opened)
}

/// A refusal that names the source, not the target.
pub(super) fn refused(error: StoreError, permit: &Permit, source: &Source) -> Refusal {
    let (key, absence) = (source.key.as_str(), permit.source_absence());
    match (error, source.version) {
        (StoreError::NoSuchKey, _) => Refusal::no_such_key(key, absence),
        (StoreError::NoSuchVersion, Some(version)) => {
            Refusal::no_such_version(key, version, absence)
        }
        (StoreError::DeleteMarker { .. }, Some(_)) => Refusal::new(Code::InvalidRequest).saying(
            "The source of a copy request may not specifically refer to a delete marker by \
             version id.",
        ),
        (StoreError::DeleteMarker { version, .. }, None) => {
            Refusal::no_such_key(key, absence).of_delete_marker(version)
        }
        (StoreError::NoSuchBucket, _) => {
            Refusal::new(Code::NoSuchBucket).with("BucketName", &source.bucket)
        }
        (error, _) => Refusal::of_store(error, permit),
    }
}

/// Says which version was copied; the null version is no news.
pub(super) fn named(outcome: Outcome, version: Option<VersionId>) -> Outcome {
    match version.filter(|version| !version.is_null()) {
        Some(version) => {
            let header = HeaderName::from_static("x-amz-copy-source-version-id");
            outcome.with(header, &version.to_string())
        }
        None => outcome,
    }
}

fn judge(permit: &Permit, opened: &OpenObject) -> Result<(), Refusal> {
    let call = permit.call();
    let summary = &opened.object.summary;
    let date_of = |name| call.header(name).and_then(date::parse_http);
    let conditions = Preconditions {
        if_match: call.header("x-amz-copy-source-if-match"),
        if_none_match: call.header("x-amz-copy-source-if-none-match"),
        if_modified_since: date_of("x-amz-copy-source-if-modified-since"),
        if_unmodified_since: date_of("x-amz-copy-source-if-unmodified-since"),
    };
    match conditions.judge(&summary.etag, summary.modified_ms) {
        Verdict::Holds => Ok(()),
        Verdict::Fails(condition) => {
            Err(Refusal::precondition(&format!("x-amz-copy-source-{condition}")))
        }
        Verdict::NotModified if conditions.if_none_match.is_some() => {
            Err(Refusal::precondition("x-amz-copy-source-If-None-Match"))
        }
        Verdict::NotModified => Err(Refusal::precondition("x-amz-copy-source-If-Modified-Since")),
    }
}
