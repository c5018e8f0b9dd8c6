//! The account: the ledger that keeps it, and the directory that requests are answered from.
//!
//! Every change is proposed from the directory, written with the versions of the records that it
//! stands on, and then put into a new directory before it returns: the next request sees it. When
//! somebody else was faster, the records are read again and the change is proposed anew.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ledger::{Atomic, Change, Expect, LedgerError, Version};
use signature::{Credentials, SecretKey};

use crate::directory::{Directory, Loaded, Row, load};
use crate::error::IamError;
use crate::limits::TRIES_MAX;
use crate::record::{self, Record, User};
use crate::seal::MasterKeys;

/// Users, groups, access keys, roles and policies of one account.
pub struct Account {
    ledger: Arc<dyn Atomic>,
    keys: MasterKeys,
    root: Root,
    /// One change at a time.
    turn: Mutex<()>,
    now: RwLock<Arc<Directory>>,
}

/// The root user's access key.
pub(crate) struct Root {
    pub(crate) access_key_id: Arc<str>,
    pub(crate) secret: Arc<SecretKey>,
}

impl Root {
    fn new(credentials: &Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id().into(),
            secret: Arc::new(credentials.secret().clone()),
        }
    }
}

impl Account {
    /// Reads the account that a ledger keeps; an empty ledger is an account with its root user
    /// alone.
    ///
    /// # Errors
    /// What the ledger says, and records that cannot be read.
    pub fn open(
        ledger: Arc<dyn Atomic>,
        keys: MasterKeys,
        root: Credentials,
    ) -> Result<Self, LedgerError> {
        let Loaded { directory, unneeded } = load(&*ledger, &keys, &Directory::default())?;
        for change in unneeded {
            match ledger.write(change).wait() {
                // Somebody else was there.
                Err(LedgerError::Conflict) => {}
                removed => drop(removed?),
            }
        }
        let now = RwLock::new(Arc::new(directory));
        Ok(Self { ledger, keys, root: Root::new(&root), turn: Mutex::new(()), now })
    }

    /// Reads again what others may have changed.
    ///
    /// # Errors
    /// What the ledger says, and records that cannot be read; then all stays as it was.
    pub fn refresh(&self) -> Result<(), LedgerError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.reload()
    }

    fn reload(&self) -> Result<(), LedgerError> {
        let loaded = load(&*self.ledger, &self.keys, &self.directory())?;
        self.replace(loaded.directory);
        Ok(())
    }

    fn replace(&self, directory: Directory) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
    }

    /// The account as it is now.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn ledger(&self) -> &dyn Atomic {
        &*self.ledger
    }

    pub(crate) fn keys(&self) -> &MasterKeys {
        &self.keys
    }

    pub(crate) fn root(&self) -> &Root {
        &self.root
    }

    /// The access keys whose secrets none of the master keys opens, so that nobody can use them.
    #[must_use]
    pub fn unopened_keys(&self) -> Vec<String> {
        let directory = self.directory();
        let is_lost = |row: &Row<User>, index: usize| {
            row.compiled.secrets.get(index).is_none_or(Option::is_none)
        };
        let lost = directory.keys().filter(|(_, held)| is_lost(&held.user, held.index));
        lost.map(|(id, _)| id.to_owned()).collect()
    }

    /// Seals every secret with the first master key, so that the others can be given up; returns
    /// how many were sealed anew.
    ///
    /// # Errors
    /// What the ledger says.
    pub fn reseal(&self) -> Result<usize, IamError> {
        let names: Vec<_> =
            self.directory().users.rows().map(|row| row.record.common.name.clone()).collect();
        names.iter().map(|name| self.reseal_user(name)).sum()
    }

    fn reseal_user(&self, name: &str) -> Result<usize, IamError> {
        self.change(|draft| {
            let Some(row) = draft.directory().users.named(name).cloned() else { return Ok(0) };
            let mut user = row.record.clone();
            let mut count = 0;
            for (key, secret) in user.keys.iter_mut().zip(&row.compiled.secrets) {
                let Some(secret) = secret.as_ref().filter(|_| !self.keys.is_of_first(&key.sealed))
                else {
                    continue;
                };
                let sealed = self.keys.seal(secret, &key.id, &user.common.id);
                key.sealed = sealed.map_err(IamError::Random)?;
                count += 1;
            }
            if count > 0 {
                draft.put(user)?;
            }
            Ok(count)
        })
    }

    /// Makes the change that `propose` proposes.
    pub(crate) fn change<T>(
        &self,
        mut propose: impl FnMut(&mut Draft) -> Result<T, IamError>,
    ) -> Result<T, IamError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..TRIES_MAX {
            let mut draft = Draft { base: self.directory(), changes: Vec::new(), ends: Vec::new() };
            let answer = propose(&mut draft)?;
            match self.write(draft) {
                Err(LedgerError::Conflict) => self.reload()?,
                written => return Ok(written.map(|()| answer)?),
            }
        }
        Err(IamError::ConcurrentModification)
    }

    fn write(&self, draft: Draft) -> Result<(), LedgerError> {
        if draft.changes.is_empty() {
            return Ok(());
        }
        let versions = self.ledger.write_all(draft.changes).wait()?;
        let mut directory = Directory::clone(&draft.base);
        for (end, version) in draft.ends.into_iter().zip(versions) {
            end(&mut directory, version, &self.keys);
        }
        self.replace(directory);
        Ok(())
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// What a written change does to the directory.
type End = Box<dyn FnOnce(&mut Directory, Version, &MasterKeys)>;

/// A change that is proposed.
pub(crate) struct Draft {
    base: Arc<Directory>,
    changes: Vec<Change>,
    ends: Vec<End>,
}

impl Draft {
    /// What it is proposed from.
    pub(crate) fn directory(&self) -> &Arc<Directory> {
        &self.base
    }

    /// Writes a record in the place of the one of its name, or a new one.
    pub(crate) fn put<R: Record>(&mut self, record: R) -> Result<(), IamError> {
        let before = R::table(&self.base).named(record.name());
        let expect = before.map_or(Expect::Absent, |row| Expect::Version(row.version.clone()));
        let key = record::key::<R>(record.name());
        self.changes.push(Change::put(&key, &record::write(&record)?, expect));
        self.ends.push(Box::new(|directory, version, keys| {
            let compiled = record.compile(keys);
            insert(directory, Arc::new(Row { record, version, compiled }));
        }));
        Ok(())
    }

    /// Writes a record as it is, so that whoever stands on another version of it is refused: it is
    /// referred to now. Once is enough.
    pub(crate) fn touch<R: Record>(&mut self, row: &Row<R>) -> Result<(), IamError> {
        let key = record::key::<R>(row.record.name());
        if self.changes.iter().any(|change| change.key == key) {
            return Ok(());
        }
        self.put(row.record.clone())
    }

    /// Deletes a record.
    pub(crate) fn delete<R: Record>(&mut self, row: &Row<R>) {
        let name = row.record.name().to_owned();
        let key = record::key::<R>(&name);
        self.changes.push(Change::delete(&key, Expect::Version(row.version.clone())));
        self.ends.push(Box::new(move |directory, _, _| {
            let before = R::table_mut(directory).remove(&name);
            R::index(directory, before.as_deref(), None);
        }));
    }

    /// A change beside the records of the directory.
    pub(crate) fn beside(&mut self, change: Change) {
        self.changes.push(change);
        self.ends.push(Box::new(|_, _, _| {}));
    }
}

/// Puts a row into a directory.
fn insert<R: Record>(directory: &mut Directory, row: Arc<Row<R>>) {
    let before = R::table_mut(directory).insert(Arc::clone(&row));
    R::index(directory, before.as_deref(), Some(&row));
}
