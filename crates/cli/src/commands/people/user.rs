//! `hallpass user`: who may sign. A new user has no access key and may do nothing.

use super::member::names;
use super::{Account, All, Column, Iam, Member, Named, print_all, print_one};
use crate::failure::Failure;

const COLUMNS: &[Column] = &[
    ("name", "UserName"),
    ("path", "Path"),
    ("id", "UserId"),
    ("arn", "Arn"),
    ("created", "CreateDate"),
];
const DETAILS: &[Column] = &[
    ("name", "UserName"),
    ("path", "Path"),
    ("id", "UserId"),
    ("arn", "Arn"),
    ("created", "CreateDate"),
    ("boundary", "PermissionsBoundaryArn"),
    ("keys", "AccessKeyIds"),
    ("groups", "GroupNames"),
    ("inline", "PolicyNames"),
    ("attached", "AttachedPolicies"),
];

/// What to do with users.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum UserCommand {
    /// Make a user, who has no access key yet and may do nothing
    Add(Adding),
    /// List the users
    List(All),
    /// Show a user, with the access keys, groups and policies that it has
    Show(Named),
    /// Remove a user that has no keys, groups and policies any more
    Remove(Named),
}

/// The arguments for a new one.
#[derive(Debug, clap::Args)]
pub(crate) struct Adding {
    /// Its name
    name: String,
    /// A path in front of the name in its ARN, such as /staff/
    #[arg(long)]
    path: Option<String>,
    #[command(flatten)]
    account: Account,
}

impl UserCommand {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Add(adding) => adding.account.run(|iam| adding.add(iam)),
            Self::List(all) => all.account.run(|iam| async move {
                let users = iam.list("ListUsers", &all.parameters(), "Users").await?;
                print_all(&users, COLUMNS, all.account.json)
            }),
            Self::Show(one) => one.account.run(|iam| show(one, iam)),
            Self::Remove(one) => one.account.run(|iam| async move {
                iam.ask("DeleteUser", &[("UserName", &one.name)]).await.map(drop)
            }),
        }
    }
}

impl Adding {
    async fn add(&self, iam: Iam) -> Result<(), Failure> {
        let mut parameters = vec![("UserName", self.name.as_str())];
        parameters.extend(self.path.as_deref().map(|path| ("Path", path)));
        let answer = iam.ask("CreateUser", &parameters).await?;
        print_one(&Member::read(&answer, COLUMNS), COLUMNS, self.account.json)
    }
}

async fn show(one: &Named, iam: Iam) -> Result<(), Failure> {
    let user = [("UserName", one.name.as_str())];
    let known = Member::read(&iam.ask("GetUser", &user).await?, DETAILS);
    let keys = iam.list("ListAccessKeys", &user, "AccessKeyMetadata").await?;
    let groups = iam.list("ListGroupsForUser", &user, "Groups").await?;
    let inline = iam.list("ListUserPolicies", &user, "PolicyNames").await?;
    let attached = iam.list("ListAttachedUserPolicies", &user, "AttachedPolicies").await?;
    let known = known
        .with("AccessKeyIds", names(&keys, "AccessKeyId"))
        .with("GroupNames", names(&groups, "GroupName"))
        .with("PolicyNames", names(&inline, "member"))
        .with("AttachedPolicies", names(&attached, "PolicyName"));
    print_one(&known, DETAILS, one.account.json)
}
