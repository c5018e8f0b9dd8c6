//! What can go wrong, as kinds a caller can act on. A damaged record is `Corrupt`, never absent.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why the ledger did not do it. Cheap to clone: one failed commit answers a whole batch.
#[derive(Clone, Debug)]
pub enum LedgerError {
    /// The record is not as the writer expects. Nothing was written.
    Conflict,
    /// The key is empty, or too long, or is changed twice by one write.
    InvalidKey,
    /// The value, or what is to be written together, is too large.
    TooLarge,
    /// Too many writes are waiting; try again.
    Busy,
    /// The disk or the map is full. Reading and removing go on.
    Full,
    /// The ledger was closed, or its committer ended.
    Closed,
    /// What is on the disk is damaged.
    Corrupt {
        /// Where.
        at: String,
    },
    /// The folder is no ledger, and holds other things.
    Foreign(PathBuf),
    /// The folder was written by a later version.
    Newer(PathBuf),
    /// Another process has the ledger open.
    Locked(PathBuf),
    /// The machine failed, and nothing was written.
    Io {
        /// At what.
        doing: &'static str,
        /// What it said.
        source: Arc<io::Error>,
    },
    /// The machine failed in the middle: the write may be there or not, and the next start knows.
    Unsure {
        /// What it said.
        source: Arc<io::Error>,
    },
}

impl LedgerError {
    /// What an I/O error means, when nothing was written: a full disk is [`Full`](Self::Full), all
    /// else is `Io`.
    #[must_use]
    pub fn io(doing: &'static str, source: io::Error) -> Self {
        if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            return Self::Full;
        }
        Self::Io { doing, source: Arc::new(source) }
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => f.write_str("the record was changed by somebody else"),
            Self::InvalidKey => f.write_str("the key of a record is empty, too long or twice"),
            Self::TooLarge => f.write_str("the record is too large"),
            Self::Busy => f.write_str("too many writes are waiting"),
            Self::Full => f.write_str("the disk or the ledger is full"),
            Self::Closed => f.write_str("the ledger is closed"),
            Self::Corrupt { at } => write!(f, "the ledger is damaged at `{at}`"),
            Self::Foreign(dir) => {
                write!(f, "`{}` is no ledger and holds other files", dir.display())
            }
            Self::Newer(dir) => {
                write!(f, "`{}` was written by a later version of hallpass", dir.display())
            }
            Self::Locked(dir) => write!(f, "another process uses `{}`", dir.display()),
            Self::Io { doing, source } => write!(f, "{doing}: {source}"),
            Self::Unsure { source } => {
                write!(f, "a commit of the ledger failed half-way, restart to go on: {source}")
            }
        }
    }
}

impl std::error::Error for LedgerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Io { source, .. } | Self::Unsure { source } = self {
            Some(source)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_full_and_nothing_else_is() {
        let full = io::Error::from_raw_os_error(28);
        assert!(matches!(LedgerError::io("writing", full), LedgerError::Full));
        let denied = LedgerError::io("writing", io::ErrorKind::PermissionDenied.into());
        assert_eq!(denied.to_string(), "writing: permission denied");
    }
}
