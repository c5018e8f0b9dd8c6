//! A copy is a ledger as it was at one moment, whoever writes meanwhile.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use ledger::{Atomic as _, Change, DiskLedger, Expect, Ledger as _, LedgerError, Scan};
use tempfile::TempDir;

use crate::fixture::{DIR, instruct, open, put, value};

/// How many records hold the same number at each moment.
const RECORDS: u8 = 100;

/// Not a test of its own, so it does nothing unless the parent asks.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let ledger = open(Path::new(&dir));
    for number in 0_u64.. {
        let put = |key| Change::put(&[1 + key], &number.to_be_bytes(), Expect::Any);
        ledger.write_all((0..RECORDS).map(put).collect()).wait().unwrap();
        println!("{number}");
    }
}

#[test]
fn a_copy_beside_a_process_that_writes_is_of_one_moment() {
    let dir = TempDir::new().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    instruct(&mut command, "copy::child", dir.path());
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = 0;
    for _ in 0..5 {
        // The harness says something first.
        let number = lines.by_ref().find_map(|line| line.unwrap().parse().ok());
        acknowledged = acknowledged.max(number.unwrap());
        let to = TempDir::new().unwrap();
        assert!(DiskLedger::copy(dir.path(), to.path()).unwrap());
        let copy = open(to.path());
        let page = copy.scan(&Scan { limit: 1000, ..Scan::default() }).wait().unwrap();
        let numbers: Vec<_> = page.entries.into_iter().map(|entry| entry.record.value).collect();
        assert_eq!(numbers.len(), usize::from(RECORDS));
        assert!(numbers.iter().all(|number| number == &numbers[0]), "half of a write");
        let number = u64::from_be_bytes(numbers[0].as_slice().try_into().unwrap());
        assert!(number >= acknowledged, "{number} of {acknowledged}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_copy_is_written_to_and_the_ledger_is_not() {
    let [dir, home] = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let to = home.path().join("copy");
    let ledger = open(dir.path());
    put(&ledger, b"k", b"v", Expect::Absent).unwrap();
    drop(ledger);
    assert!(DiskLedger::copy(dir.path(), &to).unwrap());
    let copy = open(&to);
    put(&copy, b"k", b"w", Expect::Any).unwrap();
    assert_eq!(value(&open(dir.path()), b"k").unwrap(), b"v");
    assert_eq!(value(&copy, b"k").unwrap(), b"w");
}

#[test]
fn where_no_ledger_was_made_there_is_no_copy() {
    let home = TempDir::new().unwrap();
    let [from, to] = ["from", "to"].map(|name| home.path().join(name));
    assert!(!DiskLedger::copy(&from, &to).unwrap());
    std::fs::create_dir(&from).unwrap();
    assert!(!DiskLedger::copy(&from, &to).unwrap());
    assert!(!to.exists());
}

#[test]
fn a_copy_goes_into_no_folder_of_other_files() {
    let [dir, to] = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    drop(open(dir.path()));
    std::fs::write(to.path().join("thesis.tex"), "").unwrap();
    let refused = DiskLedger::copy(dir.path(), to.path());
    assert!(matches!(refused, Err(LedgerError::Foreign(_))));
    assert_eq!(to.path().read_dir().unwrap().count(), 1);
}
