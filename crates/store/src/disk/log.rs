//! The files of the log, as bytes at offsets.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::FallocateFlags;

use super::reserve;
use crate::error::StoreError;

/// The names of the two, in the folder of the index.
const NAMES: [&str; 2] = ["log.0", "log.1"];

/// Both files, open.
#[derive(Debug)]
pub(crate) struct LogFiles([File; 2]);

impl LogFiles {
    /// Makes both, empty, in the folder of a new index. Their names are durable once the folder
    /// was synced.
    pub(crate) fn create(dir: &Path) -> Result<(), StoreError> {
        for name in NAMES {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false).mode(0o600);
            options.open(dir.join(name)).map_err(|e| StoreError::io("creating the log", e))?;
        }
        Ok(())
    }

    /// Opens both. One that is missing was lost, with what was acknowledged.
    pub(crate) fn open(dir: &Path, may_write: bool) -> Result<Self, StoreError> {
        let open = |name: &str| {
            let path = dir.join(name);
            let opened = OpenOptions::new().read(true).write(may_write).open(&path);
            opened.map_err(|e| {
                if e.kind() == ErrorKind::NotFound {
                    let at = path.display().to_string();
                    StoreError::Corrupt { what: "log, which is missing,", at }
                } else {
                    StoreError::io("opening the log", e)
                }
            })
        };
        let [first, second] = NAMES;
        Ok(Self([open(first)?, open(second)?]))
    }

    /// Gives both their blocks, so that a removal finds them on a disk that is full.
    pub(crate) fn reserve(&self, bytes: u64) -> Result<(), StoreError> {
        let Self(files) = self;
        for file in files {
            reserve(file, FallocateFlags::KEEP_SIZE, bytes)
                .map_err(|e| StoreError::io("reserving the log", e))?;
        }
        Ok(())
    }

    /// All that is in one.
    pub(crate) fn read(&self, which: Which) -> Result<Vec<u8>, StoreError> {
        let reading = |e| StoreError::io("reading the log", e);
        let file = self.of(which);
        let length = file.metadata().map_err(reading)?.len();
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        // Because: the file of a live store only grows, so that what was there still is.
        file.read_exact_at(&mut bytes, 0).map_err(reading)?;
        Ok(bytes)
    }

    /// Writes to one. Having failed, it has not written all.
    pub(crate) fn write(&self, which: Which, bytes: &[u8], at: u64) -> Result<(), StoreError> {
        let written = self.of(which).write_all_at(bytes, at);
        written.map_err(|e| StoreError::io("writing the log", e))
    }

    /// Makes what was written to one durable. Having failed, it may have done so.
    pub(crate) fn sync(&self, which: Which) -> Result<(), StoreError> {
        self.of(which).sync_data().map_err(|e| StoreError::io("syncing the log", e))
    }

    fn of(&self, which: Which) -> &File {
        let Self([first, second]) = self;
        match which {
            Which::First => first,
            Which::Second => second,
        }
    }
}

/// One of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    First,
    Second,
}

impl Which {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}
