//! Many writers at once: of those who expect the same, exactly one is acknowledged.

use std::sync::Barrier;
use std::thread;

use ledger::{Atomic, Expect, LedgerError, write_with_retries};

use crate::fixture::{each, is_conflict, put, value};

const RACERS: usize = 8;
const ROUNDS: usize = 40;

#[test]
fn of_many_racing_changes_exactly_one_is_made() {
    each(|ledger| {
        let mut expect = Expect::Absent;
        for round in 0..ROUNDS {
            let start = Barrier::new(RACERS);
            let race = |racer: usize| {
                start.wait();
                put(ledger, b"k", &[u8::try_from(racer).unwrap()], expect.clone())
            };
            let answers: Vec<_> = thread::scope(|scope| {
                let race = &race;
                let racers = (0..RACERS).map(|racer| scope.spawn(move || race(racer)));
                let racers: Vec<_> = racers.collect();
                racers.into_iter().map(|racer| racer.join().unwrap()).collect()
            });
            let lost = answers.iter().filter(|answer| is_conflict(answer)).count();
            assert_eq!(lost, RACERS - 1, "round {round}");
            let winner = answers.iter().position(Result::is_ok).unwrap();
            assert_eq!(value(ledger, b"k").unwrap(), [u8::try_from(winner).unwrap()]);
            expect = Expect::Version(answers.into_iter().find_map(Result::ok).unwrap());
        }
    });
}

#[test]
fn no_increment_is_lost() {
    each(|ledger| {
        thread::scope(|scope| {
            for _ in 0..RACERS {
                scope.spawn(|| (0..ROUNDS).for_each(|_| increment(ledger)));
            }
        });
        let sum = u64::from_be_bytes(value(ledger, b"sum").unwrap().try_into().unwrap());
        assert_eq!(sum, (RACERS * ROUNDS) as u64);
    });
}

/// However often somebody else is faster.
fn increment(ledger: &dyn Atomic) {
    let once = || {
        write_with_retries::<LedgerError>(ledger, b"sum", |found| {
            let before = found.map_or(0, |record| {
                u64::from_be_bytes(record.value.as_slice().try_into().unwrap())
            });
            Ok(Some((before + 1).to_be_bytes().into()))
        })
    };
    loop {
        let answer = once();
        if !is_conflict(&answer) {
            answer.unwrap();
            return;
        }
    }
}

/// A transfer reads two records and writes both; whoever looks sees the same total.
#[test]
fn what_is_written_together_is_seen_together() {
    each(|ledger| {
        let pair = |number: u8| {
            [b"x/1", b"x/2"].map(|key| ledger::Change::put(key, &[number], Expect::Any)).into()
        };
        ledger.write_all(pair(0)).wait().unwrap();
        thread::scope(|scope| {
            let writers = [1, 2].map(|number| {
                scope.spawn(move || {
                    for _ in 0..ROUNDS {
                        ledger.write_all(pair(number)).wait().unwrap();
                    }
                })
            });
            while !writers.iter().all(thread::ScopedJoinHandle::is_finished) {
                let scan = ledger::Scan { prefix: b"x/".into(), after: None, limit: 9 };
                let page = ledger.scan(&scan).wait().unwrap();
                assert_eq!(page.entries[0].record.value, page.entries[1].record.value);
            }
        });
    });
}
