//! What changes policies: put, remove, attach, detach.

use std::path::PathBuf;

use client::ErrorKind;

use super::holder::{Held, arn};
use super::read_document;
use crate::commands::people::{Iam, failed};
use crate::failure::Failure;

/// The arguments of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Put {
    /// The file with the policy; `-` is stdin
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    held: Held,
}

impl Put {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let document = read_document(&self.file)?;
        let name = self.held.name.as_str();
        self.held.account.run(|iam| async move {
            let Some((words, holder)) = self.held.on.holder() else {
                return put_managed(&iam, name, &document).await;
            };
            let named = [(words.parameter, holder), ("PolicyName", name)];
            let parameters = [&named[..], &[("PolicyDocument", &document)]].concat();
            iam.ask(words.put, &parameters).await.map(drop)
        })
    }
}

/// Makes a managed policy, or a version of it that is in force. Of the most versions that there
/// can be, the oldest that is not in force goes.
async fn put_managed(iam: &Iam, name: &str, document: &str) -> Result<(), Failure> {
    if !name.starts_with("arn:") {
        let new = [("PolicyName", name), ("PolicyDocument", document)];
        match iam.try_ask("CreatePolicy", &new).await {
            Err(error) if is(&error, "EntityAlreadyExists") => {}
            made => return made.map(drop).map_err(failed),
        }
    }
    let arn = arn(name);
    let version =
        [("PolicyArn", arn.as_str()), ("PolicyDocument", document), ("SetAsDefault", "true")];
    match iam.try_ask("CreatePolicyVersion", &version).await {
        Err(error) if is(&error, "LimitExceeded") => {}
        made => return made.map(drop).map_err(failed),
    }
    remove_versions(iam, &arn, 1).await?;
    iam.ask("CreatePolicyVersion", &version).await.map(drop)
}

/// Removes the oldest versions that are not in force, so many at most.
async fn remove_versions(iam: &Iam, arn: &str, most: usize) -> Result<(), Failure> {
    let policy = [("PolicyArn", arn)];
    let mut versions = iam.list("ListPolicyVersions", &policy, "Versions").await?;
    versions.retain(|version| version.get("IsDefaultVersion") != "true");
    let number = |id: &str| id.trim_start_matches('v').parse::<u64>().unwrap_or(u64::MAX);
    versions.sort_by_key(|version| number(version.get("VersionId")));
    for version in versions.iter().take(most) {
        let one = [("PolicyArn", arn), ("VersionId", version.get("VersionId"))];
        iam.ask("DeletePolicyVersion", &one).await?;
    }
    Ok(())
}

fn is(error: &client::Error, expected: &str) -> bool {
    matches!(error.kind(), ErrorKind::Refused { code, .. } if code == expected)
}

/// Removes a policy: an inline one, or a managed one with all its versions.
pub(super) fn remove(held: &Held) -> Result<(), Failure> {
    held.account.run(|iam| async move {
        if let Some((words, holder)) = held.on.holder() {
            let named = [(words.parameter, holder), ("PolicyName", held.name.as_str())];
            return iam.ask(words.delete, &named).await.map(drop);
        }
        let arn = arn(&held.name);
        let policy = [("PolicyArn", arn.as_str())];
        match iam.try_ask("DeletePolicy", &policy).await {
            // It may have other versions, or be attached; the second answer says which.
            Err(error) if is(&error, "DeleteConflict") => {}
            removed => return removed.map(drop).map_err(failed),
        }
        let attached = iam.list("ListEntitiesForPolicy", &policy, "PolicyUsers").await?.len()
            + iam.list("ListEntitiesForPolicy", &policy, "PolicyGroups").await?.len()
            + iam.list("ListEntitiesForPolicy", &policy, "PolicyRoles").await?.len();
        if attached == 0 {
            remove_versions(&iam, &arn, usize::MAX).await?;
        }
        iam.ask("DeletePolicy", &policy).await.map(drop)
    })
}

/// Attaches a managed policy.
pub(super) fn attach(held: &Held) -> Result<(), Failure> {
    let (words, _) = held.on.demand()?;
    bind(held, words.attach)
}

/// Detaches it.
pub(super) fn detach(held: &Held) -> Result<(), Failure> {
    let (words, _) = held.on.demand()?;
    bind(held, words.detach)
}

fn bind(held: &Held, action: &'static str) -> Result<(), Failure> {
    let (words, holder) = held.on.demand()?;
    held.account.run(|iam| async move {
        let arn = arn(&held.name);
        iam.ask(action, &[(words.parameter, holder), ("PolicyArn", &arn)]).await.map(drop)
    })
}
