//! Session policies: the most that a session may do, of what its holder may.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>

use policy::{Kind, Policy, SESSION_POLICY_CHARACTERS_MAX};

use super::StsError;
use crate::directory::Directory;
use crate::limits::SESSION_MANAGED_MAX;
use crate::seal::token::Claims;

/// The session policies that are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct SessionPolicies<'a> {
    /// A document of at most 2,048 characters.
    pub document: Option<&'a str>,
    /// ARNs of up to ten managed policies.
    pub managed: &'a [&'a str],
}

impl SessionPolicies<'_> {
    /// Puts them into the claims.
    pub(super) fn put_into(
        self,
        claims: &mut Claims,
        directory: &Directory,
    ) -> Result<(), StsError> {
        if let Some(document) = self.document {
            if document.chars().count() > SESSION_POLICY_CHARACTERS_MAX {
                return Err(StsError::Validation(format!(
                    "A session policy has at most {SESSION_POLICY_CHARACTERS_MAX} characters."
                )));
            }
            Policy::parse(document, Kind::Session)?;
            claims.policy = Some(document.into());
        }
        if self.managed.len() > SESSION_MANAGED_MAX {
            return Err(StsError::Validation(format!(
                "A session has at most {SESSION_MANAGED_MAX} managed policies."
            )));
        }
        for arn in self.managed {
            let policy = directory.policy_of_arn(arn);
            let policy = policy
                .ok_or_else(|| StsError::Validation(format!("Policy {arn} was not found.")))?;
            claims.managed.push(policy.record.id.clone());
        }
        Ok(())
    }
}
