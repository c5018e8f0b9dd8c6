//! What a ledger promises, whatever keeps it.
//!
//! * A write that was acknowledged is durable, and seen by every later read.
//! * A write whose expectation does not hold changes nothing and is [`LedgerError::Conflict`].
//! * A version is never given twice, so what was read and expected is the very same writing.
//!
//! [`Ledger`] asks for no more than single keys, so that a bucket with conditional writes
//! (`If-Match`, `If-None-Match`) can be one; what needs several keys at once asks for [`Atomic`].

use std::fmt::Debug;

use crate::error::LedgerError;
use crate::limits::{KEY_BYTES_MAX, RETRIES_MAX, TOGETHER_MAX, VALUE_BYTES_MAX};
use crate::pending::Pending;
use crate::version::Version;

/// Small durable records, each compared and swapped by itself.
pub trait Ledger: Debug + Send + Sync {
    /// The record under `key`.
    fn get(&self, key: &[u8]) -> Pending<Option<Record>>;

    /// A page of records in the order of their keys.
    fn scan(&self, scan: &Scan) -> Pending<Page>;

    /// Writes or deletes one record, if it is as expected. The version is that of the new record;
    /// of a deletion it is the version of nothing that can be read.
    fn write(&self, change: Change) -> Pending<Version>;
}

/// A ledger that changes several records at once.
pub trait Atomic: Ledger {
    /// All of the changes or none: each expectation is about what was there before. No key may be
    /// changed twice.
    fn write_all(&self, changes: Vec<Change>) -> Pending<Vec<Version>>;
}

/// A record as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What was written.
    pub value: Vec<u8>,
    /// Which writing it is.
    pub version: Version,
}

/// A record with its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: Vec<u8>,
    /// What is under it.
    pub record: Record,
}

/// Which records to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// What their keys begin with.
    pub prefix: Vec<u8>,
    /// The key that the page before ended with.
    pub after: Option<Vec<u8>>,
    /// How many at most, and never more than [`PAGE_MAX`](crate::limits::PAGE_MAX).
    pub limit: usize,
}

/// Records in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The records.
    pub entries: Vec<Entry>,
    /// Whether there are more behind the last of them.
    pub is_truncated: bool,
}

/// What a writer expects to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Nothing.
    Absent,
    /// This very writing.
    Version(Version),
    /// Whatever. So a damaged record can be replaced or deleted.
    Any,
}

impl Expect {
    /// Whether what is there is as expected.
    #[must_use]
    pub fn holds(&self, found: Option<&Version>) -> bool {
        match self {
            Self::Absent => found.is_none(),
            Self::Version(version) => found == Some(version),
            Self::Any => true,
        }
    }

    /// That nothing has happened since `record` was read.
    #[must_use]
    pub fn unchanged(record: Option<&Record>) -> Self {
        record.map_or(Self::Absent, |record| Self::Version(record.version.clone()))
    }
}

/// One change of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The record's key.
    pub key: Vec<u8>,
    /// What is to be there; none deletes.
    pub value: Option<Vec<u8>>,
    /// What has to be there before.
    pub expect: Expect,
}

impl Change {
    /// Writes a record.
    #[must_use]
    pub fn put(key: &[u8], value: &[u8], expect: Expect) -> Self {
        Self { key: key.into(), value: Some(value.into()), expect }
    }

    /// Deletes a record.
    #[must_use]
    pub fn delete(key: &[u8], expect: Expect) -> Self {
        Self { key: key.into(), value: None, expect }
    }

    pub(crate) fn check(&self) -> Result<(), LedgerError> {
        check_key(&self.key)?;
        match &self.value {
            Some(value) if value.len() > VALUE_BYTES_MAX => Err(LedgerError::TooLarge),
            Some(_) | None => Ok(()),
        }
    }
}

pub(crate) fn check_key(key: &[u8]) -> Result<(), LedgerError> {
    if (1..=KEY_BYTES_MAX).contains(&key.len()) { Ok(()) } else { Err(LedgerError::InvalidKey) }
}

/// Checks changes that are to be written together.
pub(crate) fn check_together(changes: &[Change]) -> Result<(), LedgerError> {
    if changes.len() > TOGETHER_MAX {
        return Err(LedgerError::TooLarge);
    }
    changes.iter().try_for_each(Change::check)?;
    let mut keys: Vec<&[u8]> = changes.iter().map(|change| change.key.as_slice()).collect();
    keys.sort_unstable();
    let len = keys.len();
    keys.dedup();
    if keys.len() == len { Ok(()) } else { Err(LedgerError::InvalidKey) }
}

/// Reads a record, lets `change` say what it becomes, and writes that if nobody was faster;
/// otherwise once more. `change` may refuse, and nothing is written.
///
/// # Errors
/// What `change` refuses with, and what the ledger says.
pub fn write_with_retries<E: From<LedgerError>>(
    ledger: &dyn Ledger,
    key: &[u8],
    mut change: impl FnMut(Option<&Record>) -> Result<Option<Vec<u8>>, E>,
) -> Result<Version, E> {
    for _ in 0..RETRIES_MAX {
        let record = ledger.get(key).wait()?;
        let value = change(record.as_ref())?;
        let expect = Expect::unchanged(record.as_ref());
        match ledger.write(Change { key: key.into(), value, expect }).wait() {
            Err(LedgerError::Conflict) => {}
            written => return Ok(written?),
        }
    }
    Err(LedgerError::Conflict.into())
}
