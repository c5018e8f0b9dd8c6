//! Every number the store is bounded by, each with its reason.

use std::time::Duration;

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

/// Longest key that LMDB takes, as it is built here.
pub(crate) const KEY_BYTES_MAX: usize = 1982;

/// Threads that may look something up at the same time.
pub(crate) const READERS_MAX: u32 = 4096;

/// What each of them takes in LMDB's table, and what the table has before them: a cache line.
pub(crate) const READER_BYTES: u64 = 64;

/// Operations that may wait for the committer; the next is told [`Busy`](crate::StoreError::Busy).
pub(crate) const QUEUE_MAX: usize = 4096;

/// Operations that share one commit, those of a batch counted singly. It bounds what one
/// transaction holds in memory.
pub(crate) const BATCH_MAX: usize = 1024;

/// The part of the last commit's time in which writers that were just answered may come again.
pub(crate) const GATHER_SHARE: u32 = 4;

/// Removed contents whose folders are synced together before the index forgets them.
pub(crate) const SWEEP_BATCH: usize = 256;

/// How often the sweeper looks for what it could not remove while a backup was made.
pub(crate) const SWEEP_AGAIN: Duration = Duration::from_millis(500);

/// How often readers of the index that were killed are looked for.
pub(crate) const DEAD_READERS_AGAIN: Duration = Duration::from_secs(60);

/// Rows that a scrub or a backup takes from one moment of the index.
pub(crate) const WALK_BATCH: usize = 1000;

/// What is known of a file that was summed is known in blocks of this size; also the most that is
/// handed to a socket at once.
pub(crate) const BLOCK_BYTES: u64 = 1 << 20;

/// How long a file that was summed need not be summed again, as long as it is in memory.
pub(crate) const SUMMED_LATELY: Duration = Duration::from_secs(300);

/// Sums of files that were summed lately, 8 bytes each, with 16 for each file: 2 MiB.
pub(crate) const KNOWN_SUMS_MAX: usize = 256 << 10;

/// What a scrub reads at once.
pub(crate) const SCRUB_READ_BYTES: usize = 256 << 10;

/// The share of the room for removals that a file of the log may be.
pub(crate) const LOG_SHARE: usize = 8;

/// What a file of the log takes before it goes on in the other one: a few thousand small objects.
/// Memory holds as much, twice over.
pub(crate) const LOG_BYTES: u64 = 8 << 20;

/// How long nothing is committed before what the log holds is brought into the tree.
pub(crate) const CHECKPOINT_AFTER: Duration = Duration::from_secs(1);

/// How often a look at the index is begun anew, because it went on meanwhile.
pub(crate) const LOOKS_MAX: usize = 1000;

/// What is left free on the disk, so that a full one can be emptied: a removal writes to the index
/// before it gives anything back, and what the log holds takes up to twice as much in the tree.
pub(crate) const DISK_RESERVE: u64 = 4 * LOG_BYTES + (16 << 20);

/// Bytes of a file after which the disk begins to write them, while more arrives.
pub(crate) const WRITEBACK_BYTES: u64 = 8 * 1024 * 1024;
