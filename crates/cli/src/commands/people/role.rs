//! `hallpass role`: what can be assumed, by whom its trust policy says.

use std::path::PathBuf;

use s3::xml::read_element;
use signature::encode::{Plus, decode_strict};

use super::member::names;
use super::{Account, All, Column, Iam, Member, Named, print_all, print_one};
use crate::commands::policy::read_document;
use crate::failure::Failure;
use crate::lifetime::Lifetime;

const COLUMNS: &[Column] = &[
    ("name", "RoleName"),
    ("path", "Path"),
    ("id", "RoleId"),
    ("arn", "Arn"),
    ("created", "CreateDate"),
];
const DETAILS: &[Column] = &[
    ("name", "RoleName"),
    ("path", "Path"),
    ("id", "RoleId"),
    ("arn", "Arn"),
    ("created", "CreateDate"),
    ("description", "Description"),
    ("longest", "MaxSessionDuration"),
    ("boundary", "PermissionsBoundaryArn"),
    ("inline", "PolicyNames"),
    ("attached", "AttachedPolicies"),
    ("trust", "AssumeRolePolicyDocument"),
];

/// What to do with roles.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum RoleCommand {
    /// Make a role
    Add(Adding),
    /// List the roles
    List(All),
    /// Show a role, with whom it trusts and its policies
    Show(Named),
    /// Remove a role that has no policies any more; its sessions end at once
    Remove(Named),
}

/// The arguments for a new one.
#[derive(Debug, clap::Args)]
pub(crate) struct Adding {
    /// Its name
    name: String,
    /// The trust policy, which says who may assume it; `-` is stdin
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// A path in front of the name in its ARN, such as /jobs/
    #[arg(long)]
    path: Option<String>,
    /// How long its sessions may live, 1h to 12h; 1h when it is not said
    #[arg(long, value_name = "TIME", value_parser = Lifetime::parse)]
    longest: Option<Lifetime>,
    #[command(flatten)]
    account: Account,
}

impl RoleCommand {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Add(adding) => adding.add(),
            Self::List(all) => all.account.run(|iam| async move {
                let roles = iam.list("ListRoles", &all.parameters(), "Roles").await?;
                print_all(&roles, COLUMNS, all.account.json)
            }),
            Self::Show(one) => one.account.run(|iam| show(one, iam)),
            Self::Remove(one) => one.account.run(|iam| async move {
                iam.ask("DeleteRole", &[("RoleName", &one.name)]).await.map(drop)
            }),
        }
    }
}

impl Adding {
    fn add(&self) -> Result<(), Failure> {
        let trust = read_document(&self.trust)?;
        let longest = self.longest.map(|longest| longest.seconds().to_string());
        self.account.run(|iam| async move {
            let mut parameters =
                vec![("RoleName", self.name.as_str()), ("AssumeRolePolicyDocument", &trust)];
            parameters.extend(self.path.as_deref().map(|path| ("Path", path)));
            parameters.extend(longest.as_deref().map(|longest| ("MaxSessionDuration", longest)));
            let answer = iam.ask("CreateRole", &parameters).await?;
            print_one(&Member::read(&answer, COLUMNS), COLUMNS, self.account.json)
        })
    }
}

async fn show(one: &Named, iam: Iam) -> Result<(), Failure> {
    let role = [("RoleName", one.name.as_str())];
    let answer = iam.ask("GetRole", &role).await?;
    let known: Vec<Column> =
        DETAILS.iter().copied().filter(|(heading, _)| *heading != "trust").collect();
    let trust = read_element(&answer, "AssumeRolePolicyDocument").unwrap_or_default();
    let inline = iam.list("ListRolePolicies", &role, "PolicyNames").await?;
    let attached = iam.list("ListAttachedRolePolicies", &role, "AttachedPolicies").await?;
    let known = Member::read(&answer, &known)
        .with("PolicyNames", names(&inline, "member"))
        .with("AttachedPolicies", names(&attached, "PolicyName"))
        .with("AssumeRolePolicyDocument", decode_strict(&trust, Plus::Itself).unwrap_or(trust));
    print_one(&known, DETAILS, one.account.json)
}
