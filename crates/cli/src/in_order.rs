//! Work on all cores whose results are taken in the order of what was put in.
//!
//! Items are given to the workers by turns, and results are taken from them by the same turns, so
//! that order needs no numbers. Every queue is bounded, so that memory does not grow with the work.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle, available_parallelism};

use crate::failure::{Exit, Failure};

/// Items that wait for one worker, and results that wait to be taken from it: one more than the
/// one that is being worked on, so that neither side waits for the other's turn.
const AHEAD: usize = 2;

/// Gives items to the workers.
#[derive(Debug)]
pub(crate) struct Turns<I> {
    workers: Vec<SyncSender<I>>,
    next: usize,
}

impl<I> Turns<I> {
    /// Gives `item` to the worker whose turn it is. Breaks when nobody wants results any more.
    pub(crate) fn give(&mut self, item: I) -> ControlFlow<()> {
        let given = self.workers.get(self.next).map(|worker| worker.send(item));
        self.next = turn(self.next, self.workers.len());
        match given {
            Some(Ok(())) => ControlFlow::Continue(()),
            Some(Err(_)) | None => ControlFlow::Break(()),
        }
    }
}

/// What one worker holds: where its items come from, and where its results go.
pub(crate) type Desk<I, O> = (Receiver<I>, SyncSender<O>);

/// Lets `feed` give items to as many `work` as there are cores, and `take` have their results
/// until there is none or it breaks. Each worker sends one result for each item.
///
/// When `take` breaks, the threads are left to themselves: `feed` may be waiting for input that
/// never comes.
///
/// # Errors
/// When a thread cannot be started, and when one died.
pub(crate) fn run<I: Send + 'static, O: Send + 'static, B>(
    feed: impl FnOnce(Turns<I>) + Send + 'static,
    work: impl Fn(Desk<I, O>) + Clone + Send + 'static,
    mut take: impl FnMut(O) -> ControlFlow<B>,
) -> Result<ControlFlow<B>, Failure> {
    let count = available_parallelism().map_or(1, NonZero::get);
    let (mut workers, mut results, mut threads) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..count {
        let (give, given) = sync_channel(AHEAD);
        let (tell, told) = sync_channel(AHEAD);
        let work = work.clone();
        threads.push(start(move || work((given, tell)))?);
        workers.push(give);
        results.push(told);
    }
    let turns = Turns { workers, next: 0 };
    threads.push(start(move || feed(turns))?);
    let mut next = 0;
    while let Some(Ok(result)) = results.get(next).map(Receiver::recv) {
        if let ControlFlow::Break(why) = take(result) {
            return Ok(ControlFlow::Break(why));
        }
        next = turn(next, count);
    }
    drop(results);
    threads.into_iter().try_for_each(ended)?;
    Ok(ControlFlow::Continue(()))
}

fn turn(last: usize, count: usize) -> usize {
    last.saturating_add(1).checked_rem(count).unwrap_or(0)
}

fn start(work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Failure> {
    thread::Builder::new().spawn(work).map_err(|e| Failure::cannot_start(&e))
}

/// Because: a thread that died must not look like the end of the work.
fn ended(thread: JoinHandle<()>) -> Result<(), Failure> {
    thread.join().map_err(|_| Failure {
        error: "stopped in the middle".into(),
        hint: "this is a fault of hallpass; please report what stands above".into(),
        exit: Exit::Failed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(items: impl Iterator<Item = u32> + Send + 'static) -> impl FnOnce(Turns<u32>) + Send {
        move |mut turns| {
            for item in items {
                if turns.give(item).is_break() {
                    return;
                }
            }
        }
    }

    fn double((items, results): Desk<u32, u32>) {
        for item in items {
            if results.send(item * 2).is_err() {
                return;
            }
        }
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for count in [0, 1, 7, 10_000] {
            let mut taken = Vec::new();
            let end = run(feed(0..count), double, |result| {
                taken.push(result);
                ControlFlow::<()>::Continue(())
            });
            assert!(end.unwrap().is_continue());
            assert_eq!(taken, (0..count).map(|item| item * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn who_takes_can_end_it_although_the_items_do_not_end() {
        let end = run(feed((0..1000).cycle()), double, |result| match result {
            100 => ControlFlow::Break("enough"),
            _ => ControlFlow::Continue(()),
        });
        assert_eq!(end.unwrap(), ControlFlow::Break("enough"));
    }

    #[test]
    fn who_takes_can_end_it_although_no_item_comes() {
        let (hold, held) = sync_channel::<()>(0);
        let waits = move |mut turns: Turns<u32>| {
            assert!(turns.give(7).is_continue());
            assert!(held.recv().is_err());
        };
        let end = run(waits, double, ControlFlow::Break);
        assert_eq!(end.unwrap(), ControlFlow::Break(14));
        drop(hold);
    }

    #[test]
    fn a_worker_that_dies_is_no_end() {
        let dies = |(items, results): Desk<u32, u32>| {
            for item in items {
                assert!(item < 50, "this worker dies");
                if results.send(item).is_err() {
                    return;
                }
            }
        };
        let end = run(feed(0..100), dies, |_| ControlFlow::<()>::Continue(()));
        assert_eq!(end.unwrap_err().error, "stopped in the middle");
    }
}
