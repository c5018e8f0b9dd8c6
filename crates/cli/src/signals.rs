//! SIGINT and SIGTERM: the first one asks for an orderly end, the second one for the end.

use std::future::pending;
use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::failure::{Exit, Failure};

/// How many signals there were.
#[derive(Clone, Debug)]
pub(crate) struct Signals(watch::Receiver<u32>);

/// Runs `work`, which ends in order at the first signal, and is left alone at the second.
pub(crate) fn run<F>(work: impl FnOnce(Signals) -> F) -> Result<(), Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|e| Failure::cannot_start(&e))?;
    let done = runtime.block_on(async {
        let signals = Signals::listen().map_err(|e| Failure::cannot_start(&e))?;
        let again = signals.clone();
        tokio::select! {
            done = work(signals) => done,
            () = again.reach(2) => Err(cut_short()),
        }
    });
    // Because: at the second signal, threads may still wait for a disk or a peer.
    runtime.shutdown_background();
    done
}

impl Signals {
    fn listen() -> io::Result<Self> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let (count, counted) = watch::channel(0);
        tokio::spawn(async move {
            while tokio::select! {
                one = interrupt.recv() => one,
                one = terminate.recv() => one,
            }
            .is_some()
            {
                count.send_modify(|count: &mut u32| *count = count.saturating_add(1));
            }
        });
        Ok(Self(counted))
    }

    /// Ends when there was a signal, now or before.
    pub(crate) fn first(&self) -> impl Future<Output = ()> + Send + 'static {
        self.clone().reach(1)
    }

    async fn reach(mut self, count: u32) {
        if self.0.wait_for(|counted| *counted >= count).await.is_err() {
            // Nobody counts any more, so that the count is never reached.
            pending::<()>().await;
        }
    }
}

fn cut_short() -> Failure {
    Failure {
        error: "stopped before everything under way had ended".into(),
        hint: "one signal is enough, when there is time".into(),
        exit: Exit::Failed,
    }
}
