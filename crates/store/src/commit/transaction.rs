//! What one batch changes: the index, the files it brings in, the files it lets go.

use s3::BucketName;

use crate::disk::{Disk, Staged};
use crate::error::StoreError;
use crate::format::rows::{BucketRow, Counters, GarbageRow};
use crate::format::versions::{Version, Versioning};
use crate::format::{FileId, Record, Table, keys};
use crate::index::{Changes, Uncommitted, View};

use super::sweep::{Doomed, Swept};

/// A batch in the making. Operations check first, then write: see [`run`](Self::run).
pub(crate) struct Transaction<'t> {
    changes: Changes<'t>,
    counters: Counters,
    counters_before: Counters,
    has_room: bool,
    staged: Vec<Staged>,
    doomed: Vec<Doomed>,
    spoiled: Option<StoreError>,
}

/// What is left to do when a batch was committed.
#[derive(Debug)]
pub(crate) struct Aftermath {
    pub staged: Vec<FileId>,
    pub doomed: Vec<Doomed>,
    pub counters: Counters,
}

impl<'t> Transaction<'t> {
    pub(crate) fn new(changes: Changes<'t>, counters: Counters, has_room: bool) -> Self {
        Self {
            changes,
            counters,
            counters_before: counters,
            has_room,
            staged: Vec::new(),
            doomed: Vec::new(),
            spoiled: None,
        }
    }

    /// Runs one operation. If it fails with writes behind it, the batch is spoiled.
    pub(crate) fn run<T>(
        &mut self,
        operation: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let attempts = self.changes.attempts();
        let result = operation(self);
        if let Err(e) = &result
            && self.changes.attempts() != attempts
        {
            self.spoiled = Some(e.clone());
        }
        result
    }

    /// This transaction, unless an operation spoiled it.
    pub(crate) fn unspoiled(&mut self) -> Result<&mut Self, StoreError> {
        if let Some(e) = &self.spoiled { Err(e.clone()) } else { Ok(self) }
    }

    pub(crate) fn view(&self) -> &View<'t> {
        self.changes.view()
    }

    /// The bucket's row; [`NoSuchBucket`](StoreError::NoSuchBucket) when there is none.
    pub(crate) fn bucket(&self, name: &BucketName) -> Result<BucketRow, StoreError> {
        self.view().get(keys::bucket(name))?.ok_or(StoreError::NoSuchBucket)
    }

    /// To be asked before anything is added.
    pub(crate) fn need_room(&self) -> Result<(), StoreError> {
        if self.has_room { Ok(()) } else { Err(StoreError::Full) }
    }

    pub(crate) fn put<R: Record>(&mut self, key: &[u8], record: &R) -> Result<(), StoreError> {
        self.changes.put(key, record)
    }

    pub(crate) fn delete(&mut self, table: Table, key: &[u8]) -> Result<(), StoreError> {
        self.changes.delete(table, key)
    }

    /// A number for a new bucket.
    pub(crate) fn next_bucket(&mut self) -> u64 {
        let number = self.counters.bucket;
        self.counters.bucket += 1;
        number
    }

    /// A number for new inline content. Rising, so that inserts meet on one page.
    pub(crate) fn next_inline(&mut self) -> u64 {
        let number = self.counters.inline;
        self.counters.inline += 1;
        number
    }

    /// A version to be written to a bucket.
    pub(crate) fn next_version(&mut self, versioning: Versioning) -> Result<Version, StoreError> {
        let random = match versioning {
            Versioning::Never => return Ok(Version::default()),
            Versioning::Enabled => Some(keys::random_bits()?),
            Versioning::Suspended => None,
        };
        let number = self.counters.version;
        self.counters.version += 1;
        Ok(Version { number, random })
    }

    /// Takes a staged file into the store, if the batch is committed.
    pub(crate) fn keep(&mut self, staged: Staged) {
        self.staged.push(staged);
    }

    /// Lets files go: written down in the same commit, so that no crash can leak them. While
    /// `owner` is being read they stay.
    pub(crate) fn doom(&mut self, owner: FileId, files: Vec<FileId>) -> Result<(), StoreError> {
        let row = GarbageRow(files);
        self.changes.put(&owner.0, &row)?;
        self.doomed.push(Doomed { owner, files: row.0 });
        Ok(())
    }

    /// Commits. The names of staged files are made durable before the index refers to them.
    /// `in_doubt` are the staged files of commits of which it is not known whether they are on the
    /// disk, until one that succeeds takes their place.
    pub(crate) fn finish(
        mut self,
        disk: &Disk,
        swept: &Swept,
        in_doubt: &mut Vec<FileId>,
    ) -> Result<Aftermath, StoreError> {
        if let Some(e) = self.spoiled {
            return Err(e);
        }
        for owner in swept.take() {
            self.changes.delete(Table::Garbage, &owner.0)?;
        }
        if self.counters != self.counters_before {
            self.changes.put(keys::COUNTERS, &self.counters)?;
        }
        if !self.staged.is_empty() {
            disk.sync_staging(&self.staged)?;
        }
        let Self { changes, counters, staged, doomed, .. } = self;
        if changes.attempts() > 0 {
            match changes.commit() {
                Ok(()) => remove_all(disk, in_doubt),
                // None of it is on the disk, so that the staged files may go.
                Err(Uncommitted { why, is_certain: true }) => return Err(why),
                // Should it be on the disk after all, the next start needs them.
                Err(Uncommitted { why, is_certain: false }) => {
                    in_doubt.extend(staged.into_iter().map(Staged::keep));
                    return Err(why);
                }
            }
        }
        let staged = staged.into_iter().map(Staged::keep).collect();
        Ok(Aftermath { staged, doomed, counters })
    }
}

fn remove_all(disk: &Disk, files: &mut Vec<FileId>) {
    for id in files.drain(..) {
        // A file that will not go is removed at the next start.
        drop(disk.remove(id));
    }
}
