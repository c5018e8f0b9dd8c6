//! Roles.

use policy::{Kind, Policy, TRUST_POLICY_CHARACTERS_MAX, count_characters};
use signature::Timestamp;

use super::page::{Listing, Paging};
use super::view::Role;
use super::{boundary, demand_bare, demand_room, find};
use crate::account::Account;
use crate::error::IamError;
use crate::limits::{ROLE_SESSION_SECONDS_MAX, ROLES_MAX, SESSION_SECONDS_SHORT};
use crate::record::{self, Bounded, Common, Name, Tag, account_arn, checked, description, path};

/// The roles of an account.
#[derive(Clone, Copy, Debug)]
pub struct Roles<'a>(pub(super) &'a Account);

/// A role that is to be made.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewRole<'a> {
    /// Its name: 1 to 64 letters, digits and `+=,.@_-`; no other role has it in another case.
    pub name: &'a str,
    /// Its path; `/` when nothing is said.
    pub path: Option<&'a str>,
    /// Its trust policy.
    pub trust: &'a str,
    /// What it is for.
    pub description: Option<&'a str>,
    /// How long its sessions may live: an hour, when nothing is said, to twelve.
    pub session_seconds_max: Option<u32>,
    /// The ARN of its boundary.
    pub boundary: Option<&'a str>,
    /// Its tags.
    pub tags: &'a [Tag],
}

/// What is to be another of a role.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoleUpdate<'a> {
    /// What it is for.
    pub description: Option<&'a str>,
    /// How long its sessions may live; those that live go on.
    pub session_seconds_max: Option<u32>,
}

impl Roles<'_> {
    /// `CreateRole`
    ///
    /// # Errors
    /// `EntityAlreadyExists`, `LimitExceeded`, `MalformedPolicyDocument`, `NoSuchEntity` of the
    /// boundary, `ValidationError`
    pub fn create(self, new: NewRole<'_>, now: Timestamp) -> Result<Role, IamError> {
        Name::Role.demand(new.name)?;
        let path = path(new.path)?;
        let tags = checked(new.tags)?;
        demand_trust(new.trust)?;
        let description = description(new.description)?;
        let session_seconds_max = new.session_seconds_max.unwrap_or(SESSION_SECONDS_SHORT);
        demand_session(session_seconds_max)?;
        self.0.change(|draft| {
            let directory = draft.directory().clone();
            demand_room::<record::Role>(&directory, new.name, ROLES_MAX, "RolesPerAccount")?;
            let boundary = boundary::refer(draft, new.boundary)?;
            let role = record::Role {
                common: Common::new("AROA", new.name, &path, now)?,
                bounded: Bounded { boundary, tags: tags.into() },
                trust: new.trust.into(),
                description: description.clone(),
                session_seconds_max,
            };
            let view = Role::from_parts(&directory, &role, &account_arn("role", &path, new.name));
            draft.put(role)?;
            Ok(view)
        })
    }

    /// `GetRole`
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn get(self, name: &str) -> Result<Role, IamError> {
        let directory = self.0.directory();
        Ok(Role::of(&directory, &*find(&directory, name)?))
    }

    /// `ListRoles`
    ///
    /// # Errors
    /// `ValidationError`
    pub fn list(self, paging: Paging<'_>) -> Result<Listing<Role>, IamError> {
        let directory = self.0.directory();
        let rows = directory.roles.rows().filter(|row| paging.has_path(&row.record.common.path));
        paging.cut(rows.map(|row| {
            let role = Role::of(&directory, row);
            (record::key_of_name(&role.name), role)
        }))
    }

    /// `UpdateRole`. What is not named stays.
    ///
    /// # Errors
    /// `NoSuchEntity`, `ValidationError`
    pub fn update(self, name: &str, update: RoleUpdate<'_>) -> Result<(), IamError> {
        let description = description(update.description)?;
        update.session_seconds_max.map_or(Ok(()), demand_session)?;
        self.0.change(|draft| {
            let mut role = find::<record::Role>(draft.directory(), name)?.record.clone();
            role.description = description.clone().or(role.description);
            role.session_seconds_max =
                update.session_seconds_max.unwrap_or(role.session_seconds_max);
            draft.put(role)
        })
    }

    /// `UpdateAssumeRolePolicy`: another trust policy. Sessions that live go on.
    ///
    /// # Errors
    /// `NoSuchEntity`, `MalformedPolicyDocument`, `LimitExceeded`
    pub fn update_trust(self, name: &str, trust: &str) -> Result<(), IamError> {
        demand_trust(trust)?;
        self.0.change(|draft| {
            let mut role = find::<record::Role>(draft.directory(), name)?.record.clone();
            role.trust = trust.into();
            draft.put(role)
        })
    }

    /// `DeleteRole`. Its sessions die with it.
    ///
    /// # Errors
    /// `NoSuchEntity`; `DeleteConflict` while it has policies.
    pub fn delete(self, name: &str) -> Result<(), IamError> {
        self.0.change(|draft| {
            let row = find::<record::Role>(draft.directory(), name)?;
            demand_bare(&row)?;
            draft.delete(&row);
            Ok(())
        })
    }
}

fn demand_trust(document: &str) -> Result<(), IamError> {
    Policy::parse(document, Kind::Trust)?;
    if count_characters(document) <= TRUST_POLICY_CHARACTERS_MAX {
        return Ok(());
    }
    Err(IamError::LimitExceeded(format!(
        "Cannot exceed quota for ACLSizePerRole: {TRUST_POLICY_CHARACTERS_MAX}"
    )))
}

fn demand_session(seconds: u32) -> Result<(), IamError> {
    if (SESSION_SECONDS_SHORT..=ROLE_SESSION_SECONDS_MAX).contains(&seconds) {
        return Ok(());
    }
    Err(IamError::Validation(format!(
        "MaxSessionDuration must be between {SESSION_SECONDS_SHORT} and \
         {ROLE_SESSION_SECONDS_MAX} seconds."
    )))
}
