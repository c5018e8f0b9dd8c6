//! A ledger on the embedded disk: one LMDB environment, synced in full by each commit, and one
//! committer, so that writers who wait at the same time share the sync.
//!
//! A row is the version u64, the value, and the CRC-32C of key and both, big endian. The row under
//! the byte 0 counts versions.

mod folder;

use std::fs::File;
use std::ops::Bound;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread::JoinHandle;

use crc_fast::{CrcAlgorithm, Digest};
use heed::types::Bytes;
use heed::{CommitOrAbort, Database, Env, EnvOpenOptions, MdbError, RoTxn, RwTxn};

use crate::contract::{
    Atomic, Change, Entry, Ledger, Page, Record, Scan, check_key, check_together,
};
use crate::error::LedgerError;
use crate::limits::{BATCH_MAX, MAP_BYTES, PAGE_MAX, QUEUE_MAX};
use crate::pending::Pending;
use crate::version::Version;

type Rows = Database<'static, Bytes, Bytes>;
type Versions = Result<Vec<Version>, LedgerError>;
type Answer = Box<dyn FnOnce(Versions) + Send>;

/// The row that counts versions; the keys of records are longer or another byte.
const COUNTER: &[u8] = &[0];

/// Records in a folder.
#[derive(Debug)]
pub struct DiskLedger {
    queue: Option<SyncSender<Operation>>,
    committer: Option<JoinHandle<()>>,
    env: Env,
    rows: Rows,
    _lock: File,
}

struct Operation {
    changes: Vec<Change>,
    answer: Answer,
}

impl DiskLedger {
    /// Opens the folder `dir`, making it a ledger when it is empty or absent.
    ///
    /// # Errors
    /// A folder that is another's, of a later version, or in use; or the machine's.
    pub fn open(dir: &Path) -> Result<Self, LedgerError> {
        let lock = folder::open(dir)?;
        let mut options = EnvOpenOptions::new();
        options.map_size(MAP_BYTES).max_dbs(1).max_readers(1024);
        #[expect(
            unsafe_code,
            reason = "the file is mapped, so only LMDB may change it, and only who holds the \
                      ledger's lock lets it; no flag weakens it"
        )]
        let env = unsafe { options.open(dir) }.map_err(|e| error("opening the ledger", e))?;
        let rows = create(&env).map_err(|e| error("opening the ledger", e))?;
        folder::sync(dir).map_err(|e| LedgerError::io("opening the ledger", e))?;
        let (queue, operations) = mpsc::sync_channel(QUEUE_MAX);
        let (of_committer, builder) = (env.clone(), std::thread::Builder::new());
        let builder = builder.name("ledger-commit".into());
        let committer = builder.spawn(move || run(&of_committer, rows, &operations));
        let committer = committer.map_err(|e| LedgerError::io("starting a thread", e))?;
        Ok(Self { queue: Some(queue), committer: Some(committer), env, rows, _lock: lock })
    }

    fn submit(&self, changes: Vec<Change>, answer: Answer) {
        let operation = Operation { changes, answer };
        let refused = match self.queue.as_ref().map(|queue| queue.try_send(operation)) {
            None | Some(Ok(())) => return,
            Some(Err(TrySendError::Full(operation))) => (operation, LedgerError::Busy),
            Some(Err(TrySendError::Disconnected(operation))) => (operation, LedgerError::Closed),
        };
        (refused.0.answer)(Err(refused.1));
    }

    fn find(&self, key: &[u8]) -> Result<Option<Record>, LedgerError> {
        check_key(key)?;
        if key == COUNTER {
            return Err(LedgerError::InvalidKey);
        }
        let txn = self.env.read_txn().map_err(|e| error("reading the ledger", e))?;
        row(self.rows, &txn, key)
    }

    fn page(&self, scan: &Scan) -> Result<Page, LedgerError> {
        let reading = |e| error("scanning the ledger", e);
        let txn = self.env.read_txn().map_err(reading)?;
        let prefix = scan.prefix.as_slice();
        let after = scan.after.as_deref().filter(|after| *after >= prefix && !after.is_empty());
        let from = match after {
            Some(after) => Bound::Excluded(after),
            None if prefix.is_empty() => Bound::Unbounded,
            None => Bound::Included(prefix),
        };
        let mut page = Page::default();
        for found in self.rows.range(&txn, &(from, Bound::Unbounded)).map_err(reading)? {
            let (key, value) = found.map_err(reading)?;
            if !key.starts_with(prefix) {
                break;
            }
            if key == COUNTER {
                continue;
            }
            if page.entries.len() >= scan.limit.min(PAGE_MAX) {
                page.is_truncated = true;
                break;
            }
            page.entries.push(Entry { key: key.into(), record: unseal(key, value)? });
        }
        Ok(page)
    }
}

impl Ledger for DiskLedger {
    fn get(&self, key: &[u8]) -> Pending<Option<Record>> {
        Pending::ready(self.find(key))
    }

    fn scan(&self, scan: &Scan) -> Pending<Page> {
        Pending::ready(self.page(scan))
    }

    fn write(&self, change: Change) -> Pending<Version> {
        let (answer, pending) = Pending::channel();
        let one = |all: Versions| all?.into_iter().next().ok_or(LedgerError::Closed);
        self.submit(vec![change], Box::new(move |all| answer(one(all))));
        pending
    }
}

impl Atomic for DiskLedger {
    fn write_all(&self, changes: Vec<Change>) -> Pending<Vec<Version>> {
        let (answer, pending) = Pending::channel();
        self.submit(changes, Box::new(answer));
        pending
    }
}

impl Drop for DiskLedger {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(committer) = self.committer.take() {
            drop(committer.join());
        }
    }
}

fn create(env: &Env) -> heed::Result<Rows> {
    let txn = env.write_txn()?;
    let created = env.create_databases_and_commit(txn, |opener, txn| {
        let rows = opener.create_database::<Bytes, Bytes>(txn, Some("records"))?;
        Ok::<_, heed::Error>(CommitOrAbort::<_, std::convert::Infallible>::Commit(rows))
    })?;
    let CommitOrAbort::Commit(rows) = created;
    Ok(rows)
}

fn run(env: &Env, rows: Rows, operations: &Receiver<Operation>) {
    while let Ok(first) = operations.recv() {
        let mut batch = vec![first];
        batch.extend(operations.try_iter().take(BATCH_MAX - 1));
        let (changes, answers): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|operation| (operation.changes, operation.answer)).unzip();
        let outcome = commit(env, rows, changes);
        for (index, answer) in answers.into_iter().enumerate() {
            answer(match &outcome {
                Ok(all) => all.get(index).cloned().unwrap_or(Err(LedgerError::Closed)),
                Err(e) => Err(e.clone()),
            });
        }
    }
}

/// Commits a batch; each that is refused leaves the others alone.
fn commit(env: &Env, rows: Rows, all: Vec<Vec<Change>>) -> Result<Vec<Versions>, LedgerError> {
    let mut txn = env.write_txn().map_err(|e| error("beginning a commit", e))?;
    let before = match row(rows, &txn, COUNTER)? {
        Some(counter) => counter.version.number().unwrap_or(0),
        None => 0,
    };
    let mut count = before;
    let mut outcomes = Vec::with_capacity(all.len());
    for changes in all {
        outcomes.push(match check(rows, &txn, &changes) {
            Ok(()) => Ok(apply(rows, &mut txn, changes, &mut count)?),
            Err(e) => Err(e),
        });
    }
    if count == before {
        return Ok(outcomes);
    }
    put(rows, &mut txn, COUNTER, (count, &[]))?;
    match txn.commit() {
        Ok(()) => Ok(outcomes),
        // Once the writing of a root has failed, LMDB begins no other transaction.
        Err(e) if env.write_txn().is_ok() => Err(error("committing", e)),
        Err(e) => Err(LedgerError::Unsure {
            source: std::sync::Arc::new(std::io::Error::other(e.to_string())),
        }),
    }
}

fn check(rows: Rows, txn: &RwTxn<'_>, changes: &[Change]) -> Result<(), LedgerError> {
    check_together(changes)?;
    for change in changes {
        if change.key == COUNTER {
            return Err(LedgerError::InvalidKey);
        }
        let found = row(rows, txn, &change.key)?;
        if !change.expect.holds(found.as_ref().map(|record| &record.version)) {
            return Err(LedgerError::Conflict);
        }
    }
    Ok(())
}

fn apply(rows: Rows, txn: &mut RwTxn<'_>, changes: Vec<Change>, count: &mut u64) -> Versions {
    let mut versions = Vec::with_capacity(changes.len());
    for change in changes {
        *count += 1;
        match change.value {
            Some(value) => put(rows, txn, &change.key, (*count, &value))?,
            None => {
                rows.delete(txn, &change.key).map_err(|e| error("writing the ledger", e))?;
            }
        }
        versions.push(Version::from_number(*count));
    }
    Ok(versions)
}

fn put(
    rows: Rows,
    txn: &mut RwTxn<'_>,
    key: &[u8],
    (version, value): (u64, &[u8]),
) -> Result<(), LedgerError> {
    let mut sealed = version.to_be_bytes().to_vec();
    sealed.extend_from_slice(value);
    let sum = sum(key, &sealed);
    sealed.extend_from_slice(&sum);
    rows.put(txn, key, &sealed).map_err(|e| error("writing the ledger", e))
}

fn row(rows: Rows, txn: &RoTxn<'_>, key: &[u8]) -> Result<Option<Record>, LedgerError> {
    let value = rows.get(txn, key).map_err(|e| error("reading the ledger", e))?;
    value.map(|value| unseal(key, value)).transpose()
}

fn unseal(key: &[u8], sealed: &[u8]) -> Result<Record, LedgerError> {
    let record = sealed.split_last_chunk::<4>().and_then(|(fields, found)| {
        let (version, value) = fields.split_first_chunk::<8>()?;
        let version = Version::from_number(u64::from_be_bytes(*version));
        (sum(key, fields) == *found).then(|| Record { value: value.into(), version })
    });
    record.ok_or_else(|| LedgerError::Corrupt { at: key.escape_ascii().to_string() })
}

fn sum(key: &[u8], fields: &[u8]) -> [u8; 4] {
    let mut digest = Digest::new(CrcAlgorithm::Crc32Iscsi);
    digest.update(key);
    digest.update(fields);
    let [.., a, b, c, d] = digest.finalize().to_be_bytes();
    [a, b, c, d]
}

fn error(doing: &'static str, error: heed::Error) -> LedgerError {
    match error {
        heed::Error::Mdb(MdbError::MapFull) => LedgerError::Full,
        heed::Error::Io(e) => LedgerError::io(doing, e),
        other @ (heed::Error::Mdb(_)
        | heed::Error::Encoding(_)
        | heed::Error::Decoding(_)
        | heed::Error::EnvAlreadyOpened) => {
            LedgerError::io(doing, std::io::Error::other(other.to_string()))
        }
    }
}
