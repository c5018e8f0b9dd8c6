//! The folder of a ledger: how it is made and what room there is. `docs/disk-format.md` says why
//! a creation may be cut short anywhere.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::FallocateFlags;
use rustix::io::Errno;

use super::marker::{is_ledger, lock, write_marker};
use crate::error::LedgerError;
use crate::limits::{READER_BYTES, READERS_MAX};

pub(super) const INDEX: &str = "index";
pub(super) const INDEX_NEW: &str = "index.new";
/// LMDB's name for what it keeps in a folder.
pub(super) const INDEX_FILE: &str = "data.mdb";
/// And for its table of readers.
const READERS_FILE: &str = "lock.mdb";

/// An open, locked folder.
#[derive(Debug)]
pub(super) struct Folder {
    dir: PathBuf,
    /// What is left free on the disk for removals.
    reserve: u64,
    _lock: File,
}

impl Folder {
    /// Opens the folder `dir`, making it a ledger when it is empty or absent. The index is made
    /// by `create`, in a folder of its own.
    pub(super) fn open(
        dir: &Path,
        reserve: u64,
        create: impl FnOnce(&Path) -> Result<(), LedgerError>,
    ) -> Result<Self, LedgerError> {
        let opening = |e| LedgerError::io("opening the folder of the ledger", e);
        let created = make_folder(dir).map_err(opening)?;
        // Looked at before the lock is made, so that a foreign folder stays as it was.
        is_ledger(dir)?;
        let folder = Self { dir: dir.into(), reserve, _lock: lock(dir)? };
        if !is_ledger(dir)? {
            folder.make(created, create)?;
        }
        folder.put_index_in_place()?;
        folder.reserve_readers().map_err(opening)?;
        Ok(folder)
    }

    /// Makes the index, and then the marker, which says that there is one.
    fn make(
        &self,
        created: bool,
        create: impl FnOnce(&Path) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let making = |e| LedgerError::io("making the ledger", e);
        if !self.has_room()? {
            return Err(LedgerError::Full);
        }
        sync_parent(&self.dir, created).map_err(making)?;
        let new = self.dir.join(INDEX_NEW);
        remake_folder(&new).map_err(making)?;
        create(&new)?;
        sync_folder(&new).map_err(making)?;
        write_marker(&self.dir).map_err(making)
    }

    /// Renames a new index, unless that was done, and makes all names durable: a process that was
    /// killed here may have made them without.
    fn put_index_in_place(&self) -> Result<(), LedgerError> {
        let placing = |e| LedgerError::io("making the ledger", e);
        sync_folder(&self.dir).map_err(placing)?;
        if self.index().join(INDEX_FILE).try_exists().map_err(placing)? {
            return Ok(());
        }
        match std::fs::rename(self.dir.join(INDEX_NEW), self.index()) {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                Err(LedgerError::Corrupt { at: self.index().display().to_string() })
            }
            renamed => renamed.and_then(|()| sync_folder(&self.dir)).map_err(placing),
        }
    }

    /// Gives the table of readers all its blocks. LMDB writes to it through a map, and a page for
    /// which a full disk has no block would end the process. Who has the index open must not do
    /// this: to close the file would give up LMDB's locks on it.
    fn reserve_readers(&self) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(self.index().join(READERS_FILE))?;
        let bytes = u64::from(READERS_MAX) * READER_BYTES + READER_BYTES;
        match rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, bytes) {
            // A disk that is full now has given them before; one that cannot do it has to be big
            // enough.
            Ok(()) | Err(Errno::NOSPC | Errno::DQUOT | Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// Where LMDB keeps its files.
    pub(super) fn index(&self) -> PathBuf {
        self.dir.join(INDEX)
    }

    /// Whether the disk has room for more than removals.
    pub(super) fn has_room(&self) -> Result<bool, LedgerError> {
        let free = rustix::fs::statvfs(&self.dir);
        let free = free.map_err(|e| LedgerError::io("measuring the disk", e.into()))?;
        Ok(free.f_bavail.saturating_mul(free.f_frsize) >= self.reserve)
    }
}

/// Creates a folder for the owner alone; false when it was there.
pub(super) fn make_folder(path: &Path) -> io::Result<bool> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(e),
    }
}

/// An empty folder, whatever was there.
fn remake_folder(path: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
        _ => make_folder(path)?,
    };
    Ok(())
}

/// Makes the name of the ledger's folder durable. One that was made by others may stand where
/// nobody else may look.
pub(super) fn sync_parent(dir: &Path, created: bool) -> io::Result<()> {
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
    match sync_folder(parent.unwrap_or(Path::new("."))) {
        Err(e) if e.kind() == ErrorKind::PermissionDenied && !created => Ok(()),
        synced => synced,
    }
}

pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
