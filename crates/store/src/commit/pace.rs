//! Which operations share a commit: what queued up while the last one ran, and, for a fraction of
//! the time that it took, what the writers it answered bring next.
//!
//! A commit costs two syncs and a walk of the tree however many share it. Without the wait, writers
//! fall into two groups of which one always misses the commit. A lone writer is never waited for.

use std::collections::VecDeque;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use crate::limits::{BATCH_MAX, GATHER_SHARE};

/// Something that is as much work as so many writes.
pub(super) trait Weighed {
    fn weight(&self) -> usize;
}

/// What waits for a commit, and what the last one told.
#[derive(Debug)]
pub(super) struct Pace<T> {
    waiting: VecDeque<T>,
    /// How many operations the last commit answered, and how long it took.
    answered: usize,
    took: Duration,
}

impl<T: Weighed> Pace<T> {
    pub(super) fn new() -> Self {
        Self { waiting: VecDeque::new(), answered: 0, took: Duration::ZERO }
    }

    /// The next batch, once there is any. None when nobody can send any more.
    pub(super) fn next_batch(&mut self, queue: &Receiver<T>) -> Option<Vec<T>> {
        let writers = self.waiting.len() + self.answered;
        if self.waiting.is_empty() {
            self.waiting.push_back(queue.recv().ok()?);
        }
        let until = Instant::now() + self.took / GATHER_SHARE;
        let (mut batch, mut weight) = (Vec::new(), 0);
        while weight < BATCH_MAX {
            let next = self.waiting.pop_front().or_else(|| queue.try_recv().ok()).or_else(|| {
                let left = until.saturating_duration_since(Instant::now());
                if batch.len() < writers { queue.recv_timeout(left).ok() } else { None }
            });
            let Some(next) = next else { break };
            weight += next.weight();
            batch.push(next);
        }
        Some(batch)
    }

    /// A batch of so many is about to be answered: what has queued up until now did not wait for
    /// the answers.
    pub(super) fn committed(&mut self, count: usize, took: Duration, queue: &Receiver<T>) {
        let free = BATCH_MAX.saturating_sub(self.waiting.len());
        self.waiting.extend(queue.try_iter().take(free));
        (self.answered, self.took) = (count, took);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const LONG: Duration = Duration::from_secs(3600);

    impl Weighed for usize {
        fn weight(&self) -> usize {
            (*self).max(1)
        }
    }

    fn pace(answered: usize, took: Duration, waiting: &[usize]) -> Pace<usize> {
        Pace { waiting: waiting.iter().copied().collect(), answered, took }
    }

    #[test]
    fn a_lone_writer_is_not_kept_waiting() {
        let (sender, queue) = mpsc::channel();
        sender.send(7).unwrap();
        let mut pace = pace(1, LONG, &[]);
        assert_eq!(pace.next_batch(&queue).unwrap(), [7]);
    }

    #[test]
    fn writers_that_were_answered_join_those_that_waited() {
        let (sender, queue) = mpsc::channel();
        let mut pace = pace(2, LONG, &[0, 1, 2]);
        let again = std::thread::spawn(move || {
            sender.send(3).unwrap();
            sender.send(4).unwrap();
        });
        assert_eq!(pace.next_batch(&queue).unwrap(), [0, 1, 2, 3, 4]);
        again.join().unwrap();
        assert_eq!(pace.next_batch(&queue), None);
    }

    #[test]
    fn writers_that_do_not_come_again_are_waited_for_a_fraction_alone() {
        let (sender, queue) = mpsc::channel();
        let mut pace = pace(100, Duration::from_millis(4), &[1]);
        assert_eq!(pace.next_batch(&queue).unwrap(), [1]);
        drop(sender);
    }

    #[test]
    fn a_batch_is_bounded_and_the_rest_waits() {
        let (sender, queue) = mpsc::channel();
        for _ in 0..2 * BATCH_MAX {
            sender.send(1).unwrap();
        }
        let mut pace = pace(BATCH_MAX, LONG, &[0; 5]);
        assert_eq!(pace.next_batch(&queue).unwrap().len(), BATCH_MAX);
        pace.committed(BATCH_MAX, LONG, &queue);
        assert_eq!(pace.waiting.len(), BATCH_MAX);
    }

    #[test]
    fn what_is_much_work_is_much_of_a_batch() {
        let (_sender, queue) = mpsc::channel();
        let mut pace = pace(0, LONG, &[BATCH_MAX - 1, 1, 7]);
        assert_eq!(pace.next_batch(&queue).unwrap(), [BATCH_MAX - 1, 1]);
        assert_eq!(pace.next_batch(&queue).unwrap(), [7]);
    }
}
