//! Access keys of a user.

use signature::Timestamp;

use super::find;
use super::page::{Listing, Paging};
use super::view::{AccessKey, NewAccessKey};
use crate::account::Account;
use crate::error::IamError;
use crate::last_used::{self, Use};
use crate::limits::ACCESS_KEYS_MAX;
use crate::random;
use crate::record::{self, KeyStatus};

/// The access keys of a user.
#[derive(Clone, Copy, Debug)]
pub struct AccessKeys<'a> {
    pub(super) account: &'a Account,
    pub(super) user: &'a str,
}

impl AccessKeys<'_> {
    /// `CreateAccessKey`
    ///
    /// # Errors
    /// `NoSuchEntity`; `LimitExceeded` when the user has two.
    pub fn create(self, now: Timestamp) -> Result<NewAccessKey, IamError> {
        self.account.change(|draft| {
            let mut user = find::<record::User>(draft.directory(), self.user)?.record.clone();
            if user.keys.len() >= ACCESS_KEYS_MAX {
                return Err(IamError::LimitExceeded(format!(
                    "Cannot exceed quota for AccessKeysPerUser: {ACCESS_KEYS_MAX}"
                )));
            }
            let credentials = random::credentials().map_err(IamError::Random)?;
            let (id, secret) = (credentials.access_key_id(), credentials.secret().clone());
            let sealed = self.account.keys().seal(&secret, id, &user.common.id);
            user.keys.push(record::Key {
                id: id.into(),
                status: KeyStatus::Active,
                created: now.seconds(),
                sealed: sealed.map_err(IamError::Random)?,
            });
            let key = user.keys.last().map(|key| AccessKey::of(&user, key));
            let key = key.ok_or_else(|| missing(id))?;
            draft.put(user)?;
            Ok(NewAccessKey { key, secret })
        })
    }

    /// `UpdateAccessKey`: makes a key active or inactive.
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn update(self, access_key_id: &str, status: KeyStatus) -> Result<(), IamError> {
        self.account.change(|draft| {
            let mut user = find::<record::User>(draft.directory(), self.user)?.record.clone();
            let key = user.keys.iter_mut().find(|key| key.id == access_key_id);
            key.ok_or_else(|| missing(access_key_id))?.status = status;
            draft.put(user)
        })
    }

    /// `DeleteAccessKey`
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn delete(self, access_key_id: &str) -> Result<(), IamError> {
        self.account.change(|draft| {
            let mut user = find::<record::User>(draft.directory(), self.user)?.record.clone();
            let count = user.keys.len();
            user.keys.retain(|key| key.id != access_key_id);
            if user.keys.len() == count {
                return Err(missing(access_key_id));
            }
            draft.put(user)?;
            draft.beside(last_used::removal(access_key_id));
            Ok(())
        })
    }

    /// `ListAccessKeys`
    ///
    /// # Errors
    /// `NoSuchEntity`, `ValidationError`
    pub fn list(self, paging: Paging<'_>) -> Result<Listing<AccessKey>, IamError> {
        let user = find::<record::User>(&self.account.directory(), self.user)?;
        let mut keys: Vec<AccessKey> =
            user.record.keys.iter().map(|key| AccessKey::of(&user.record, key)).collect();
        keys.sort_by(|one, other| one.id.cmp(&other.id));
        paging.cut(keys.into_iter().map(|key| (key.id.clone(), key)))
    }
}

impl Account {
    /// `GetAccessKeyLastUsed`: the name of the user and the last use, if there was one.
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn access_key_last_used(
        &self,
        access_key_id: &str,
    ) -> Result<(String, Option<Use>), IamError> {
        let directory = self.directory();
        let held = directory.key(access_key_id).ok_or_else(|| missing(access_key_id))?;
        Ok((held.user.record.common.name.clone(), held.used.last()))
    }
}

fn missing(access_key_id: &str) -> IamError {
    IamError::NoSuchEntity(format!("The Access Key with id {access_key_id} cannot be found."))
}
