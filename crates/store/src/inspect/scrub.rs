//! Every byte of content read and summed, and the objects named whose content is not as it was.
//!
//! Files are read once each, however many objects share them; then each reference is held to what
//! was found. Rows are looked at in batches, so that no moment of the index is kept for long.

use std::collections::HashMap;
use std::ops::Bound;

use crc_fast::{CrcAlgorithm, Digest};

use crate::error::StoreError;
use crate::format::rows::{Blob, BlobRow};
use crate::format::{FileId, Table};
use crate::index::View;
use crate::limits::{SCRUB_READ_BYTES, WALK_BATCH};

use super::judge::Judge;
use super::{Fault, Inspection, Observer, Progress, owners};

/// What was read. What was found wrong went to the observer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scrubbed {
    /// Files that were read.
    pub files: u64,
    /// Their bytes.
    pub file_bytes: u64,
    /// References to content: of objects, of parts.
    pub references: u64,
}

/// A batch of rows of one table, and the key to go on after.
struct Batch<T> {
    items: Vec<T>,
    last: Option<Vec<u8>>,
}

/// A file as its row describes it.
struct File {
    id: FileId,
    size: u64,
    crc64nvme: u64,
}

impl Inspection {
    /// Reads all content and tells which objects are damaged. What is written or removed meanwhile
    /// may or may not be among it.
    pub fn scrub(&self, observer: &mut dyn Observer) -> Result<Scrubbed, StoreError> {
        let of = self.stat()?.file_bytes;
        let mut progress = Progress::new(observer, of);
        let mut scrubbed = Scrubbed::default();
        let damaged = self.read_files(&mut progress, &mut scrubbed)?;
        let buckets = self.index.read(|view| owners::buckets(view, &mut progress))?;
        for table in owners::NAMED {
            let mut from = None;
            loop {
                let batch =
                    self.index.read(|view| judge(view, table, from.as_deref(), &damaged))?;
                for (row_key, fault) in batch.items {
                    scrubbed.references += 1;
                    if let Some(says) = fault {
                        let says = (Fault::Damaged, says);
                        progress.found(owners::finding(table, &row_key, &buckets, says));
                    }
                }
                progress.advance(0)?;
                let Some(last) = batch.last else { break };
                from = Some(last);
            }
        }
        Ok(scrubbed)
    }

    /// Reads all files, and returns those that are not as their rows say, with why.
    fn read_files(
        &self,
        progress: &mut Progress<'_>,
        scrubbed: &mut Scrubbed,
    ) -> Result<HashMap<FileId, String>, StoreError> {
        let mut damaged = HashMap::new();
        let mut from = None;
        loop {
            let batch = self.index.read(|view| files(view, from.as_deref()))?;
            for file in batch.items {
                scrubbed.files += 1;
                scrubbed.file_bytes += file.size;
                if let Some(why) = self.read_file(&file, progress)?
                    && self.index.read(|view| view.contains(Table::Blobs, &file.id.0))?
                {
                    damaged.insert(file.id, why);
                }
            }
            let Some(last) = batch.last else { return Ok(damaged) };
            from = Some(last);
        }
    }

    /// Why the file is not as it was, if so. A disk that cannot read it is a reason like others.
    fn read_file(
        &self,
        file: &File,
        progress: &mut Progress<'_>,
    ) -> Result<Option<String>, StoreError> {
        let Some(opened) = self.disk.open_blob(file.id)? else {
            return Ok(Some(format!("the file {} is missing", file.id.name())));
        };
        let mut sum = Digest::new(CrcAlgorithm::Crc64Nvme);
        let mut buffer = vec![0; SCRUB_READ_BYTES];
        loop {
            let read = match opened.read(&mut buffer, sum.get_amount()) {
                Ok(read) => buffer.get(..read).unwrap_or_default(),
                Err(e) => return Ok(Some(format!("the file {}: {e}", file.id.name()))),
            };
            sum.update(read);
            progress.advance(read.len() as u64)?;
            if read.is_empty() {
                break;
            }
        }
        if sum.get_amount() != file.size {
            let (is, name) = (sum.get_amount(), file.id.name());
            return Ok(Some(format!("the file {name} has {is} bytes of {}", file.size)));
        }
        let is_whole = sum.finalize() == file.crc64nvme;
        Ok((!is_whole).then(|| format!("the bytes of the file {} are damaged", file.id.name())))
    }
}

/// The next files. Damaged rows are named with what refers to them.
fn files(view: &View<'_>, after: Option<&[u8]>) -> Result<Batch<File>, StoreError> {
    let (mut items, mut last) = (Vec::new(), None);
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    for found in view.scan(Table::Blobs, &[], from)?.take(WALK_BATCH) {
        let found = found?;
        last = Some(found.key.to_vec());
        let blob = found.unseal::<BlobRow>().map(|row| row.blob);
        if let (Ok(Blob::File { size, crc64nvme }), Ok(id)) = (blob, found.key.try_into()) {
            items.push(File { id: FileId(id), size, crc64nvme });
        }
    }
    Ok(Batch { items, last })
}

/// The key of a row, and what is wrong with it.
type Judged = (Vec<u8>, Option<String>);

/// Judges the next rows of a table that refers to content.
fn judge(
    view: &View<'_>,
    table: Table,
    after: Option<&[u8]>,
    damaged: &HashMap<FileId, String>,
) -> Result<Batch<Judged>, StoreError> {
    let judge = Judge { view, damaged };
    let (mut items, mut last) = (Vec::new(), None);
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    for found in view.scan(table, &[], from)?.take(WALK_BATCH) {
        let found = found?;
        last = Some(found.key.to_vec());
        match owners::of_row(table, &found) {
            Err(e) => items.push((found.key.to_vec(), Some(e.to_string()))),
            Ok(owners) => {
                for owner in owners {
                    items.push((found.key.to_vec(), judge.content(owner.place, &owner.sums)?));
                }
            }
        }
    }
    Ok(Batch { items, last })
}
