//! CopyObject. No byte is read: the copy refers to the same content.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>

use s3::xml::Writer;
use s3::{Checksum, Code, date};
use store::{Attributes, CopySource, Object, PutOptions, StoreError};

use super::attributes::{self, REDIRECT};
use super::{Outcome, copy_source, put_object, tagging};
use crate::authorize::Permit;
use crate::house::House;
use crate::limits::CONTENT_BYTES_MAX;
use crate::refusal::Refusal;

/// Times that a source that keeps changing is looked at again.
const ATTEMPTS_MAX: usize = 8;

pub(super) async fn copy(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let source = permit.source()?;
    let (bucket, key) = (permit.bucket()?, permit.key()?);
    let precondition = put_object::precondition(permit.call())?;
    let mut attempts = 0;
    let (object, copied) = loop {
        let opened = copy_source::open(permit, house)?;
        if opened.object.summary.size > CONTENT_BYTES_MAX {
            return Err(too_large());
        }
        check_algorithm(permit, &opened.object)?;
        let from = CopySource {
            bucket: source.bucket.clone(),
            key: source.key.clone(),
            version: source.version,
            etag: opened.object.summary.etag,
        };
        let options = PutOptions {
            attributes: attributes(permit, &opened.object)?,
            tags: tagging::of_copy(permit, &opened.object)?,
            checksum: None,
            precondition: precondition.clone(),
            modified_ms: house.now_ms(),
        };
        attempts += 1;
        match house.store.copy(from, bucket, key.clone(), options).await {
            Ok(object) => break (object, opened.object.version),
            Err(StoreError::Changed) if attempts < ATTEMPTS_MAX => {}
            Err(
                error @ (StoreError::NoSuchKey
                | StoreError::NoSuchVersion
                | StoreError::DeleteMarker { .. }),
            ) => {
                return Err(copy_source::refused(error, permit, source));
            }
            Err(error) => return Err(Refusal::of_store(error, permit)),
        }
    };
    let outcome = Outcome::document(document(&object)).with_version(object.version);
    let outcome = copy_source::named(outcome, copied);
    Ok(Outcome { object_bytes: Some(object.summary.size), ..outcome })
}

/// The source's, or with the directive `REPLACE` those of the request. A redirect is never
/// copied. A copy onto itself has to change something.
fn attributes(permit: &Permit, source: &Object) -> Result<Attributes, Refusal> {
    let own = attributes::of(permit)?;
    let from = permit.source()?;
    let is_onto_itself =
        from.bucket == *permit.bucket()? && from.key == *permit.key()? && from.version.is_none();
    let redirect = own.0.iter().find(|(name, _)| name == REDIRECT);
    match permit.call().header("x-amz-metadata-directive").unwrap_or("COPY") {
        "REPLACE" => Ok(own),
        "COPY" if is_onto_itself && redirect.is_none() => Err(Refusal::new(Code::InvalidRequest)
            .saying(
                "This copy request is illegal because it is trying to copy an object to itself \
                 without changing the object's metadata, storage class, website redirect \
                 location or encryption attributes.",
            )),
        "COPY" => {
            let kept = source.attributes.0.iter().filter(|(name, _)| name != REDIRECT);
            Ok(Attributes(kept.chain(redirect).cloned().collect()))
        }
        other => Err(Refusal::argument("x-amz-metadata-directive", other)
            .saying("Unknown metadata directive.")),
    }
}

/// A copy has its source's checksum; another one would mean to read it.
fn check_algorithm(permit: &Permit, source: &Object) -> Result<(), Refusal> {
    let header = "x-amz-checksum-algorithm";
    match permit.call().header(header) {
        Some(word) if word != source.summary.checksum.algorithm.word() => {
            Err(Refusal::not_implemented_header(header))
        }
        Some(_) | None => Ok(()),
    }
}

fn too_large() -> Refusal {
    Refusal::new(Code::InvalidRequest).saying(format!(
        "The specified copy source is larger than the maximum allowable size for a copy source: \
         {CONTENT_BYTES_MAX}"
    ))
}

fn document(object: &Object) -> String {
    let summary = &object.summary;
    let Checksum { algorithm, .. } = summary.checksum;
    Writer::new()
        .root("CopyObjectResult", |root| {
            root.text("LastModified", date::iso(summary.modified_ms));
            root.text("ETag", summary.etag.quoted());
            root.text(algorithm.element(), summary.checksum.text());
            root.text("ChecksumType", summary.checksum.type_word());
        })
        .finish()
}
