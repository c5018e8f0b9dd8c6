//! The contract of a ledger, held by each implementation.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on stops")]

use ledger::{Atomic, Change, DiskLedger, Expect, Ledger, LedgerError, Memory, Scan};

fn value(ledger: &dyn Ledger, key: &[u8]) -> Option<Vec<u8>> {
    ledger.get(key).wait().unwrap().map(|record| record.value)
}

fn holds_the_contract(ledger: &dyn Atomic) {
    let first = ledger.write(Change::put(b"a", b"1", Expect::Absent)).wait().unwrap();
    let again = ledger.write(Change::put(b"a", b"2", Expect::Absent)).wait();
    assert!(matches!(again, Err(LedgerError::Conflict)));
    let expect = Expect::Version(first);
    ledger.write(Change::put(b"a", b"2", expect.clone())).wait().unwrap();
    let stale = ledger.write(Change::delete(b"a", expect.clone())).wait();
    assert!(matches!(stale, Err(LedgerError::Conflict)));
    assert_eq!(value(ledger, b"a").unwrap(), b"2");
    ledger.write(Change::delete(b"a", Expect::Any)).wait().unwrap();
    ledger.write(Change::put(b"a", b"1", Expect::Absent)).wait().unwrap();
    let revived = ledger.write(Change::put(b"a", b"3", expect)).wait();
    assert!(matches!(revived, Err(LedgerError::Conflict)), "a version came twice");

    let both =
        vec![Change::put(b"b/1", b"x", Expect::Absent), Change::put(b"a", b"4", Expect::Absent)];
    assert!(matches!(ledger.write_all(both).wait(), Err(LedgerError::Conflict)));
    assert_eq!(value(ledger, b"b/1"), None);
    let put = |key: &[u8]| Change::put(key, b"x", Expect::Absent);
    ledger.write_all(vec![put(b"b/1"), put(b"b/2"), put(b"c")]).wait().unwrap();
    let mut scan = Scan { prefix: b"b/".into(), after: None, limit: 1 };
    let page = ledger.scan(&scan).wait().unwrap();
    assert!(page.entries[0].key == b"b/1" && page.is_truncated);
    scan.after = Some(b"b/1".into());
    let page = ledger.scan(&scan).wait().unwrap();
    assert!(page.entries.len() == 1 && page.entries[0].key == b"b/2" && !page.is_truncated);
    assert!(matches!(ledger.get(b"").wait(), Err(LedgerError::InvalidKey)));
}

#[test]
fn the_ledger_in_memory_holds_the_contract() {
    holds_the_contract(&Memory::new());
}

#[test]
fn of_many_racing_claims_exactly_one_wins() {
    let ledger = Memory::new();
    let claim = || ledger.write(Change::put(b"k", b"", Expect::Absent)).wait().is_ok();
    let won = std::thread::scope(|scope| {
        let racers: Vec<_> =
            (0..16).map(|_| scope.spawn(|| (0..100).filter(|_| claim()).count())).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).sum::<usize>()
    });
    assert_eq!(won, 1);
}

#[test]
fn the_ledger_on_disk_holds_the_contract_and_outlives_its_process() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = DiskLedger::open(dir.path()).unwrap();
    holds_the_contract(&ledger);
    assert!(matches!(DiskLedger::open(dir.path()), Err(LedgerError::Locked(_))));
    drop(ledger);
    let ledger = DiskLedger::open(dir.path()).unwrap();
    assert_eq!(value(&ledger, b"c").unwrap(), b"x");
    drop(ledger);
    std::fs::write(dir.path().join("hallpass-ledger"), "hallpass ledger 2\n").unwrap();
    assert!(matches!(DiskLedger::open(dir.path()), Err(LedgerError::Newer(_))));
}
