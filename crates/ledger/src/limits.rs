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

/// Writes that may wait for the committer; the next is told [`Busy`](crate::LedgerError::Busy).
pub(crate) const QUEUE_MAX: usize = 4096;

/// Writes that share one commit.
pub(crate) const BATCH_MAX: usize = 1024;
