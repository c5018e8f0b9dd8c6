//! Listing objects: in order of their keys' bytes, with prefix, delimiter and paging.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>. A page costs what it
//! shows: from a common prefix the scan jumps to the first key behind it.

use std::ops::Bound;

use s3::{BucketName, ObjectKey};

use crate::bucket;
use crate::error::StoreError;
use crate::format::rows::SummaryRow;
use crate::format::{Table, keys};
use crate::index::{Found, View};
use crate::object::{self, ObjectSummary};
use crate::store::Store;

/// What is to be listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Only keys that begin so.
    pub prefix: String,
    /// Keys with this text behind the prefix are rolled up, to where it ends first. Empty is none.
    pub delimiter: Option<String>,
    /// Only entries behind this one. When it is a common prefix of this listing, or a key rolled up
    /// in one, that is behind all keys rolled up in it, as on S3.
    pub after: Option<String>,
    /// Entries at most.
    pub limit: usize,
}

/// One line of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An object.
    Object(ObjectSummary),
    /// What several keys begin with, up to and with the delimiter.
    CommonPrefix(String),
}

impl Entry {
    /// The key or the common prefix.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Object(object) => object.key.as_str(),
            Self::CommonPrefix(prefix) => prefix,
        }
    }
}

/// A page of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Objects and common prefixes, in one order.
    pub entries: Vec<Entry>,
    /// When there is more: what to set `after` to.
    pub next: Option<String>,
}

/// A page of anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it, in order.
    pub items: Vec<T>,
    /// Whether there is more behind the last item.
    pub more: bool,
}

impl<T> Page<T> {
    /// Takes `limit` items and looks for one more. A page of nothing ends all asking.
    pub(crate) fn fill(
        limit: usize,
        mut items: impl Iterator<Item = Result<T, StoreError>>,
    ) -> Result<Self, StoreError> {
        let taken = items.by_ref().take(limit).collect::<Result<_, _>>()?;
        Ok(Self { items: taken, more: limit > 0 && items.next().is_some() })
    }
}

impl Store {
    /// Lists objects. Errors: `NoSuchBucket`.
    pub fn list(&self, bucket: &BucketName, query: &ListQuery) -> Result<Listing, StoreError> {
        self.read(|view| {
            let bucket = bucket::row(view, bucket)?.number;
            list(view, bucket, query)
        })
    }
}

fn list(view: &View<'_>, bucket: u64, query: &ListQuery) -> Result<Listing, StoreError> {
    let prefix = keys::object(bucket, &query.prefix);
    let mut listing = Listing { entries: Vec::new(), next: None };
    let mut from = query.start(bucket);
    // Each turn scans up to the next common prefix.
    while let Some(start) = from.take() {
        let start = start.as_ref().map(Vec::as_slice);
        for found in view.scan(Table::Objects, &prefix, start)? {
            let found = found?;
            if listing.entries.len() >= query.limit {
                listing.next = listing.entries.last().map(|entry| entry.text().to_owned());
                return Ok(listing);
            }
            let key = keys::object_key(found.key);
            let key = key.ok_or_else(|| found.corrupt::<SummaryRow>())?;
            if let Some(rolled) = query.common_prefix(key) {
                from = behind(bucket, &rolled);
                listing.entries.push(Entry::CommonPrefix(rolled));
                break;
            }
            listing.entries.push(Entry::Object(summary(&found, key)?));
        }
    }
    Ok(listing)
}

impl ListQuery {
    /// Where in the table to begin; none when nothing can follow.
    fn start(&self, bucket: u64) -> Option<Bound<Vec<u8>>> {
        match &self.after {
            Some(after) if after.as_str() >= self.prefix.as_str() => {
                if let Some(rolled) = self.common_prefix(after) {
                    return behind(bucket, &rolled);
                }
                Some(Bound::Excluded(keys::object(bucket, after)))
            }
            _ => Some(Bound::Included(keys::object(bucket, &self.prefix))),
        }
    }

    fn common_prefix(&self, key: &str) -> Option<String> {
        common_prefix(&self.prefix, self.delimiter.as_deref(), key)
    }
}

/// What `key` is rolled up in: all up to and with the first delimiter behind the prefix.
pub(crate) fn common_prefix(prefix: &str, delimiter: Option<&str>, key: &str) -> Option<String> {
    let delimiter = delimiter.filter(|delimiter| !delimiter.is_empty())?;
    let (head, _) = key.strip_prefix(prefix)?.split_once(delimiter)?;
    Some([prefix, head, delimiter].concat())
}

/// The first place behind all keys that begin with `prefix`.
fn behind(bucket: u64, prefix: &str) -> Option<Bound<Vec<u8>>> {
    keys::successor(&keys::object(bucket, prefix)).map(Bound::Included)
}

fn summary(found: &Found<'_>, key: &str) -> Result<ObjectSummary, StoreError> {
    let key = ObjectKey::parse(key).map_err(|_| found.corrupt::<SummaryRow>())?;
    Ok(object::summary(key, found.unseal()?))
}
