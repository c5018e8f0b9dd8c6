//! What IAM can be asked to do: each operation as a method, with IAM's meaning and refusals.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html>

mod access_keys;
mod attached;
mod boundary;
mod groups;
mod inline;
mod page;
mod policies;
mod roles;
mod tags;
mod users;
mod versions;
mod view;

use std::sync::Arc;

pub use access_keys::AccessKeys;
pub use attached::Attached;
pub use boundary::Boundary;
pub use groups::{Groups, NewGroup};
pub use inline::Inline;
pub use page::{Listing, Paging};
pub use policies::{NewPolicy, Policies, PolicyScope};
pub use roles::{NewRole, RoleUpdate, Roles};
pub use tags::Tags;
pub use users::{NewUser, UserUpdate, Users};
pub use versions::Versions;
pub use view::{
    AccessKey, AttachedPolicy, Entities, EntityName, Group, ManagedPolicy, NewAccessKey,
    PolicyVersion, Role, User,
};

use crate::account::Account;
use crate::directory::{Directory, Row};
use crate::error::IamError;
use crate::record::{self, Managed, Subject};

/// Whom policies are attached to, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder<'a> {
    /// A user.
    User(&'a str),
    /// A group.
    Group(&'a str),
    /// A role.
    Role(&'a str),
}

/// Who can ask for something, and so can have tags and a boundary; by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor<'a> {
    /// A user.
    User(&'a str),
    /// A role.
    Role(&'a str),
}

impl Account {
    /// Its users.
    #[must_use]
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// The access keys of one of its users.
    #[must_use]
    pub fn access_keys<'a>(&'a self, user: &'a str) -> AccessKeys<'a> {
        AccessKeys { account: self, user }
    }

    /// Its groups.
    #[must_use]
    pub fn groups(&self) -> Groups<'_> {
        Groups(self)
    }

    /// Its roles.
    #[must_use]
    pub fn roles(&self) -> Roles<'_> {
        Roles(self)
    }

    /// Its managed policies.
    #[must_use]
    pub fn policies(&self) -> Policies<'_> {
        Policies(self)
    }

    /// The versions of one of its managed policies.
    #[must_use]
    pub fn versions<'a>(&'a self, policy_arn: &'a str) -> Versions<'a> {
        Versions { account: self, arn: policy_arn }
    }

    /// The inline policies of a user, group or role.
    #[must_use]
    pub fn inline<'a>(&'a self, holder: Holder<'a>) -> Inline<'a> {
        Inline { account: self, holder }
    }

    /// The managed policies that are attached to a user, group or role.
    #[must_use]
    pub fn attached<'a>(&'a self, holder: Holder<'a>) -> Attached<'a> {
        Attached { account: self, holder }
    }

    /// The permissions boundary of a user or role.
    #[must_use]
    pub fn boundary<'a>(&'a self, actor: Actor<'a>) -> Boundary<'a> {
        Boundary { account: self, actor }
    }

    /// The tags of a user or role.
    #[must_use]
    pub fn tags<'a>(&'a self, actor: Actor<'a>) -> Tags<'a> {
        Tags { account: self, actor }
    }
}

/// The user, group or role of a name.
fn find<R: Subject>(directory: &Directory, name: &str) -> Result<Arc<Row<R>>, IamError> {
    R::NAME.demand(name)?;
    R::table(directory).named(name).cloned().ok_or_else(|| IamError::no_such(R::WORD, name))
}

/// The managed policy of an ARN.
fn find_policy(directory: &Directory, arn: &str) -> Result<Arc<Row<Managed>>, IamError> {
    directory
        .policy_of_arn(arn)
        .cloned()
        .ok_or_else(|| IamError::NoSuchEntity(format!("Policy {arn} was not found.")))
}

/// Refuses a name that is taken, and one thing more than the quota.
fn demand_room<R: Subject>(
    directory: &Directory,
    name: &str,
    max: usize,
    quota: &str,
) -> Result<(), IamError> {
    let table = R::table(directory);
    if table.named(name).is_some() {
        let word = record::capitalized(R::WORD);
        return Err(IamError::EntityAlreadyExists(format!(
            "{word} with name {name} already exists."
        )));
    }
    demand_below(table.len(), max, quota)
}

/// Refuses one thing more than the quota.
fn demand_below(count: usize, max: usize, quota: &str) -> Result<(), IamError> {
    if count < max {
        return Ok(());
    }
    Err(IamError::LimitExceeded(format!("Cannot exceed quota for {quota}: {max}")))
}

/// Refuses to delete what still has policies.
fn demand_bare<R: Subject>(row: &Row<R>) -> Result<(), IamError> {
    let common = row.record.common();
    let conflict = |message: &str| Err(IamError::DeleteConflict(message.into()));
    if !common.attached.is_empty() {
        return conflict("Cannot delete entity, must detach all policies first.");
    }
    if !common.inline.is_empty() {
        return conflict("Cannot delete entity, must delete policies first.");
    }
    Ok(())
}
