//! Whose a folder is: the marker that makes it a ledger, and the lock of who uses it.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::folder::{INDEX_NEW, sync_folder};
use crate::error::LedgerError;

const MARKER: &str = "hallpass-ledger";
const MARKER_NEW: &str = "hallpass-ledger.new";
const MARKER_FAMILY: &str = "hallpass ledger ";
const MARKER_TEXT: &str = "hallpass ledger 1\n";
const LOCK: &str = "lock";

/// What a folder may hold before it becomes a ledger: what a creation that was cut short leaves,
/// and what a fresh file system has.
const STRANGERS: [&str; 4] = [LOCK, INDEX_NEW, MARKER_NEW, "lost+found"];

/// Whether `dir` is a ledger already; an error when it may not become one.
pub(super) fn is_ledger(dir: &Path) -> Result<bool, LedgerError> {
    let reading = |e| LedgerError::io("reading the folder of the ledger", e);
    match std::fs::read(dir.join(MARKER)) {
        Ok(text) if text == MARKER_TEXT.as_bytes() => Ok(true),
        Ok(text) if text.starts_with(MARKER_FAMILY.as_bytes()) => {
            Err(LedgerError::Newer(dir.into()))
        }
        Ok(_) => Err(LedgerError::Foreign(dir.into())),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            for entry in dir.read_dir().map_err(reading)? {
                let name = entry.map_err(reading)?.file_name();
                if !STRANGERS.iter().any(|known| name == *known) {
                    return Err(LedgerError::Foreign(dir.into()));
                }
            }
            Ok(false)
        }
        Err(e) => Err(reading(e)),
    }
}

/// The system gives the lock up when the file closes, whatever ends the process.
pub(super) fn lock(dir: &Path) -> Result<File, LedgerError> {
    let locking = |e| LedgerError::io("locking the ledger", e);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(dir.join(LOCK)).map_err(locking)?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(Errno::WOULDBLOCK) => Err(LedgerError::Locked(dir.into())),
        Err(e) => Err(locking(e.into())),
    }
}

/// Writes the marker whole or not at all, behind all that has a name in the folder.
pub(super) fn write_marker(dir: &Path) -> io::Result<()> {
    let new = dir.join(MARKER_NEW);
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(MARKER_TEXT.as_bytes())?;
    file.sync_all()?;
    sync_folder(dir)?;
    std::fs::rename(&new, dir.join(MARKER))
}
