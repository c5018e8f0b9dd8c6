//! The tree: nine ordered tables in one LMDB environment. The only file naming `heed`.
//!
//! Readers see the last commit, whole, and never wait; one writer at a time. A commit is durable
//! when it returns: LMDB syncs the new pages, then writes and syncs the root
//! (<http://www.lmdb.tech/doc/>, "the database is always in a consistent state"), and none of the
//! flags that weaken this are set. LMDB does not check its pages, so each value carries a sum.

use std::ops::RangeBounds as _;
use std::path::Path;

use heed::types::Bytes;
use heed::{
    CommitOrAbort, CompactionOption, Database, Env, EnvFlags, EnvOpenOptions, MdbError, RoRange,
    RoTxn, WithTls,
};

use crate::disk::File;
use crate::error::StoreError;
use crate::format::rows::Applied;
use crate::format::{Record as _, Table, keys};

use super::layer::{Bounds, Layer};
use crate::limits::{INDEX_BYTES_MAX, READERS_MAX};

type Rows = Database<'static, Bytes, Bytes>;

/// The open tree.
pub(super) struct Tree {
    env: Env,
    tables: Tables,
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

impl Tree {
    /// Opens or creates the tree in `dir`, to grow to `bytes_max` at most. The caller holds the
    /// lock of the store.
    pub(super) fn open(dir: &Path, bytes_max: usize) -> Result<Self, StoreError> {
        let (env, bytes_max) = open(dir, bytes_max, EnvFlags::empty())?;
        let tables = create_tables(&env).map_err(|e| error("creating the index", e))?;
        Ok(Self { env, tables, bytes_max })
    }

    /// Opens the tree in `dir` to look at it, while another process may write.
    pub(super) fn open_read_only(dir: &Path) -> Result<Self, StoreError> {
        let (env, bytes_max) = open(dir, INDEX_BYTES_MAX, EnvFlags::READ_ONLY)?;
        let tables = open_tables(&env).map_err(|e| error("opening the index", e))?;
        Ok(Self { env, tables, bytes_max })
    }

    /// The last commit. Old pages are kept while it lives.
    pub(super) fn now(&self) -> Result<Moment<'_>, StoreError> {
        let txn = self.env.read_txn().map_err(|e| error("reading the index", e))?;
        Ok(Moment { tables: &self.tables, txn })
    }

    /// Brings a layer in, which ends with batch `number`, in one commit.
    pub(super) fn apply(&self, layer: &Layer, number: u64) -> Result<(), StoreError> {
        let writing = |e| error("writing the index", e);
        let mut txn = self.env.write_txn().map_err(writing)?;
        for table in Table::ALL {
            let rows = self.tables.of(table);
            for (key, value) in layer.rows(table) {
                match value {
                    Some(value) => rows.put(&mut txn, key, value).map_err(writing)?,
                    None => rows.delete(&mut txn, key).map(drop).map_err(writing)?,
                }
            }
        }
        let sealed = Applied(number).seal(keys::APPLIED);
        self.tables.meta.put(&mut txn, keys::APPLIED, &sealed).map_err(writing)?;
        txn.commit().map_err(|e| error("committing", e))
    }

    /// How large it may grow.
    pub(super) fn bytes_max(&self) -> usize {
        self.bytes_max
    }

    /// What the rows take. The file keeps what they took at most.
    pub(super) fn used_bytes(&self) -> Result<usize, StoreError> {
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
    pub(super) fn file_bytes(&self) -> Result<u64, StoreError> {
        self.env.real_disk_size().map_err(|e| error("measuring the index", e))
    }

    /// Writes a copy of the last commit, whoever commits meanwhile. It is not synced.
    pub(super) fn copy_to(&self, file: &mut File) -> Result<(), StoreError> {
        let copied = self.env.copy_to_file(file, CompactionOption::Disabled);
        copied.map_err(|e| error("copying the index", e))
    }

    /// Forgets readers of processes that were killed, whose pages would be kept for ever.
    pub(super) fn forget_dead_readers(&self) -> Result<(), StoreError> {
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

/// One moment of the tree.
pub(super) struct Moment<'t> {
    tables: &'t Tables,
    txn: RoTxn<'t, WithTls>,
}

/// Keys with their values, in order.
pub(super) struct TreeRows<'m>(RoRange<'m, Bytes, Bytes>);

impl Moment<'_> {
    pub(super) fn get(&self, table: Table, key: &[u8]) -> Result<Option<&[u8]>, StoreError> {
        let value = self.tables.of(table).get(&self.txn, key);
        value.map_err(|e| error("reading the index", e))
    }

    /// The rows within bounds, which name no empty key.
    pub(super) fn range(&self, table: Table, bounds: &Bounds) -> Result<TreeRows<'_>, StoreError> {
        let bounds = (bounds.start_bound(), bounds.end_bound());
        let range = self.tables.of(table).range(&self.txn, &bounds);
        range.map(TreeRows).map_err(|e| error("scanning the index", e))
    }

    pub(super) fn count(&self, table: Table) -> Result<u64, StoreError> {
        let count = self.tables.of(table).len(&self.txn);
        count.map_err(|e| error("counting rows of the index", e))
    }

    /// The last batch of the log that is in here.
    pub(super) fn applied(&self) -> Result<u64, StoreError> {
        let Some(value) = self.get(Table::Meta, keys::APPLIED)? else { return Ok(0) };
        let applied = Applied::unseal(keys::APPLIED, value).map(|Applied(number)| number);
        applied.ok_or_else(|| StoreError::Corrupt { what: Applied::WHAT, at: "index".to_owned() })
    }
}

impl<'m> Iterator for TreeRows<'m> {
    type Item = Result<(&'m [u8], &'m [u8]), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|row| row.map_err(|e| error("scanning the index", e)))
    }
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

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tree").field("path", &self.env.path()).finish_non_exhaustive()
    }
}
