//! What is done when a store opens: it costs what was in flight when it stopped, never a walk over
//! the objects.

use crate::disk::Disk;
use crate::error::StoreError;
use crate::format::rows::Counters;
use crate::format::{Table, keys};
use crate::index::Index;

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

/// The counters of the last commit.
pub(crate) fn counters(index: &Index) -> Result<Counters, StoreError> {
    index.read(|view| view.get(keys::COUNTERS)).map(Option::unwrap_or_default)
}
