//! Damage on the disk ends in `Corrupt`: never in wrong bytes, never in "not there".

use std::fs;
use std::path::Path;

use ledger::{Change, Expect, Ledger, LedgerError, Scan};

use crate::fixture::{open, put, try_open, value};

/// Flips a bit of each place where `needle` is found.
fn damage(path: &Path, needle: &[u8]) {
    let mut bytes = fs::read(path).unwrap();
    let places: Vec<_> = bytes
        .windows(needle.len())
        .enumerate()
        .filter_map(|(at, window)| (window == needle).then_some(at))
        .collect();
    assert!(!places.is_empty());
    places.into_iter().for_each(|at| bytes[at] ^= 1);
    fs::write(path, bytes).unwrap();
}

fn assert_corrupt<T>(result: Result<T, LedgerError>) {
    assert!(matches!(result.err(), Some(LedgerError::Corrupt { at }) if at == "k/1"));
}

#[test]
fn a_damaged_record_is_corrupt_until_it_is_replaced_and_the_others_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let version = put(&ledger, b"k/1", b"31415926", Expect::Absent).unwrap();
    put(&ledger, b"k/2", b"whole", Expect::Absent).unwrap();
    drop(ledger);
    damage(&dir.path().join("index/data.mdb"), b"31415926");

    let ledger = open(dir.path());
    let all = Scan { prefix: b"k/".into(), after: None, limit: 9 };
    assert_corrupt(ledger.get(b"k/1").wait());
    assert_corrupt(ledger.scan(&all).wait());
    assert_corrupt(put(&ledger, b"k/1", b"", Expect::Absent));
    assert_corrupt(ledger.write(Change::delete(b"k/1", Expect::Version(version))).wait());
    assert_eq!(value(&ledger, b"k/2").unwrap(), b"whole");
    put(&ledger, b"k/3", b"new", Expect::Absent).unwrap();

    put(&ledger, b"k/1", b"again", Expect::Any).unwrap();
    assert_eq!(value(&ledger, b"k/1").unwrap(), b"again");
    assert_eq!(ledger.scan(&all).wait().unwrap().entries.len(), 3);
}

#[test]
fn an_index_of_other_bytes_is_corrupt() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    fs::write(dir.path().join("index/data.mdb"), [7; 8192]).unwrap();
    assert!(matches!(try_open(dir.path()), Err(LedgerError::Corrupt { .. })));
}
