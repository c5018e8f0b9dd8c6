//! A consistent copy of the whole store, while it is in use.
//!
//! From before the index is copied until the last file is, the store removes no file
//! (`disk/keep.rs`). What the copied index refers to was there at its moment, so it is there still.

use std::io;
use std::ops::Bound;
use std::path::Path;

use crate::disk::{Copy, FilesAre};
use crate::error::StoreError;
use crate::format::rows::{Blob, BlobRow};
use crate::format::{FileId, Table};
use crate::index::Index;
use crate::limits::WALK_BATCH;

use super::{Fault, Finding, Inspection, Observer, Progress};

/// What was copied. What could not be, because the store is damaged, went to the observer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backup {
    /// Objects of the copy.
    pub objects: u64,
    /// Files of content.
    pub files: u64,
    /// Their bytes.
    pub file_bytes: u64,
}

impl Inspection {
    /// Makes a store in `to`, which is absent or empty, of what this one holds at one moment, with
    /// the files that lie beside it. The folders beside it are for `beside` to copy, which is told
    /// `to`. A copy that fails or is cut short is no store.
    pub fn back_up(
        &self,
        to: &Path,
        files: FilesAre,
        beside: &dyn Fn(&Path) -> io::Result<()>,
        observer: &mut dyn Observer,
    ) -> Result<Backup, StoreError> {
        let copy = Copy::begin(to)?;
        let _kept = self.disk.keep_files()?;
        self.index.copy_to(&mut copy.index_file()?, &copy.index())?;
        let index = Index::open_read_only(&copy.index())?;
        let (objects, of) =
            index.read(|view| Ok((view.count(Table::Objects)?, view.count(Table::Blobs)?)))?;
        let mut backup = Backup { objects, ..Backup::default() };
        let mut progress = Progress::new(observer, of);
        let mut last = None;
        loop {
            let (ids, next) = next_files(&index, last.as_deref())?;
            for id in ids {
                match copy.take(&self.disk, id, files)? {
                    Some(size) => {
                        backup.files += 1;
                        backup.file_bytes += size;
                    }
                    None => {
                        let says = format!("the file {} is missing", id.name());
                        progress.found(Finding::of_store(Fault::Missing, says));
                    }
                }
                progress.advance(1)?;
            }
            let Some(next) = next else { break };
            last = Some(next);
        }
        drop(index);
        beside(to).map_err(|e| StoreError::io("copying what lies beside the store", e))?;
        copy.finish(&self.disk)?;
        Ok(backup)
    }
}

/// The ids of the next files, and the key to go on after.
fn next_files(
    index: &Index,
    after: Option<&[u8]>,
) -> Result<(Vec<FileId>, Option<Vec<u8>>), StoreError> {
    index.read(|view| {
        let (mut ids, mut last) = (Vec::new(), None);
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        for found in view.scan(Table::Blobs, &[], from)?.take(WALK_BATCH) {
            let found = found?;
            last = Some(found.key.to_vec());
            let blob = found.unseal::<BlobRow>().map(|row| row.blob);
            if let (Ok(Blob::File { .. }), Ok(id)) = (blob, found.key.try_into()) {
                ids.push(FileId(id));
            }
        }
        Ok((ids, last))
    })
}
