//! ListObjectVersions.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html>

use s3::date;
use s3::xml::Writer;
use store::{ListedVersion, ObjectSummary, VersionEntry, VersionId, VersionListing, VersionQuery};

use super::Outcome;
use super::list_objects::{Encoding, entries_max};
use crate::authorize::Permit;
use crate::house::House;
use crate::read::Call;
use crate::refusal::Refusal;

pub(super) fn list(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let call = permit.call();
    let bucket = permit.bucket()?;
    let (prefix, key_marker) =
        (call.parameter("prefix").unwrap_or(""), call.parameter("key-marker").unwrap_or(""));
    let delimiter = call.parameter("delimiter").filter(|d| !d.is_empty());
    let id_marker = id_marker(call, key_marker)?;
    let encoding = Encoding::read(call)?;
    let after = (!key_marker.is_empty()).then(|| (key_marker.to_owned(), id_marker));
    let query = VersionQuery {
        prefix: prefix.to_owned(),
        delimiter: delimiter.map(str::to_owned),
        after,
        limit: entries_max(call, "max-keys")?,
    };
    let listing =
        house.store.versions(bucket, &query).map_err(|error| Refusal::of_store(error, permit))?;
    let document = Writer::new().root("ListVersionsResult", |root| {
        root.text("Name", bucket);
        root.text("Prefix", encoding.of(prefix));
        root.text("KeyMarker", encoding.of(key_marker));
        root.text("VersionIdMarker", call.parameter("version-id-marker").unwrap_or(""));
        next_to(root, &listing, encoding);
        root.text("MaxKeys", query.limit);
        if let Some(delimiter) = delimiter {
            root.text("Delimiter", encoding.of(delimiter));
        }
        if encoding == Encoding::Url {
            root.text("EncodingType", "url");
        }
        root.text("IsTruncated", listing.more);
        for entry in &listing.entries {
            entry_to(root, entry, encoding);
        }
    });
    Ok(Outcome::document(document.finish()))
}

/// The version behind which to go on, which makes no sense without its key.
fn id_marker(call: &Call, key_marker: &str) -> Result<Option<VersionId>, Refusal> {
    let name = "version-id-marker";
    let Some(id) = call.parameter(name) else {
        return Ok(None);
    };
    let invalid = |said: &'static str| Refusal::argument(name, id).saying(said);
    if key_marker.is_empty() && !id.is_empty() {
        return Err(invalid("A version-id marker cannot be specified without a key marker."));
    }
    match id {
        "" if key_marker.is_empty() => Ok(None),
        "" => Err(invalid("A version-id marker cannot be empty.")),
        id => VersionId::parse(id).map(Some).ok_or_else(|| invalid("Invalid version id specified")),
    }
}

fn next_to(root: &mut Writer, listing: &VersionListing, encoding: Encoding) {
    let Some(last) = listing.entries.last().filter(|_| listing.more) else {
        return;
    };
    let (key, id) = last.marker();
    root.text("NextKeyMarker", encoding.of(key));
    if let Some(id) = id {
        root.text("NextVersionIdMarker", id);
    }
}

fn entry_to(root: &mut Writer, entry: &VersionEntry, encoding: Encoding) {
    match entry {
        VersionEntry::Object(version, object) => root.element("Version", |element| {
            version_to(element, &encoding.of(object.key.as_str()), *version, object.modified_ms);
            object_to(element, object);
            owner_to(element);
            element.text("StorageClass", "STANDARD");
        }),
        VersionEntry::DeleteMarker(version, key, modified_ms) => {
            root.element("DeleteMarker", |element| {
                version_to(element, &encoding.of(key.as_str()), *version, *modified_ms);
                owner_to(element);
            });
        }
        VersionEntry::CommonPrefix(prefix) => root.element("CommonPrefixes", |element| {
            element.text("Prefix", encoding.of(prefix));
        }),
    }
}

fn version_to(element: &mut Writer, key: &str, version: ListedVersion, modified_ms: u64) {
    element.text("Key", key);
    element.text("VersionId", version.id);
    element.text("IsLatest", version.is_latest);
    element.text("LastModified", date::iso(modified_ms));
}

fn object_to(element: &mut Writer, object: &ObjectSummary) {
    element.text("ETag", object.etag.quoted());
    element.text("ChecksumAlgorithm", object.checksum.algorithm.word());
    element.text("ChecksumType", object.checksum.type_word());
    element.text("Size", object.size);
}

fn owner_to(element: &mut Writer) {
    element.element("Owner", |owner| owner.text("ID", identity::CANONICAL_USER_ID));
}
