//! When each access key was last used, and for what: kept in memory, and written now and then into
//! records of their own under `identity/used/`. What was not written is lost with the process,
//! which hurts nobody.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyLastUsed.html>

use std::sync::atomic::{AtomicU64, Ordering};

use ledger::limits::TOGETHER_MAX;
use ledger::{Change, Entry, Expect, LedgerError};
use serde::{Deserialize, Serialize};
use signature::Timestamp;

use crate::account::Account;
use crate::directory::Directory;
use crate::record;

pub(crate) const PREFIX: &str = "identity/used/";

/// Which service a key was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Service {
    /// Objects and buckets.
    S3,
    /// Users, keys, roles and policies.
    Iam,
    /// Sessions.
    Sts,
}

impl Service {
    /// Its name, as in `GetAccessKeyLastUsed`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Iam => "iam",
            Self::Sts => "sts",
        }
    }

    fn code(self) -> u64 {
        match self {
            Self::S3 => 0,
            Self::Iam => 1,
            Self::Sts => 2,
        }
    }
}

/// A use of an access key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// When, to the second.
    pub at: Timestamp,
    /// For what.
    pub service: Service,
}

/// The last use of one access key: seconds and service in one word each, 0 for never.
#[derive(Debug, Default)]
pub(crate) struct LastUsed {
    now: AtomicU64,
    written: AtomicU64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    /// In seconds since 1970.
    at: u64,
    service: Service,
}

impl LastUsed {
    pub(crate) fn record(&self, service: Service, now: Timestamp) {
        self.now.fetch_max(word(Use { at: now, service }), Ordering::Relaxed);
    }

    pub(crate) fn last(&self) -> Option<Use> {
        read(self.now.load(Ordering::Relaxed))
    }
}

fn word(used: Use) -> u64 {
    (used.at.seconds() << 2) | used.service.code()
}

fn read(word: u64) -> Option<Use> {
    let service = match word & 3 {
        0 => Service::S3,
        1 => Service::Iam,
        _ => Service::Sts,
    };
    (word != 0).then_some(Use { at: Timestamp::from_seconds(word >> 2), service })
}

/// Takes over what somebody wrote. Whether the key is there still.
pub(crate) fn load(directory: &Directory, entry: &Entry) -> Result<bool, LedgerError> {
    let read: Record = record::read(&entry.key, &entry.record.value)?;
    let id = entry.key.strip_prefix(PREFIX.as_bytes()).unwrap_or_default();
    let held = std::str::from_utf8(id).ok().and_then(|id| directory.key(id));
    let Some(held) = held else { return Ok(false) };
    let word = word(Use { at: Timestamp::from_seconds(read.at), service: read.service });
    held.used.now.fetch_max(word, Ordering::Relaxed);
    held.used.written.fetch_max(word, Ordering::Relaxed);
    Ok(true)
}

/// What removes the record of a key that goes.
pub(crate) fn removal(access_key_id: &str) -> Change {
    Change::delete(format!("{PREFIX}{access_key_id}").as_bytes(), Expect::Any)
}

impl Account {
    /// Writes down when access keys were last used, for all that were used since; returns how many.
    ///
    /// # Errors
    /// What the ledger says; what was not written will be next time.
    pub fn flush_last_used(&self) -> Result<usize, LedgerError> {
        let directory = self.directory();
        let is_news = |used: &LastUsed| {
            used.now.load(Ordering::Relaxed) != used.written.load(Ordering::Relaxed)
        };
        let news: Vec<_> = directory.keys().filter(|(_, held)| is_news(&held.used)).collect();
        for some in news.chunks(TOGETHER_MAX) {
            let mut changes = Vec::with_capacity(some.len());
            let mut words = Vec::with_capacity(some.len());
            for (id, held) in some {
                let word = held.used.now.load(Ordering::Relaxed);
                let Some(used) = read(word) else { continue };
                let record = Record { at: used.at.seconds(), service: used.service };
                let key = format!("{PREFIX}{id}");
                changes.push(Change::put(key.as_bytes(), &record::write(&record)?, Expect::Any));
                words.push((&held.used, word));
            }
            self.ledger().write_all(changes).wait()?;
            for (used, word) in words {
                used.written.fetch_max(word, Ordering::Relaxed);
            }
        }
        Ok(news.len())
    }
}
