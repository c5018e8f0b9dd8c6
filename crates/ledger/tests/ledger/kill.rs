//! kill -9: the process ends in the midst of its writes, the machine goes on.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use ledger::{Atomic as _, Change, DiskLedger, Expect, Ledger as _};
use tempfile::TempDir;

use crate::fixture::{DIR, instruct, open, value};

const ROUNDS: u8 = 8;
const HANDS: u64 = 3;

/// Not a test of its own, so it does nothing unless the parent asks.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let ledger = open(Path::new(&dir));
    thread::scope(|scope| {
        for hand in 0..HANDS {
            let ledger = &ledger;
            scope.spawn(move || count(ledger, hand));
        }
    });
}

/// Counts up two records together, and tells each number that was acknowledged.
fn count(ledger: &DiskLedger, hand: u64) {
    loop {
        let records = keys(hand).map(|key| ledger.get(&key).wait().unwrap());
        let number = records[0].as_ref().map_or(0, |record| parse(&record.value)) + 1;
        let change = |key: &[u8], record| {
            Change::put(key, number.to_string().as_bytes(), Expect::unchanged(record))
        };
        let [one, other] = keys(hand);
        let changes = vec![change(&one, records[0].as_ref()), change(&other, records[1].as_ref())];
        ledger.write_all(changes).wait().unwrap();
        // One write to the pipe, so that it comes whole.
        std::io::stdout().write_all(format!("{hand} {number}\n").as_bytes()).unwrap();
    }
}

fn keys(hand: u64) -> [Vec<u8>; 2] {
    ["one", "other"].map(|name| format!("{hand}/{name}").into_bytes())
}

fn parse(number: &[u8]) -> u64 {
    std::str::from_utf8(number).unwrap().parse().unwrap()
}

#[test]
fn what_was_acknowledged_survives_kill_9_and_nothing_half() {
    let dir = TempDir::new().unwrap();
    let mut acknowledged: BTreeMap<u64, u64> = (0..HANDS).map(|hand| (hand, 0)).collect();
    for round in 1..=ROUNDS {
        run_and_kill(dir.path(), round, &mut acknowledged);
        let ledger = open(dir.path());
        for (hand, number) in &mut acknowledged {
            let [one, other] = keys(*hand).map(|key| value(&ledger, &key));
            assert_eq!(one, other, "half of a write in round {round}");
            let found = one.map_or(0, |value| parse(&value));
            // What was written and not acknowledged may be there, and is one write at most.
            assert!((*number..=*number + 1).contains(&found), "{found} in round {round}");
            *number = found;
        }
    }
    assert!(acknowledged.values().all(|number| *number > 0));
}

/// Runs the child, takes its reports in, and kills it after some of them.
fn run_and_kill(dir: &Path, round: u8, acknowledged: &mut BTreeMap<u64, u64>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    instruct(&mut command, "kill::child", dir);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut left = usize::from(round) * 23 % 60 + 10;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        // What the harness says may stand before it.
        let mut words = line.rsplit(' ').map(str::parse);
        if let (Some(Ok(number)), Some(Ok(hand))) = (words.next(), words.next()) {
            acknowledged.insert(hand, number);
        }
        left = left.saturating_sub(1);
        if left == 0 {
            // Lines already written are still read after this.
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success());
}
