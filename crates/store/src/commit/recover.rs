//! What is done when a store opens: it costs what was in flight when it stopped, never a walk over
//! the objects.

use std::sync::mpsc::Sender;

use crate::disk::Disk;
use crate::error::StoreError;
use crate::format::rows::{Counters, GarbageRow};
use crate::format::{FileId, Table, keys};
use crate::index::Index;

use super::sweep::{Doomed, Sweep, send};

/// Settles `staging/`: a file the index refers to is moved to its place, any other was never
/// acknowledged and goes.
pub(crate) fn settle_staging(disk: &Disk, index: &Index) -> Result<(), StoreError> {
    for id in disk.staged()? {
        if index.read(|view| view.contains(Table::Blobs, &id.0))? {
            disk.settle(id).map_err(|e| StoreError::io("moving a staged file", e))?;
        } else {
            disk.remove(id).map_err(|e| StoreError::io("removing a staged file", e))?;
        }
    }
    Ok(())
}

/// Hands the sweeper what it did not finish.
pub(crate) fn resume_sweeping(index: &Index, sweeps: &Sender<Sweep>) -> Result<(), StoreError> {
    index.read(|view| {
        for found in view.scan_all(Table::Garbage, &[])? {
            let found = found?;
            // A damaged row costs the space of its files, not the start of the store.
            let (Ok(owner), Ok(row)) = (found.key.try_into(), found.unseal::<GarbageRow>()) else {
                continue;
            };
            send(sweeps, Sweep::Remove(Doomed { owner: FileId(owner), files: row.0 }));
        }
        Ok(())
    })
}

/// The counters of the last commit.
pub(crate) fn counters(index: &Index) -> Result<Counters, StoreError> {
    index.read(|view| view.get(keys::COUNTERS)).map(Option::unwrap_or_default)
}
