//! ListParts and ListMultipartUploads.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html>

use s3::date;
use s3::xml::Writer;
use store::{Part, Upload, UploadId};

use super::super::Outcome;
use super::super::list_objects::{Encoding, entries_max};
use super::name;
use crate::authorize::Permit;
use crate::house::House;
use crate::refusal::Refusal;

pub(in crate::operate) fn list_parts(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let call = permit.call();
    let name = name(permit)?;
    let marker = call.parameter("part-number-marker").unwrap_or("0");
    let after = marker.parse::<u16>().map_err(|_| {
        Refusal::argument("part-number-marker", marker)
            .saying("Argument part-number-marker must be an integer between 0 and 65535")
    })?;
    let limit = entries_max(call, "max-parts")?;
    let page =
        house.store.parts(&name, after, limit).map_err(|error| Refusal::of_store(error, permit))?;
    let document = Writer::new().root("ListPartsResult", |root| {
        root.text("Bucket", &name.bucket);
        root.text("Key", &name.key);
        root.text("UploadId", name.id);
        root.text("PartNumberMarker", after);
        if let Some(last) = page.items.last() {
            root.text("NextPartNumberMarker", last.number);
        }
        root.text("MaxParts", limit);
        root.text("IsTruncated", page.more);
        for part in &page.items {
            root.element("Part", |element| part_to(element, part));
        }
        owner_to(root);
        root.text("StorageClass", "STANDARD");
    });
    Ok(Outcome::document(document.finish()))
}

fn part_to(element: &mut Writer, part: &Part) {
    element.text("PartNumber", part.number);
    element.text("LastModified", date::iso(part.modified_ms));
    element.text("ETag", part.etag.quoted());
    element.text("Size", part.size);
    element.text(part.checksum.algorithm.element(), part.checksum.text());
}

fn owner_to(element: &mut Writer) {
    for name in ["Initiator", "Owner"] {
        element.element(name, |owner| owner.text("ID", identity::CANONICAL_USER_ID));
    }
}

pub(in crate::operate) fn list_uploads(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let call = permit.call();
    if call.parameter("delimiter").is_some_and(|delimiter| !delimiter.is_empty()) {
        return Err(Refusal::not_implemented_header("delimiter")
            .saying("ListMultipartUploads does not roll keys up; ask without a delimiter."));
    }
    let bucket = permit.bucket()?;
    let prefix = call.parameter("prefix").unwrap_or("");
    let key_marker = call.parameter("key-marker").unwrap_or("");
    let id_marker = call.parameter("upload-id-marker").and_then(UploadId::parse);
    let limit = entries_max(call, "max-uploads")?;
    let encoding = Encoding::read(call)?;
    let after = (!key_marker.is_empty()).then_some((key_marker, id_marker));
    let page = house
        .store
        .uploads(bucket, prefix, after, limit)
        .map_err(|error| Refusal::of_store(error, permit))?;
    let document = Writer::new().root("ListMultipartUploadsResult", |root| {
        root.text("Bucket", bucket);
        root.text("KeyMarker", encoding.of(key_marker));
        root.text("UploadIdMarker", call.parameter("upload-id-marker").unwrap_or(""));
        if let (true, Some(last)) = (page.more, page.items.last()) {
            root.text("NextKeyMarker", encoding.of(last.key.as_str()));
            root.text("NextUploadIdMarker", last.id);
        }
        root.text("Prefix", encoding.of(prefix));
        if encoding == Encoding::Url {
            root.text("EncodingType", "url");
        }
        root.text("MaxUploads", limit);
        root.text("IsTruncated", page.more);
        for upload in &page.items {
            root.element("Upload", |element| upload_to(element, upload, encoding));
        }
    });
    Ok(Outcome::document(document.finish()))
}

fn upload_to(element: &mut Writer, upload: &Upload, encoding: Encoding) {
    element.text("Key", encoding.of(upload.key.as_str()));
    element.text("UploadId", upload.id);
    owner_to(element);
    element.text("StorageClass", "STANDARD");
    element.text("Initiated", date::iso(upload.started_ms));
}
