//! Files of content: being received, and being read.

use std::fs::File;
use std::io::{self, ErrorKind, IoSliceMut, Write as _};
use std::ops::Range;
use std::os::fd::{AsFd, AsRawFd as _};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use rustix::io::{Errno, ReadWriteFlags};

use super::resident::is_resident;
use super::{Disk, remove_if_there};
use crate::error::StoreError;
use crate::format::FileId;
use crate::limits::WRITEBACK_BYTES;

/// Content that is being received.
#[derive(Debug)]
pub(crate) struct StagedFile {
    pub(super) file: File,
    /// Bytes so far, and those of them that the kernel was told to begin writing to the disk.
    pub(super) written: u64,
    pub(super) begun: u64,
    pub(super) staged: Staged,
}

impl StagedFile {
    /// Leaves room for removals.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        if !self.staged.disk.has_room()? {
            return Err(StoreError::Full);
        }
        self.file.write_all(bytes).map_err(|e| StoreError::io("writing a staged file", e))?;
        self.written += bytes.len() as u64;
        if self.written - self.begun >= WRITEBACK_BYTES {
            begin_writeback(&self.file, self.begun..self.written);
            self.begun = self.written;
        }
        Ok(())
    }

    /// What changes when somebody writes to the file.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        Stamp::of(&self.file)
    }

    /// Makes the bytes durable. The name is durable after [`Disk::sync_staging`].
    pub(crate) fn sync(self) -> Result<Staged, StoreError> {
        self.file.sync_data().map_err(|e| StoreError::io("syncing a staged file", e))?;
        Ok(self.staged)
    }
}

/// When a file was written to, and how long it is. Content never is after it was received: another
/// stamp is another program's doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stamp {
    seconds: i64,
    nanoseconds: u64,
    bytes: i64,
}

impl Stamp {
    fn of(file: &File) -> Option<Self> {
        let stat = rustix::fs::fstat(file).ok()?;
        let (seconds, nanoseconds) = (stat.st_mtime, stat.st_mtime_nsec);
        Some(Self { seconds, nanoseconds, bytes: stat.st_size })
    }
}

/// Lets the kernel write a range to the disk while more arrives, so that the sync at the end has
/// little left to wait for. It makes nothing durable: whether it fails is the sync's to find out.
fn begin_writeback(file: &File, range: Range<u64>) {
    let (Ok(from), Ok(length)) = (range.start.try_into(), (range.end - range.start).try_into())
    else {
        return;
    };
    #[expect(unsafe_code, reason = "a system call on an open file, which takes no pointer")]
    let _: i32 = unsafe {
        libc::sync_file_range(file.as_raw_fd(), from, length, libc::SYNC_FILE_RANGE_WRITE)
    };
}

/// A staged file; removed when dropped, unless it was kept.
#[derive(Debug)]
pub(crate) struct Staged {
    pub(super) id: FileId,
    pub(super) disk: Arc<Disk>,
    /// How many syncs of `staging/` had failed when it was created.
    pub(super) failed_syncs: u64,
    pub(super) kept: bool,
}

impl Staged {
    pub(crate) fn id(&self) -> FileId {
        self.id
    }

    pub(super) fn failed_syncs(&self) -> u64 {
        self.failed_syncs
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
#[derive(Clone, Debug)]
pub(crate) struct BlobFile(pub(super) Arc<File>);

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

    /// What changes when somebody writes to the file.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        Stamp::of(&self.0)
    }

    /// Whether so many bytes at `offset`, a block at most, are in memory.
    pub(crate) fn is_resident(&self, offset: u64, length: usize) -> bool {
        is_resident(&self.0, offset, length)
    }

    /// Has the kernel send bytes at `offset` to a socket; how many it took, 0 at the end.
    pub(crate) fn send(&self, to: impl AsFd, offset: u64, most: usize) -> io::Result<usize> {
        let mut offset = offset;
        Ok(rustix::fs::sendfile(to, &*self.0, Some(&mut offset), most)?)
    }

    /// Reads what is in memory at `offset`; none when the disk would have to be waited for, or when
    /// the file system cannot tell.
    pub(crate) fn read_ready(
        &self,
        into: &mut [u8],
        offset: u64,
    ) -> Result<Option<usize>, StoreError> {
        let mut slices = [IoSliceMut::new(into)];
        match rustix::io::preadv2(&*self.0, &mut slices, offset, ReadWriteFlags::NOWAIT) {
            Ok(read) => Ok(Some(read)),
            Err(Errno::AGAIN | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INTR) => Ok(None),
            Err(e) => Err(StoreError::io("reading a blob", e.into())),
        }
    }
}
