//! A ledger in memory, for tests: all of the contract but that it outlives the process.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::contract::{
    Atomic, Change, Entry, Ledger, Page, Record, Scan, check_key, check_together,
};
use crate::error::LedgerError;
use crate::limits::PAGE_MAX;
use crate::pending::Pending;
use crate::version::Version;

/// Records in a map.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Records>);

#[derive(Debug, Default)]
struct Records {
    by_key: BTreeMap<Vec<u8>, Record>,
    versions: u64,
}

impl Memory {
    /// One without records.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger for Memory {
    fn get(&self, key: &[u8]) -> Pending<Option<Record>> {
        Pending::ready(check_key(key).map(|()| self.records().by_key.get(key).cloned()))
    }

    fn scan(&self, scan: &Scan) -> Pending<Page> {
        let records = self.records();
        let after = scan.after.as_deref().filter(|after| *after >= scan.prefix.as_slice());
        let from = after.map_or(Bound::Included(scan.prefix.as_slice()), Bound::Excluded);
        let range = records.by_key.range::<[u8], _>((from, Bound::Unbounded));
        let mut found = range.take_while(|(key, _)| key.starts_with(&scan.prefix));
        let entries = found.by_ref().take(scan.limit.min(PAGE_MAX));
        let entries =
            entries.map(|(key, record)| Entry { key: key.clone(), record: record.clone() });
        let entries = entries.collect();
        let is_truncated = found.next().is_some();
        Pending::ready(Ok(Page { entries, is_truncated }))
    }

    fn write(&self, change: Change) -> Pending<Version> {
        let written = self.records().write_all(vec![change]);
        Pending::ready(written.and_then(|all| all.into_iter().next().ok_or(LedgerError::Closed)))
    }
}

impl Atomic for Memory {
    fn write_all(&self, changes: Vec<Change>) -> Pending<Vec<Version>> {
        Pending::ready(self.records().write_all(changes))
    }
}

impl Records {
    fn write_all(&mut self, changes: Vec<Change>) -> Result<Vec<Version>, LedgerError> {
        check_together(&changes)?;
        for change in &changes {
            let found = self.by_key.get(&change.key).map(|record| &record.version);
            if !change.expect.holds(found) {
                return Err(LedgerError::Conflict);
            }
        }
        Ok(changes.into_iter().map(|change| self.apply(change)).collect())
    }

    fn apply(&mut self, change: Change) -> Version {
        self.versions += 1;
        let version = Version::from_number(self.versions);
        match change.value {
            Some(value) => {
                let record = Record { value, version: version.clone() };
                self.by_key.insert(change.key, record);
            }
            None => drop(self.by_key.remove(&change.key)),
        }
        version
    }
}
