//! Multipart uploads: begin, look up, list, abort. Parts are in `part.rs`, the end is in
//! `complete.rs`.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>. An upload shows
//! nowhere among the objects until it is completed.

pub(crate) mod complete;
pub(crate) mod part;

use std::collections::HashSet;
use std::fmt;
use std::ops::Bound;

use s3::{BucketName, ObjectKey, Tags};

use crate::bucket;
use crate::commit::pending::Pending;
use crate::commit::transaction::Transaction;
use crate::content;
use crate::error::StoreError;
use crate::format::rows::{PartRow, UploadRow};
use crate::format::values::{Attributes, Place, UploadChecksum};
use crate::format::{Table, keys};
use crate::index::{Found, View};
use crate::list::Page;
use crate::store::Store;

/// Names an upload; opaque to clients, not to be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UploadId([u8; 24]);

impl UploadId {
    /// The id with this text; none when no upload can have it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        s3::hex::decode(text).map(Self)
    }

    /// The time comes first, so that the uploads of a key are in the order they began, then 128
    /// random bits.
    fn new(started_ms: u64) -> Result<Self, StoreError> {
        let mut id = [0; 24];
        let (time, bits) = id.split_at_mut(8);
        time.copy_from_slice(&started_ms.to_be_bytes());
        bits.copy_from_slice(&keys::random_bits::<16>()?);
        Ok(Self(id))
    }

    fn started_ms(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&s3::hex::encode(&self.0))
    }
}

/// Which upload: it is found only under the bucket and key it was begun for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadName {
    /// The bucket.
    pub bucket: BucketName,
    /// The key the object will have.
    pub key: ObjectKey,
    /// The id.
    pub id: UploadId,
}

/// How an upload is begun.
#[derive(Clone, Debug, Default)]
pub struct UploadOptions {
    /// Kept with the object and given back.
    pub attributes: Attributes,
    /// The tags of the object.
    pub tags: Tags,
    /// The checksum of the object; none is the CRC64NVME of its bytes.
    pub checksum: Option<UploadChecksum>,
    /// The time.
    pub started_ms: u64,
}

/// An upload in progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The key the object will have.
    pub key: ObjectKey,
    /// Its id.
    pub id: UploadId,
    /// When it was begun.
    pub started_ms: u64,
    /// The checksum it was begun with.
    pub checksum: Option<UploadChecksum>,
    /// What the object will have.
    pub attributes: Attributes,
}

impl Store {
    /// Begins an upload. Errors: `NoSuchBucket`, `Full`.
    pub fn create_upload(
        &self,
        bucket: &BucketName,
        key: ObjectKey,
        options: UploadOptions,
    ) -> Pending<UploadId> {
        let bucket = bucket.clone();
        self.submit(move |transaction| {
            let bucket = transaction.bucket(&bucket)?.number;
            transaction.need_room()?;
            let id = UploadId::new(options.started_ms)?;
            let UploadOptions { attributes, tags, checksum, .. } = options;
            let row = UploadRow { checksum, attributes, tags };
            transaction.put(&keys::upload(bucket, key.as_str(), &id.0), &row)?;
            Ok(id)
        })
    }

    /// Looks an upload up. Errors: `NoSuchBucket`, `NoSuchUpload`.
    pub fn upload(&self, name: &UploadName) -> Result<Upload, StoreError> {
        let row = self.read(|view| Ok(find(view, name)?.1))?;
        Ok(upload(name.key.clone(), name.id, row))
    }

    /// Lists uploads whose keys begin with `prefix`, by key and then by age. `after` is the last
    /// item of the page before; without an id, it is behind all uploads of that key.
    pub fn uploads(
        &self,
        bucket: &BucketName,
        prefix: &str,
        after: Option<(&str, Option<UploadId>)>,
        limit: usize,
    ) -> Result<Page<Upload>, StoreError> {
        self.read(|view| {
            let bucket = bucket::row(view, bucket)?.number;
            let prefix_key = keys::many(bucket, prefix);
            let from = match after {
                Some((key, Some(id))) if key >= prefix => {
                    Bound::Excluded(keys::upload(bucket, key, &id.0))
                }
                Some((key, None)) if key >= prefix => {
                    Bound::Included([keys::many(bucket, key), vec![1]].concat())
                }
                _ => Bound::Included(prefix_key.clone()),
            };
            let from = from.as_ref().map(Vec::as_slice);
            let rows = view.scan(Table::Uploads, &prefix_key, from)?;
            Page::fill(limit, rows.map(|found| listed(&found?)))
        })
    }

    /// Gives an upload up, with all its parts. Errors: `NoSuchBucket`, `NoSuchUpload`.
    pub fn abort_upload(&self, name: &UploadName) -> Pending<()> {
        let name = name.clone();
        self.submit(move |transaction| {
            let (row_key, _) = find(transaction.view(), &name)?;
            let removal = Removal::read(transaction.view(), row_key, name.id)?;
            removal.remove(transaction)
        })
    }
}

/// The upload's key in the table, and its row.
fn find(view: &View<'_>, name: &UploadName) -> Result<(Vec<u8>, UploadRow), StoreError> {
    let bucket = bucket::row(view, &name.bucket)?.number;
    let key = keys::upload(bucket, name.key.as_str(), &name.id.0);
    let row = view.get(&key)?.ok_or(StoreError::NoSuchUpload)?;
    Ok((key, row))
}

fn listed(found: &Found<'_>) -> Result<Upload, StoreError> {
    let named = keys::upload_key(found.key);
    let named = named.and_then(|(key, id)| Some((ObjectKey::parse(key).ok()?, UploadId(id))));
    let (key, id) = named.ok_or_else(|| found.corrupt::<UploadRow>())?;
    Ok(upload(key, id, found.unseal()?))
}

fn upload(key: ObjectKey, id: UploadId, row: UploadRow) -> Upload {
    let UploadRow { checksum, attributes, .. } = row;
    Upload { key, id, started_ms: id.started_ms(), checksum, attributes }
}

/// An upload about to go, with the parts that go with it.
pub(crate) struct Removal {
    upload: Vec<u8>,
    parts: Vec<(Vec<u8>, Place)>,
}

impl Removal {
    fn read(view: &View<'_>, upload: Vec<u8>, id: UploadId) -> Result<Self, StoreError> {
        let rows = view.scan_all(Table::Parts, &id.0)?;
        let parts = rows.map(|found| {
            let found = found?;
            Ok((found.key.to_vec(), found.unseal::<PartRow>()?.place))
        });
        Ok(Self { upload, parts: parts.collect::<Result<_, _>>()? })
    }

    /// Removes all rows, and the content of the parts.
    pub(crate) fn remove(self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        self.remove_except(transaction, &HashSet::new())
    }

    /// Removes all rows, and the content of the parts that are not `kept`.
    fn remove_except(
        self,
        transaction: &mut Transaction<'_>,
        kept: &HashSet<Place>,
    ) -> Result<(), StoreError> {
        transaction.delete(Table::Uploads, &self.upload)?;
        for (key, _) in &self.parts {
            transaction.delete(Table::Parts, key)?;
        }
        let places = self.parts.into_iter().map(|(_, place)| place);
        let unused: Vec<_> = places.filter(|place| !kept.contains(place)).collect();
        content::remove_unshared(transaction, None, &unused)
    }
}

/// All uploads of a bucket.
pub(crate) fn find_all(view: &View<'_>, bucket: u64) -> Result<Vec<Removal>, StoreError> {
    let mut removals = Vec::new();
    for found in view.scan_all(Table::Uploads, &keys::many(bucket, ""))? {
        let found = found?;
        let (_, id) = keys::upload_key(found.key).ok_or_else(|| found.corrupt::<UploadRow>())?;
        removals.push(Removal::read(view, found.key.to_vec(), UploadId(id))?);
    }
    Ok(removals)
}
