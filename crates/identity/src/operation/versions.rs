//! Versions of a managed policy: up to five, of which one is in force.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>

use signature::Timestamp;

use super::find_policy;
use super::page::{Listing, Paging};
use super::policies::demand_document;
use super::view::PolicyVersion;
use crate::account::Account;
use crate::error::IamError;
use crate::limits::POLICY_VERSIONS_MAX;
use crate::record::{Managed, Version};

/// The versions of a managed policy.
#[derive(Clone, Copy, Debug)]
pub struct Versions<'a> {
    pub(super) account: &'a Account,
    pub(super) arn: &'a str,
}

impl Versions<'_> {
    /// `CreatePolicyVersion`
    ///
    /// # Errors
    /// `NoSuchEntity`, `MalformedPolicyDocument`; `LimitExceeded` when there are five.
    pub fn create(
        self,
        document: &str,
        set_as_default: bool,
        now: Timestamp,
    ) -> Result<PolicyVersion, IamError> {
        demand_document(document)?;
        self.account.change(|draft| {
            let mut policy = find_policy(draft.directory(), self.arn)?.record.clone();
            if policy.versions.len() >= POLICY_VERSIONS_MAX {
                return Err(IamError::LimitExceeded(
                    "A managed policy can have up to 5 versions. Before you create a new version, \
                     you must delete an existing version."
                        .into(),
                ));
            }
            let number = policy.next;
            let version = Version { number, document: document.into(), created: now.seconds() };
            policy.next = number.saturating_add(1);
            policy.updated = now.seconds();
            if set_as_default {
                policy.default = number;
            }
            let view = PolicyVersion::of(&policy, &version);
            policy.versions.push(version);
            draft.put(policy)?;
            Ok(view)
        })
    }

    /// `GetPolicyVersion`
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn get(self, version_id: &str) -> Result<PolicyVersion, IamError> {
        let row = find_policy(&self.account.directory(), self.arn)?;
        let version = self.version(&row.record, version_id)?;
        Ok(PolicyVersion::of(&row.record, version))
    }

    /// `ListPolicyVersions`, the newest first.
    ///
    /// # Errors
    /// `NoSuchEntity`, `ValidationError`
    pub fn list(self, paging: Paging<'_>) -> Result<Listing<PolicyVersion>, IamError> {
        let row = find_policy(&self.account.directory(), self.arn)?;
        let versions = row.record.versions.iter().rev();
        // As many digits for each, descending, so that the markers are in order.
        let marker = |version: &Version| format!("{:010}", u32::MAX - version.number);
        paging
            .cut(versions.map(|version| (marker(version), PolicyVersion::of(&row.record, version))))
    }

    /// `SetDefaultPolicyVersion`: puts a version into force.
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn set_default(self, version_id: &str, now: Timestamp) -> Result<(), IamError> {
        self.account.change(|draft| {
            let mut policy = find_policy(draft.directory(), self.arn)?.record.clone();
            policy.default = self.version(&policy, version_id)?.number;
            policy.updated = now.seconds();
            draft.put(policy)
        })
    }

    /// `DeletePolicyVersion`
    ///
    /// # Errors
    /// `NoSuchEntity`; `DeleteConflict` for the one in force.
    pub fn delete(self, version_id: &str, now: Timestamp) -> Result<(), IamError> {
        self.account.change(|draft| {
            let mut policy = find_policy(draft.directory(), self.arn)?.record.clone();
            let number = self.version(&policy, version_id)?.number;
            if number == policy.default {
                return Err(IamError::DeleteConflict(
                    "Cannot delete the default version of a policy.".into(),
                ));
            }
            policy.versions.retain(|version| version.number != number);
            policy.updated = now.seconds();
            draft.put(policy)
        })
    }

    fn version<'p>(self, policy: &'p Managed, id: &str) -> Result<&'p Version, IamError> {
        let number = id.strip_prefix('v').and_then(|number| number.parse().ok());
        let found = policy.versions.iter().find(|version| Some(version.number) == number);
        found.ok_or_else(|| {
            let arn = self.arn;
            IamError::NoSuchEntity(format!("Policy {arn} version {id} does not exist."))
        })
    }
}
