//! kill -9: the process ends in the midst of its writes, the machine goes on.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::known::{Known, examine};
use super::workload;
use crate::fixture::pattern;

const ROUNDS: u64 = 8;

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let dir = TempDir::new().unwrap();
    let mut known = Known::default();
    for round in 0..ROUNDS {
        run_and_kill(dir.path(), round, &mut known);
        if let Err(why) = examine(dir.path(), &mut known) {
            panic!("after kill {round}: {why}");
        }
    }
    assert!(!known.is_empty());
}

/// Runs the child, takes its reports in, and kills it after some of them.
fn run_and_kill(dir: &Path, round: u64, known: &mut Known) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    workload::instruct(&mut command, dir, round, u64::from(u32::MAX));
    let mut child = command.args(workload::ARGUMENTS).stdout(Stdio::piped()).spawn().unwrap();
    let [random, ..] = pattern(round ^ u64::from(std::process::id()), 1)[..] else { panic!() };
    let mut left = 20 + usize::from(random);
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        known.take(&line.unwrap());
        left = left.saturating_sub(1);
        if left == 0 {
            // Lines already written are still read after this.
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success());
}
