//! ListObjectsV2, and ListObjects, its elder.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use s3::date;
use s3::xml::Writer;
use signature::encode::{Slash, encode};
use store::{Entry, ListQuery, Listing, ObjectSummary};

use super::Outcome;
use crate::authorize::Permit;
use crate::house::House;
use crate::limits::PAGE_ENTRIES_MAX;
use crate::read::Call;
use crate::refusal::Refusal;

pub(super) fn v2(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let call = permit.call();
    let token = call.parameter("continuation-token");
    let from_token = token.map(read_token).transpose()?;
    let after = from_token.or_else(|| call.parameter("start-after").map(str::to_owned));
    let page = Page::read(permit, house, after)?;
    let document = Writer::new().root("ListBucketResult", |root| {
        page.head_to(root);
        root.text("KeyCount", page.listing.entries.len());
        if let Some(token) = token {
            root.text("ContinuationToken", token);
        }
        if let Some(next) = &page.listing.next {
            root.text("NextContinuationToken", URL_SAFE_NO_PAD.encode(next));
        }
        if let Some(after) = call.parameter("start-after") {
            root.text("StartAfter", page.encoding.of(after));
        }
        let with_owner = call.parameter("fetch-owner") == Some("true");
        page.entries_to(root, if with_owner { Owner::Shown } else { Owner::LeftOut });
    });
    Ok(Outcome::document(document.finish()))
}

pub(super) fn v1(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let call = permit.call();
    let marker = call.parameter("marker").unwrap_or("");
    let after = (!marker.is_empty()).then(|| marker.to_owned());
    let page = Page::read(permit, house, after)?;
    let document = Writer::new().root("ListBucketResult", |root| {
        page.head_to(root);
        root.text("Marker", page.encoding.of(marker));
        // S3 says it only with a delimiter; without one the last key is the next marker.
        if let (Some(next), Some(_)) = (&page.listing.next, &page.delimiter) {
            root.text("NextMarker", page.encoding.of(next));
        }
        page.entries_to(root, Owner::Shown);
    });
    Ok(Outcome::document(document.finish()))
}

fn read_token(token: &str) -> Result<String, Refusal> {
    let text = URL_SAFE_NO_PAD.decode(token).ok().and_then(|key| String::from_utf8(key).ok());
    text.filter(|key| !key.is_empty()).ok_or_else(|| {
        Refusal::argument("continuation-token", token)
            .saying("The continuation token provided is incorrect")
    })
}

/// How names are spelled in a document.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Plain,
    Url,
}

impl Encoding {
    pub(super) fn read(call: &Call) -> Result<Self, Refusal> {
        match call.parameter("encoding-type") {
            None => Ok(Self::Plain),
            Some("url") => Ok(Self::Url),
            Some(other) => Err(Refusal::argument("encoding-type", other)
                .saying("Invalid Encoding Method specified in Request")),
        }
    }

    pub(super) fn of(self, name: &str) -> String {
        match self {
            Self::Plain => name.to_owned(),
            Self::Url => encode(name, Slash::Keep),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Shown,
    LeftOut,
}

struct Page<'a> {
    bucket: &'a str,
    prefix: &'a str,
    delimiter: Option<String>,
    limit: usize,
    encoding: Encoding,
    listing: Listing,
}

impl<'a> Page<'a> {
    fn read(permit: &'a Permit, house: &House, after: Option<String>) -> Result<Self, Refusal> {
        let call = permit.call();
        let bucket = permit.bucket()?;
        let prefix = call.parameter("prefix").unwrap_or("");
        let delimiter = call.parameter("delimiter").filter(|d| !d.is_empty()).map(str::to_owned);
        let limit = entries_max(call, "max-keys")?;
        let encoding = Encoding::read(call)?;
        let query =
            ListQuery { prefix: prefix.to_owned(), delimiter: delimiter.clone(), after, limit };
        let listing =
            house.store.list(bucket, &query).map_err(|error| Refusal::of_store(error, permit))?;
        Ok(Self { bucket: bucket.as_str(), prefix, delimiter, limit, encoding, listing })
    }

    fn head_to(&self, root: &mut Writer) {
        root.text("Name", self.bucket);
        root.text("Prefix", self.encoding.of(self.prefix));
        if let Some(delimiter) = &self.delimiter {
            root.text("Delimiter", self.encoding.of(delimiter));
        }
        root.text("MaxKeys", self.limit);
        if self.encoding == Encoding::Url {
            root.text("EncodingType", "url");
        }
        root.text("IsTruncated", self.listing.next.is_some());
    }

    fn entries_to(&self, root: &mut Writer, owner: Owner) {
        for entry in &self.listing.entries {
            match entry {
                Entry::Object(object) => {
                    root.element("Contents", |contents| self.object_to(contents, object, owner));
                }
                Entry::CommonPrefix(prefix) => root.element("CommonPrefixes", |element| {
                    element.text("Prefix", self.encoding.of(prefix));
                }),
            }
        }
    }

    fn object_to(&self, contents: &mut Writer, object: &ObjectSummary, owner: Owner) {
        contents.text("Key", self.encoding.of(object.key.as_str()));
        contents.text("LastModified", date::iso(object.modified_ms));
        contents.text("ETag", object.etag.quoted());
        contents.text("ChecksumAlgorithm", object.checksum.algorithm.word());
        contents.text("ChecksumType", object.checksum.type_word());
        contents.text("Size", object.size);
        if owner == Owner::Shown {
            contents.element("Owner", |owner| owner.text("ID", identity::CANONICAL_USER_ID));
        }
        contents.text("StorageClass", "STANDARD");
    }
}

/// How many entries a page may have: [`PAGE_ENTRIES_MAX`], or fewer when that is asked for.
pub(super) fn entries_max(call: &Call, parameter: &str) -> Result<usize, Refusal> {
    entries_max_of(parameter, call.parameter(parameter))
}

/// The same, wherever the number stands.
pub(super) fn entries_max_of(parameter: &str, text: Option<&str>) -> Result<usize, Refusal> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(PAGE_ENTRIES_MAX);
    };
    if !is_whole_number(text) || text.len() > 10 || text.parse::<i32>().is_err() {
        return Err(Refusal::argument(parameter, text)
            .saying(format!("Argument {parameter} must be an integer between 0 and 2147483647")));
    }
    Ok(text.parse().unwrap_or(PAGE_ENTRIES_MAX).min(PAGE_ENTRIES_MAX))
}

pub(super) fn is_whole_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}
