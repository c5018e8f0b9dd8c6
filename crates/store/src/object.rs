//! Objects: put, look up, open, copy, tag.
//!
//! A put replaces what was there in one step; who reads the old content goes on reading it.
//! Conditions are judged by the committer, in the order in which the writes take effect:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html>.

use std::ops::Range;
use std::sync::Arc;

use s3::{BucketName, Checksum, ETag, ObjectKey, Tags};

use crate::bucket;
use crate::commit::pending::Pending;
use crate::content::reader::Reader;
use crate::content::source::{self, ObjectPart, Source};
use crate::content::writer::Content;
use crate::content::{self, Owned};
use crate::disk::Disk;
use crate::error::StoreError;
use crate::format::rows::{ObjectRow, SummaryRow};
use crate::format::values::Attributes;
use crate::format::versions::{Version, Versioning};
use crate::index::View;
use crate::store::Store;
use crate::version::slot::Slot;
use crate::version::{VersionId, find};

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
    /// Its tags.
    pub tags: Tags,
    /// Which version it is; none in a bucket that never had versions.
    pub version: Option<VersionId>,
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
    pub(crate) fn check(&self, current: Option<ETag>) -> Result<(), StoreError> {
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
    /// The tags of the object.
    pub tags: Tags,
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
    /// Which version; none is the current object.
    pub version: Option<VersionId>,
    /// The tag it had when the caller looked.
    pub etag: ETag,
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

    /// Takes out the bytes of a range, cut to the object's size, when all are in memory: small
    /// content was read and checked with the object. None when there are files to read.
    pub fn take_bytes(&mut self, range: &Range<u64>) -> Option<Vec<u8>> {
        let bytes = Arc::get_mut(&mut self.source)?.take_memory()?;
        Some(cut(bytes, range))
    }

    /// The parts it was uploaded in, in order; none when it was put whole.
    pub fn parts(&self) -> impl Iterator<Item = &ObjectPart> {
        self.source.pieces.iter().filter_map(|piece| piece.part.as_ref())
    }
}

fn cut(mut bytes: Vec<u8>, range: &Range<u64>) -> Vec<u8> {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    let (start, end) = (place(range.start), place(range.end));
    bytes.truncate(end);
    bytes.drain(..start.min(end));
    bytes
}

impl Store {
    /// Looks the current object up. Errors: `NoSuchBucket`, `NoSuchKey`, `DeleteMarker`.
    pub fn object(&self, bucket: &BucketName, key: &ObjectKey) -> Result<Object, StoreError> {
        self.object_version(bucket, key, None)
    }

    /// Looks a version up, or the current object. Errors: those of [`object`](Self::object),
    /// `NoSuchVersion`.
    pub fn object_version(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        version: Option<VersionId>,
    ) -> Result<Object, StoreError> {
        let (row, versioning) = self.read(|view| row(view, bucket, key, version))?;
        Ok(object(key.clone(), row, versioning))
    }

    /// Looks the current object up, to read it. Errors: those of [`object`](Self::object).
    pub fn open_object(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
    ) -> Result<OpenObject, StoreError> {
        self.open_version(bucket, key, None)
    }

    /// Looks a version up, or the current object, to read it. Errors: those of
    /// [`object_version`](Self::object_version).
    pub fn open_version(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        version: Option<VersionId>,
    ) -> Result<OpenObject, StoreError> {
        loop {
            let (row, versioning, pieces) = self.read(|view| {
                let (row, versioning) = row(view, bucket, key, version)?;
                let pieces = source::pieces(view, &row.summary)?;
                Ok((row, versioning, pieces))
            })?;
            let place = row.summary.place;
            let pin = source::owner(place).map(|owner| self.pins().pin(owner));
            // The files may have been let go before they were pinned: then there is another object
            // now, or none.
            let still = || {
                let (row, _) = self.read(|view| self::row(view, bucket, key, version))?;
                Ok::<_, StoreError>(row.summary.place)
            };
            if pin.is_none() || still()? == place {
                return Ok(OpenObject {
                    object: object(key.clone(), row, versioning),
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
            let version = Version::default();
            let summary = SummaryRow { modified_ms, etag, place, sums, version };
            let PutOptions { attributes, tags, .. } = options;
            slot.fill(transaction, ObjectRow { summary, attributes, tags })
        })
    }

    /// Puts an object with the content of another, without reading it. Errors: `NoSuchBucket`,
    /// `NoSuchKey`, `NoSuchVersion`, `DeleteMarker`, `Changed` when the source is another by now,
    /// those of [`Precondition`], `Full`.
    pub fn copy(
        &self,
        source: CopySource,
        bucket: &BucketName,
        key: ObjectKey,
        options: PutOptions,
    ) -> Pending<Object> {
        let bucket = bucket.clone();
        self.submit(move |transaction| {
            let CopySource { bucket: from, key: from_key, version, .. } = &source;
            let (mut row, _) = row(transaction.view(), from, from_key, *version)?;
            if row.summary.etag != source.etag {
                return Err(StoreError::Changed);
            }
            let slot = Slot::read(transaction, &bucket, key, &options.precondition)?;
            let content = Owned::read(transaction.view(), row.summary.place)?;
            // Onto itself, the number of owners stays.
            if !slot.gives_up(row.summary.place) {
                content.add_owner(transaction)?;
            }
            row.attributes = options.attributes;
            row.tags = options.tags;
            row.summary.modified_ms = options.modified_ms;
            if let Some(checksum) = options.checksum {
                row.summary.sums.checksum = checksum;
            }
            slot.fill(transaction, row)
        })
    }
}

/// The row of a version, or of the current object, and whether its bucket has versions.
fn row(
    view: &View<'_>,
    bucket: &BucketName,
    key: &ObjectKey,
    version: Option<VersionId>,
) -> Result<(ObjectRow, Versioning), StoreError> {
    let bucket = bucket::row(view, bucket)?;
    Ok((find::object(view, &bucket, key, version)?.row, bucket.versioning))
}

pub(crate) fn object(key: ObjectKey, row: ObjectRow, versioning: Versioning) -> Object {
    let version = VersionId::of(row.summary.version);
    let version = (versioning != Versioning::Never).then_some(version);
    let ObjectRow { summary, attributes, tags } = row;
    Object { summary: self::summary(key, summary), attributes, tags, version }
}

pub(crate) fn summary(key: ObjectKey, row: SummaryRow) -> ObjectSummary {
    let SummaryRow { modified_ms, etag, sums, .. } = row;
    ObjectSummary { key, size: sums.size, etag, modified_ms, checksum: sums.checksum }
}
