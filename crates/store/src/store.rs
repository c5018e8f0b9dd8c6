//! The store as callers hold it: opened once, cloned freely, closed at the end.
//!
//! The calls themselves live beside what they are about: `bucket.rs`, `object.rs`, `list.rs`,
//! `upload/`.

use std::path::Path;
use std::sync::Arc;

use crate::commit::pending::Pending;
use crate::commit::sweep::{Pins, Sweeper};
use crate::commit::transaction::Transaction;
use crate::commit::{Queue, recover};
use crate::content::writer::Writer;
use crate::disk::Disk;
use crate::error::StoreError;
use crate::index::{Index, View};
use crate::limits::{INDEX_BYTES_MAX, LOG_BYTES};

/// A handle on an open store. When the last is dropped, the store closes.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Shared>,
}

/// In the order in which they are to end: the queue is drained, then the index closes, and the
/// lock, which the disk holds, is given up last.
#[derive(Debug)]
struct Shared {
    queue: Queue,
    index: Arc<Index>,
    pins: Arc<Pins>,
    disk: Arc<Disk>,
}

/// How a store is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How large the index may grow. May be raised later, and lowered to what is in use.
    pub index_bytes_max: usize,
    /// How long each of the two files of the log may get before it goes on in the other. Memory
    /// holds what is in them. Less is taken for a small index.
    pub log_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { index_bytes_max: INDEX_BYTES_MAX, log_bytes: LOG_BYTES }
    }
}

impl Store {
    /// Opens the store in the folder `dir`, or creates it there when the folder is empty or absent.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::open_with(dir, Options::default())
    }

    /// Opens or creates a store otherwise than usual.
    pub fn open_with(dir: &Path, options: Options) -> Result<Self, StoreError> {
        let disk = Arc::new(Disk::open(dir)?);
        disk.lay_out(|new| Index::create(new, options.index_bytes_max))?;
        let index = Index::open(&disk.index(), options.index_bytes_max, options.log_bytes)?;
        let index = Arc::new(index);
        recover::settle_staging(&disk, &index)?;
        let counters = recover::counters(&index)?;
        let sweeper = Sweeper::new(Arc::clone(&disk), Arc::clone(&index));
        let pins = sweeper.pins();
        let queue = Queue::start(Arc::clone(&disk), Arc::clone(&index), counters, sweeper)?;
        Ok(Self { shared: Arc::new(Shared { queue, index, pins, disk }) })
    }

    /// Takes no more writes, and returns when those under way are answered and the disk is tidy.
    /// Reading goes on. The folder is given up when the last handle, reader and writer is dropped.
    pub fn close(&self) {
        self.shared.queue.close();
    }

    /// Begins to receive content.
    #[must_use]
    pub fn writer(&self) -> Writer {
        Writer::new(Arc::clone(&self.shared.disk))
    }

    /// Looks at the last commit.
    pub(crate) fn read<T>(
        &self,
        look: impl FnOnce(&View<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.shared.index.read(look)
    }

    /// Queues a write.
    pub(crate) fn submit<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        self.shared.queue.submit(1, operation)
    }

    /// Queues a write that is as much work as `weight` others.
    pub(crate) fn submit_heavy<T: Send + 'static>(
        &self,
        weight: usize,
        operation: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        self.shared.queue.submit(weight, operation)
    }

    pub(crate) fn pins(&self) -> &Arc<Pins> {
        &self.shared.pins
    }

    pub(crate) fn index(&self) -> &Arc<Index> {
        &self.shared.index
    }

    pub(crate) fn disk(&self) -> &Arc<Disk> {
        &self.shared.disk
    }
}
