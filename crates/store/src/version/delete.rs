//! Deleting: what is current, or one version, or many at once.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html>

use s3::{BucketName, ObjectKey};

use crate::commit::pending::Pending;
use crate::commit::transaction::Transaction;
use crate::content::Owned;
use crate::error::StoreError;
use crate::format::rows::{BucketRow, ObjectRow};
use crate::format::versions::{Past, Versioning};
use crate::format::{Table, keys};
use crate::object::Precondition;
use crate::store::Store;

use super::VersionId;
use super::find::{self, PastRow};
use super::slot::Slot;

/// What is to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Its key.
    pub key: ObjectKey,
    /// Which version of it; none is the current object, in whose place versioned buckets put a
    /// delete marker.
    pub version: Option<VersionId>,
    /// What must be so of the current object.
    pub precondition: Precondition,
}

/// How an object is deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// As in [`Deletion`].
    pub version: Option<VersionId>,
    /// As in [`Deletion`].
    pub precondition: Precondition,
    /// The time.
    pub modified_ms: u64,
}

/// What a delete came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// Whether there was such an object or version.
    pub existed: bool,
    /// The delete marker that was put, or that was what was deleted.
    pub marker: Option<VersionId>,
}

impl Store {
    /// Deletes an object or a version; without a condition there need not be one. Errors:
    /// `NoSuchBucket`, those of [`Precondition`], and for a delete marker `Full`.
    pub fn delete(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        options: DeleteOptions,
    ) -> Pending<Deleted> {
        let (bucket, key) = (bucket.clone(), key.clone());
        let DeleteOptions { version, precondition, modified_ms } = options;
        self.submit(move |transaction| {
            let deletion = Deletion { key, version, precondition };
            delete(transaction, &bucket, deletion, modified_ms)
        })
    }

    /// Deletes many in one commit, each as if alone, in order. Errors: `NoSuchBucket`.
    pub fn delete_many(
        &self,
        bucket: &BucketName,
        deletions: Vec<Deletion>,
        modified_ms: u64,
    ) -> Pending<Vec<Result<Deleted, StoreError>>> {
        let bucket = bucket.clone();
        self.submit_heavy(deletions.len(), move |transaction| {
            transaction.bucket(&bucket)?;
            let one = |deletion| {
                let one = |t: &mut Transaction<'_>| delete(t, &bucket, deletion, modified_ms);
                transaction.run(one)
            };
            Ok(deletions.into_iter().map(one).collect())
        })
    }
}

fn delete(
    transaction: &mut Transaction<'_>,
    bucket: &BucketName,
    deletion: Deletion,
    modified_ms: u64,
) -> Result<Deleted, StoreError> {
    let Deletion { key, version, precondition } = deletion;
    let row = transaction.bucket(bucket)?;
    match (version, row.versioning) {
        (Some(id), _) => delete_version(transaction, &row, &key, id, &precondition),
        (None, Versioning::Never) => {
            delete_version(transaction, &row, &key, VersionId::NULL, &precondition)
        }
        (None, Versioning::Enabled | Versioning::Suspended) => {
            let slot = Slot::read(transaction, bucket, key, &precondition)?;
            let marker = slot.mark(transaction, modified_ms)?;
            Ok(Deleted { existed: true, marker: Some(marker) })
        }
    }
}

fn delete_version(
    transaction: &mut Transaction<'_>,
    bucket: &BucketRow,
    key: &ObjectKey,
    id: VersionId,
    precondition: &Precondition,
) -> Result<Deleted, StoreError> {
    let row_key = keys::object(bucket.number, key.as_str());
    let current: Option<ObjectRow> = transaction.view().get(&row_key)?;
    precondition.check(current.as_ref().map(|row| row.summary.etag))?;
    match current {
        Some(row) if VersionId::of(row.summary.version) == id => {
            let content = Owned::read(transaction.view(), row.summary.place)?;
            let heir = find::newest(transaction.view(), bucket, key, None)?;
            transaction.delete(Table::Objects, &row_key)?;
            promote(transaction, &row_key, heir)?;
            content.remove_owner(transaction)?;
            Ok(Deleted { existed: true, marker: None })
        }
        current => delete_past(transaction, bucket, key, id, current.is_some()),
    }
}

fn delete_past(
    transaction: &mut Transaction<'_>,
    bucket: &BucketRow,
    key: &ObjectKey,
    id: VersionId,
    has_current: bool,
) -> Result<Deleted, StoreError> {
    let Some((row_key, row)) = find::past(transaction.view(), bucket, key, id)? else {
        return Ok(Deleted { existed: false, marker: None });
    };
    let (content, marker) = match &row {
        Past::Object(row) => (Owned::read(transaction.view(), row.summary.place)?, None),
        Past::DeleteMarker(_) => (Owned::Empty, Some(id)),
    };
    let heir = match has_current {
        true => None,
        false => find::newest(transaction.view(), bucket, key, Some(&row_key))?,
    };
    transaction.delete(Table::Versions, &row_key)?;
    promote(transaction, &keys::object(bucket.number, key.as_str()), heir)?;
    content.remove_owner(transaction)?;
    Ok(Deleted { existed: true, marker })
}

/// Makes the newest version that is left the current one, if it is an object.
fn promote(
    transaction: &mut Transaction<'_>,
    row_key: &[u8],
    heir: Option<PastRow>,
) -> Result<(), StoreError> {
    let Some((old_key, Past::Object(row))) = heir else {
        return Ok(());
    };
    transaction.delete(Table::Versions, &old_key)?;
    transaction.put(row_key, &row)
}
