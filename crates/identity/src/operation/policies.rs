//! Managed policies.

use std::collections::HashMap;

use policy::{Kind, MANAGED_POLICY_CHARACTERS_MAX, Policy, count_characters};
use signature::Timestamp;

use super::page::{Listing, Paging};
use super::view::{Entities, EntityName, ManagedPolicy};
use super::{demand_below, find_policy};
use crate::account::Account;
use crate::directory::{Directory, Row};
use crate::error::IamError;
use crate::limits::POLICIES_MAX;
use crate::random;
use crate::record::{
    Bounded, Managed, Name, Subject, Version, account_arn, description, key_of_name, path,
};

/// The managed policies of an account.
#[derive(Clone, Copy, Debug)]
pub struct Policies<'a>(pub(super) &'a Account);

/// A managed policy that is to be made.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewPolicy<'a> {
    /// Its name: 1 to 128 letters, digits and `+=,.@_-`; no other policy has it in another case.
    pub name: &'a str,
    /// Its path; `/` when nothing is said.
    pub path: Option<&'a str>,
    /// The document of its first version.
    pub document: &'a str,
    /// What it is for.
    pub description: Option<&'a str>,
}

/// Which managed policies a list is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolicyScope {
    /// All.
    #[default]
    All,
    /// Those that are attached to somebody or are the boundary of somebody.
    Attached,
    /// Those that are the boundary of somebody.
    Boundaries,
}

impl Policies<'_> {
    /// `CreatePolicy`
    ///
    /// # Errors
    /// `EntityAlreadyExists`, `LimitExceeded`, `MalformedPolicyDocument`, `ValidationError`
    pub fn create(self, new: NewPolicy<'_>, now: Timestamp) -> Result<ManagedPolicy, IamError> {
        Name::Policy.demand(new.name)?;
        let path = path(new.path)?;
        let description = description(new.description)?;
        demand_document(new.document)?;
        self.0.change(|draft| {
            let policies = &draft.directory().policies;
            if policies.named(new.name).is_some() {
                let name = new.name;
                return Err(IamError::EntityAlreadyExists(format!(
                    "A policy called {name} already exists. Duplicate names are not allowed."
                )));
            }
            demand_below(policies.len(), POLICIES_MAX, "PoliciesPerAccount")?;
            let first =
                Version { number: 1, document: new.document.into(), created: now.seconds() };
            let policy = Managed {
                name: new.name.into(),
                path: path.clone(),
                id: random::unique_id("ANPA").map_err(IamError::Random)?,
                description: description.clone(),
                created: now.seconds(),
                updated: now.seconds(),
                versions: vec![first],
                default: 1,
                next: 2,
            };
            let arn = account_arn("policy", &path, new.name);
            let view = view(&policy, &arn, Count::default());
            draft.put(policy)?;
            Ok(view)
        })
    }

    /// `GetPolicy`
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn get(self, arn: &str) -> Result<ManagedPolicy, IamError> {
        let directory = self.0.directory();
        let row = find_policy(&directory, arn)?;
        Ok(view(&row.record, &row.compiled.arn, count_of(&directory, &row.record.id)))
    }

    /// `ListPolicies`. There are none but the account's own.
    ///
    /// # Errors
    /// `ValidationError`
    pub fn list(
        self,
        scope: PolicyScope,
        paging: Paging<'_>,
    ) -> Result<Listing<ManagedPolicy>, IamError> {
        let directory = self.0.directory();
        let counts = counts(&directory);
        let rows = directory.policies.rows().filter(|row| paging.has_path(&row.record.path));
        let counted =
            rows.map(|row| (row, counts.get(row.record.id.as_str()).copied().unwrap_or_default()));
        let listed = counted.filter(|(_, count)| match scope {
            PolicyScope::All => true,
            PolicyScope::Attached => count.attachments + count.boundaries > 0,
            PolicyScope::Boundaries => count.boundaries > 0,
        });
        paging.cut(listed.map(|(row, count)| {
            (key_of_name(&row.record.name), view(&row.record, &row.compiled.arn, count))
        }))
    }

    /// `DeletePolicy`
    ///
    /// # Errors
    /// `NoSuchEntity`; `DeleteConflict` while it is attached, or a boundary, or has versions beside
    /// the one in force.
    pub fn delete(self, arn: &str) -> Result<(), IamError> {
        self.0.change(|draft| {
            let row = find_policy(draft.directory(), arn)?;
            let count = count_of(draft.directory(), &row.record.id);
            let conflict = |message: &str| Err(IamError::DeleteConflict(message.into()));
            if count.attachments + count.boundaries > 0 {
                return conflict("Cannot delete a policy attached to entities.");
            }
            if row.record.versions.len() > 1 {
                return conflict(
                    "This policy has more than one version. Before you delete a policy, you must \
                     delete the policy's versions. The default version is deleted with the policy.",
                );
            }
            draft.delete(&row);
            Ok(())
        })
    }

    /// `ListEntitiesForPolicy`, all of them. As boundaries, when `of_boundaries`.
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn entities(self, arn: &str, of_boundaries: bool) -> Result<Entities, IamError> {
        let directory = self.0.directory();
        let row = find_policy(&directory, arn)?;
        let id = row.record.id.as_str();
        Ok(Entities {
            users: referring(directory.users.rows(), id, of_boundaries),
            groups: referring(directory.groups.rows(), id, of_boundaries),
            roles: referring(directory.roles.rows(), id, of_boundaries),
        })
    }
}

/// Refuses a document that is no policy, or too long for a managed one.
pub(super) fn demand_document(document: &str) -> Result<(), IamError> {
    Policy::parse(document, Kind::Identity)?;
    if count_characters(document) <= MANAGED_POLICY_CHARACTERS_MAX {
        return Ok(());
    }
    Err(IamError::LimitExceeded(format!(
        "Cannot exceed quota for PolicySize: {MANAGED_POLICY_CHARACTERS_MAX}"
    )))
}

/// How often a policy is referred to.
#[derive(Clone, Copy, Default)]
struct Count {
    attachments: usize,
    boundaries: usize,
}

/// All policies that are referred to, by id.
fn counts(directory: &Directory) -> HashMap<&str, Count> {
    let mut counts: HashMap<&str, Count> = HashMap::new();
    for (attached, bounded) in references(directory) {
        for id in attached {
            counts.entry(id).or_default().attachments += 1;
        }
        if let Some(id) = bounded.and_then(|bounded| bounded.boundary.as_deref()) {
            counts.entry(id).or_default().boundaries += 1;
        }
    }
    counts
}

fn count_of(directory: &Directory, id: &str) -> Count {
    counts(directory).get(id).copied().unwrap_or_default()
}

/// What users, groups and roles refer to: attached policies and the boundary.
fn references(directory: &Directory) -> impl Iterator<Item = (&[String], Option<&Bounded>)> {
    fn of<R: Subject>(row: &std::sync::Arc<Row<R>>) -> (&[String], Option<&Bounded>) {
        (&row.record.common().attached, row.record.bounded())
    }
    let users = directory.users.rows().map(of);
    users.chain(directory.groups.rows().map(of)).chain(directory.roles.rows().map(of))
}

fn referring<'a, R: Subject>(
    rows: impl Iterator<Item = &'a std::sync::Arc<Row<R>>>,
    id: &str,
    of_boundaries: bool,
) -> Vec<EntityName> {
    let refers = |record: &R| {
        let boundary = record.bounded().and_then(|bounded| bounded.boundary.as_deref());
        let is_attached = || record.common().attached.iter().any(|attached| attached == id);
        if of_boundaries { boundary == Some(id) } else { is_attached() }
    };
    rows.filter(|row| refers(&row.record))
        .map(|row| EntityName { name: row.record.name().into(), id: row.record.id().into() })
        .collect()
}

fn view(policy: &Managed, arn: &str, count: Count) -> ManagedPolicy {
    ManagedPolicy {
        name: policy.name.clone(),
        path: policy.path.clone(),
        id: policy.id.clone(),
        arn: arn.into(),
        description: policy.description.clone(),
        created: Timestamp::from_seconds(policy.created),
        updated: Timestamp::from_seconds(policy.updated),
        default_version: format!("v{}", policy.default),
        attachments: count.attachments,
        boundaries: count.boundaries,
    }
}
