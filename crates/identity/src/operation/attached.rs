//! Managed policies that are attached to users, groups and roles.

use super::page::{Listing, Paging};
use super::view::AttachedPolicy;
use super::{Holder, demand_below, find, find_policy};
use crate::account::Account;
use crate::error::IamError;
use crate::limits::ATTACHED_MAX;
use crate::record::{self, Subject, key_of_name};

/// The managed policies that are attached to a user, group or role.
#[derive(Clone, Copy, Debug)]
pub struct Attached<'a> {
    pub(super) account: &'a Account,
    pub(super) holder: Holder<'a>,
}

impl Attached<'_> {
    /// `AttachUserPolicy`, `AttachGroupPolicy`, `AttachRolePolicy`. One that is attached already
    /// stays so.
    ///
    /// # Errors
    /// `NoSuchEntity`, `LimitExceeded`
    pub fn attach(self, policy_arn: &str) -> Result<(), IamError> {
        match self.holder {
            Holder::User(of) => self.attach_to::<record::User>(of, policy_arn, "User"),
            Holder::Group(of) => self.attach_to::<record::Group>(of, policy_arn, "Group"),
            Holder::Role(of) => self.attach_to::<record::Role>(of, policy_arn, "Role"),
        }
    }

    fn attach_to<R: Subject>(self, of: &str, arn: &str, word: &str) -> Result<(), IamError> {
        self.account.change(|draft| {
            let mut record = find::<R>(draft.directory(), of)?.record.clone();
            let policy = draft.directory().policy_of_arn(arn).cloned().ok_or_else(|| {
                let message = format!("Policy {arn} does not exist or is not attachable.");
                IamError::NoSuchEntity(message)
            })?;
            let attached = &mut record.common_mut().attached;
            if attached.contains(&policy.record.id) {
                return Ok(());
            }
            demand_below(attached.len(), ATTACHED_MAX, &format!("PoliciesPer{word}"))?;
            attached.push(policy.record.id.clone());
            draft.put(record)?;
            // It must not be deleted meanwhile.
            draft.touch(&policy)
        })
    }

    /// `DetachUserPolicy`, `DetachGroupPolicy`, `DetachRolePolicy`
    ///
    /// # Errors
    /// `NoSuchEntity`, also when the policy is not attached.
    pub fn detach(self, policy_arn: &str) -> Result<(), IamError> {
        match self.holder {
            Holder::User(of) => self.detach_from::<record::User>(of, policy_arn),
            Holder::Group(of) => self.detach_from::<record::Group>(of, policy_arn),
            Holder::Role(of) => self.detach_from::<record::Role>(of, policy_arn),
        }
    }

    fn detach_from<R: Subject>(self, of: &str, arn: &str) -> Result<(), IamError> {
        self.account.change(|draft| {
            let mut record = find::<R>(draft.directory(), of)?.record.clone();
            let policy = find_policy(draft.directory(), arn)?;
            let attached = &mut record.common_mut().attached;
            let count = attached.len();
            attached.retain(|id| *id != policy.record.id);
            if attached.len() == count {
                return Err(IamError::NoSuchEntity(format!("Policy {arn} was not found.")));
            }
            draft.put(record)
        })
    }

    /// `ListAttachedUserPolicies`, `ListAttachedGroupPolicies`, `ListAttachedRolePolicies`
    ///
    /// # Errors
    /// `NoSuchEntity`, `ValidationError`
    pub fn list(self, paging: Paging<'_>) -> Result<Listing<AttachedPolicy>, IamError> {
        let directory = self.account.directory();
        let ids = match self.holder {
            Holder::User(of) => {
                find::<record::User>(&directory, of)?.record.common.attached.clone()
            }
            Holder::Group(of) => {
                find::<record::Group>(&directory, of)?.record.common.attached.clone()
            }
            Holder::Role(of) => {
                find::<record::Role>(&directory, of)?.record.common.attached.clone()
            }
        };
        let rows = ids.iter().filter_map(|id| directory.policies.identified(id));
        let mut policies: Vec<_> = rows
            .filter(|row| paging.has_path(&row.record.path))
            .map(|row| AttachedPolicy {
                name: row.record.name.clone(),
                arn: row.compiled.arn.to_string(),
            })
            .map(|policy| (key_of_name(&policy.name), policy))
            .collect();
        policies.sort_by(|(one, _), (other, _)| one.cmp(other));
        paging.cut(policies.into_iter())
    }
}
