//! A look at a whole store: what is in it, whether all of it fits together, a copy of it.
//!
//! Nothing here writes into the store, so that it works beside the process that has it open; what
//! is written meanwhile is never taken for a fault. Memory does not grow with the store.

mod backup;
mod check;
mod files;
mod judge;
mod owners;
mod scrub;
mod stat;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::disk::Disk;
use crate::error::StoreError;
use crate::index::Index;
use crate::store::Store;

pub use crate::disk::FilesAre;
pub use backup::Backup;
pub use check::Checked;
pub use scrub::Scrubbed;
pub use stat::Stat;

/// A store to be looked at.
#[derive(Debug)]
pub struct Inspection {
    disk: Arc<Disk>,
    index: Arc<Index>,
}

impl Inspection {
    /// Opens the store in `dir`, which another process may have open, too.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let disk = Disk::look(dir)?;
        let index = Index::open_read_only(&disk.index())?;
        Ok(Self { disk: Arc::new(disk), index: Arc::new(index) })
    }
}

impl Store {
    /// Looks at this store. It stays open as long as this lives.
    #[must_use]
    pub fn inspection(&self) -> Inspection {
        Inspection { disk: Arc::clone(self.disk()), index: Arc::clone(self.index()) }
    }
}

/// Who is told while a look is under way.
pub trait Observer {
    /// Something is wrong.
    fn found(&mut self, finding: Finding);

    /// So much of so much is done, in a unit of the look's own. False ends it with
    /// [`Closed`](StoreError::Closed).
    fn advanced(&mut self, done: u64, of: u64) -> bool;
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// In a word.
    pub fault: Fault,
    /// The bucket of the object it concerns.
    pub bucket: Option<String>,
    /// The key of the object it concerns.
    pub key: Option<String>,
    /// In a sentence.
    pub says: String,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What is there is not what was written.
    Damaged,
    /// What is needed is not there.
    Missing,
    /// What is there is not needed.
    Unneeded,
    /// The number of owners is wrong.
    Miscounted,
}

impl Finding {
    pub(crate) fn of_store(fault: Fault, says: String) -> Self {
        Self { fault, bucket: None, key: None, says }
    }
}

impl Fault {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Missing => "missing",
            Self::Unneeded => "unneeded",
            Self::Miscounted => "miscounted",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(bucket) = &self.bucket {
            let key = self.key.as_deref().unwrap_or_default().escape_debug();
            write!(f, "s3://{bucket}/{key}: ")?;
        }
        f.write_str(&self.says)
    }
}

/// How far a look is; it can be told to stop.
pub(crate) struct Progress<'o> {
    observer: &'o mut dyn Observer,
    done: u64,
    of: u64,
}

impl<'o> Progress<'o> {
    pub(crate) fn new(observer: &'o mut dyn Observer, of: u64) -> Self {
        Self { observer, done: 0, of }
    }

    pub(crate) fn found(&mut self, finding: Finding) {
        self.observer.found(finding);
    }

    pub(crate) fn advance(&mut self, by: u64) -> Result<(), StoreError> {
        self.done += by;
        let goes_on = self.observer.advanced(self.done.min(self.of), self.of);
        if goes_on { Ok(()) } else { Err(StoreError::Closed) }
    }
}
