//! What can go wrong, as kinds a caller can act on.
//!
//! The enum is closed: whoever maps it to S3's error codes learns of a new kind from the compiler.
//! A damaged record is `Corrupt`, never "not found".

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use s3::{ETag, PartNumber};

use crate::version::VersionId;

/// Why the store did not do it. Cheap to clone: one failed commit answers a whole batch.
#[derive(Clone, Debug)]
pub enum StoreError {
    /// There is no bucket of this name.
    NoSuchBucket,
    /// A bucket of this name is there already.
    BucketExists,
    /// The bucket still holds objects, or versions of them.
    BucketNotEmpty {
        /// Whether it has ever kept versions.
        has_versions: bool,
    },
    /// There is no object under this key.
    NoSuchKey,
    /// There is no such version of this key.
    NoSuchVersion,
    /// What is there is a delete marker.
    DeleteMarker {
        /// Which version it is.
        version: VersionId,
        /// When it was put.
        modified_ms: u64,
    },
    /// There is no such upload in progress for this bucket and key.
    NoSuchUpload,
    /// The object is not as the caller's condition demands.
    PreconditionFailed,
    /// The object is no longer the one the caller looked at; look again.
    Changed,
    /// The parts of a completion are none, or not in ascending order.
    InvalidPartOrder,
    /// A part of a completion was not uploaded, or not with this tag and checksum.
    InvalidPart {
        /// Which part.
        part: PartNumber,
    },
    /// A part other than the last is under [`PART_BYTES_MIN`](crate::limits::PART_BYTES_MIN).
    PartTooSmall {
        /// Which part.
        part: PartNumber,
        /// Its length in bytes.
        size: u64,
        /// Its tag.
        etag: ETag,
    },
    /// The parts together are over [`OBJECT_BYTES_MAX`](crate::limits::OBJECT_BYTES_MAX).
    TooLarge {
        /// Their length in bytes.
        size: u64,
    },
    /// The checksum that was sent for the whole object is not the one of its parts.
    ChecksumMismatch,
    /// The disk or the index is full. Reading and removing go on.
    Full,
    /// Too many writes are waiting; try again.
    Busy,
    /// The store was closed.
    Closed,
    /// What is on the disk is not what was written.
    Corrupt {
        /// What was read.
        what: &'static str,
        /// Which one.
        at: String,
    },
    /// The machine failed.
    Io {
        /// What the store was doing.
        doing: &'static str,
        /// What the machine said.
        source: Arc<io::Error>,
    },
    /// The folder holds something other than a store.
    Foreign(PathBuf),
    /// The folder holds no store.
    Absent(PathBuf),
    /// The folder holds a store of an earlier format, which this version does not read.
    Older(PathBuf),
    /// The folder holds a store of a later format.
    Newer(PathBuf),
    /// Another process uses the folder.
    Locked(PathBuf),
}

impl StoreError {
    /// What an I/O error means: a full disk is [`Full`](Self::Full), all else is `Io`.
    pub(crate) fn io(doing: &'static str, source: io::Error) -> Self {
        if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            return Self::Full;
        }
        Self::Io { doing, source: Arc::new(source) }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchBucket => f.write_str("the bucket does not exist"),
            Self::BucketExists => f.write_str("the bucket exists already"),
            Self::BucketNotEmpty { .. } => f.write_str("the bucket is not empty"),
            Self::NoSuchKey => f.write_str("the key does not exist"),
            Self::NoSuchVersion => f.write_str("the version does not exist"),
            Self::DeleteMarker { .. } => f.write_str("there is a delete marker"),
            Self::NoSuchUpload => f.write_str("the upload does not exist"),
            Self::PreconditionFailed => f.write_str("the precondition does not hold"),
            Self::Changed => f.write_str("the object was changed meanwhile"),
            Self::InvalidPartOrder => f.write_str("the parts are not in ascending order"),
            Self::InvalidPart { part } => write!(f, "part {part} is not as listed"),
            Self::PartTooSmall { part, size, .. } => {
                write!(f, "part {part} is too small with {size} bytes")
            }
            Self::TooLarge { size } => write!(f, "the object is too large with {size} bytes"),
            Self::ChecksumMismatch => f.write_str("the checksum of the object differs"),
            Self::Full => f.write_str("the store is full"),
            Self::Busy => f.write_str("too many writes are waiting"),
            Self::Closed => f.write_str("the store is closed"),
            Self::Corrupt { what, at } => write!(f, "the {what} at `{at}` is damaged"),
            Self::Io { doing, source } => write!(f, "{doing}: {source}"),
            Self::Foreign(dir) => write!(f, "`{}` holds other files than a store", dir.display()),
            Self::Absent(dir) => write!(f, "`{}` holds no store", dir.display()),
            Self::Older(dir) => write!(f, "`{}` was written by an earlier version", dir.display()),
            Self::Newer(dir) => write!(f, "`{}` was written by a later version", dir.display()),
            Self::Locked(dir) => write!(f, "`{}` is in use by another process", dir.display()),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Io { source, .. } = self { Some(source.as_ref()) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_full_and_nothing_else_is() {
        let full = io::Error::from_raw_os_error(28);
        assert!(matches!(StoreError::io("writing", full), StoreError::Full));
        let denied = StoreError::io("writing", io::ErrorKind::PermissionDenied.into());
        assert_eq!(denied.to_string(), "writing: permission denied");
    }
}
