//! Every number the store is bounded by, each with its reason.

/// Longest content that is kept inside the index: with its count and its sum it fills exactly two
/// pages of 4096 bytes, less the one page header of 16.
pub const INLINE_BYTES_MAX: usize = 2 * 4096 - 16 - 8 - 4;

/// Shortest part of a multipart upload, the last excepted.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
pub const PART_BYTES_MIN: u64 = 5 * 1024 * 1024;

/// Largest object that an upload can be completed to: 5 TiB.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
pub const OBJECT_BYTES_MAX: u64 = 5 << 40;

/// How large the index may grow unless told otherwise. The file is sparse, so only address space is
/// taken: small enough for machines with 39 bits of it, large enough for 25 million inline objects.
pub const INDEX_BYTES_MAX: usize = 256 << 30;

/// The share of the index that only removals may use, so that a full store can be emptied.
pub(crate) const INDEX_RESERVE: usize = 32;

/// Threads that may look something up at the same time.
pub(crate) const READERS_MAX: u32 = 4096;

/// Operations that may wait for the committer; the next is told [`Busy`](crate::StoreError::Busy).
pub(crate) const QUEUE_MAX: usize = 4096;

/// Operations that share one commit. It bounds what one transaction holds in memory.
pub(crate) const BATCH_MAX: usize = 1024;

/// Removed contents whose folders are synced together before the index forgets them.
pub(crate) const SWEEP_BATCH: usize = 256;
