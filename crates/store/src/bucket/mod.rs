//! Buckets: create, look up, list, delete.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/creating-buckets-s3.html>. A bucket with
//! uploads in progress, but without objects, can be deleted, as on S3; the uploads go with it.

mod configuration;

use std::ops::Bound;

use s3::{BucketName, Tags};

use crate::commit::pending::Pending;
use crate::commit::transaction::Transaction;
use crate::error::StoreError;
use crate::format::rows::BucketRow;
use crate::format::versions::Versioning;
use crate::format::{Table, keys};
use crate::index::{Found, View};
use crate::list::Page;
use crate::store::Store;
use crate::upload;

pub use configuration::Configuration;

/// A bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: BucketName,
    /// When it was created.
    pub created_ms: u64,
    /// Whether it keeps versions.
    pub versioning: Versioning,
    /// Its tags.
    pub tags: Tags,
}

impl Store {
    /// Creates a bucket. Errors: `BucketExists`.
    pub fn create_bucket(&self, name: &BucketName, created_ms: u64) -> Pending<()> {
        self.create_tagged_bucket(name, created_ms, Tags::default())
    }

    /// Creates a bucket with tags. Errors: `BucketExists`, `Full`.
    pub fn create_tagged_bucket(
        &self,
        name: &BucketName,
        created_ms: u64,
        tags: Tags,
    ) -> Pending<()> {
        let name = name.clone();
        self.submit(move |transaction| {
            if transaction.view().get::<BucketRow>(keys::bucket(&name))?.is_some() {
                return Err(StoreError::BucketExists);
            }
            transaction.need_room()?;
            let number = transaction.next_bucket();
            let versioning = Versioning::Never;
            let row = BucketRow { number, created_ms, versioning, tags };
            transaction.put(keys::bucket(&name), &row)
        })
    }

    /// Looks a bucket up. Errors: `NoSuchBucket`.
    pub fn bucket(&self, name: &BucketName) -> Result<Bucket, StoreError> {
        let row = self.read(|view| row(view, name))?;
        Ok(bucket(name.clone(), row))
    }

    /// Lists the buckets whose names begin with `prefix` and follow `after`, in order.
    pub fn buckets(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Bucket>, StoreError> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after.as_bytes()),
            _ => Bound::Included(prefix.as_bytes()),
        };
        self.read(|view| {
            let rows = view.scan(Table::Buckets, prefix.as_bytes(), from)?;
            Page::fill(limit, rows.map(|found| listed(found?)))
        })
    }

    /// Puts tags on a bucket, in place of those it has. Errors: `NoSuchBucket`, `Full`.
    pub fn set_bucket_tags(&self, name: &BucketName, tags: Tags) -> Pending<()> {
        let name = name.clone();
        self.submit(move |transaction| {
            let row = transaction.bucket(&name)?;
            if !tags.is_empty() {
                transaction.need_room()?;
            }
            transaction.put(keys::bucket(&name), &BucketRow { tags, ..row })
        })
    }

    /// Deletes a bucket, and its uploads in progress. Errors: `NoSuchBucket`, `BucketNotEmpty`.
    pub fn delete_bucket(&self, name: &BucketName) -> Pending<()> {
        let name = name.clone();
        self.submit(move |transaction| delete(transaction, &name))
    }
}

/// The bucket's row; [`NoSuchBucket`](StoreError::NoSuchBucket) when there is none.
pub(crate) fn row(view: &View<'_>, name: &BucketName) -> Result<BucketRow, StoreError> {
    view.get(keys::bucket(name))?.ok_or(StoreError::NoSuchBucket)
}

/// The number and the name in a row of the table.
pub(crate) fn numbered(found: &Found<'_>) -> Result<(u64, String), StoreError> {
    let number = found.unseal::<BucketRow>()?.number;
    let name = std::str::from_utf8(found.key).map_err(|_| found.corrupt::<BucketRow>())?;
    Ok((number, name.to_owned()))
}

fn listed(found: Found<'_>) -> Result<Bucket, StoreError> {
    let row = found.unseal()?;
    let name = std::str::from_utf8(found.key).ok().and_then(|name| BucketName::parse(name).ok());
    Ok(bucket(name.ok_or_else(|| found.corrupt::<BucketRow>())?, row))
}

fn bucket(name: BucketName, row: BucketRow) -> Bucket {
    let BucketRow { created_ms, versioning, tags, .. } = row;
    Bucket { name, created_ms, versioning, tags }
}

fn delete(transaction: &mut Transaction<'_>, name: &BucketName) -> Result<(), StoreError> {
    let BucketRow { number, versioning, .. } = row(transaction.view(), name)?;
    for table in [Table::Objects, Table::Versions] {
        if transaction.view().scan_all(table, &number.to_be_bytes())?.next().is_some() {
            let has_versions = versioning != Versioning::Never;
            return Err(StoreError::BucketNotEmpty { has_versions });
        }
    }
    let uploads = upload::find_all(transaction.view(), number)?;
    for upload in uploads {
        upload.remove(transaction)?;
    }
    configuration::remove_all(transaction, number)?;
    transaction.delete(Table::Buckets, keys::bucket(name))
}
