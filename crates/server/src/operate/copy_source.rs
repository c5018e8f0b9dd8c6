//! The source of a copy: found, and as the caller's conditions want it.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>

use s3::precondition::{Preconditions, Verdict};
use s3::{Code, date};
use store::{OpenObject, StoreError};

use crate::authorize::Permit;
use crate::house::House;
use crate::read::Source;
use crate::refusal::Refusal;

/// Opens the source that `permit` allows to read.
pub(super) fn open(permit: &Permit, house: &House) -> Result<OpenObject, Refusal> {
    let source = permit.source()?;
    let opened = house
        .store
        .open_object(&source.bucket, &source.key)
        .map_err(|error| refused(error, permit, source))?;
    judge(permit, &opened)?;
    Ok(opened)
}

/// A refusal that names the source, not the target.
pub(super) fn refused(error: StoreError, permit: &Permit, source: &Source) -> Refusal {
    if matches!(error, StoreError::NoSuchKey) {
        return Refusal::no_such_key(source.key.as_str(), permit.source_absence());
    }
    if matches!(error, StoreError::NoSuchBucket) {
        return Refusal::new(Code::NoSuchBucket).with("BucketName", &source.bucket);
    }
    Refusal::of_store(error, permit)
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
