//! Groups and who is in them.

use signature::Timestamp;

use super::page::{Listing, Paging};
use super::view::{Group, User};
use super::{demand_bare, demand_below, demand_room, find};
use crate::account::Account;
use crate::error::IamError;
use crate::limits::{GROUPS_MAX, GROUPS_OF_USER_MAX};
use crate::record::{self, Common, Name, account_arn, path};

/// The groups of an account.
#[derive(Clone, Copy, Debug)]
pub struct Groups<'a>(pub(super) &'a Account);

/// A group that is to be made.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewGroup<'a> {
    /// Its name: 1 to 128 letters, digits and `+=,.@_-`; no other group has it in another case.
    pub name: &'a str,
    /// Its path; `/` when nothing is said.
    pub path: Option<&'a str>,
}

impl Groups<'_> {
    /// `CreateGroup`
    ///
    /// # Errors
    /// `EntityAlreadyExists`, `LimitExceeded`, `ValidationError`
    pub fn create(self, new: NewGroup<'_>, now: Timestamp) -> Result<Group, IamError> {
        Name::Group.demand(new.name)?;
        let path = path(new.path)?;
        self.0.change(|draft| {
            let directory = draft.directory();
            demand_room::<record::Group>(directory, new.name, GROUPS_MAX, "GroupsPerAccount")?;
            let group = record::Group { common: Common::new("AGPA", new.name, &path, now)? };
            let view = Group::from_parts(&group, &account_arn("group", &path, new.name));
            draft.put(group)?;
            Ok(view)
        })
    }

    /// `GetGroup`: the group and a page of its users.
    ///
    /// # Errors
    /// `NoSuchEntity`, `ValidationError`
    pub fn get(self, name: &str, paging: Paging<'_>) -> Result<(Group, Listing<User>), IamError> {
        let directory = self.0.directory();
        let group = find::<record::Group>(&directory, name)?;
        let is_in = |user: &record::User| user.groups.contains(&group.record.common.id);
        let rows = directory.users.rows().filter(|row| is_in(&row.record));
        let users = paging.cut(rows.map(|row| {
            let user = User::of(&directory, row);
            (record::key_of_name(&user.name), user)
        }))?;
        Ok((Group::of(&group), users))
    }

    /// `ListGroups`
    ///
    /// # Errors
    /// `ValidationError`
    pub fn list(self, paging: Paging<'_>) -> Result<Listing<Group>, IamError> {
        let directory = self.0.directory();
        let rows = directory.groups.rows().filter(|row| paging.has_path(&row.record.common.path));
        paging.cut(rows.map(|row| {
            let group = Group::of(row);
            (record::key_of_name(&group.name), group)
        }))
    }

    /// `DeleteGroup`
    ///
    /// # Errors
    /// `NoSuchEntity`; `DeleteConflict` while it has users or policies.
    pub fn delete(self, name: &str) -> Result<(), IamError> {
        self.0.change(|draft| {
            let row = find::<record::Group>(draft.directory(), name)?;
            let is_in = |user: &record::User| user.groups.contains(&row.record.common.id);
            if draft.directory().users.rows().any(|user| is_in(&user.record)) {
                return Err(IamError::DeleteConflict(
                    "Cannot delete entity, must remove users from group first.".into(),
                ));
            }
            demand_bare(&row)?;
            draft.delete(&row);
            Ok(())
        })
    }

    /// `AddUserToGroup`. One who is in it already stays in it.
    ///
    /// # Errors
    /// `NoSuchEntity`, `LimitExceeded`
    pub fn add_user(self, group: &str, user: &str) -> Result<(), IamError> {
        self.0.change(|draft| {
            let group = find::<record::Group>(draft.directory(), group)?;
            let mut user = find::<record::User>(draft.directory(), user)?.record.clone();
            if user.groups.contains(&group.record.common.id) {
                return Ok(());
            }
            demand_below(user.groups.len(), GROUPS_OF_USER_MAX, "GroupsPerUser")?;
            user.groups.push(group.record.common.id.clone());
            draft.put(user)?;
            // It must not be deleted meanwhile.
            draft.touch(&group)
        })
    }

    /// `RemoveUserFromGroup`. One who is not in it stays out of it.
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn remove_user(self, group: &str, user: &str) -> Result<(), IamError> {
        self.0.change(|draft| {
            let group = find::<record::Group>(draft.directory(), group)?;
            let mut user = find::<record::User>(draft.directory(), user)?.record.clone();
            let count = user.groups.len();
            user.groups.retain(|id| *id != group.record.common.id);
            if user.groups.len() == count { Ok(()) } else { draft.put(user) }
        })
    }
}
