//! The files of a store against the rows that name them, while both may change.
//!
//! A file is in `blobs/` only after the commit of its row, and its row goes only with a row in
//! `garbage`, which stays until the file is gone for good. So the folder is read first and the rows
//! after it, and what then does not fit is looked at once more.

use std::collections::{HashMap, HashSet};

use crate::error::StoreError;
use crate::format::rows::{Blob, BlobRow, GarbageRow};
use crate::format::{FileId, Table};
use crate::index::View;

use super::check::Checked;
use super::{Fault, Finding, Inspection, Progress};

impl Inspection {
    pub(super) fn check_files(
        &self,
        progress: &mut Progress<'_>,
        checked: &mut Checked,
    ) -> Result<(), StoreError> {
        checked.staged = self.disk.staged()?.len() as u64;
        for folder in 0..=u8::MAX {
            let listed = self.disk.listed(folder)?;
            for name in listed.strangers {
                let says = format!("`{name}` in `blobs/` is no file of the store");
                progress.found(Finding::of_store(Fault::Unneeded, says));
            }
            checked.files += listed.files.len() as u64;
            let files = listed.files.into_iter().collect::<HashMap<_, _>>();
            let rows = self.index.read(|view| files_of(view, folder))?;
            self.find_unneeded(&files, &rows, progress)?;
            for (id, size) in rows {
                let there = files.get(&id).copied();
                if there != Some(size) {
                    self.find_missing(id, size, progress)?;
                }
            }
            progress.advance(0)?;
        }
        Ok(())
    }

    /// Files without a row that are not waiting for their removal, and still there.
    fn find_unneeded(
        &self,
        files: &HashMap<FileId, u64>,
        rows: &HashMap<FileId, u64>,
        progress: &mut Progress<'_>,
    ) -> Result<(), StoreError> {
        let mut unknown: HashSet<_> = files.keys().filter(|id| !rows.contains_key(id)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        self.index.read(|view| {
            for found in view.scan_all(Table::Garbage, &[])? {
                let GarbageRow(ids) = found?.unseal()?;
                unknown.retain(|id| !ids.contains(id));
            }
            unknown.retain(|id| !view.contains(Table::Blobs, &id.0).unwrap_or(true));
            Ok(())
        })?;
        for id in unknown {
            if self.disk.size_of(*id)?.is_some() {
                let says = format!("nothing refers to the file {}", id.name());
                progress.found(Finding::of_store(Fault::Unneeded, says));
            }
        }
        Ok(())
    }

    /// A file that is not in its folder, or not as long as its row says: it may not have been moved
    /// there yet, and its row may be gone.
    fn find_missing(
        &self,
        id: FileId,
        size: u64,
        progress: &mut Progress<'_>,
    ) -> Result<(), StoreError> {
        let there = self.disk.size_of(id)?;
        let is_needed = self.index.read(|view| view.contains(Table::Blobs, &id.0))?;
        let finding = match there {
            Some(there) if there == size => return Ok(()),
            _ if !is_needed => return Ok(()),
            Some(there) => {
                let says = format!("the file {} has {there} bytes of {size}", id.name());
                Finding::of_store(Fault::Damaged, says)
            }
            None => {
                let says = format!("the file {} is missing", id.name());
                Finding::of_store(Fault::Missing, says)
            }
        };
        progress.found(finding);
        Ok(())
    }
}

/// The files that rows name in one folder, with their sizes. Damaged rows name none.
fn files_of(view: &View<'_>, folder: u8) -> Result<HashMap<FileId, u64>, StoreError> {
    let mut files = HashMap::new();
    for found in view.scan_all(Table::Blobs, &[folder])? {
        let found = found?;
        let row = found.unseal::<BlobRow>().map(|row| row.blob);
        if let (Ok(Blob::File { size, .. }), Ok(id)) = (row, found.key.try_into()) {
            files.insert(FileId(id), size);
        }
    }
    Ok(files)
}
