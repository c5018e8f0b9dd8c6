//! Permissions boundaries: the most that a user or a role may do.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>

use super::{Actor, find};
use crate::account::{Account, Draft};
use crate::error::IamError;
use crate::record;

/// The boundary of a user or role.
#[derive(Clone, Copy, Debug)]
pub struct Boundary<'a> {
    pub(super) account: &'a Account,
    pub(super) actor: Actor<'a>,
}

impl Boundary<'_> {
    /// `PutUserPermissionsBoundary`, `PutRolePermissionsBoundary`
    ///
    /// # Errors
    /// `NoSuchEntity` of the user, the role or the policy.
    pub fn put(self, policy_arn: &str) -> Result<(), IamError> {
        self.set(Some(policy_arn))
    }

    /// `DeleteUserPermissionsBoundary`, `DeleteRolePermissionsBoundary`
    ///
    /// # Errors
    /// `NoSuchEntity`, also when there is no boundary.
    pub fn delete(self) -> Result<(), IamError> {
        self.set(None)
    }

    fn set(self, policy_arn: Option<&str>) -> Result<(), IamError> {
        self.account.change(|draft| match self.actor {
            Actor::User(name) => {
                let mut user = find::<record::User>(draft.directory(), name)?.record.clone();
                demand_change(&user.bounded, policy_arn, name)?;
                user.bounded.boundary = refer(draft, policy_arn)?;
                draft.put(user)
            }
            Actor::Role(name) => {
                let mut role = find::<record::Role>(draft.directory(), name)?.record.clone();
                demand_change(&role.bounded, policy_arn, name)?;
                role.bounded.boundary = refer(draft, policy_arn)?;
                draft.put(role)
            }
        })
    }
}

fn demand_change(
    bounded: &record::Bounded,
    policy_arn: Option<&str>,
    name: &str,
) -> Result<(), IamError> {
    if policy_arn.is_none() && bounded.boundary.is_none() {
        return Err(IamError::NoSuchEntity(format!(
            "{name} does not have a permissions boundary."
        )));
    }
    Ok(())
}

/// The id of the policy that is to be a boundary, which must not be deleted meanwhile.
pub(super) fn refer(
    draft: &mut Draft,
    policy_arn: Option<&str>,
) -> Result<Option<String>, IamError> {
    let Some(arn) = policy_arn else { return Ok(None) };
    let policy = draft.directory().policy_of_arn(arn).cloned().ok_or_else(|| {
        IamError::NoSuchEntity(format!("Scope ARN: {arn} does not exist or is not attachable."))
    })?;
    draft.touch(&policy)?;
    Ok(Some(policy.record.id.clone()))
}
