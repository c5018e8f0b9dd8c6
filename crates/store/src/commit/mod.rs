//! The committer: one thread that owns all writes to the index.
//!
//! It takes a batch from the queue, runs it in one transaction, commits, then answers each. An
//! operation that fails before its first write leaves the others alone; one that fails after it
//! ([`Transaction::run`] notices) undoes the batch, and all in it get the error. Files are moved
//! and removed after the answers, by the sweeper.

mod pace;
pub(crate) mod pending;
pub(crate) mod recover;
pub(crate) mod sweep;
pub(crate) mod transaction;

use std::sync::mpsc::{self, Receiver, Sender, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crate::disk::Disk;
use crate::error::StoreError;
use crate::format::FileId;
use crate::format::rows::Counters;
use crate::index::Index;
use crate::limits::QUEUE_MAX;

use pace::{Pace, Weighed};
use pending::Pending;
use sweep::{Sweep, Sweeper, Swept};
use transaction::{Aftermath, Transaction};

/// Runs in a transaction, or learns why there is none.
type Run = Box<dyn FnOnce(Result<&mut Transaction<'_>, StoreError>) -> Answer + Send>;
/// Tells the caller, after the commit or its failure.
type Answer = Box<dyn FnOnce(Option<StoreError>) + Send>;

/// What waits in the queue, and how many writes it counts for.
struct Operation {
    weight: usize,
    run: Run,
}

impl Weighed for Operation {
    fn weight(&self) -> usize {
        self.weight
    }
}

/// The way to the committer.
#[derive(Debug)]
pub(crate) struct Queue {
    sender: Mutex<Option<SyncSender<Operation>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Queue {
    /// Starts the committer and its sweeper.
    pub(crate) fn start(
        disk: Arc<Disk>,
        index: Arc<Index>,
        counters: Counters,
        sweeper: Sweeper,
    ) -> Result<Self, StoreError> {
        let (sender, receiver) = mpsc::sync_channel(QUEUE_MAX);
        let (sweeps, swept) = (sweeper.sender(), sweeper.swept());
        let sweeping = Some(spawn("store-sweep", move || sweeper.run())?);
        let in_doubt = Vec::new();
        let committer = Committer { disk, index, counters, sweeps, swept, sweeping, in_doubt };
        let thread = spawn("store-commit", move || committer.run(&receiver))?;
        Ok(Self { sender: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)) })
    }

    /// Queues an operation. It runs even if the answer is not waited for.
    pub(crate) fn submit<T: Send + 'static>(
        &self,
        weight: usize,
        operation: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let (answer, pending) = Pending::channel();
        let run: Run = Box::new(move |transaction| {
            let result = transaction.and_then(|transaction| transaction.run(operation));
            Box::new(move |failure| answer.give(failure.map_or(result, Err)))
        });
        let operation = Operation { weight, run };
        let refused = match &*self.sender.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Some((operation, StoreError::Closed)),
            Some(sender) => match sender.try_send(operation) {
                Ok(()) => None,
                Err(TrySendError::Full(operation)) => Some((operation, StoreError::Busy)),
                Err(TrySendError::Disconnected(operation)) => Some((operation, StoreError::Closed)),
            },
        };
        if let Some((operation, why)) = refused {
            (operation.run)(Err(why))(None);
        }
        pending
    }

    /// Takes no more, and returns when all that was taken is answered and swept.
    pub(crate) fn close(&self) {
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A committer that panicked has answered `Closed` by dropping its queue.
            drop(thread.join());
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.close();
    }
}

struct Committer {
    disk: Arc<Disk>,
    index: Arc<Index>,
    counters: Counters,
    sweeps: Sender<Sweep>,
    swept: Swept,
    sweeping: Option<JoinHandle<()>>,
    in_doubt: Vec<FileId>,
}

impl Committer {
    fn run(mut self, queue: &Receiver<Operation>) {
        let mut pace = Pace::new();
        while let Some(batch) = pace.next_batch(queue) {
            self.execute(batch, |count, took| pace.committed(count, took, queue));
        }
        self.stop_sweeping();
        // What is not forgotten now is swept again at the next start, which finds the rest in the
        // log.
        drop(self.attempt(Vec::new(), &mut Vec::new()));
        drop(self.index.settle());
    }

    /// Runs a batch, tells how many it answers and how long it took, and answers it.
    fn execute(&mut self, batch: Vec<Operation>, committed: impl FnOnce(usize, Duration)) {
        let began = Instant::now();
        let mut answers = Vec::with_capacity(batch.len());
        let outcome = self.attempt(batch, &mut answers);
        committed(answers.len(), began.elapsed());
        let failure = outcome.as_ref().err().map(|e| self.explain(e));
        for answer in answers {
            answer(failure.clone());
        }
        let Ok(Aftermath { staged, doomed, counters }) = outcome else {
            return;
        };
        self.counters = counters;
        let settle = staged.into_iter().map(Sweep::Settle);
        for sweep in settle.chain(doomed.into_iter().map(Sweep::Remove)) {
            sweep::send(&self.sweeps, sweep);
        }
    }

    /// Runs the batch in one transaction and commits it.
    fn attempt(
        &mut self,
        batch: Vec<Operation>,
        answers: &mut Vec<Answer>,
    ) -> Result<Aftermath, StoreError> {
        let has_room = self.has_room();
        let begin = |has_room| Ok(Transaction::new(self.index.write()?, self.counters, has_room));
        let mut begun = has_room.and_then(begin);
        for operation in batch {
            answers.push((operation.run)(match &mut begun {
                Ok(transaction) => transaction.unspoiled(),
                Err(e) => Err(e.clone()),
            }));
        }
        begun?.finish(&self.disk, &self.swept, &mut self.in_doubt)
    }

    /// A write that a full disk cut short may be told as one that failed.
    fn explain(&self, error: &StoreError) -> StoreError {
        let is_of_disk = matches!(error, StoreError::Io { .. });
        let is_full = is_of_disk && self.disk.has_room().is_ok_and(|has_room| !has_room);
        if is_full { StoreError::Full } else { error.clone() }
    }

    fn stop_sweeping(&mut self) {
        if let Some(sweeping) = self.sweeping.take() {
            sweep::send(&self.sweeps, Sweep::Stop);
            drop(sweeping.join());
        }
    }

    fn has_room(&self) -> Result<bool, StoreError> {
        Ok(self.index.has_room()? && self.disk.has_room()?)
    }
}

/// However the thread ends, the sweeper ends too, or it would hold the lock for ever.
impl Drop for Committer {
    fn drop(&mut self) {
        self.stop_sweeping();
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    let thread = Builder::new().name(name.to_owned()).spawn(run);
    thread.map_err(|e| StoreError::io("starting a thread of the store", e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::rows::InlineRow;
    use crate::limits::{INDEX_BYTES_MAX, LOG_BYTES};

    struct Desk {
        _dir: tempfile::TempDir,
        index: Arc<Index>,
        queue: Queue,
    }

    fn desk() -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let disk = Arc::new(Disk::open(dir.path()).unwrap());
        disk.lay_out(|new| Index::create(new, INDEX_BYTES_MAX)).unwrap();
        let index = Arc::new(Index::open(&disk.index(), INDEX_BYTES_MAX, LOG_BYTES).unwrap());
        let sweeper = Sweeper::new(Arc::clone(&disk), Arc::clone(&index));
        let queue = Queue::start(disk, Arc::clone(&index), Counters::default(), sweeper).unwrap();
        Desk { _dir: dir, index, queue }
    }

    impl Desk {
        /// Keeps the committer busy until told, so that what is queued meanwhile is one batch.
        fn occupy(&self) -> Sender<()> {
            let (release, released) = mpsc::channel();
            let (begun, began) = mpsc::channel();
            let busy = self.queue.submit(1, move |_| {
                begun.send(()).unwrap();
                released.recv().unwrap();
                Ok(())
            });
            drop(busy);
            began.recv().unwrap();
            release
        }

        fn put(&self, key: &'static [u8]) -> Pending<()> {
            self.queue.submit(1, |transaction| put(transaction, key))
        }

        fn has(&self, key: &[u8]) -> bool {
            self.index.read(|view| view.get::<InlineRow>(key)).unwrap().is_some()
        }
    }

    fn put(transaction: &mut Transaction<'_>, key: &[u8]) -> Result<(), StoreError> {
        transaction.put(key, &InlineRow { count: 1, bytes: vec![] })
    }

    #[test]
    fn an_operation_that_only_looked_fails_alone() {
        let desk = desk();
        let release = desk.occupy();
        let first = desk.put(b"first");
        let refused = desk.queue.submit::<()>(1, |_| Err(StoreError::NoSuchKey));
        let last = desk.put(b"last");
        release.send(()).unwrap();
        assert!(matches!(refused.wait(), Err(StoreError::NoSuchKey)));
        assert!(first.wait().is_ok() && last.wait().is_ok());
        assert!(desk.has(b"first") && desk.has(b"last"));
    }

    #[test]
    fn an_operation_that_fails_after_a_write_undoes_its_batch_and_no_other() {
        let desk = desk();
        desk.put(b"before").wait().unwrap();
        let release = desk.occupy();
        let first = desk.put(b"first");
        let spoiler = desk.queue.submit::<()>(1, |transaction| {
            put(transaction, b"spoiler")?;
            Err(StoreError::Full)
        });
        let last = desk.put(b"last");
        release.send(()).unwrap();
        for pending in [first, spoiler, last] {
            assert!(matches!(pending.wait(), Err(StoreError::Full)));
        }
        desk.put(b"after").wait().unwrap();
        let has = [&b"before"[..], b"first", b"spoiler", b"last", b"after"].map(|k| desk.has(k));
        assert_eq!(has, [true, false, false, false, true]);
    }

    #[test]
    fn a_full_queue_is_busy_and_recovers() {
        let desk = desk();
        let release = desk.occupy();
        let waiting: Vec<_> = (0..QUEUE_MAX).map(|_| desk.put(b"k")).collect();
        assert!(matches!(desk.put(b"k").wait(), Err(StoreError::Busy)));
        release.send(()).unwrap();
        assert!(waiting.into_iter().all(|pending| pending.wait().is_ok()));
        desk.put(b"k").wait().unwrap();
    }

    #[test]
    fn what_was_queued_before_the_close_is_done() {
        let desk = desk();
        let release = desk.occupy();
        let pending = desk.put(b"k");
        release.send(()).unwrap();
        desk.queue.close();
        pending.wait().unwrap();
        assert!(matches!(desk.put(b"k").wait(), Err(StoreError::Closed)));
    }

    #[test]
    fn a_committer_that_broke_is_closed() {
        let desk = desk();
        let broken = desk.queue.submit::<()>(1, |_| panic!("on purpose"));
        assert!(matches!(broken.wait(), Err(StoreError::Closed)));
        desk.queue.close();
        assert!(matches!(desk.put(b"k").wait(), Err(StoreError::Closed)));
        assert!(!desk.has(b"k"));
    }
}
