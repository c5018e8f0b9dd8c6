//! Keeping files from being removed while a backup copies them, whatever process makes it.

use std::io;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::{Disk, File};
use crate::error::StoreError;

/// As long as this lives, no file leaves the store.
#[derive(Debug)]
pub(crate) struct Kept(#[expect(dead_code, reason = "held for its drop")] File);

/// As long as this lives, no backup begins.
#[derive(Debug)]
pub(crate) struct Leave<'d>(&'d File);

impl Disk {
    /// Keeps all files there are, from now on.
    pub(crate) fn keep_files(&self) -> Result<Kept, StoreError> {
        let keeping = |e| StoreError::io("keeping the files of the store", e);
        let file = self.open_keep().map_err(keeping)?;
        let locked = rustix::fs::flock(&file, FlockOperation::LockShared);
        locked.map_err(|e| keeping(e.into()))?;
        Ok(Kept(file))
    }

    /// Leave to remove files; none while somebody keeps them.
    pub(crate) fn leave_to_remove(&self) -> io::Result<Option<Leave<'_>>> {
        let file = match self.keep.get() {
            Some(file) => file,
            None => {
                let file = self.open_keep()?;
                self.keep.get_or_init(|| file)
            }
        };
        match rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Leave(file))),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        // Only a bad descriptor could make this fail.
        let _: Result<(), Errno> = rustix::fs::flock(self.0, FlockOperation::Unlock);
    }
}
