//! The committer: one thread that owns all writes, so that writers who wait at the same time share
//! a sync.
//!
//! It takes what queued up while the last commit ran, checks and applies each in one transaction,
//! commits, then answers. One that is refused leaves the others alone; if the machine refuses, all
//! of the batch get the error and nothing of it is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{Builder, JoinHandle};

use super::Shared;
use super::table::Changes;
use crate::contract::{Change, Expect, check_together};
use crate::error::LedgerError;
use crate::limits::{BATCH_MAX, PAGE_BYTES, QUEUE_MAX};
use crate::pending::Pending;
use crate::version::Version;

type Versions = Result<Vec<Version>, LedgerError>;
type Answer = Box<dyn FnOnce(Versions) + Send>;

/// What waits in the queue, and how many pages it is likely to fill.
struct Operation {
    changes: Vec<Change>,
    weight: usize,
    answer: Answer,
}

/// The way to the committer.
#[derive(Debug)]
pub(super) struct Queue {
    sender: Option<Sender<Operation>>,
    /// The weight of all that is in the queue.
    waiting: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Queue {
    /// Starts the committer.
    pub(super) fn start(shared: Arc<Shared>) -> Result<Self, LedgerError> {
        let (sender, receiver) = mpsc::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let committer = Committer { shared, waiting: Arc::clone(&waiting) };
        let thread = Builder::new().name("ledger-commit".into());
        let thread = thread.spawn(move || committer.run(&receiver));
        let thread = thread.map_err(|e| LedgerError::io("starting a thread of the ledger", e))?;
        Ok(Self { sender: Some(sender), waiting, thread: Some(thread) })
    }

    /// Queues changes that are to be made together. They are made even if the answer is not waited
    /// for.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        changes: Vec<Change>,
        read: impl FnOnce(Versions) -> Result<T, LedgerError> + Send + 'static,
    ) -> Pending<T> {
        if let Err(e) = check_together(&changes) {
            return Pending::ready(Err(e));
        }
        let weight = changes.iter().map(weight).sum();
        if self.waiting.fetch_add(weight, Ordering::Relaxed).saturating_add(weight) > QUEUE_MAX {
            self.waiting.fetch_sub(weight, Ordering::Relaxed);
            return Pending::ready(Err(LedgerError::Busy));
        }
        let (answer, pending) = Pending::channel();
        let answer = Box::new(move |versions| answer(read(versions)));
        let sent = self.sender.as_ref().map(|s| s.send(Operation { changes, weight, answer }));
        match sent {
            Some(Ok(())) => pending,
            // Because: a committer that panicked took the queue along.
            Some(Err(_)) | None => Pending::ready(Err(LedgerError::Closed)),
        }
    }
}

/// Returns when all that was queued is answered.
impl Drop for Queue {
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.take() {
            // A committer that panicked has answered `Closed` by dropping its queue.
            drop(thread.join());
        }
    }
}

fn weight(change: &Change) -> usize {
    1 + change.value.as_ref().map_or(0, Vec::len) / PAGE_BYTES
}

struct Committer {
    shared: Arc<Shared>,
    waiting: Arc<AtomicUsize>,
}

impl Committer {
    fn run(&self, queue: &Receiver<Operation>) {
        while let Ok(first) = queue.recv() {
            self.execute(self.gather(first, queue));
        }
    }

    /// What queued up, as much as may share a commit.
    fn gather(&self, first: Operation, queue: &Receiver<Operation>) -> Vec<Operation> {
        let mut weight = first.weight;
        let mut batch = vec![first];
        while weight < BATCH_MAX {
            let Ok(next) = queue.try_recv() else { break };
            weight += next.weight;
            batch.push(next);
        }
        self.waiting.fetch_sub(weight, Ordering::Relaxed);
        batch
    }

    fn execute(&self, batch: Vec<Operation>) {
        let mut answers = Vec::with_capacity(batch.len());
        let failure = self.attempt(batch, &mut answers).err().map(|e| self.explain(e));
        for (answer, versions) in answers {
            answer(failure.clone().map_or(versions, Err));
        }
    }

    /// Makes the changes of a batch in one transaction and commits it.
    fn attempt(
        &self,
        batch: Vec<Operation>,
        answers: &mut Vec<(Answer, Versions)>,
    ) -> Result<(), LedgerError> {
        let mut begun = self.begin();
        for Operation { changes, answer, .. } in batch {
            answers.push((answer, run(&mut begun, changes)));
        }
        begun?.0.commit()
    }

    fn begin(&self) -> Begun<'_> {
        let has_room = self.shared.table.has_room()? && self.shared.folder.has_room()?;
        Ok((self.shared.table.write()?, has_room))
    }

    /// LMDB takes a write that a full disk cut short for one that failed.
    fn explain(&self, error: LedgerError) -> LedgerError {
        let is_of_disk = matches!(error, LedgerError::Io { .. });
        let is_full = is_of_disk && self.shared.folder.has_room().is_ok_and(|has_room| !has_room);
        if is_full { LedgerError::Full } else { error }
    }
}

/// A transaction and whether there is room for more than removals, or why there is none.
type Begun<'t> = Result<(Changes<'t>, bool), LedgerError>;

fn run(begun: &mut Begun<'_>, changes: Vec<Change>) -> Versions {
    let (transaction, has_room) = begun.as_mut().map_err(|e| e.clone())?;
    check(transaction, &changes, *has_room)?;
    let applied = apply(transaction, changes);
    if let Err(e) = &applied {
        // Half of it may be in the transaction, so that nothing of that may be committed.
        *begun = Err(e.clone());
    }
    applied
}

/// Whether all is as expected, and there is room for what is to be put.
fn check(transaction: &Changes<'_>, changes: &[Change], has_room: bool) -> Result<(), LedgerError> {
    for change in changes {
        if change.expect == Expect::Any {
            continue;
        }
        let found = transaction.get(&change.key)?;
        if !change.expect.holds(found.as_ref().map(|record| &record.version)) {
            return Err(LedgerError::Conflict);
        }
    }
    if has_room || changes.iter().all(|change| change.value.is_none()) {
        Ok(())
    } else {
        Err(LedgerError::Full)
    }
}

fn apply(transaction: &mut Changes<'_>, changes: Vec<Change>) -> Versions {
    changes
        .into_iter()
        .map(|change| {
            let version = getrandom::u64()
                .map_err(|e| LedgerError::io("drawing random bits", std::io::Error::other(e)))?;
            match change.value {
                Some(value) => transaction.put(&change.key, version, &value)?,
                None => transaction.delete(&change.key)?,
            }
            Ok(Version::from_number(version))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DiskLedger;
    use crate::contract::{Atomic as _, Ledger as _};
    use crate::limits::{MAP_BYTES, TOGETHER_MAX, VALUE_BYTES_MAX};
    use tempfile::TempDir;

    fn ledger(bytes_max: usize, reserve: u64) -> (TempDir, DiskLedger) {
        let dir = tempfile::tempdir().unwrap();
        let ledger = DiskLedger::open_with(dir.path(), bytes_max, reserve).unwrap();
        (dir, ledger)
    }

    fn put(ledger: &DiskLedger, key: &[u8], len: usize) -> Pending<Version> {
        ledger.write(Change::put(key, &vec![7; len], Expect::Absent))
    }

    fn has(ledger: &DiskLedger, key: &[u8]) -> bool {
        ledger.get(key).wait().unwrap().is_some()
    }

    /// Takes one write in and keeps it waiting until the other is dropped, so that what is queued
    /// meanwhile is one batch.
    fn occupy(ledger: &DiskLedger) -> (Pending<Version>, Changes<'_>) {
        let busy = ledger.shared.table.write().unwrap();
        let pending = put(ledger, b"first", 1);
        while ledger.queue.waiting.load(Ordering::Relaxed) > 0 {
            std::thread::yield_now();
        }
        (pending, busy)
    }

    #[test]
    fn one_that_is_refused_leaves_its_batch_alone() {
        let (_dir, ledger) = ledger(MAP_BYTES, 0);
        let (first, busy) = occupy(&ledger);
        let pending = [&b"a"[..], b"a", b"b"].map(|key| put(&ledger, key, 1));
        drop(busy);
        first.wait().unwrap();
        let [won, lost, other] = pending.map(Pending::wait);
        assert!(won.is_ok() && matches!(lost, Err(LedgerError::Conflict)) && other.is_ok());
    }

    #[test]
    fn what_the_machine_refuses_undoes_its_batch_and_no_other() {
        let (_dir, ledger) = ledger(1 << 20, 0);
        let (first, busy) = occupy(&ledger);
        let small = put(&ledger, b"small", 1);
        let large = (0..8).map(|n| Change::put(&[n], &[7; VALUE_BYTES_MAX], Expect::Any));
        let large = ledger.write_all(large.collect());
        let last = put(&ledger, b"last", 1);
        drop(busy);
        first.wait().unwrap();
        assert!(matches!(large.wait(), Err(LedgerError::Full)));
        for refused in [small, last] {
            assert!(matches!(refused.wait(), Err(LedgerError::Full)));
        }
        put(&ledger, b"after", 1).wait().unwrap();
        let there = [&b"first"[..], b"small", &[0], b"last", b"after"].map(|k| has(&ledger, k));
        assert_eq!(there, [true, false, false, false, true]);
    }

    #[test]
    fn a_full_queue_is_busy_and_recovers() {
        let (_dir, ledger) = ledger(MAP_BYTES, 0);
        let (first, busy) = occupy(&ledger);
        let heaviest = || {
            let put = |n: usize| Change::put(&[1; 300][n..], &[7; VALUE_BYTES_MAX], Expect::Any);
            ledger.write_all((0..TOGETHER_MAX).map(put).collect())
        };
        let waiting = [heaviest(), heaviest()];
        assert!(matches!(put(&ledger, b"k", 1).wait(), Err(LedgerError::Busy)));
        drop(busy);
        first.wait().unwrap();
        waiting.into_iter().for_each(|pending| assert!(pending.wait().is_ok()));
        put(&ledger, b"k", 1).wait().unwrap();
    }

    #[test]
    fn a_full_ledger_reads_removes_and_recovers() {
        let (_dir, ledger) = ledger(2 << 20, 0);
        let fill = || {
            (0_u32..).find(|number| match put(&ledger, &number.to_be_bytes(), 9000).wait() {
                Ok(_) => false,
                Err(LedgerError::Full) => true,
                Err(e) => panic!("{e}"),
            })
        };
        let count = fill().unwrap();
        assert!(count > 100, "{count}");
        let conflict = put(&ledger, &0_u32.to_be_bytes(), 1).wait();
        assert!(matches!(conflict, Err(LedgerError::Conflict)));
        assert!((0..count).all(|number| has(&ledger, &number.to_be_bytes())));
        for number in 0..count {
            ledger.write(Change::delete(&number.to_be_bytes(), Expect::Any)).wait().unwrap();
        }
        assert!(fill().unwrap() > 100);
    }

    #[test]
    fn a_disk_that_is_nearly_full_takes_removals_alone() {
        let dir = tempfile::tempdir().unwrap();
        let refused = DiskLedger::open_with(dir.path(), MAP_BYTES, u64::MAX);
        assert!(matches!(refused, Err(LedgerError::Full)));
        let ledger = DiskLedger::open_with(dir.path(), MAP_BYTES, 0).unwrap();
        put(&ledger, b"k", 1).wait().unwrap();
        drop(ledger);

        let ledger = DiskLedger::open_with(dir.path(), MAP_BYTES, u64::MAX).unwrap();
        assert!(matches!(put(&ledger, b"l", 1).wait(), Err(LedgerError::Full)));
        let both = vec![Change::delete(b"k", Expect::Any), Change::put(b"l", b"v", Expect::Any)];
        assert!(matches!(ledger.write_all(both).wait(), Err(LedgerError::Full)));
        assert!(has(&ledger, b"k") && !has(&ledger, b"l"));
        ledger.write(Change::delete(b"k", Expect::Any)).wait().unwrap();
        assert!(!has(&ledger, b"k"));
    }
}
