//! Objects: put, look up, open, copy, delete.
//!
//! A put replaces what was there in one step; who reads the old content goes on reading it.
//! Conditions are judged by the committer, in the order in which the writes take effect:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html>.

use std::ops::Range;
use std::sync::Arc;

use s3::{BucketName, Checksum, ETag, ObjectKey};

use crate::bucket;
use crate::commit::pending::Pending;
use crate::commit::transaction::Transaction;
use crate::content::reader::Reader;
use crate::content::source::{self, ObjectPart, Source};
use crate::content::writer::Content;
use crate::content::{self, Owned};
use crate::disk::Disk;
use crate::error::StoreError;
use crate::format::rows::{ObjectRow, SummaryRow};
use crate::format::values::{Attributes, Place};
use crate::format::{Table, keys};
use crate::index::View;
use crate::store::Store;

/// An object as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectSummary {
    /// Its key.
    pub key: ObjectKey,
    /// Its length in bytes.
    pub size: u64,
    /// Its tag.
    pub etag: ETag,
    /// When it was put.
    pub modified_ms: u64,
    /// Its checksum: the one it was put with, otherwise CRC64NVME.
    pub checksum: Checksum,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What a listing shows of it.
    pub summary: ObjectSummary,
    /// What it was put with.
    pub attributes: Attributes,
}

/// What must be so for a write to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing.
    #[default]
    None,
    /// There is no such object.
    IfNoneMatchAny,
    /// The object has this tag, quoted or not; `*` is any.
    IfMatch(String),
}

impl Precondition {
    /// Errors: `PreconditionFailed`; `NoSuchKey` when there is no object to match.
    fn check(&self, current: Option<ETag>) -> Result<(), StoreError> {
        match (self, current) {
            (Self::None, _) | (Self::IfNoneMatchAny, None) => Ok(()),
            (Self::IfNoneMatchAny, Some(_)) => Err(StoreError::PreconditionFailed),
            (Self::IfMatch(_), None) => Err(StoreError::NoSuchKey),
            (Self::IfMatch(tag), Some(etag)) if tag.trim() == "*" || etag.matches(tag) => Ok(()),
            (Self::IfMatch(_), Some(_)) => Err(StoreError::PreconditionFailed),
        }
    }
}

/// How an object is put.
#[derive(Clone, Debug, Default)]
pub struct PutOptions {
    /// Kept with the object and given back.
    pub attributes: Attributes,
    /// The checksum it was sent with. None is, for new content, its CRC64NVME, and for a copy, the
    /// checksum of the source.
    pub checksum: Option<Checksum>,
    /// What must be so.
    pub precondition: Precondition,
    /// The time.
    pub modified_ms: u64,
}

/// What is to be copied.
#[derive(Clone, Debug)]
pub struct CopySource {
    /// Its bucket.
    pub bucket: BucketName,
    /// Its key.
    pub key: ObjectKey,
    /// The tag it had when the caller looked.
    pub etag: ETag,
}

/// What a delete found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// Whether there was an object.
    pub existed: bool,
}

/// An object opened for reading: its content stays as long as this or a reader of it lives.
#[derive(Debug)]
pub struct OpenObject {
    /// The object.
    pub object: Object,
    source: Arc<Source>,
    disk: Arc<Disk>,
}

impl OpenObject {
    /// Reads a range of bytes, cut to the object's size. May block on the disk.
    pub fn reader(&self, range: Range<u64>) -> Result<Reader, StoreError> {
        Reader::open(Arc::clone(&self.disk), Arc::clone(&self.source), range)
    }

    /// The parts it was uploaded in, in order; none when it was put whole.
    pub fn parts(&self) -> impl Iterator<Item = &ObjectPart> {
        self.source.pieces.iter().filter_map(|piece| piece.part.as_ref())
    }
}

impl Store {
    /// Looks an object up. Errors: `NoSuchBucket`, `NoSuchKey`.
    pub fn object(&self, bucket: &BucketName, key: &ObjectKey) -> Result<Object, StoreError> {
        let row = self.read(|view| row(view, bucket, key))?;
        Ok(object(key.clone(), row))
    }

    /// Looks an object up, to read it. Errors: `NoSuchBucket`, `NoSuchKey`.
    pub fn open_object(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
    ) -> Result<OpenObject, StoreError> {
        loop {
            let (row, pieces) = self.read(|view| {
                let row = row(view, bucket, key)?;
                let pieces = source::pieces(view, &row.summary)?;
                Ok((row, pieces))
            })?;
            let place = row.summary.place;
            let pin = source::owner(place).map(|owner| self.pins().pin(owner));
            // The files may have been let go before they were pinned: then there is another object
            // now, or none.
            let still = || {
                Ok::<_, StoreError>(self.read(|view| self::row(view, bucket, key))?.summary.place)
            };
            if pin.is_none() || still()? == place {
                return Ok(OpenObject {
                    object: object(key.clone(), row),
                    source: Arc::new(Source { pieces, pin }),
                    disk: Arc::clone(self.disk()),
                });
            }
        }
    }

    /// Puts an object. Errors: `NoSuchBucket`, those of [`Precondition`], `Full`.
    pub fn put(
        &self,
        bucket: &BucketName,
        key: ObjectKey,
        content: Content,
        options: PutOptions,
    ) -> Pending<Object> {
        let bucket = bucket.clone();
        self.submit(move |transaction| {
            let slot = Slot::read(transaction, &bucket, key, &options.precondition)?;
            let (etag, sums) = (content.etag(), content.sums(options.checksum));
            let place = content::add(transaction, content)?;
            let modified_ms = options.modified_ms;
            let summary = SummaryRow { modified_ms, etag, place, sums };
            slot.fill(transaction, ObjectRow { summary, attributes: options.attributes })
        })
    }

    /// Puts an object with the content of another, without reading it. Errors: `NoSuchBucket`,
    /// `NoSuchKey`, `Changed` when the source is another by now, those of [`Precondition`], `Full`.
    pub fn copy(
        &self,
        source: CopySource,
        bucket: &BucketName,
        key: ObjectKey,
        options: PutOptions,
    ) -> Pending<Object> {
        let bucket = bucket.clone();
        self.submit(move |transaction| {
            let mut row = row(&transaction.view(), &source.bucket, &source.key)?;
            if row.summary.etag != source.etag {
                return Err(StoreError::Changed);
            }
            let slot = Slot::read(transaction, &bucket, key, &options.precondition)?;
            let content = Owned::read(&transaction.view(), row.summary.place)?;
            // Onto itself, the number of owners stays.
            if !slot.holds(row.summary.place) {
                content.add_owner(transaction)?;
            }
            row.attributes = options.attributes;
            row.summary.modified_ms = options.modified_ms;
            if let Some(checksum) = options.checksum {
                row.summary.sums.checksum = checksum;
            }
            slot.fill(transaction, row)
        })
    }

    /// Deletes an object; without a condition there need not be one. Errors: `NoSuchBucket`, those
    /// of [`Precondition`].
    pub fn delete(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        precondition: Precondition,
    ) -> Pending<Deleted> {
        let (bucket, key) = (bucket.clone(), key.clone());
        self.submit(move |transaction| {
            let key = keys::object(transaction.bucket(&bucket)?.number, key.as_str());
            let old: Option<SummaryRow> = transaction.view().get(&key)?;
            precondition.check(old.as_ref().map(|old| old.etag))?;
            let Some(old) = old else {
                return Ok(Deleted { existed: false });
            };
            let content = Owned::read(&transaction.view(), old.place)?;
            transaction.delete(Table::Objects, &key)?;
            content.remove_owner(transaction)?;
            Ok(Deleted { existed: true })
        })
    }
}

/// Where an object is about to be put: everything that can be refused was checked.
pub(crate) struct Slot {
    key: ObjectKey,
    row_key: Vec<u8>,
    old: Option<(Place, Owned)>,
}

impl Slot {
    /// Errors: `NoSuchBucket`, those of `precondition`, `Full`.
    pub(crate) fn read(
        transaction: &Transaction<'_>,
        bucket: &BucketName,
        key: ObjectKey,
        precondition: &Precondition,
    ) -> Result<Self, StoreError> {
        let row_key = keys::object(transaction.bucket(bucket)?.number, key.as_str());
        let old: Option<SummaryRow> = transaction.view().get(&row_key)?;
        precondition.check(old.as_ref().map(|old| old.etag))?;
        transaction.need_room()?;
        let old = old.map(|old| Ok((old.place, Owned::read(&transaction.view(), old.place)?)));
        Ok(Self { key, row_key, old: old.transpose()? })
    }

    /// Whether the object there now has this very content.
    fn holds(&self, place: Place) -> bool {
        self.old.as_ref().is_some_and(|(old, _)| *old == place)
    }

    /// Puts the object, whose content counts this owner already, and lets the old one go.
    pub(crate) fn fill(
        self,
        transaction: &mut Transaction<'_>,
        row: ObjectRow,
    ) -> Result<Object, StoreError> {
        transaction.put(&self.row_key, &row)?;
        if let Some((place, content)) = self.old
            && place != row.summary.place
        {
            content.remove_owner(transaction)?;
        }
        Ok(object(self.key, row))
    }
}

/// The object's row. Errors: `NoSuchBucket`, `NoSuchKey`.
fn row(view: &View<'_>, bucket: &BucketName, key: &ObjectKey) -> Result<ObjectRow, StoreError> {
    let number = bucket::row(view, bucket)?.number;
    view.get(&keys::object(number, key.as_str()))?.ok_or(StoreError::NoSuchKey)
}

fn object(key: ObjectKey, row: ObjectRow) -> Object {
    Object { summary: summary(key, row.summary), attributes: row.attributes }
}

pub(crate) fn summary(key: ObjectKey, row: SummaryRow) -> ObjectSummary {
    let SummaryRow { modified_ms, etag, sums, .. } = row;
    ObjectSummary { key, size: sums.size, etag, modified_ms, checksum: sums.checksum }
}
