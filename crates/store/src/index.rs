//! The index: nine ordered tables in one LMDB environment. The only file naming `heed`.
//!
//! Readers see the last commit, whole, and never wait; one writer at a time. A commit is durable
//! when it returns: LMDB syncs the new pages, then writes and syncs the root
//! (<http://www.lmdb.tech/doc/>, "the database is always in a consistent state"), and none of the
//! flags that weaken this are set. LMDB does not check its pages, so each value carries a sum.

use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use heed::types::Bytes;
use heed::{
    CommitOrAbort, CompactionOption, Database, Env, EnvFlags, EnvOpenOptions, MdbError, RoTxn,
    RwTxn,
};

use crate::disk::File;
use crate::error::StoreError;
use crate::format::{Record, Table, keys};
use crate::limits::{INDEX_BYTES_MAX, INDEX_RESERVE, READERS_MAX};

type Rows = Database<'static, Bytes, Bytes>;

/// The open index.
pub(crate) struct Index {
    env: Env,
    tables: Arc<Tables>,
    bytes_max: usize,
}

struct Tables {
    meta: Rows,
    buckets: Rows,
    objects: Rows,
    versions: Rows,
    inline: Rows,
    blobs: Rows,
    uploads: Rows,
    parts: Rows,
    garbage: Rows,
}

impl Tables {
    fn of(&self, table: Table) -> Rows {
        match table {
            Table::Meta => self.meta,
            Table::Buckets => self.buckets,
            Table::Objects => self.objects,
            Table::Versions => self.versions,
            Table::Inline => self.inline,
            Table::Blobs => self.blobs,
            Table::Uploads => self.uploads,
            Table::Parts => self.parts,
            Table::Garbage => self.garbage,
        }
    }

    fn all(&self) -> [Rows; 9] {
        let Self { meta, buckets, objects, versions, inline, blobs, uploads, parts, garbage } =
            *self;
        [meta, buckets, objects, versions, inline, blobs, uploads, parts, garbage]
    }
}

impl Index {
    /// Opens or creates the index in `dir`, to grow to `bytes_max` at most. The caller holds the
    /// lock of the store.
    pub(crate) fn open(dir: &Path, bytes_max: usize) -> Result<Self, StoreError> {
        let (env, bytes_max) = open(dir, bytes_max, EnvFlags::empty())?;
        let tables = create_tables(&env).map_err(|e| error("creating the index", e))?;
        Ok(Self { env, tables: Arc::new(tables), bytes_max })
    }

    /// Opens the index in `dir` to look at it, while another process may write.
    pub(crate) fn open_read_only(dir: &Path) -> Result<Self, StoreError> {
        let (env, bytes_max) = open(dir, INDEX_BYTES_MAX, EnvFlags::READ_ONLY)?;
        let tables = open_tables(&env).map_err(|e| error("opening the index", e))?;
        Ok(Self { env, tables: Arc::new(tables), bytes_max })
    }

    /// Looks at the last commit. `look` must not block: old pages are kept while it runs.
    pub(crate) fn read<T>(
        &self,
        look: impl FnOnce(&View<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let txn = self.env.read_txn().map_err(|e| error("reading the index", e))?;
        look(&View { tables: &self.tables, txn: &txn })
    }

    /// Begins to write. The committer alone does.
    pub(crate) fn write(&self) -> Result<Changes<'_>, StoreError> {
        let txn = self.env.write_txn().map_err(|e| error("beginning a commit", e))?;
        Ok(Changes { tables: &self.tables, env: &self.env, txn, attempts: 0 })
    }

    /// Whether there is room for more than removals.
    pub(crate) fn has_room(&self) -> Result<bool, StoreError> {
        Ok(self.used_bytes()? < self.bytes_max - self.bytes_max / INDEX_RESERVE)
    }

    /// What the rows take. The file keeps what they took at most.
    pub(crate) fn used_bytes(&self) -> Result<usize, StoreError> {
        let txn = self.env.read_txn().map_err(|e| error("reading the index", e))?;
        let mut used = 0;
        for rows in self.tables.all() {
            let stat = rows.stat(&txn).map_err(|e| error("measuring the index", e))?;
            let pages = stat.branch_pages + stat.leaf_pages + stat.overflow_pages;
            used += pages * usize::try_from(stat.page_size).unwrap_or(usize::MAX);
        }
        Ok(used)
    }

    /// What its file takes.
    pub(crate) fn file_bytes(&self) -> Result<u64, StoreError> {
        self.env.real_disk_size().map_err(|e| error("measuring the index", e))
    }

    /// Writes a copy of the last commit, whoever commits meanwhile. It is not synced.
    pub(crate) fn copy_to(&self, file: &mut File) -> Result<(), StoreError> {
        let copied = self.env.copy_to_file(file, CompactionOption::Disabled);
        copied.map_err(|e| error("copying the index", e))
    }

    /// Forgets readers of processes that were killed, whose pages would be kept for ever.
    pub(crate) fn forget_dead_readers(&self) -> Result<(), StoreError> {
        self.env.clear_stale_readers().map_err(|e| error("clearing readers", e))?;
        Ok(())
    }
}

fn open(dir: &Path, bytes_max: usize, flags: EnvFlags) -> Result<(Env, usize), StoreError> {
    // Whole pages, whatever their size on this machine.
    let bytes_max = bytes_max.next_multiple_of(1 << 16);
    let mut options = EnvOpenOptions::new();
    options.map_size(bytes_max).max_dbs(9).max_readers(READERS_MAX);
    #[expect(
        unsafe_code,
        reason = "the file is mapped, so only LMDB may change it, and only who holds the store's \
                  lock lets it; the flags are none that weaken it"
    )]
    let env = unsafe { options.flags(flags).open(dir) };
    Ok((env.map_err(|e| error("opening the index", e))?, bytes_max))
}

fn create_tables(env: &Env) -> heed::Result<Tables> {
    let txn = env.write_txn()?;
    let created = env.create_databases_and_commit(txn, |opener, txn| {
        let tables = each(|name| opener.create_database::<Bytes, Bytes>(txn, Some(name)))?;
        Ok::<_, heed::Error>(CommitOrAbort::<_, std::convert::Infallible>::Commit(tables))
    })?;
    let CommitOrAbort::Commit(tables) = created;
    Ok(Tables::from(tables))
}

fn open_tables(env: &Env) -> heed::Result<Tables> {
    let txn = env.read_txn()?;
    let opened = env.open_databases_and_commit(txn, |opener, txn| {
        let tables = each(|name| {
            let table = opener.open_database::<Bytes, Bytes>(txn, Some(name))?;
            table.ok_or(heed::Error::Mdb(MdbError::NotFound))
        })?;
        Ok::<_, heed::Error>(CommitOrAbort::<_, std::convert::Infallible>::Commit(tables))
    })?;
    let CommitOrAbort::Commit(tables) = opened;
    Ok(Tables::from(tables))
}

type Each<T> = (T, T, T, T, T, T, T, T, T);

/// Makes each table of its name.
fn each<T>(mut table: impl FnMut(&'static str) -> heed::Result<T>) -> heed::Result<Each<T>> {
    Ok((
        table("meta")?,
        table("buckets")?,
        table("objects")?,
        table("versions")?,
        table("inline")?,
        table("blobs")?,
        table("uploads")?,
        table("parts")?,
        table("garbage")?,
    ))
}

impl From<Each<Rows>> for Tables {
    fn from(tables: Each<Rows>) -> Self {
        let (meta, buckets, objects, versions, inline, blobs, uploads, parts, garbage) = tables;
        Self { meta, buckets, objects, versions, inline, blobs, uploads, parts, garbage }
    }
}

/// One moment of the index.
pub(crate) struct View<'t> {
    tables: &'t Tables,
    txn: &'t RoTxn<'t>,
}

impl View<'_> {
    /// The record under `key`.
    pub(crate) fn get<R: Record>(&self, key: &[u8]) -> Result<Option<R>, StoreError> {
        let rows = self.tables.of(R::TABLE);
        let value = rows.get(self.txn, key).map_err(|e| error("reading the index", e))?;
        value.map(|value| Found { key, value }.unseal()).transpose()
    }

    /// Whether there is a row under `key`, damaged or not.
    pub(crate) fn contains(&self, table: Table, key: &[u8]) -> Result<bool, StoreError> {
        let rows = self.tables.of(table);
        let value = rows.get(self.txn, key).map_err(|e| error("reading the index", e))?;
        Ok(value.is_some())
    }

    /// The rows from `from` on whose keys begin with `prefix`, in order.
    pub(crate) fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        from: Bound<&[u8]>,
    ) -> Result<impl Iterator<Item = Result<Found<'_>, StoreError>>, StoreError> {
        let end = keys::successor(prefix);
        // Because: LMDB knows no empty key, not even to look for.
        let from = match from {
            Bound::Included([]) | Bound::Excluded([]) | Bound::Unbounded => Bound::Unbounded,
            Bound::Included(_) | Bound::Excluded(_) => from,
        };
        let bounds = (from, end.as_deref().map_or(Bound::Unbounded, Bound::Excluded));
        let rows = self.tables.of(table);
        let range = rows.range(self.txn, &bounds).map_err(|e| error("scanning the index", e))?;
        Ok(range.map(|row| {
            let (key, value) = row.map_err(|e| error("scanning the index", e))?;
            Ok(Found { key, value })
        }))
    }

    /// How many rows there are.
    pub(crate) fn count(&self, table: Table) -> Result<u64, StoreError> {
        let rows = self.tables.of(table);
        rows.len(self.txn).map_err(|e| error("counting rows of the index", e))
    }

    /// All rows whose keys begin with `prefix`.
    pub(crate) fn scan_all(
        &self,
        table: Table,
        prefix: &[u8],
    ) -> Result<impl Iterator<Item = Result<Found<'_>, StoreError>>, StoreError> {
        self.scan(table, prefix, Bound::Included(prefix))
    }
}

/// A row as it lies in the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'t> {
    pub key: &'t [u8],
    value: &'t [u8],
}

impl Found<'_> {
    /// Reads the record.
    pub(crate) fn unseal<R: Record>(&self) -> Result<R, StoreError> {
        R::unseal(self.key, self.value).ok_or_else(|| self.corrupt::<R>())
    }

    /// Says that this row is damaged.
    pub(crate) fn corrupt<R: Record>(&self) -> StoreError {
        StoreError::Corrupt { what: R::WHAT, at: self.key.escape_ascii().to_string() }
    }
}

/// What is to be committed together.
pub(crate) struct Changes<'t> {
    tables: &'t Tables,
    env: &'t Env,
    txn: RwTxn<'t>,
    /// Writes tried so far, also those that failed.
    attempts: u64,
}

impl Changes<'_> {
    /// The index with the changes made so far.
    pub(crate) fn view(&self) -> View<'_> {
        View { tables: self.tables, txn: &self.txn }
    }

    pub(crate) fn put<R: Record>(&mut self, key: &[u8], record: &R) -> Result<(), StoreError> {
        self.attempts += 1;
        let rows = self.tables.of(R::TABLE);
        rows.put(&mut self.txn, key, &record.seal(key)).map_err(|e| error("writing the index", e))
    }

    pub(crate) fn delete(&mut self, table: Table, key: &[u8]) -> Result<(), StoreError> {
        self.attempts += 1;
        let rows = self.tables.of(table);
        rows.delete(&mut self.txn, key).map_err(|e| error("writing the index", e))?;
        Ok(())
    }

    /// How many writes were tried. Unchanged over an operation, it left nothing behind.
    pub(crate) fn attempts(&self) -> u64 {
        self.attempts
    }

    /// Makes the changes durable and visible.
    pub(crate) fn commit(self) -> Result<(), Uncommitted> {
        let Self { env, txn, .. } = self;
        txn.commit().map_err(|e| Uncommitted {
            why: error("committing", e),
            // Once the writing of a root has failed, LMDB begins no other transaction.
            is_certain: env.write_txn().is_ok(),
        })
    }
}

/// A commit that failed.
#[derive(Debug)]
pub(crate) struct Uncommitted {
    pub why: StoreError,
    /// Whether nothing of it is on the disk. Otherwise the next start will see.
    pub is_certain: bool,
}

fn error(doing: &'static str, error: heed::Error) -> StoreError {
    match error {
        heed::Error::Mdb(MdbError::MapFull) => StoreError::Full,
        heed::Error::Mdb(
            e @ (MdbError::PageNotFound
            | MdbError::Corrupted
            | MdbError::Invalid
            | MdbError::VersionMismatch),
        ) => StoreError::Corrupt { what: "index", at: e.to_string() },
        heed::Error::Io(e) => StoreError::io(doing, e),
        other @ (heed::Error::Mdb(_)
        | heed::Error::Encoding(_)
        | heed::Error::Decoding(_)
        | heed::Error::EnvAlreadyOpened) => {
            StoreError::io(doing, std::io::Error::other(other.to_string()))
        }
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("path", &self.env.path()).finish_non_exhaustive()
    }
}
