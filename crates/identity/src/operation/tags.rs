//! Tags of users and roles, which are `aws:PrincipalTag` to policies.

use super::page::{Listing, Paging};
use super::{Actor, find};
use crate::account::Account;
use crate::error::IamError;
use crate::record::{self, Tag, merged};

/// The tags of a user or role.
#[derive(Clone, Copy, Debug)]
pub struct Tags<'a> {
    pub(super) account: &'a Account,
    pub(super) actor: Actor<'a>,
}

impl Tags<'_> {
    /// `TagUser`, `TagRole`: adds tags, which replace those of the same keys.
    ///
    /// # Errors
    /// `NoSuchEntity`, `InvalidInput`, `LimitExceeded`, `ValidationError`
    pub fn put(self, tags: &[Tag]) -> Result<(), IamError> {
        self.set(|before| merged(before, tags))
    }

    /// `UntagUser`, `UntagRole`: removes the tags of these keys; those that are not there are none
    /// afterwards either.
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn remove(self, keys: &[&str]) -> Result<(), IamError> {
        let is_kept = |tag: &&Tag| !keys.iter().any(|key| tag.is_of(key));
        self.set(|before| Ok(before.iter().filter(is_kept).cloned().collect()))
    }

    /// `ListUserTags`, `ListRoleTags`
    ///
    /// # Errors
    /// `NoSuchEntity`, `ValidationError`
    pub fn list(self, paging: Paging<'_>) -> Result<Listing<Tag>, IamError> {
        let directory = self.account.directory();
        let mut tags = match self.actor {
            Actor::User(name) => {
                find::<record::User>(&directory, name)?.record.bounded.tags.clone()
            }
            Actor::Role(name) => {
                find::<record::Role>(&directory, name)?.record.bounded.tags.clone()
            }
        };
        tags.sort_by(|one, other| one.key.cmp(&other.key));
        paging.cut(tags.into_iter().map(|tag| (tag.key.clone(), tag)))
    }

    fn set(self, tags: impl Fn(&[Tag]) -> Result<Vec<Tag>, IamError>) -> Result<(), IamError> {
        self.account.change(|draft| match self.actor {
            Actor::User(name) => {
                let mut user = find::<record::User>(draft.directory(), name)?.record.clone();
                user.bounded.tags = tags(&user.bounded.tags)?;
                draft.put(user)
            }
            Actor::Role(name) => {
                let mut role = find::<record::Role>(draft.directory(), name)?.record.clone();
                role.bounded.tags = tags(&role.bounded.tags)?;
                draft.put(role)
            }
        })
    }
}
