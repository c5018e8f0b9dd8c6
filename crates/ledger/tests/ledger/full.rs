//! A real disk, as small as one likes, that is full: writes are refused, reads and removals go on,
//! and writes recover. The disk is in memory and in a namespace of a child's own, which takes no
//! rights that root or a user namespace would not have.

use std::fs::{File, remove_file, write as fill_file};
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::Barrier;
use std::thread;

use ledger::{Change, DiskLedger, Expect, Ledger as _, LedgerError};

use crate::fixture::{DIR, instruct, open, put, value};

const UNSHARE: [&str; 3] = ["--map-root-user", "--mount", "sh"];
const MOUNT: &str = r#"mount -t tmpfs -o size=20m,mode=700 none "$0" && exec "$@""#;
const VALUE: [u8; 5000] = [7; 5000];

#[test]
fn a_full_disk_takes_nothing_loses_nothing_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let with_disk = || {
        let mut command = Command::new("unshare");
        command.args(UNSHARE).arg("-c").arg(MOUNT).arg(dir.path());
        command
    };
    if !with_disk().arg("true").status().is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("CI").is_none(), "no disk can be mounted here");
        std::io::stderr().write_all(b"SKIPPED: no disk can be mounted here\n").unwrap();
        return;
    }
    let mut command = with_disk();
    command.arg(std::env::current_exe().unwrap());
    instruct(&mut command, "full::child", dir.path());
    assert!(command.status().unwrap().success());
}

/// Not a test of its own, so it does nothing unless the parent asks.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let dir = Path::new(&dir);
    let (ballast, filler) = (dir.join("ballast"), dir.join("filler"));
    fill_file(&ballast, vec![0; 2 << 20]).unwrap();
    let ledger = open(&dir.join("ledger"));
    let mut count = fill(&ledger, 0);
    assert!(count > 100, "{count}");

    take_every_block(&filler);
    read_with_many_threads(&ledger, count);
    assert!(matches!(write(&ledger, count), Err(LedgerError::Full)));
    count = remove_some(&ledger, count);
    drop(ledger);
    let ledger = open(&dir.join("ledger"));
    read_with_many_threads(&ledger, count);
    assert!(matches!(write(&ledger, count), Err(LedgerError::Full)));

    remove_file(filler).unwrap();
    remove_file(ballast).unwrap();
    let again = fill(&ledger, count);
    assert!(again > count + 100, "{again}");
    (0..again).for_each(|number| remove(&ledger, number).unwrap());
}

fn key(number: u32) -> Vec<u8> {
    number.to_string().into_bytes()
}

fn write(ledger: &DiskLedger, number: u32) -> Result<ledger::Version, LedgerError> {
    put(ledger, &key(number), &VALUE, Expect::Absent)
}

fn remove(ledger: &DiskLedger, number: u32) -> Result<(), LedgerError> {
    ledger.write(Change::delete(&key(number), Expect::Any)).wait().map(drop)
}

/// Writes records until no more are taken; how many there are.
fn fill(ledger: &DiskLedger, mut count: u32) -> u32 {
    loop {
        match write(ledger, count) {
            Ok(_) => count += 1,
            Err(LedgerError::Full) => return count,
            Err(e) => panic!("{e}"),
        }
    }
}

fn take_every_block(filler: &Path) {
    let mut file = File::create(filler).unwrap();
    let error = loop {
        if let Err(e) = file.write_all(&[0; 4096]) {
            break e;
        }
    };
    assert_eq!(error.kind(), ErrorKind::StorageFull);
}

/// So many that they need more than a page of LMDB's table of readers.
fn read_with_many_threads(ledger: &DiskLedger, count: u32) {
    const READERS: u32 = 200;
    let all_read = Barrier::new(usize::try_from(READERS).unwrap());
    thread::scope(|scope| {
        for reader in 0..READERS {
            let all_read = &all_read;
            scope.spawn(move || {
                let found = value(ledger, &key(reader % count));
                all_read.wait();
                assert_eq!(found.unwrap(), VALUE);
                assert_eq!(value(ledger, &key(count)), None);
            });
        }
    });
}

/// Removes the last records as long as that is taken; how many are left.
fn remove_some(ledger: &DiskLedger, count: u32) -> u32 {
    let mut left = count;
    while left > count - 10 {
        match remove(ledger, left - 1) {
            Ok(()) => left -= 1,
            Err(LedgerError::Full) => break,
            Err(e) => panic!("{e}"),
        }
    }
    left
}
