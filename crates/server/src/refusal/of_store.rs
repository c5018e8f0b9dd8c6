//! Why the store did not do what was permitted, in S3's words.

use s3::Code;
use store::StoreError;

use super::Refusal;
use crate::authorize::{Absence, Permit};

impl Refusal {
    /// Why the store did not do what was permitted.
    pub(crate) fn of_store(error: StoreError, permit: &Permit) -> Self {
        let call = permit.call();
        let bucket = call.bucket.as_ref().map_or("", |bucket| bucket.as_str());
        let key = call.key.as_ref().map_or("", |key| key.as_str());
        match error {
            StoreError::NoSuchBucket => Self::new(Code::NoSuchBucket).with("BucketName", bucket),
            StoreError::NoSuchKey => Self::no_such_key(key, permit.absence()),
            StoreError::BucketExists => {
                Self::new(Code::BucketAlreadyOwnedByYou).with("BucketName", bucket)
            }
            StoreError::BucketNotEmpty => {
                Self::new(Code::BucketNotEmpty).with("BucketName", bucket)
            }
            StoreError::NoSuchUpload => Self::new(Code::NoSuchUpload)
                .with("UploadId", call.parameter("uploadId").unwrap_or("")),
            StoreError::PreconditionFailed => {
                Self::precondition(if call.header("if-none-match").is_some() {
                    "If-None-Match"
                } else {
                    "If-Match"
                })
            }
            StoreError::Changed => Self::new(Code::ConditionalRequestConflict).with("Key", key),
            StoreError::InvalidPartOrder => Self::new(Code::InvalidPartOrder)
                .with("UploadId", call.parameter("uploadId").unwrap_or("")),
            StoreError::InvalidPart { part } => Self::new(Code::InvalidPart)
                .with("UploadId", call.parameter("uploadId").unwrap_or(""))
                .with("PartNumber", part),
            StoreError::PartTooSmall { part, size, etag } => Self::new(Code::EntityTooSmall)
                .with("ETag", etag)
                .with("MinSizeAllowed", store::limits::PART_BYTES_MIN)
                .with("PartNumber", part)
                .with("ProposedSize", size),
            StoreError::TooLarge { size } => Self::new(Code::EntityTooLarge)
                .with("ProposedSize", size)
                .with("MaxSizeAllowed", store::limits::OBJECT_BYTES_MAX),
            StoreError::ChecksumMismatch => Self::new(Code::BadDigest)
                .saying("The checksum you specified did not match the calculated checksum."),
            StoreError::Busy => Self::new(Code::ServiceUnavailable),
            StoreError::Full => Self::new(Code::ServiceUnavailable)
                .saying("The store has no space left. Nothing was written.")
                .because("the store is full"),
            error @ (StoreError::Closed
            | StoreError::Corrupt { .. }
            | StoreError::Io { .. }
            | StoreError::Foreign(_)
            | StoreError::Absent(_)
            | StoreError::Newer(_)
            | StoreError::Locked(_)) => Self::new(Code::InternalError).because(error.to_string()),
        }
    }

    /// An absent key, for who may learn of it.
    pub(crate) fn no_such_key(key: &str, absence: Absence) -> Self {
        match absence {
            Absence::Shown => Self::new(Code::NoSuchKey).with("Key", key),
            Absence::Hidden => {
                Self::new(Code::AccessDenied).because("the key is absent and may not be shown so")
            }
        }
    }
}
