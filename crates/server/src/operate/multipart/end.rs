//! CompleteMultipartUpload and AbortMultipartUpload.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>

use http::StatusCode;
use s3::Code;
use s3::xml::{Writer, read_complete_multipart_upload};
use store::{CompleteOptions, CompletedPart, Object};

use super::super::{Outcome, put_object};
use super::name;
use crate::authorize::Permit;
use crate::body::{Arriving, OfTheBody, sent_checksum_of_whole, take_document};
use crate::house::House;
use crate::refusal::Refusal;

pub(in crate::operate) async fn complete(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    let name = name(permit)?;
    if permit.call().header("x-amz-mp-object-size").is_some() {
        return Err(Refusal::not_implemented_header("x-amz-mp-object-size"));
    }
    let checksum = sent_checksum_of_whole(permit.call())?;
    let precondition = put_object::precondition(permit.call())?;
    // A checksum among the headers is the object's, not that of this document.
    let text = take_document(permit, body, OfTheBody::Nothing).await?;
    let listed =
        read_complete_multipart_upload(&text).map_err(|_| Refusal::new(Code::MalformedXML))?;
    let parts = listed
        .into_iter()
        .map(|part| CompletedPart { number: part.number, etag: part.etag, checksum: part.checksum })
        .collect();
    let options = CompleteOptions { checksum, precondition, modified_ms: house.now_ms() };
    let object = house
        .store
        .complete_upload(&name, parts, options)
        .await
        .map_err(|error| Refusal::of_store(error, permit))?;
    let outcome = Outcome::document(document(permit, &object)?);
    let outcome = outcome.with_new_version(object.version);
    Ok(Outcome { object_bytes: Some(object.summary.size), ..outcome })
}

fn document(permit: &Permit, object: &Object) -> Result<String, Refusal> {
    let (bucket, key) = (permit.bucket()?, permit.key()?);
    let summary = &object.summary;
    let location = permit.call().url(bucket, key);
    Ok(Writer::new()
        .root("CompleteMultipartUploadResult", |root| {
            root.text("Location", location);
            root.text("Bucket", bucket);
            root.text("Key", key);
            root.text("ETag", summary.etag.quoted());
            root.text(summary.checksum.algorithm.element(), summary.checksum.text());
            root.text("ChecksumType", summary.checksum.type_word());
        })
        .finish())
}

pub(in crate::operate) async fn abort(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let aborted = house.store.abort_upload(&name(permit)?).await;
    aborted.map_err(|error| Refusal::of_store(error, permit))?;
    Ok(Outcome::status(StatusCode::NO_CONTENT))
}
