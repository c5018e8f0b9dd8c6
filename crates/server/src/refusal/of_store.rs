//! Why the store did not do what was permitted, in S3's words.

use s3::{Code, Operation, date};
use store::{StoreError, VersionId};

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
            StoreError::NoSuchVersion => Self::no_such_version(
                key,
                permit.version().unwrap_or(VersionId::NULL),
                permit.absence(),
            ),
            StoreError::DeleteMarker { version, modified_ms } => {
                Self::delete_marker(permit, version, modified_ms)
            }
            StoreError::BucketExists => {
                Self::new(Code::BucketAlreadyOwnedByYou).with("BucketName", bucket)
            }
            StoreError::BucketNotEmpty { has_versions } => {
                let refusal = Self::new(Code::BucketNotEmpty).with("BucketName", bucket);
                if !has_versions {
                    return refusal;
                }
                refusal.saying(
                    "The bucket you tried to delete is not empty. You must delete all versions \
                     in the bucket.",
                )
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
            | StoreError::Older(_)
            | StoreError::Newer(_)
            | StoreError::Locked(_)) => Self::new(Code::InternalError).because(error.to_string()),
        }
    }

    /// A delete marker: who asked for it by its id gets told so, or who would change it; to others
    /// the key is absent.
    fn delete_marker(permit: &Permit, version: VersionId, modified_ms: u64) -> Self {
        let row = permit.call().row;
        let is_reading = matches!(
            row.operation,
            Operation::GetObject | Operation::HeadObject | Operation::GetObjectAttributes
        );
        if is_reading && permit.version().is_none() {
            let key = permit.call().key.as_ref().map_or("", |key| key.as_str());
            return Self::no_such_key(key, permit.absence()).of_delete_marker(version);
        }
        Self::new(Code::MethodNotAllowed)
            .with("Method", row.method)
            .with("ResourceType", "DeleteMarker")
            .header("allow", "DELETE")
            .header("last-modified", date::http(modified_ms))
            .of_delete_marker(version)
    }

    /// Says which delete marker is why; not to who may not know that there is anything.
    pub(crate) fn of_delete_marker(self, version: VersionId) -> Self {
        if self.code() == Code::AccessDenied {
            return self;
        }
        self.header("x-amz-delete-marker", "true").header("x-amz-version-id", version.to_string())
    }

    /// An absent version, for who may learn of it.
    pub(crate) fn no_such_version(key: &str, version: VersionId, absence: Absence) -> Self {
        match absence {
            Absence::Shown => {
                Self::new(Code::NoSuchVersion).with("Key", key).with("VersionId", version)
            }
            Absence::Hidden(refusal) => refusal.of_hidden("version"),
        }
    }

    /// An absent key, for who may learn of it.
    pub(crate) fn no_such_key(key: &str, absence: Absence) -> Self {
        match absence {
            Absence::Shown => Self::new(Code::NoSuchKey).with("Key", key),
            Absence::Hidden(refusal) => refusal.of_hidden("key"),
        }
    }

    /// Says to the operator what the caller may not know.
    fn of_hidden(self, what: &str) -> Self {
        let why = self.why().unwrap_or_default();
        let why = format!("the {what} is absent and may not be shown so; {why}");
        self.because(why)
    }
}
