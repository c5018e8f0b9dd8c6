//! How much is in a store, and what it takes.

use crate::error::StoreError;
use crate::format::rows::{Blob, BlobRow, GarbageRow, SummaryRow};
use crate::format::versions::Past;
use crate::format::{Table, rows};
use crate::index::View;

use super::Inspection;

/// Figures of one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Buckets.
    pub buckets: u64,
    /// Current objects.
    pub objects: u64,
    /// Their bytes, as clients see them.
    pub object_bytes: u64,
    /// Versions that are not current, and delete markers.
    pub versions: u64,
    /// Their bytes.
    pub version_bytes: u64,
    /// Uploads in progress.
    pub uploads: u64,
    /// Their parts.
    pub parts: u64,
    /// Their bytes.
    pub part_bytes: u64,
    /// Contents inside the index.
    pub inline: u64,
    /// Contents in files.
    pub files: u64,
    /// Their bytes: less than those of objects where copies share them.
    pub file_bytes: u64,
    /// Files that are to be removed.
    pub garbage: u64,
    /// What the file of the index takes.
    pub index_bytes: u64,
    /// What of that is in use; the rest is used again.
    pub index_bytes_used: u64,
    /// What the disk has left.
    pub disk_bytes_free: u64,
}

impl Inspection {
    /// Counts what is there, in one walk over the index.
    pub fn stat(&self) -> Result<Stat, StoreError> {
        let index_bytes_used = self.index.used_bytes()? as u64;
        let index_bytes = self.index.file_bytes()?;
        let disk_bytes_free = self.disk.free_bytes()?;
        let counted = self.index.read(count)?;
        Ok(Stat { index_bytes, index_bytes_used, disk_bytes_free, ..counted })
    }
}

/// A damaged row counts for nothing but itself; a check names it.
fn count(view: &View<'_>) -> Result<Stat, StoreError> {
    let mut stat = Stat {
        buckets: view.count(Table::Buckets)?,
        objects: view.count(Table::Objects)?,
        versions: view.count(Table::Versions)?,
        uploads: view.count(Table::Uploads)?,
        parts: view.count(Table::Parts)?,
        inline: view.count(Table::Inline)?,
        ..Stat::default()
    };
    for found in view.scan_all(Table::Objects, &[])? {
        stat.object_bytes += found?.unseal::<SummaryRow>().map_or(0, |row| row.sums.size);
    }
    for found in view.scan_all(Table::Versions, &[])? {
        stat.version_bytes += match found?.unseal() {
            Ok(Past::Object(SummaryRow { sums, .. })) => sums.size,
            Ok(Past::DeleteMarker(_)) | Err(_) => 0,
        };
    }
    for found in view.scan_all(Table::Parts, &[])? {
        stat.part_bytes += found?.unseal::<rows::PartRow>().map_or(0, |row| row.sums.size);
    }
    for found in view.scan_all(Table::Blobs, &[])? {
        if let Ok(BlobRow { blob: Blob::File { size, .. }, .. }) = found?.unseal() {
            stat.files += 1;
            stat.file_bytes += size;
        }
    }
    for found in view.scan_all(Table::Garbage, &[])? {
        stat.garbage += found?.unseal::<GarbageRow>().map_or(0, |row| row.0.len() as u64);
    }
    Ok(stat)
}
