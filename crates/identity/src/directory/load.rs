//! Reads the account from the ledger, and takes over from the directory before what has not
//! changed.

use std::sync::Arc;

use ledger::limits::PAGE_MAX;
use ledger::{Atomic, Change, Entry, Expect, LedgerError, Scan};

use super::{Directory, Row};
use crate::last_used;
use crate::record::{self, Group, Managed, PREFIX, Record, Role, User};
use crate::seal::MasterKeys;

/// How often the account is read until what is missing is lost.
const READINGS_MAX: usize = 3;

/// All records of the ledger.
pub(crate) struct Loaded {
    pub(crate) directory: Directory,
    /// Records of the last use of keys that are there no more: somebody wrote one down while
    /// another deleted the key.
    pub(crate) unneeded: Vec<Change>,
}

/// Reads all records of the ledger.
///
/// They are not all read at one moment: what is referred to may be deleted in the midst, together
/// with the reference. So something is lost only when it is missing time and again.
pub(crate) fn load(
    ledger: &dyn Atomic,
    keys: &MasterKeys,
    before: &Directory,
) -> Result<Loaded, LedgerError> {
    let mut loaded = load_once(ledger, keys, before)?;
    for _ in 1..READINGS_MAX {
        if !loaded.directory.lacks_something() {
            break;
        }
        loaded = load_once(ledger, keys, &loaded.directory)?;
    }
    Ok(loaded)
}

fn load_once(
    ledger: &dyn Atomic,
    keys: &MasterKeys,
    before: &Directory,
) -> Result<Loaded, LedgerError> {
    let mut directory = Directory::default();
    read_all::<User>(ledger, keys, before, &mut directory)?;
    read_all::<Group>(ledger, keys, before, &mut directory)?;
    read_all::<Role>(ledger, keys, before, &mut directory)?;
    read_all::<Managed>(ledger, keys, before, &mut directory)?;
    let users: Vec<_> = directory.users.rows().cloned().collect();
    // Taken over first, so that when a key was used last is not forgotten.
    directory.keys = Arc::clone(&before.keys);
    for before in before.users.rows() {
        let after = directory.users.identified(before.record.id()).cloned();
        directory.index_keys(Some(before), after.as_ref());
    }
    for user in users.iter().filter(|user| before.users.identified(user.record.id()).is_none()) {
        directory.index_keys(None, Some(user));
    }
    let mut unneeded = Vec::new();
    each(ledger, last_used::PREFIX.as_bytes(), &mut |entry| {
        if !last_used::load(&directory, &entry)? {
            unneeded.push(Change::delete(&entry.key, Expect::Version(entry.record.version)));
        }
        Ok(())
    })?;
    Ok(Loaded { directory, unneeded })
}

fn read_all<R: Record>(
    ledger: &dyn Atomic,
    keys: &MasterKeys,
    before: &Directory,
    directory: &mut Directory,
) -> Result<(), LedgerError> {
    let prefix = format!("{PREFIX}{}/", R::KIND);
    each(ledger, prefix.as_bytes(), &mut |entry| {
        let name = entry.key.strip_prefix(prefix.as_bytes()).unwrap_or_default();
        let known = R::table(before).named(&String::from_utf8_lossy(name));
        let row = match known.filter(|row| row.version == entry.record.version) {
            Some(row) => Arc::clone(row),
            None => {
                let record: R = record::read(&entry.key, &entry.record.value)?;
                if record::key::<R>(record.name()) != entry.key {
                    let at = String::from_utf8_lossy(&entry.key).into_owned();
                    return Err(LedgerError::Corrupt { at });
                }
                let compiled = record.compile(keys);
                Arc::new(Row { record, version: entry.record.version, compiled })
            }
        };
        R::table_mut(directory).insert(row);
        Ok(())
    })
}

/// Shows every record whose key begins with `prefix` to `take`.
fn each(
    ledger: &dyn Atomic,
    prefix: &[u8],
    take: &mut dyn FnMut(Entry) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    let mut after = None;
    loop {
        let page = ledger.scan(&Scan { prefix: prefix.into(), after, limit: PAGE_MAX }).wait()?;
        after = page.entries.last().map(|entry| entry.key.clone());
        page.entries.into_iter().try_for_each(&mut *take)?;
        if !page.is_truncated {
            return Ok(());
        }
    }
}
