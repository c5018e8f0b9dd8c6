//! Every number the ledger is bounded by, each with its reason.

/// Longest key in bytes: an object's name in a bucket may be that long, and LMDB, as built here,
/// takes 1982.
pub const KEY_BYTES_MAX: usize = 1024;

/// Longest value: records are small, and a batch of them is held in memory.
pub const VALUE_BYTES_MAX: usize = 256 << 10;

/// Changes that may be written together.
pub const TOGETHER_MAX: usize = 256;

/// Entries of one page of a scan.
pub const PAGE_MAX: usize = 1000;

/// How often a lost race is run again before the writer is told.
pub const RETRIES_MAX: usize = 16;

/// How large the records may grow; the file is sparse, so only address space is taken.
pub(crate) const MAP_BYTES: usize = 64 << 30;

/// The share of them that only removals may use, so that a full ledger can be emptied.
pub(crate) const MAP_RESERVE: usize = 32;

/// What is left free on the disk, so that a full one can be emptied: a removal writes new pages
/// before it gives anything back.
pub(crate) const DISK_RESERVE: u64 = 16 << 20;

/// Threads that may read at the same time.
pub(crate) const READERS_MAX: u32 = 4096;

/// What each of them takes in LMDB's table, and what the table has before them: a cache line.
pub(crate) const READER_BYTES: u64 = 64;

/// What a change weighs: one, and as much for each page of its value.
pub(crate) const PAGE_BYTES: usize = 4096;

/// Weight that may wait for the committer; the next is told [`Busy`](crate::LedgerError::Busy). It
/// bounds the memory that waits, and lets in the heaviest write there may be.
pub(crate) const QUEUE_MAX: usize = 2 * TOGETHER_MAX * (1 + VALUE_BYTES_MAX / PAGE_BYTES);

/// Weight after which a commit takes no more in. It bounds what one transaction holds in memory.
pub(crate) const BATCH_MAX: usize = 1024;
