//! Writes down from time to time, and at the end, when access keys were last used.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{io, thread};

use identity::Account;

use crate::output;

/// How often. What a crash forgets is not older.
const EVERY: Duration = Duration::from_secs(60);

/// A thread that writes; for the last time when this is dropped.
#[derive(Debug)]
pub(crate) struct Uses {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Uses {
    /// Begins to.
    pub(crate) fn start(account: Arc<Account>) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel::<()>();
        let run = move || {
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                write(&account);
            }
            write(&account);
        };
        let thread = thread::Builder::new().name("key-uses".into()).spawn(run)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Uses {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The only error is a panic in there, which has been printed.
            drop(thread.join());
        }
    }
}

fn write(account: &Account) {
    if let Err(error) = account.flush_last_used() {
        output::note(&format!("the last uses of access keys are not written down: {error}"));
    }
}
