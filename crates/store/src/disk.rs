//! The folder of a store: its layout, its lock, its files of content. The only file naming
//! `std::fs`.
//!
//! A name is durable once its folder was synced, bytes once the file was; who calls decides when.
//! Content is first written to `staging/`, and moved to `blobs/xx/` at leisure, so it may be found
//! in either: `docs/disk-format.md` says why no reader and no crash can miss it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, IoSliceMut, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::FlockOperation;
use rustix::io::{Errno, ReadWriteFlags};

use crate::error::StoreError;
use crate::format::FileId;

const MARKER: &str = "hallpass-store";
const MARKER_NEW: &str = "hallpass-store.new";
const MARKER_FAMILY: &str = "hallpass store ";
const MARKER_TEXT: &str = "hallpass store 1\n";
const LOCK: &str = "lock";
const INDEX: &str = "index";
/// LMDB's name for what it keeps in a folder.
const INDEX_FILE: &str = "data.mdb";
const INDEX_NEW: &str = "index.new";
const BLOBS: &str = "blobs";
const STAGING: &str = "staging";

/// What a folder may hold before it becomes a store: what a failed creation leaves, what the server
/// puts there first, and what a fresh file system has.
const STRANGERS: [&str; 4] = [LOCK, MARKER_NEW, "root-credentials", "lost+found"];

/// An open, locked folder.
#[derive(Debug)]
pub(crate) struct Disk {
    dir: PathBuf,
    /// Holds the lock; the system gives it up when the file closes, whatever ends the process.
    _lock: File,
}

impl Disk {
    /// Opens the folder `dir`, making it a store when it is empty or absent. What is in it is laid
    /// out by [`lay_out`](Self::lay_out).
    pub(crate) fn open(dir: &Path) -> Result<Self, StoreError> {
        let created = make_folder(dir);
        let created = created.map_err(|e| StoreError::io("creating the folder of the store", e))?;
        // Looked at before the lock is made, so that a foreign folder stays as it was.
        is_store(dir)?;
        let disk = Self { dir: dir.to_owned(), _lock: lock(dir)? };
        if !is_store(dir)? {
            let marking = |e| StoreError::io("marking the folder of the store", e);
            sync_parent(dir, created).map_err(marking)?;
            write_marker(dir).map_err(marking)?;
        }
        Ok(disk)
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
            let new = self.dir.join(INDEX_NEW);
            remake_folder(&new).map_err(laying)?;
            create(&new)?;
            sync_folder(&new).map_err(laying)?;
            std::fs::rename(&new, self.index()).map_err(laying)?;
        }
        self.lay_out_content(&blobs).map_err(laying)
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

    /// Makes the names of all staged files durable.
    pub(crate) fn sync_staging(&self) -> Result<(), StoreError> {
        sync_folder(&self.dir.join(STAGING)).map_err(|e| StoreError::io("syncing staging", e))
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

    /// Opens a file for reading. It may be moved between two looks, but only from `staging/` to
    /// `blobs/`, so the third finds it; none when it is in neither.
    pub(crate) fn open_blob(&self, id: FileId) -> Result<Option<BlobFile>, StoreError> {
        let (blob, staged) = (self.blob_path(id), self.staging_path(id));
        for path in [&blob, &staged, &blob] {
            match File::open(path) {
                Ok(file) => return Ok(Some(BlobFile(file))),
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                Err(e) => return Err(StoreError::io("opening a blob", e)),
            }
        }
        Ok(None)
    }

    /// Creates a file for content that is being received.
    pub(crate) fn stage(self: &Arc<Self>) -> Result<StagedFile, StoreError> {
        let id = FileId::random()?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.staging_path(id))
            .map_err(|e| StoreError::io("creating a staged file", e))?;
        Ok(StagedFile { file, staged: Staged { id, disk: Arc::clone(self), kept: false } })
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

/// Content that is being received.
#[derive(Debug)]
pub(crate) struct StagedFile {
    file: File,
    staged: Staged,
}

impl StagedFile {
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(bytes).map_err(|e| StoreError::io("writing a staged file", e))
    }

    /// Makes the bytes durable. The name is durable after [`Disk::sync_staging`].
    pub(crate) fn sync(self) -> Result<Staged, StoreError> {
        self.file.sync_data().map_err(|e| StoreError::io("syncing a staged file", e))?;
        Ok(self.staged)
    }
}

/// A staged file; removed when dropped, unless it was kept.
#[derive(Debug)]
pub(crate) struct Staged {
    id: FileId,
    disk: Arc<Disk>,
    kept: bool,
}

impl Staged {
    pub(crate) fn id(&self) -> FileId {
        self.id
    }

    /// Leaves the file to the index.
    pub(crate) fn keep(mut self) -> FileId {
        self.kept = true;
        self.id
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.kept {
            // A file that will not go is removed at the next start.
            drop(remove_if_there(&self.disk.staging_path(self.id)));
        }
    }
}

/// A file of content, open for reading. It stays readable when its name is removed.
#[derive(Debug)]
pub(crate) struct BlobFile(File);

impl BlobFile {
    /// Reads some bytes at `offset`, waiting for the disk; 0 at the end.
    pub(crate) fn read(&self, into: &mut [u8], offset: u64) -> Result<usize, StoreError> {
        loop {
            match self.0.read_at(into, offset) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                read => return read.map_err(|e| StoreError::io("reading a blob", e)),
            }
        }
    }

    /// Reads what is in memory at `offset`; none when the disk would have to be waited for, or when
    /// the file system cannot tell.
    pub(crate) fn read_ready(
        &self,
        into: &mut [u8],
        offset: u64,
    ) -> Result<Option<usize>, StoreError> {
        let mut slices = [IoSliceMut::new(into)];
        match rustix::io::preadv2(&self.0, &mut slices, offset, ReadWriteFlags::NOWAIT) {
            Ok(read) => Ok(Some(read)),
            Err(Errno::AGAIN | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INTR) => Ok(None),
            Err(e) => Err(StoreError::io("reading a blob", e.into())),
        }
    }
}

/// Whether `dir` is a store already; an error when it may not become one.
fn is_store(dir: &Path) -> Result<bool, StoreError> {
    let reading = |e| StoreError::io("reading the folder of the store", e);
    match std::fs::read(dir.join(MARKER)) {
        Ok(text) if text == MARKER_TEXT.as_bytes() => Ok(true),
        Ok(text) if text.starts_with(MARKER_FAMILY.as_bytes()) => {
            Err(StoreError::Newer(dir.to_owned()))
        }
        Ok(_) => Err(StoreError::Foreign(dir.to_owned())),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            for entry in dir.read_dir().map_err(reading)? {
                let name = entry.map_err(reading)?.file_name();
                if !STRANGERS.iter().any(|known| name == *known) {
                    return Err(StoreError::Foreign(dir.to_owned()));
                }
            }
            Ok(false)
        }
        Err(e) => Err(reading(e)),
    }
}

fn lock(dir: &Path) -> Result<File, StoreError> {
    let locking = |e| StoreError::io("locking the store", e);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(dir.join(LOCK))
        .map_err(locking)?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(Errno::WOULDBLOCK) => Err(StoreError::Locked(dir.to_owned())),
        Err(e) => Err(locking(e.into())),
    }
}

/// Writes the marker whole or not at all.
fn write_marker(dir: &Path) -> io::Result<()> {
    let new = dir.join(MARKER_NEW);
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(MARKER_TEXT.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, dir.join(MARKER))?;
    sync_folder(dir)
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
