//! A ledger on the embedded disk: one folder, one table, one committer. `docs/disk-format.md` draws
//! its bytes. The only folder of the crate naming `std::fs`.

mod committer;
mod copy;
mod folder;
mod marker;
mod row;
mod table;

use std::path::Path;
use std::sync::Arc;

use crate::contract::{Atomic, Change, Ledger, Page, Record, Scan, check_key};
use crate::error::LedgerError;
use crate::limits::{DISK_RESERVE, MAP_BYTES};
use crate::pending::Pending;
use crate::version::Version;

use committer::Queue;
use folder::Folder;
use table::Table;

/// Records in a folder. Dropping it answers what is queued, and gives the folder up.
#[derive(Debug)]
pub struct DiskLedger {
    queue: Queue,
    shared: Arc<Shared>,
}

/// In the order in which they are to end: the lock, which the folder holds, is given up last.
#[derive(Debug)]
struct Shared {
    table: Table,
    folder: Folder,
}

impl DiskLedger {
    /// Opens the folder `dir`, making it a ledger when it is empty or absent.
    ///
    /// # Errors
    /// A folder that is another's, of a later version, in use or damaged; a disk too full to make
    /// a ledger; or the machine's.
    pub fn open(dir: &Path) -> Result<Self, LedgerError> {
        Self::open_with(dir, MAP_BYTES, DISK_RESERVE)
    }

    /// Opens a ledger that may grow to so many bytes, and leaves so many free on the disk.
    fn open_with(dir: &Path, bytes_max: usize, reserve: u64) -> Result<Self, LedgerError> {
        let create = |new: &Path| Table::open(new, bytes_max).map(drop);
        let folder = Folder::open(dir, reserve, create)?;
        let table = Table::open(&folder.index(), bytes_max)?;
        let shared = Arc::new(Shared { table, folder });
        let queue = Queue::start(Arc::clone(&shared))?;
        Ok(Self { queue, shared })
    }
}

impl Ledger for DiskLedger {
    fn get(&self, key: &[u8]) -> Pending<Option<Record>> {
        Pending::ready(check_key(key).and_then(|()| self.shared.table.get(key)))
    }

    fn scan(&self, scan: &Scan) -> Pending<Page> {
        Pending::ready(self.shared.table.scan(scan))
    }

    fn write(&self, change: Change) -> Pending<Version> {
        self.queue.submit(vec![change], |versions| {
            versions?.into_iter().next().ok_or(LedgerError::Closed)
        })
    }
}

impl Atomic for DiskLedger {
    fn write_all(&self, changes: Vec<Change>) -> Pending<Vec<Version>> {
        self.queue.submit(changes, |versions| versions)
    }
}
