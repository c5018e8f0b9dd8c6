//! Ledgers to try, and short words for what the tests do with them.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use ledger::{Atomic, Change, DiskLedger, Expect, Ledger, LedgerError, Memory, Version};

/// Tries a promise on each ledger there is.
pub(crate) fn each(promise: impl Fn(&dyn Atomic)) {
    promise(&Memory::new());
    let dir = tempfile::tempdir().unwrap();
    promise(&open(dir.path()));
}

/// Opens a ledger that nobody has open. A child that another test has just started holds a copy
/// of each lock of this process until it runs its program, so a lock may take a moment to go.
pub(crate) fn try_open(dir: &Path) -> Result<DiskLedger, LedgerError> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match DiskLedger::open(dir) {
            Err(LedgerError::Locked(_)) if Instant::now() < deadline => thread::yield_now(),
            opened => return opened,
        }
    }
}

pub(crate) fn open(dir: &Path) -> DiskLedger {
    try_open(dir).unwrap()
}

pub(crate) fn value(ledger: &dyn Ledger, key: &[u8]) -> Option<Vec<u8>> {
    ledger.get(key).wait().unwrap().map(|record| record.value)
}

pub(crate) fn put(
    ledger: &dyn Ledger,
    key: &[u8],
    value: &[u8],
    expect: Expect,
) -> Result<Version, LedgerError> {
    ledger.write(Change::put(key, value, expect)).wait()
}

pub(crate) fn is_conflict<T>(answer: &Result<T, LedgerError>) -> bool {
    matches!(answer, Err(LedgerError::Conflict))
}

/// What tells a child its folder.
pub(crate) const DIR: &str = "HALLPASS_LEDGER_TEST_DIR";

/// Makes a command run this binary, to be a child: the test of that name, which does nothing
/// without a folder.
pub(crate) fn instruct(command: &mut Command, test: &str, dir: &Path) {
    command.args(["--exact", test, "--nocapture"]).env(DIR, dir);
}
