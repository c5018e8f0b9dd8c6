//! What a bucket is configured with beside its record: bytes that mean nothing to the store.
//!
//! They are kept under the bucket's number and go with the bucket, so that a new bucket never has
//! those of an old one.

use s3::BucketName;

use crate::commit::pending::Pending;
use crate::commit::transaction::Transaction;
use crate::error::StoreError;
use crate::format::rows::ConfigurationRow;
use crate::format::{Table, keys};
use crate::index::View;
use crate::store::Store;

/// Which configuration of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Configuration {
    /// Its policy.
    Policy,
    /// What keeps the public out of it.
    PublicAccessBlock,
}

impl Configuration {
    const ALL: [Self; 2] = [Self::Policy, Self::PublicAccessBlock];

    /// Its number on the disk.
    fn number(self) -> u8 {
        match self {
            Self::Policy => 1,
            Self::PublicAccessBlock => 2,
        }
    }
}

impl Store {
    /// Looks up configurations of a bucket, as of one moment; none for those that were never put.
    /// Errors: `NoSuchBucket`.
    pub fn configurations<const N: usize>(
        &self,
        bucket: &BucketName,
        which: [Configuration; N],
    ) -> Result<[Option<Vec<u8>>; N], StoreError> {
        self.read(|view| {
            let number = super::row(view, bucket)?.number;
            let mut found = [const { None }; N];
            for (found, which) in found.iter_mut().zip(which) {
                *found = row(view, number, which)?;
            }
            Ok(found)
        })
    }

    /// Puts a configuration on a bucket, in place of the one it has, or takes it off. Errors:
    /// `NoSuchBucket`, `Full`.
    pub fn configure(
        &self,
        bucket: &BucketName,
        which: Configuration,
        bytes: Option<Vec<u8>>,
    ) -> Pending<()> {
        let bucket = bucket.clone();
        self.submit(move |transaction| {
            let key = keys::configuration(transaction.bucket(&bucket)?.number, which.number());
            let Some(bytes) = bytes else {
                return transaction.delete(Table::Meta, &key);
            };
            transaction.need_room()?;
            transaction.put(&key, &ConfigurationRow(bytes))
        })
    }
}

fn row(view: &View<'_>, bucket: u64, which: Configuration) -> Result<Option<Vec<u8>>, StoreError> {
    let row = view.get(&keys::configuration(bucket, which.number()))?;
    Ok(row.map(|ConfigurationRow(bytes)| bytes))
}

/// Takes all configurations off a bucket that is to be removed.
pub(super) fn remove_all(transaction: &mut Transaction<'_>, bucket: u64) -> Result<(), StoreError> {
    for which in Configuration::ALL {
        transaction.delete(Table::Meta, &keys::configuration(bucket, which.number()))?;
    }
    Ok(())
}
