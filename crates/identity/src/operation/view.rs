//! What the operations tell: the elements of IAM's answers.

use signature::{SecretKey, Timestamp};

use crate::directory::{Directory, Row};
use crate::record::{self, KeyStatus, Tag};

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id, `AIDA...`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub created: Timestamp,
    /// The ARN of its boundary; of one that is lost, its id.
    pub boundary: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id, `AGPA...`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub created: Timestamp,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id, `AROA...`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub created: Timestamp,
    /// The ARN of its boundary; of one that is lost, its id.
    pub boundary: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Its trust policy, as it was given.
    pub trust: String,
    /// What it is for.
    pub description: Option<String>,
    /// How long its sessions may live.
    pub session_seconds_max: u32,
}

/// An access key without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// Its id.
    pub id: String,
    /// The name of its user.
    pub user: String,
    /// Whether it may be used.
    pub status: KeyStatus,
    /// When it was made.
    pub created: Timestamp,
}

/// An access key that was just made: the only time that its secret is told.
#[derive(Clone, Debug)]
pub struct NewAccessKey {
    /// The key.
    pub key: AccessKey,
    /// Its secret.
    pub secret: SecretKey,
}

/// A managed policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id, `ANPA...`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When its versions last changed.
    pub updated: Timestamp,
    /// The id of the version that is in force.
    pub default_version: String,
    /// How many users, groups and roles it is attached to.
    pub attachments: usize,
    /// How many users and roles it is the boundary of.
    pub boundaries: usize,
}

/// A version of a managed policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Its id, such as `v1`.
    pub id: String,
    /// The document, as it was given.
    pub document: String,
    /// Whether it is in force.
    pub is_default: bool,
    /// When it was made.
    pub created: Timestamp,
}

/// A managed policy that is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedPolicy {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

/// Whom a managed policy is attached to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entities {
    /// Users.
    pub users: Vec<EntityName>,
    /// Groups.
    pub groups: Vec<EntityName>,
    /// Roles.
    pub roles: Vec<EntityName>,
}

/// A user, group or role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityName {
    /// Its name.
    pub name: String,
    /// Its unique id.
    pub id: String,
}

/// The ARN of a boundary; of one that is lost, its id.
fn boundary(directory: &Directory, bounded: &record::Bounded) -> Option<String> {
    let id = bounded.boundary.as_deref()?;
    let policy = directory.policies.identified(id);
    Some(policy.map_or(id, |row| &row.compiled.arn).to_owned())
}

impl User {
    pub(super) fn of(directory: &Directory, row: &Row<record::User>) -> Self {
        Self::from_parts(directory, &row.record, &row.compiled.arn)
    }

    /// One that is not in the directory yet.
    pub(super) fn from_parts(directory: &Directory, user: &record::User, arn: &str) -> Self {
        let common = &user.common;
        Self {
            name: common.name.clone(),
            path: common.path.clone(),
            id: common.id.clone(),
            arn: arn.into(),
            created: Timestamp::from_seconds(common.created),
            boundary: boundary(directory, &user.bounded),
            tags: user.bounded.tags.clone(),
        }
    }
}

impl Group {
    pub(super) fn of(row: &Row<record::Group>) -> Self {
        Self::from_parts(&row.record, &row.compiled.arn)
    }

    /// One that is not in the directory yet.
    pub(super) fn from_parts(group: &record::Group, arn: &str) -> Self {
        let common = &group.common;
        Self {
            name: common.name.clone(),
            path: common.path.clone(),
            id: common.id.clone(),
            arn: arn.into(),
            created: Timestamp::from_seconds(common.created),
        }
    }
}

impl Role {
    pub(super) fn of(directory: &Directory, row: &Row<record::Role>) -> Self {
        Self::from_parts(directory, &row.record, &row.compiled.arn)
    }

    /// One that is not in the directory yet.
    pub(super) fn from_parts(directory: &Directory, role: &record::Role, arn: &str) -> Self {
        let common = &role.common;
        Self {
            name: common.name.clone(),
            path: common.path.clone(),
            id: common.id.clone(),
            arn: arn.into(),
            created: Timestamp::from_seconds(common.created),
            boundary: boundary(directory, &role.bounded),
            tags: role.bounded.tags.clone(),
            trust: role.trust.clone(),
            description: role.description.clone(),
            session_seconds_max: role.session_seconds_max,
        }
    }
}

impl AccessKey {
    pub(super) fn of(user: &record::User, key: &record::Key) -> Self {
        Self {
            id: key.id.clone(),
            user: user.common.name.clone(),
            status: key.status,
            created: Timestamp::from_seconds(key.created),
        }
    }
}

impl PolicyVersion {
    pub(super) fn of(policy: &record::Managed, version: &record::Version) -> Self {
        Self {
            id: format!("v{}", version.number),
            document: version.document.clone(),
            is_default: version.number == policy.default,
            created: Timestamp::from_seconds(version.created),
        }
    }
}
