//! The table of records: one LMDB environment. The only file naming `heed`.
//!
//! Readers see the last commit, whole, and never wait; one writer at a time. A commit is durable
//! when it returns: LMDB syncs the new pages, then writes and syncs the root
//! (<http://www.lmdb.tech/doc/>), and none of the flags that weaken this are set.

use std::fs::File;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use heed::types::Bytes;
use heed::{
    CommitOrAbort, CompactionOption, Database, Env, EnvFlags, EnvOpenOptions, MdbError, RoTxn,
    RwTxn, WithTls,
};

use super::row::{seal, unseal};
use crate::contract::{Entry, Page, Record, Scan};
use crate::error::LedgerError;
use crate::limits::{MAP_RESERVE, PAGE_MAX, READERS_MAX};

const RECORDS: &str = "records";

type Rows = Database<'static, Bytes, Bytes>;

/// The open table.
pub(super) struct Table {
    env: Env,
    rows: Rows,
    bytes_max: usize,
}

impl Table {
    /// Opens or creates the table in `dir`, to grow to `bytes_max` at most. The caller holds the
    /// lock of the ledger.
    pub(super) fn open(dir: &Path, bytes_max: usize) -> Result<Self, LedgerError> {
        let opening = |e| error("opening the table of records", e);
        let env = open(dir, bytes_max, EnvFlags::empty())?;
        // Those of a process that was killed, whose pages would be kept for ever.
        env.clear_stale_readers().map_err(opening)?;
        let rows = create(&env).map_err(opening)?;
        Ok(Self { env, rows, bytes_max })
    }

    /// Opens the table in `dir` to look at it, while another process may write.
    pub(super) fn look(dir: &Path, bytes_max: usize) -> Result<Self, LedgerError> {
        let opening = |e| error("opening the table of records", e);
        let env = open(dir, bytes_max, EnvFlags::READ_ONLY)?;
        let rows = find_rows(&env).map_err(opening)?;
        Ok(Self { env, rows, bytes_max })
    }

    /// Writes a copy of the last commit, whoever commits meanwhile. It is not synced.
    pub(super) fn copy_to(&self, file: &mut File) -> Result<(), LedgerError> {
        let copied = self.env.copy_to_file(file, CompactionOption::Enabled);
        copied.map_err(|e| error("copying the ledger", e))
    }

    /// The record under `key`.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Record>, LedgerError> {
        let txn = self.read()?;
        find(self.rows, &txn, key)
    }

    /// A page of records.
    pub(super) fn scan(&self, scan: &Scan) -> Result<Page, LedgerError> {
        let scanning = |e| error("scanning the ledger", e);
        let txn = self.read()?;
        let prefix = scan.prefix.as_slice();
        // Because: LMDB knows no empty key, not even to look for.
        let from = match scan.after.as_deref().filter(|after| *after >= prefix) {
            Some([]) => Bound::Unbounded,
            Some(after) => Bound::Excluded(after),
            None if prefix.is_empty() => Bound::Unbounded,
            None => Bound::Included(prefix),
        };
        let mut page = Page::default();
        for found in self.rows.range(&txn, &(from, Bound::Unbounded)).map_err(scanning)? {
            let (key, row) = found.map_err(scanning)?;
            if !key.starts_with(prefix) {
                break;
            }
            if page.entries.len() >= scan.limit.min(PAGE_MAX) {
                page.is_truncated = true;
                break;
            }
            page.entries.push(Entry { key: key.into(), record: unseal(key, row)? });
        }
        Ok(page)
    }

    /// Whether there is room for more than removals.
    pub(super) fn has_room(&self) -> Result<bool, LedgerError> {
        let txn = self.read()?;
        let stat = self.rows.stat(&txn).map_err(|e| error("measuring the ledger", e))?;
        let pages = stat.branch_pages + stat.leaf_pages + stat.overflow_pages;
        let used = pages * usize::try_from(stat.page_size).unwrap_or(usize::MAX);
        Ok(used < self.bytes_max - self.bytes_max / MAP_RESERVE)
    }

    /// Begins to write. The committer alone does.
    pub(super) fn write(&self) -> Result<Changes<'_>, LedgerError> {
        let txn = self.env.write_txn().map_err(|e| error("beginning a commit", e))?;
        Ok(Changes { table: self, txn, is_empty: true })
    }

    fn read(&self) -> Result<RoTxn<'_, WithTls>, LedgerError> {
        self.env.read_txn().map_err(|e| error("reading the ledger", e))
    }
}

fn open(dir: &Path, bytes_max: usize, flags: EnvFlags) -> Result<Env, LedgerError> {
    let mut options = EnvOpenOptions::new();
    options.map_size(bytes_max).max_dbs(1).max_readers(READERS_MAX);
    #[expect(
        unsafe_code,
        reason = "the file is mapped, so only LMDB may change it, and only who holds the ledger's \
                  lock lets it; the flags are none that weaken it"
    )]
    let env = unsafe { options.flags(flags).open(dir) };
    env.map_err(|e| error("opening the table of records", e))
}

fn create(env: &Env) -> heed::Result<Rows> {
    let txn = env.write_txn()?;
    let created = env.create_databases_and_commit(txn, |opener, txn| {
        let rows = opener.create_database::<Bytes, Bytes>(txn, Some(RECORDS))?;
        Ok::<_, heed::Error>(CommitOrAbort::<_, std::convert::Infallible>::Commit(rows))
    })?;
    let CommitOrAbort::Commit(rows) = created;
    Ok(rows)
}

fn find_rows(env: &Env) -> heed::Result<Rows> {
    let txn = env.read_txn()?;
    let opened = env.open_databases_and_commit(txn, |opener, txn| {
        let rows = opener.open_database::<Bytes, Bytes>(txn, Some(RECORDS))?;
        let rows = rows.ok_or(heed::Error::Mdb(MdbError::NotFound))?;
        Ok::<_, heed::Error>(CommitOrAbort::<_, std::convert::Infallible>::Commit(rows))
    })?;
    let CommitOrAbort::Commit(rows) = opened;
    Ok(rows)
}

fn find(rows: Rows, txn: &RoTxn<'_>, key: &[u8]) -> Result<Option<Record>, LedgerError> {
    let row = rows.get(txn, key).map_err(|e| error("reading the ledger", e))?;
    row.map(|row| unseal(key, row)).transpose()
}

/// What is to be committed together.
pub(super) struct Changes<'t> {
    table: &'t Table,
    txn: RwTxn<'t>,
    is_empty: bool,
}

impl Changes<'_> {
    /// The record under `key`, with the changes made so far.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Record>, LedgerError> {
        find(self.table.rows, &self.txn, key)
    }

    pub(super) fn put(
        &mut self,
        key: &[u8],
        version: u64,
        value: &[u8],
    ) -> Result<(), LedgerError> {
        self.is_empty = false;
        let put = self.table.rows.put(&mut self.txn, key, &seal(key, version, value));
        put.map_err(|e| error("writing the ledger", e))
    }

    pub(super) fn delete(&mut self, key: &[u8]) -> Result<(), LedgerError> {
        self.is_empty = false;
        let deleted = self.table.rows.delete(&mut self.txn, key);
        deleted.map(drop).map_err(|e| error("writing the ledger", e))
    }

    /// Makes the changes durable and visible.
    pub(super) fn commit(self) -> Result<(), LedgerError> {
        if self.is_empty {
            return Ok(());
        }
        self.txn.commit().map_err(|e| match self.table.env.write_txn() {
            Ok(_) => error("committing", e),
            // Once the writing of a root has failed, LMDB begins no other transaction.
            Err(_) => {
                LedgerError::Unsure { source: Arc::new(std::io::Error::other(e.to_string())) }
            }
        })
    }
}

fn error(doing: &'static str, error: heed::Error) -> LedgerError {
    match error {
        heed::Error::Mdb(MdbError::MapFull) => LedgerError::Full,
        heed::Error::Mdb(
            e @ (MdbError::PageNotFound
            | MdbError::Corrupted
            | MdbError::Invalid
            | MdbError::VersionMismatch),
        ) => LedgerError::Corrupt { at: e.to_string() },
        heed::Error::Io(e) => LedgerError::io(doing, e),
        other @ (heed::Error::Mdb(_)
        | heed::Error::Encoding(_)
        | heed::Error::Decoding(_)
        | heed::Error::EnvAlreadyOpened) => {
            LedgerError::io(doing, std::io::Error::other(other.to_string()))
        }
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("path", &self.env.path()).finish_non_exhaustive()
    }
}
