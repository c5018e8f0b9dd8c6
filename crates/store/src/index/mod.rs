//! The index: nine ordered tables. A commit goes to a log, which costs one sync of bytes in a row;
//! what many commits have left is brought into a tree at leisure, which costs a walk of it.
//!
//! Who looks sees the last commit, whole, and never waits: the rows that are in the log alone lie
//! in memory, in layers over the tree. One writer at a time.

mod changes;
mod checkpoint;
mod layer;
mod log;
mod tree;
mod view;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::disk::{File, LogFiles};
use crate::error::StoreError;
use crate::format::batch::BatchBytes;
use crate::limits::{INDEX_RESERVE, LOG_SHARE, LOOKS_MAX};

pub(crate) use changes::Changes;
use checkpoint::Checkpoints;
use layer::Layers;
use log::Log;
use tree::Tree;
pub(crate) use view::{Found, View};

/// The open index.
#[derive(Debug)]
pub(crate) struct Index {
    tree: Arc<Tree>,
    dir: PathBuf,
    checkpoints: Checkpoints,
    /// None when it is only looked at.
    log: Option<Mutex<Log>>,
    /// Bytes of a file of the log before it goes on in the other.
    log_bytes: u64,
}

impl Index {
    /// Makes an empty one in the folder `dir`. It is there when the folder was synced.
    pub(crate) fn create(dir: &Path, bytes_max: usize) -> Result<(), StoreError> {
        Tree::open(dir, bytes_max)?;
        LogFiles::create(dir)
    }

    /// Opens the index in `dir`, to grow to `bytes_max` at most, with files of the log that get as
    /// long as `log_bytes`. The caller holds the lock of the store.
    pub(crate) fn open(dir: &Path, bytes_max: usize, log_bytes: u64) -> Result<Self, StoreError> {
        let tree = Arc::new(Tree::open(dir, bytes_max)?);
        let applied = tree.now()?.applied()?;
        let (log, held) = Log::open(dir, applied)?;
        // No longer than what is brought into a full tree with the room that is left for removals.
        let most = tree.bytes_max() / INDEX_RESERVE / LOG_SHARE;
        let log_bytes = log_bytes.min(most as u64);
        log.reserve(log_bytes)?;
        let layers = Layers { active: held.layer, frozen: None, number: held.number };
        let checkpoints = Checkpoints::start(Arc::clone(&tree), layers, applied)?;
        let log = Some(Mutex::new(log));
        Ok(Self { tree, dir: dir.to_owned(), checkpoints, log, log_bytes })
    }

    /// Opens the index in `dir` to look at it, while another process may write.
    pub(crate) fn open_read_only(dir: &Path) -> Result<Self, StoreError> {
        let tree = Arc::new(Tree::open_read_only(dir)?);
        let checkpoints = Checkpoints::none(Layers::new(0));
        let index = Self { tree, dir: dir.to_owned(), checkpoints, log: None, log_bytes: 0 };
        index.look_again()?;
        Ok(index)
    }

    /// Looks at the last commit. `look` must not block: old pages are kept while it runs.
    pub(crate) fn read<T>(
        &self,
        look: impl FnOnce(&View<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        look(&self.view()?)
    }

    /// The last commit: the tree with the layers that were over it.
    fn view(&self) -> Result<View<'_>, StoreError> {
        for _ in 0..LOOKS_MAX {
            let layers = self.checkpoints.layers();
            let tree = self.tree.now()?;
            // Because: a tree with more in it than the layers have would show part of a commit.
            let applied = match &self.log {
                Some(_) => self.checkpoints.applying(),
                None => tree.applied()?,
            };
            if applied <= layers.number {
                return Ok(View { layers, tree });
            }
            drop(tree);
            if self.log.is_none() {
                self.look_again()?;
            }
        }
        Err(StoreError::Busy)
    }

    /// Reads the log of a store that somebody else writes.
    fn look_again(&self) -> Result<(), StoreError> {
        for _ in 0..LOOKS_MAX {
            let applied = self.tree.now()?.applied()?;
            if let Some(held) = log::look(&self.dir, applied)? {
                let number = held.number;
                self.checkpoints.replace(Layers { active: held.layer, frozen: None, number });
                return Ok(());
            }
        }
        Err(log::gap(&self.dir))
    }

    /// Begins to write. The committer alone does.
    pub(crate) fn write(&self) -> Result<Changes<'_>, StoreError> {
        if let Some(log) = &self.log {
            self.make_room(&mut log.lock().unwrap_or_else(PoisonError::into_inner))?;
        }
        let View { layers, tree } = self.view()?;
        Ok(Changes::new(self, layers, tree))
    }

    /// Sees that the log can take a batch: where it is full it goes on in its other file, when all
    /// in that is in the tree.
    fn make_room(&self, log: &mut Log) -> Result<(), StoreError> {
        log.rewind(self.checkpoints.applied())?;
        if log.bytes() < self.log_bytes {
            return Ok(());
        }
        self.checkpoints.freeze(|applied| log.can_turn(applied))?;
        log.turn()
    }

    /// Makes a batch durable, then visible.
    fn commit(&self, batch: BatchBytes, mut layers: Arc<Layers>) -> Result<(), Uncommitted> {
        let Some(log) = &self.log else {
            return Err(Uncommitted { why: StoreError::Closed, is_certain: true });
        };
        let number = layers.number + 1;
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        log.append(batch, number)?;
        Arc::make_mut(&mut layers).number = number;
        self.checkpoints.publish(layers);
        Ok(())
    }

    /// Brings all of the log into the tree.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        self.checkpoints.settle()
    }

    /// Whether there is room for more than removals.
    pub(crate) fn has_room(&self) -> Result<bool, StoreError> {
        let max = self.tree.bytes_max();
        let has_room = |pending: usize| {
            // Because: small content takes up to twice as much in pages.
            let used = self.tree.used_bytes()?.saturating_add(pending.saturating_mul(2));
            Ok(used < max - max / INDEX_RESERVE)
        };
        let pending = self.pending_bytes();
        // When it gets tight it has to be known, and not guessed.
        if pending == 0 || has_room(pending)? || self.settle().is_err() {
            return has_room(pending);
        }
        has_room(0)
    }

    /// About how much is in the log alone.
    fn pending_bytes(&self) -> usize {
        let applied = self.checkpoints.applied();
        let log = self.log.as_ref().map(|log| log.lock().unwrap_or_else(PoisonError::into_inner));
        let pending = log.map_or(0, |log| log.pending(applied));
        usize::try_from(pending).unwrap_or(usize::MAX)
    }

    /// What the rows take. The file keeps what they took at most.
    pub(crate) fn used_bytes(&self) -> Result<usize, StoreError> {
        self.tree.used_bytes()
    }

    /// What its file takes.
    pub(crate) fn file_bytes(&self) -> Result<u64, StoreError> {
        self.tree.file_bytes()
    }

    /// Writes a copy of the last commit, whoever commits meanwhile, to `file`, which is the tree in
    /// the folder `dir`. It is not synced.
    pub(crate) fn copy_to(&self, file: &mut File, dir: &Path) -> Result<(), StoreError> {
        if self.log.is_none() {
            self.look_again()?;
        }
        // Because: what is not in these layers is in the tree already, so in its copy as well.
        let layers = self.checkpoints.layers();
        self.tree.copy_to(file)?;
        LogFiles::create(dir)?;
        let copy = Tree::open(dir, self.tree.bytes_max())?;
        if copy.now()?.applied()? < layers.number {
            for layer in layers.each().collect::<Vec<_>>().into_iter().rev() {
                copy.apply(layer, layers.number)?;
            }
        }
        Ok(())
    }

    /// Forgets readers of processes that were killed, whose pages would be kept for ever.
    pub(crate) fn forget_dead_readers(&self) -> Result<(), StoreError> {
        self.tree.forget_dead_readers()
    }
}

/// A commit that failed.
#[derive(Debug)]
pub(crate) struct Uncommitted {
    pub why: StoreError,
    /// Whether nothing of it is on the disk. Otherwise the next start will see.
    pub is_certain: bool,
}
