//! Whose a folder is: the marker that makes it a store, and the lock of who uses it.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::sync_folder;
use crate::error::StoreError;

const MARKER: &str = "hallpass-store";
const MARKER_NEW: &str = "hallpass-store.new";
const MARKER_FAMILY: &str = "hallpass store ";
const MARKER_TEXT: &str = "hallpass store 3\n";
const MARKERS_EARLIER: [&str; 2] = ["hallpass store 1\n", "hallpass store 2\n"];
const LOCK: &str = "lock";
/// Locked by a backup, shared, and by the sweeper for each removal, alone.
pub(super) const KEEP: &str = "keep";

/// What a folder may hold before it becomes a store: what a failed creation leaves, the secrets
/// that an operator brings along, and what a fresh file system has.
const STRANGERS: [&str; 5] = [LOCK, MARKER_NEW, "root-credentials", "identity-key", "lost+found"];

/// Files of the folder that are no part of a copy of it.
pub(super) const NOT_COPIED: [&str; 4] = [MARKER, MARKER_NEW, LOCK, KEEP];

/// Whether `dir` is a store already; an error when it may not become one.
pub(super) fn is_store(dir: &Path) -> Result<bool, StoreError> {
    let reading = |e| StoreError::io("reading the folder of the store", e);
    match std::fs::read(dir.join(MARKER)) {
        Ok(text) if text == MARKER_TEXT.as_bytes() => Ok(true),
        Ok(text) if MARKERS_EARLIER.iter().any(|earlier| text == earlier.as_bytes()) => {
            Err(StoreError::Older(dir.to_owned()))
        }
        Ok(text) if text.starts_with(MARKER_FAMILY.as_bytes()) => {
            Err(StoreError::Newer(dir.to_owned()))
        }
        Ok(_) => Err(StoreError::Foreign(dir.to_owned())),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            for entry in dir.read_dir().map_err(reading)? {
                let name = entry.map_err(reading)?.file_name();
                if !STRANGERS.iter().any(|known| name == *known) {
                    return Err(StoreError::Foreign(dir.to_owned()));
                }
            }
            Ok(false)
        }
        Err(e) => Err(reading(e)),
    }
}

pub(super) fn lock(dir: &Path) -> Result<File, StoreError> {
    let locking = |e| StoreError::io("locking the store", e);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(dir.join(LOCK))
        .map_err(locking)?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(Errno::WOULDBLOCK) => Err(StoreError::Locked(dir.to_owned())),
        Err(e) => Err(locking(e.into())),
    }
}

/// Writes the marker whole or not at all.
pub(super) fn write_marker(dir: &Path) -> io::Result<()> {
    let new = dir.join(MARKER_NEW);
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(MARKER_TEXT.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, dir.join(MARKER))?;
    sync_folder(dir)
}
