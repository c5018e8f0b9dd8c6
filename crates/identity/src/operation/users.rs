//! Users.

use signature::Timestamp;

use super::page::{Listing, Paging};
use super::view::{Group, User};
use super::{boundary, demand_bare, demand_room, find};
use crate::account::Account;
use crate::error::IamError;
use crate::limits::USERS_MAX;
use crate::random;
use crate::record::{self, Bounded, Common, Name, Tag, account_arn, checked, path};

/// The users of an account.
#[derive(Clone, Copy, Debug)]
pub struct Users<'a>(pub(super) &'a Account);

/// A user that is to be made.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewUser<'a> {
    /// Its name: 1 to 64 letters, digits and `+=,.@_-`; no other user has it in another case.
    pub name: &'a str,
    /// Its path; `/` when nothing is said.
    pub path: Option<&'a str>,
    /// The ARN of its boundary.
    pub boundary: Option<&'a str>,
    /// Its tags.
    pub tags: &'a [Tag],
}

/// What is to be another of a user.
#[derive(Clone, Copy, Debug, Default)]
pub struct UserUpdate<'a> {
    /// Its path.
    pub path: Option<&'a str>,
}

impl Users<'_> {
    /// `CreateUser`
    ///
    /// # Errors
    /// `EntityAlreadyExists`, `LimitExceeded`, `NoSuchEntity` of the boundary, `ValidationError`.
    pub fn create(self, new: NewUser<'_>, now: Timestamp) -> Result<User, IamError> {
        Name::User.demand(new.name)?;
        let path = path(new.path)?;
        let tags = checked(new.tags)?;
        self.0.change(|draft| {
            let directory = draft.directory().clone();
            demand_room::<record::User>(&directory, new.name, USERS_MAX, "UsersPerAccount")?;
            let boundary = boundary::refer(draft, new.boundary)?;
            let user = record::User {
                common: Common::new("AIDA", new.name, &path, now)?,
                bounded: Bounded { boundary, tags: tags.into() },
                keys: Vec::new(),
                groups: Vec::new(),
            };
            let view = User::from_parts(&directory, &user, &account_arn("user", &path, new.name));
            draft.put(user)?;
            Ok(view)
        })
    }

    /// `GetUser`
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn get(self, name: &str) -> Result<User, IamError> {
        let directory = self.0.directory();
        Ok(User::of(&directory, &*find(&directory, name)?))
    }

    /// `ListUsers`
    ///
    /// # Errors
    /// `ValidationError`
    pub fn list(self, paging: Paging<'_>) -> Result<Listing<User>, IamError> {
        let directory = self.0.directory();
        let rows = directory.users.rows().filter(|row| paging.has_path(&row.record.common.path));
        paging.cut(rows.map(|row| {
            let user = User::of(&directory, row);
            (record::key_of_name(&user.name), user)
        }))
    }

    /// `UpdateUser`. A user cannot be renamed: its name is in policies, in logs and in the key of
    /// its record.
    ///
    /// # Errors
    /// `NoSuchEntity`, `ValidationError`
    pub fn update(self, name: &str, update: UserUpdate<'_>) -> Result<(), IamError> {
        let path = path(update.path)?;
        self.0.change(|draft| {
            let row = find::<record::User>(draft.directory(), name)?;
            if update.path.is_none() {
                return Ok(());
            }
            let mut user = row.record.clone();
            user.common.path.clone_from(&path);
            draft.put(user)
        })
    }

    /// `DeleteUser`
    ///
    /// # Errors
    /// `NoSuchEntity`; `DeleteConflict` while it has access keys, policies or groups.
    pub fn delete(self, name: &str) -> Result<(), IamError> {
        self.0.change(|draft| {
            let row = find::<record::User>(draft.directory(), name)?;
            let conflict = |message: &str| Err(IamError::DeleteConflict(message.into()));
            if !row.record.keys.is_empty() {
                return conflict("Cannot delete entity, must delete access keys first.");
            }
            if !row.record.groups.is_empty() {
                return conflict("Cannot delete entity, must remove users from group first.");
            }
            demand_bare(&row)?;
            draft.delete(&row);
            Ok(())
        })
    }

    /// `ListGroupsForUser`
    ///
    /// # Errors
    /// `NoSuchEntity`, `ValidationError`
    pub fn groups(self, name: &str, paging: Paging<'_>) -> Result<Listing<Group>, IamError> {
        let directory = self.0.directory();
        let user = find::<record::User>(&directory, name)?;
        let is_in = |id: &str| user.record.groups.iter().any(|group| group == id);
        let rows = directory.groups.rows().filter(|row| is_in(&row.record.common.id));
        paging.cut(rows.map(|row| {
            let group = Group::of(row);
            (record::key_of_name(&group.name), group)
        }))
    }
}

impl Common {
    /// Of one that is made now.
    pub(super) fn new(
        id_prefix: &str,
        name: &str,
        path: &str,
        now: Timestamp,
    ) -> Result<Self, IamError> {
        Ok(Self {
            name: name.into(),
            path: path.into(),
            id: random::unique_id(id_prefix).map_err(IamError::Random)?,
            created: now.seconds(),
            inline: std::collections::BTreeMap::new(),
            attached: Vec::new(),
        })
    }
}
