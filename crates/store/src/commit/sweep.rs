//! The sweeper: a thread that moves committed files to their place and removes files nobody needs,
//! so that commits do not wait for it. And the pins that keep files while they are read.
//!
//! Whatever fails here is written in the index or seen in `staging/`, and done later: nothing is
//! removed while a backup keeps the files of the moment it copies.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::disk::Disk;
use crate::error::StoreError;
use crate::format::rows::GarbageRow;
use crate::format::{FileId, Table};
use crate::index::Index;
use crate::limits::{DEAD_READERS_AGAIN, SWEEP_AGAIN, SWEEP_BATCH};

/// Something to do after a commit.
#[derive(Debug)]
pub(crate) enum Sweep {
    /// Move a file from `staging/` to `blobs/`.
    Settle(FileId),
    /// Remove files, now or when their last reader is gone.
    Remove(Doomed),
    /// Do what is left and end.
    Stop,
}

/// Files nothing refers to, under the name their readers pin.
#[derive(Debug)]
pub(crate) struct Doomed {
    pub owner: FileId,
    pub files: Vec<FileId>,
}

/// Removals that are durable, for the committer to forget.
#[derive(Clone, Debug, Default)]
pub(crate) struct Swept(Arc<Mutex<Vec<FileId>>>);

impl Swept {
    pub(crate) fn take(&self) -> Vec<FileId> {
        std::mem::take(&mut *lock(&self.0))
    }

    fn add(&self, owners: &mut Vec<FileId>) {
        lock(&self.0).append(owners);
    }
}

/// The thread's state.
#[derive(Debug)]
pub(crate) struct Sweeper {
    disk: Arc<Disk>,
    index: Arc<Index>,
    pins: Arc<Pins>,
    sweeps: Receiver<Sweep>,
    swept: Swept,
    /// Removed, but not yet durably so.
    removed: Vec<FileId>,
    folders: BTreeSet<u8>,
    /// Whether the index may name files to be removed that nobody will send any more.
    is_behind: bool,
}

impl Sweeper {
    pub(crate) fn new(disk: Arc<Disk>, index: Arc<Index>) -> Self {
        let (sender, sweeps) = mpsc::channel();
        let pins = Arc::new(Pins { held: Mutex::default(), sweeps: sender });
        let (swept, removed, folders) = Default::default();
        Self { disk, index, pins, sweeps, swept, removed, folders, is_behind: true }
    }

    pub(crate) fn pins(&self) -> Arc<Pins> {
        Arc::clone(&self.pins)
    }

    pub(crate) fn sender(&self) -> Sender<Sweep> {
        self.pins.sweeps.clone()
    }

    pub(crate) fn swept(&self) -> Swept {
        self.swept.clone()
    }

    pub(crate) fn run(mut self) {
        let mut looked = Instant::now();
        loop {
            if self.is_behind {
                self.catch_up();
            }
            if looked.elapsed() >= DEAD_READERS_AGAIN {
                looked = Instant::now();
                // Should it fail, there is another time.
                drop(self.index.forget_dead_readers());
            }
            let patience = if self.is_behind { SWEEP_AGAIN } else { DEAD_READERS_AGAIN };
            match self.sweeps.recv_timeout(patience) {
                // One that cannot be moved is found where it is, and moved at the next start.
                Ok(Sweep::Settle(id)) => drop(self.disk.settle(id)),
                Ok(Sweep::Remove(doomed)) => self.remove(doomed),
                Ok(Sweep::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        self.sync();
    }

    /// Removes what the index names: what the last run did not, and what a backup kept. Some of it
    /// may be sent as well; to remove it twice does no harm.
    fn catch_up(&mut self) {
        self.is_behind = false;
        let mut last = None;
        while let Ok(batch) = self.next_garbage(last.take())
            && !self.is_behind
        {
            let Some(doomed) = batch.last() else { return };
            last = Some(doomed.owner);
            batch.into_iter().for_each(|doomed| self.remove(doomed));
        }
        // Stopped short.
        self.is_behind = true;
    }

    /// A damaged row costs the space of its files, and nothing else.
    fn next_garbage(&self, after: Option<FileId>) -> Result<Vec<Doomed>, StoreError> {
        self.index.read(|view| {
            let from = after.as_ref().map_or(Bound::Unbounded, |id| Bound::Excluded(&id.0[..]));
            let rows = view.scan(Table::Garbage, &[], from)?;
            let mut batch = Vec::new();
            for found in rows {
                let found = found?;
                if let (Ok(owner), Ok(row)) = (found.key.try_into(), found.unseal::<GarbageRow>()) {
                    batch.push(Doomed { owner: FileId(owner), files: row.0 });
                }
                if batch.len() == SWEEP_BATCH {
                    break;
                }
            }
            Ok(batch)
        })
    }

    fn remove(&mut self, doomed: Doomed) {
        let Some(Doomed { owner, files }) = self.pins.claim(doomed) else {
            return;
        };
        let Ok(Some(leave)) = self.disk.leave_to_remove() else {
            self.is_behind = true;
            return;
        };
        let removed = files.iter().all(|id| self.disk.remove(*id).is_ok());
        // A backup may begin from here on.
        drop(leave);
        self.folders.extend(files.iter().map(|id| id.folder()));
        if removed {
            self.removed.push(owner);
        }
        if self.removed.len() >= SWEEP_BATCH {
            self.sync();
        }
    }

    /// The index may forget a file only when its removal is durable, or a crash of the machine
    /// could bring it back for ever.
    fn sync(&mut self) {
        let folders = std::mem::take(&mut self.folders);
        if folders.into_iter().all(|folder| self.disk.sync_blobs(folder).is_ok()) {
            self.swept.add(&mut self.removed);
        }
        self.removed.clear();
    }
}

/// Which contents are being read.
#[derive(Debug)]
pub(crate) struct Pins {
    held: Mutex<HashMap<FileId, Held>>,
    sweeps: Sender<Sweep>,
}

#[derive(Debug, Default)]
struct Held {
    readers: usize,
    doomed: Option<Doomed>,
}

impl Pins {
    /// Keeps the files of `owner` until the pin is dropped. Who pins must look afterwards whether
    /// the index still refers to them.
    pub(crate) fn pin(self: &Arc<Self>, owner: FileId) -> Pin {
        lock(&self.held).entry(owner).or_default().readers += 1;
        Pin { owner, pins: Arc::clone(self) }
    }

    /// Gives the files back for removal, unless somebody reads them: then the last reader sends
    /// them again.
    fn claim(&self, doomed: Doomed) -> Option<Doomed> {
        match lock(&self.held).get_mut(&doomed.owner) {
            Some(held) => {
                held.doomed = Some(doomed);
                None
            }
            None => Some(doomed),
        }
    }
}

/// Keeps files from being removed.
#[derive(Debug)]
pub(crate) struct Pin {
    owner: FileId,
    pins: Arc<Pins>,
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut held = lock(&self.pins.held);
        let Some(entry) = held.get_mut(&self.owner) else {
            return;
        };
        entry.readers -= 1;
        if entry.readers == 0
            && let Some(Held { doomed: Some(doomed), .. }) = held.remove(&self.owner)
        {
            send(&self.pins.sweeps, Sweep::Remove(doomed));
        }
    }
}

/// Tells the sweeper. When it is gone, the next start does it.
pub(crate) fn send(sweeps: &Sender<Sweep>, sweep: Sweep) {
    drop(sweeps.send(sweep));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
