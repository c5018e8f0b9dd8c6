//! The sweeper: a thread that moves committed files to their place and removes files nobody needs,
//! so that commits do not wait for it. And the pins that keep files while they are read.
//!
//! Whatever fails here is written in the index or seen in `staging/`, and done at the next start.

use std::collections::{BTreeSet, HashMap};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::disk::Disk;
use crate::format::FileId;
use crate::limits::SWEEP_BATCH;

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
    pins: Arc<Pins>,
    sweeps: Receiver<Sweep>,
    swept: Swept,
    /// Removed, but not yet durably so.
    removed: Vec<FileId>,
    folders: BTreeSet<u8>,
}

impl Sweeper {
    pub(crate) fn new(disk: Arc<Disk>) -> Self {
        let (sender, sweeps) = mpsc::channel();
        let pins = Arc::new(Pins { held: Mutex::default(), sweeps: sender });
        let (removed, folders) = Default::default();
        Self { disk, pins, sweeps, swept: Swept::default(), removed, folders }
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
        while let Ok(sweep) = self.sweeps.recv() {
            match sweep {
                // One that cannot be moved is found where it is, and moved at the next start.
                Sweep::Settle(id) => drop(self.disk.settle(id)),
                Sweep::Remove(doomed) => self.remove(doomed),
                Sweep::Stop => break,
            }
        }
        self.sync();
    }

    fn remove(&mut self, doomed: Doomed) {
        let Some(Doomed { owner, files }) = self.pins.claim(doomed) else {
            return;
        };
        self.folders.extend(files.iter().map(|id| id.folder()));
        if files.iter().all(|id| self.disk.remove(*id).is_ok()) {
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
