//! The committer: one thread that owns all writes to the index.
//!
//! It drains the queue, runs what it found in one transaction, commits, then answers each. An
//! operation that fails before its first write leaves the others alone; one that fails after it
//! ([`Transaction::run`] notices) undoes the batch, and all in it get the error. Files are moved and
//! removed after the answers, by the sweeper.

pub(crate) mod pending;
pub(crate) mod recover;
pub(crate) mod sweep;
pub(crate) mod transaction;

use std::sync::mpsc::{self, Receiver, Sender, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use crate::disk::Disk;
use crate::error::StoreError;
use crate::format::rows::Counters;
use crate::index::Index;
use crate::limits::{BATCH_MAX, QUEUE_MAX};

use pending::Pending;
use sweep::{Sweep, Sweeper, Swept};
use transaction::{Aftermath, Transaction};

/// Runs in a transaction, or learns why there is none.
type Operation = Box<dyn FnOnce(Result<&mut Transaction<'_>, StoreError>) -> Answer + Send>;
/// Tells the caller, after the commit or its failure.
type Answer = Box<dyn FnOnce(Option<StoreError>) + Send>;

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
        let sweeping = spawn("store-sweep", move || sweeper.run())?;
        let committer = Committer {
            disk,
            index,
            counters,
            sweeps,
            swept,
        };
        let thread = spawn("store-commit", move || committer.run(&receiver, sweeping))?;
        Ok(Self {
            sender: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Queues an operation. It runs even if the answer is not waited for.
    pub(crate) fn submit<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let (answer, pending) = Pending::channel();
        let operation: Operation = Box::new(move |transaction| {
            let result = transaction.and_then(|transaction| transaction.run(operation));
            Box::new(move |failure| answer.give(failure.map_or(result, Err)))
        });
        let refused = match &*self.sender.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Some((operation, StoreError::Closed)),
            Some(sender) => match sender.try_send(operation) {
                Ok(()) => None,
                Err(TrySendError::Full(operation)) => Some((operation, StoreError::Busy)),
                Err(TrySendError::Disconnected(operation)) => Some((operation, StoreError::Closed)),
            },
        };
        if let Some((operation, why)) = refused {
            operation(Err(why))(None);
        }
        pending
    }

    /// Takes no more, and returns when all that was taken is answered and swept.
    pub(crate) fn close(&self) {
        drop(
            self.sender
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
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
}

impl Committer {
    fn run(mut self, queue: &Receiver<Operation>, sweeping: JoinHandle<()>) {
        while let Ok(first) = queue.recv() {
            let rest = queue.try_iter().take(BATCH_MAX - 1);
            let batch = std::iter::once(first).chain(rest).collect();
            self.execute(batch);
        }
        sweep::send(&self.sweeps, Sweep::Stop);
        drop(sweeping.join());
        // What is not forgotten now is swept again at the next start.
        drop(
            self.begin()
                .and_then(|transaction| transaction.finish(&self.disk, &self.swept)),
        );
    }

    fn execute(&mut self, batch: Vec<Operation>) {
        let mut answers = Vec::with_capacity(batch.len());
        let outcome = self.attempt(batch, &mut answers);
        let failure = outcome.as_ref().err();
        for answer in answers {
            answer(failure.cloned());
        }
        let Ok(Aftermath {
            staged,
            doomed,
            counters,
        }) = outcome
        else {
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
        &self,
        batch: Vec<Operation>,
        answers: &mut Vec<Answer>,
    ) -> Result<Aftermath, StoreError> {
        let mut begun = self.begin();
        for operation in batch {
            answers.push(operation(match &mut begun {
                Ok(transaction) => transaction.unspoiled(),
                Err(e) => Err(e.clone()),
            }));
        }
        begun?.finish(&self.disk, &self.swept)
    }

    fn begin(&self) -> Result<Transaction<'_>, StoreError> {
        let has_room = self.index.has_room()?;
        Ok(Transaction::new(
            self.index.write()?,
            self.counters,
            has_room,
        ))
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    let thread = Builder::new().name(name.to_owned()).spawn(run);
    thread.map_err(|e| StoreError::io("starting a thread of the store", e))
}
