//! The folder of a store: its layout, its lock, its files of content. The only folder naming
//! `std::fs`.
//!
//! A name is durable once its folder was synced, bytes once the file was; who calls decides when.
//! Content is first written to `staging/`, and moved to `blobs/xx/` at leisure, so it may be found
//! in either: `docs/disk-format.md` says why no reader and no crash can miss it.

mod content;
mod copy;
mod keep;
mod log;
mod look;
mod marker;
mod resident;

pub(crate) use std::fs::File;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use rustix::fs::FallocateFlags;
use rustix::io::Errno;

use crate::content::lately::Lately;
use crate::error::StoreError;
use crate::format::FileId;
use crate::limits::{READER_BYTES, READERS_MAX};

pub(crate) use content::{BlobFile, Staged, StagedFile, Stamp};
pub(crate) use copy::Copy;
pub use copy::FilesAre;
pub(crate) use log::{LogFiles, Which};
use marker::{KEEP, is_store, lock, write_marker};

const INDEX: &str = "index";
/// LMDB's name for what it keeps in a folder.
const INDEX_FILE: &str = "data.mdb";
/// And for its table of readers.
const READERS_FILE: &str = "lock.mdb";
const INDEX_NEW: &str = "index.new";
const BLOBS: &str = "blobs";
const STAGING: &str = "staging";

/// An open, locked folder.
#[derive(Debug)]
pub(crate) struct Disk {
    dir: PathBuf,
    /// Holds the lock, unless the store is only looked at; the system gives it up when the file
    /// closes, whatever ends the process.
    _lock: Option<File>,
    /// Syncs of `staging/` that failed.
    failed_syncs: AtomicU64,
    /// The file `keep`, once it was needed.
    keep: OnceLock<File>,
    /// Which of its files were summed lately.
    lately: Lately,
}

impl Disk {
    /// Opens the folder `dir`, making it a store when it is empty or absent. What is in it is laid
    /// out by [`lay_out`](Self::lay_out).
    pub(crate) fn open(dir: &Path) -> Result<Self, StoreError> {
        let created = make_folder(dir);
        let created = created.map_err(|e| StoreError::io("creating the folder of the store", e))?;
        // Looked at before the lock is made, so that a foreign folder stays as it was.
        is_store(dir)?;
        let disk = Self::of(dir, Some(lock(dir)?));
        if !is_store(dir)? {
            let marking = |e| StoreError::io("marking the folder of the store", e);
            sync_parent(dir, created).map_err(marking)?;
            write_marker(dir).map_err(marking)?;
        }
        Ok(disk)
    }

    /// The folder of a store that is only looked at, and may be open elsewhere.
    pub(crate) fn look(dir: &Path) -> Result<Self, StoreError> {
        if !dir.is_dir() || !is_store(dir)? {
            return Err(StoreError::Absent(dir.to_owned()));
        }
        Ok(Self::of(dir, None))
    }

    fn of(dir: &Path, lock: Option<File>) -> Self {
        let (failed_syncs, keep) = (AtomicU64::new(0), OnceLock::new());
        let lately = Lately::new();
        Self { dir: dir.to_owned(), _lock: lock, failed_syncs, keep, lately }
    }

    /// Lays the store out, as far as it is not, and makes all names durable: a process that was
    /// killed here may have made them without. The index comes first and whole, made by `create`
    /// in a folder of its own, so that an index that is missing later was lost.
    pub(crate) fn lay_out(
        &self,
        create: impl FnOnce(&Path) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let laying = |e| StoreError::io("laying out the store", e);
        let blobs = self.dir.join(BLOBS);
        if !self.index().join(INDEX_FILE).try_exists().map_err(laying)? {
            if blobs.try_exists().map_err(laying)? {
                let at = self.index().display().to_string();
                return Err(StoreError::Corrupt { what: "index, which is missing,", at });
            }
            // Because: a process that was killed may have left a marker that is not durable.
            sync_folder(&self.dir).map_err(laying)?;
            let new = self.dir.join(INDEX_NEW);
            remake_folder(&new).map_err(laying)?;
            create(&new)?;
            sync_folder(&new).map_err(laying)?;
            std::fs::rename(&new, self.index()).map_err(laying)?;
        }
        self.lay_out_content(&blobs).map_err(laying)?;
        self.reserve_readers().map_err(laying)
    }

    /// Gives the table of readers all its blocks. LMDB writes to it through a map, and a page for
    /// which a full disk has no block would end the process. Who has the index open must not do
    /// this: to close the file would give up LMDB's locks on it.
    fn reserve_readers(&self) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(self.index().join(READERS_FILE))?;
        let bytes = u64::from(READERS_MAX) * READER_BYTES + READER_BYTES;
        reserve(&file, FallocateFlags::empty(), bytes)
    }

    fn lay_out_content(&self, blobs: &Path) -> io::Result<()> {
        // Before the first of the other folders, which say that there was an index.
        sync_folder(&self.dir)?;
        make_folder(&self.dir.join(STAGING))?;
        make_folder(blobs)?;
        for first in 0..=u8::MAX {
            make_folder(&blobs.join(s3::hex::encode(&[first])))?;
        }
        sync_folder(blobs)?;
        sync_folder(&self.dir)
    }

    /// Where the index keeps its files.
    pub(crate) fn index(&self) -> PathBuf {
        self.dir.join(INDEX)
    }

    /// Makes the names of staged files durable. Once this has failed, what was staged before is
    /// lost: the system may have dropped it and would call the next sync a success.
    pub(crate) fn sync_staging(&self, staged: &[Staged]) -> Result<(), StoreError> {
        let syncing = |e| StoreError::io("syncing staging", e);
        let synced = sync_folder(&self.dir.join(STAGING));
        if synced.is_err() {
            self.failed_syncs.fetch_add(1, Ordering::SeqCst);
        }
        synced.map_err(syncing)?;
        let failed = self.failed_syncs.load(Ordering::SeqCst);
        if staged.iter().any(|staged| staged.failed_syncs() != failed) {
            return Err(syncing(io::Error::other("an earlier sync failed")));
        }
        Ok(())
    }

    /// Makes what was moved to and removed from one folder of blobs durable.
    pub(crate) fn sync_blobs(&self, folder: u8) -> io::Result<()> {
        sync_folder(&self.dir.join(BLOBS).join(s3::hex::encode(&[folder])))
    }

    /// The ids of all staged files.
    pub(crate) fn staged(&self) -> Result<Vec<FileId>, StoreError> {
        let list = || -> io::Result<Vec<FileId>> {
            let mut ids = Vec::new();
            for entry in self.dir.join(STAGING).read_dir()? {
                ids.extend(entry?.file_name().to_str().and_then(FileId::parse));
            }
            Ok(ids)
        };
        list().map_err(|e| StoreError::io("listing staging", e))
    }

    /// Moves a staged file to its place.
    pub(crate) fn settle(&self, id: FileId) -> io::Result<()> {
        std::fs::rename(self.staging_path(id), self.blob_path(id))
    }

    /// Removes a file, wherever it is. It may be gone already.
    pub(crate) fn remove(&self, id: FileId) -> io::Result<()> {
        remove_if_there(&self.blob_path(id))?;
        remove_if_there(&self.staging_path(id))
    }

    /// Which of its files were summed lately.
    pub(crate) fn lately(&self) -> &Lately {
        &self.lately
    }

    /// Opens a file for reading; none when it is not there.
    pub(crate) fn open_blob(&self, id: FileId) -> Result<Option<BlobFile>, StoreError> {
        let opened = self.find(id, |path| File::open(path));
        let opened = opened.map_err(|e| StoreError::io("opening a blob", e))?;
        Ok(opened.map(|file| BlobFile(Arc::new(file))))
    }

    /// Does something to a file, wherever it is. It may be moved between two looks, but only from
    /// `staging/` to `blobs/`, so the third finds it; none when it is in neither.
    fn find<T>(
        &self,
        id: FileId,
        mut try_path: impl FnMut(&Path) -> io::Result<T>,
    ) -> io::Result<Option<T>> {
        let (blob, staged) = (self.blob_path(id), self.staging_path(id));
        for path in [&blob, &staged, &blob] {
            match try_path(path) {
                Ok(done) => return Ok(Some(done)),
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                Err(e) => return Err(e),
            }
        }
        Ok(None)
    }

    /// Creates a file for content that is being received.
    pub(crate) fn stage(self: &Arc<Self>) -> Result<StagedFile, StoreError> {
        let id = FileId::random()?;
        let failed_syncs = self.failed_syncs.load(Ordering::SeqCst);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.staging_path(id))
            .map_err(|e| StoreError::io("creating a staged file", e))?;
        let disk = Arc::clone(self);
        let staged = Staged { id, disk, failed_syncs, kept: false };
        Ok(StagedFile { file, written: 0, begun: 0, staged })
    }

    fn open_keep(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600).open(self.dir.join(KEEP))
    }

    fn blob_path(&self, id: FileId) -> PathBuf {
        let name = id.name();
        [
            self.dir.as_path(),
            BLOBS.as_ref(),
            s3::hex::encode(&[id.folder()]).as_ref(),
            name.as_ref(),
        ]
        .iter()
        .collect()
    }

    fn staging_path(&self, id: FileId) -> PathBuf {
        self.dir.join(STAGING).join(id.name())
    }
}

/// Creates a folder for the owner alone; false when it was there.
fn make_folder(path: &Path) -> io::Result<bool> {
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

/// Gives a file its blocks up to here.
fn reserve(file: &File, flags: FallocateFlags, bytes: u64) -> io::Result<()> {
    match rustix::fs::fallocate(file, flags, 0, bytes) {
        // A disk that is full now has given them before; one that cannot do it has to be big
        // enough.
        Ok(()) | Err(Errno::NOSPC | Errno::DQUOT | Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

/// Makes the name of the store's folder durable. One that was made by others may stand where
/// nobody else may look.
fn sync_parent(dir: &Path, created: bool) -> io::Result<()> {
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
    match sync_folder(parent.unwrap_or(Path::new("."))) {
        Err(e) if e.kind() == ErrorKind::PermissionDenied && !created => Ok(()),
        synced => synced,
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
