//! Whose a folder is: the marker that makes it a ledger, and the lock of who uses it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use crate::error::LedgerError;

const MARKER: &str = "hallpass-ledger";
const MARKER_NEW: &str = "hallpass-ledger.new";
const FAMILY: &str = "hallpass ledger ";
const TEXT: &str = "hallpass ledger 1\n";
const LOCK: &str = "lock";

/// Opens or makes the folder; the file holds its lock.
pub(super) fn open(dir: &Path) -> Result<File, LedgerError> {
    let io = |e| LedgerError::io("opening the folder of the ledger", e);
    match DirBuilder::new().mode(0o700).create(dir) {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => return Err(io(e)),
        Ok(()) | Err(_) => {}
    }
    let is_marked = is_ledger(dir)?;
    let lock = lock(dir)?;
    if !is_marked {
        let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
        sync(parent.unwrap_or(Path::new("."))).map_err(io)?;
        mark(dir).map_err(io)?;
    }
    Ok(lock)
}

fn is_ledger(dir: &Path) -> Result<bool, LedgerError> {
    let io = |e| LedgerError::io("reading the folder of the ledger", e);
    match std::fs::read(dir.join(MARKER)) {
        Ok(text) if text == TEXT.as_bytes() => Ok(true),
        Ok(text) if text.starts_with(FAMILY.as_bytes()) => Err(LedgerError::Newer(dir.into())),
        Ok(_) => Err(LedgerError::Foreign(dir.into())),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            for entry in dir.read_dir().map_err(io)? {
                let name = entry.map_err(io)?.file_name();
                if ![LOCK, MARKER_NEW].iter().any(|known| name == *known) {
                    return Err(LedgerError::Foreign(dir.into()));
                }
            }
            Ok(false)
        }
        Err(e) => Err(io(e)),
    }
}

fn lock(dir: &Path) -> Result<File, LedgerError> {
    let io = |e| LedgerError::io("locking the ledger", e);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(dir.join(LOCK)).map_err(io)?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(Errno::WOULDBLOCK) => Err(LedgerError::Locked(dir.into())),
        Err(e) => Err(io(e.into())),
    }
}

fn mark(dir: &Path) -> io::Result<()> {
    let new = dir.join(MARKER_NEW);
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(TEXT.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, dir.join(MARKER))?;
    sync(dir)
}

/// Makes the names in a folder durable.
pub(super) fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
