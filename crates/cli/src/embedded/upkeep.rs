//! The check that a server makes of its store from time to time. In a store that is well it finds
//! nothing; either way it says so.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{io, thread};

use store::{Checked, Finding, Inspection, Observer, StoreError};

use crate::output;

/// A thread that checks; it ends, also within a check, when this is dropped.
#[derive(Debug)]
pub(crate) struct Upkeep {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Upkeep {
    /// Checks every so often, for the first time when that time has passed once.
    pub(crate) fn start(store: Inspection, every: Duration) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let run = move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                check(&store, &stopped);
            }
        };
        let thread = thread::Builder::new().name("store-check".into()).spawn(run)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The only error is a panic in there, which has been printed.
            drop(thread.join());
        }
    }
}

fn check(store: &Inspection, stopped: &Receiver<()>) {
    let mut told = Told { stopped, findings: 0 };
    match store.check(&mut told) {
        Ok(Checked { rows, files, .. }) => {
            let found =
                if told.findings == 0 { "nothing".into() } else { told.findings.to_string() };
            output::note(&format!("check: {rows} rows, {files} files, {found} wrong"));
        }
        Err(StoreError::Closed) => {}
        Err(error) => output::note(&format!("check: {error}")),
    }
}

struct Told<'s> {
    stopped: &'s Receiver<()>,
    findings: u64,
}

impl Observer for Told<'_> {
    fn found(&mut self, finding: Finding) {
        self.findings += 1;
        output::note(&format!("check: {finding}"));
    }

    fn advanced(&mut self, _: u64, _: u64) -> bool {
        self.stopped.try_recv() == Err(TryRecvError::Empty)
    }
}
