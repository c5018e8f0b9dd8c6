//! GetObjectAttributes: what an object is, without its bytes.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html>

use http::header::LAST_MODIFIED;
use s3::date;
use s3::operation::On;
use s3::xml::Writer;
use store::{Object, ObjectPart, OpenObject};

use super::Outcome;
use super::list_objects::{entries_max_of, is_whole_number};
use crate::authorize::Permit;
use crate::house::House;
use crate::read::Call;
use crate::refusal::Refusal;

const HEADER: &str = "x-amz-object-attributes";
const ATTRIBUTES: [&str; 5] = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

pub(super) fn get(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let call = permit.call();
    let asked = asked(call)?;
    let found = house.store.open_version(permit.bucket()?, permit.key()?, permit.version());
    let opened = found.map_err(|error| Refusal::of_store(error, permit))?;
    permit.confirm(On::Object, &opened.object)?;
    let parts = Parts::read(call, &opened)?;
    let Object { summary, version, .. } = &opened.object;
    let document = Writer::new().root("GetObjectAttributesResponse", |root| {
        for attribute in asked {
            match attribute {
                "ETag" => root.text("ETag", summary.etag),
                "Checksum" => root.element("Checksum", |element| {
                    let checksum = &summary.checksum;
                    element.text(checksum.algorithm.element(), checksum.text());
                    element.text("ChecksumType", checksum.type_word());
                }),
                "ObjectParts" => parts.to(root),
                "StorageClass" => root.text("StorageClass", "STANDARD"),
                _ => root.text("ObjectSize", summary.size),
            }
        }
    });
    Ok(Outcome::document(document.finish())
        .with(LAST_MODIFIED, &date::http(summary.modified_ms))
        .with_version(*version))
}

/// The attributes that are asked for, in the order of the document.
fn asked(call: &Call) -> Result<Vec<&'static str>, Refusal> {
    let text = call.header(HEADER).unwrap_or("");
    let names: Vec<&str> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return Err(Refusal::argument(HEADER, text).saying(
            "The x-amz-object-attributes header specifying the attributes to be retrieved is \
             either missing or empty",
        ));
    }
    if let Some(unknown) = names.iter().find(|name| !ATTRIBUTES.contains(name)) {
        return Err(Refusal::argument(HEADER, unknown).saying("Invalid attribute name specified."));
    }
    Ok(ATTRIBUTES.into_iter().filter(|name| names.contains(name)).collect())
}

/// A page of an object's parts.
struct Parts<'o> {
    all: Vec<&'o ObjectPart>,
    /// Whether they were uploaded with checksums; S3 keeps no list of others.
    are_listed: bool,
    after: u16,
    limit: usize,
}

impl<'o> Parts<'o> {
    fn read(call: &Call, opened: &'o OpenObject) -> Result<Self, Refusal> {
        let marker = call.header("x-amz-part-number-marker").unwrap_or("0");
        let after = marker.parse().ok().filter(|_| is_whole_number(marker)).ok_or_else(|| {
            Refusal::argument("part-number-marker", marker)
                .saying("Argument part-number-marker must be an integer between 0 and 65535")
        })?;
        let limit = entries_max_of("max-parts", call.header("x-amz-max-parts"))?;
        let all: Vec<_> = opened.parts().collect();
        let algorithm = opened.object.summary.checksum.algorithm;
        let are_listed = algorithm != s3::ChecksumAlgorithm::Crc64Nvme;
        Ok(Self { all, are_listed, after, limit })
    }

    fn to(&self, root: &mut Writer) {
        if self.all.is_empty() {
            return;
        }
        root.element("ObjectParts", |element| {
            element.text("PartsCount", self.all.len());
            if self.are_listed {
                self.list_to(element);
            }
        });
    }

    fn list_to(&self, element: &mut Writer) {
        let behind: Vec<_> =
            self.all.iter().filter(|part| part.number.get() > self.after).collect();
        let page = behind.iter().take(self.limit);
        let next = page.clone().next_back().map_or(0, |part| part.number.get());
        element.text("PartNumberMarker", self.after);
        element.text("NextPartNumberMarker", next);
        element.text("MaxParts", self.limit);
        element.text("IsTruncated", self.limit > 0 && behind.len() > self.limit);
        for part in page {
            element.element("Part", |line| {
                line.text("PartNumber", part.number);
                line.text("Size", part.size);
                line.text(part.checksum.algorithm.element(), part.checksum.text());
            });
        }
    }
}
