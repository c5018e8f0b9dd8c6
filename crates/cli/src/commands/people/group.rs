//! `hallpass group`: users who may do the same.

use super::{Account, All, Column, Member, Named, print_all, print_one};
use crate::failure::Failure;

const COLUMNS: &[Column] = &[
    ("name", "GroupName"),
    ("path", "Path"),
    ("id", "GroupId"),
    ("arn", "Arn"),
    ("created", "CreateDate"),
];

/// What to do with groups.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum GroupCommand {
    /// Make a group
    Add(Named),
    /// List the groups
    List(All),
    /// List the users of a group
    Show(Named),
    /// Remove a group that has no users and policies any more
    Remove(Named),
    /// Let a user join a group
    Join(Membership),
    /// Let a user leave a group
    Leave(Membership),
}

/// The arguments of a membership.
#[derive(Debug, clap::Args)]
pub(crate) struct Membership {
    /// The group
    group: String,
    /// The user
    user: String,
    #[command(flatten)]
    account: Account,
}

impl GroupCommand {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Add(one) => one.account.run(|iam| async move {
                let answer = iam.ask("CreateGroup", &[("GroupName", &one.name)]).await?;
                print_one(&Member::read(&answer, COLUMNS), COLUMNS, one.account.json)
            }),
            Self::List(all) => all.account.run(|iam| async move {
                let groups = iam.list("ListGroups", &all.parameters(), "Groups").await?;
                print_all(&groups, COLUMNS, all.account.json)
            }),
            Self::Show(one) => one.account.run(|iam| async move {
                let users = iam.list("GetGroup", &[("GroupName", &one.name)], "Users").await?;
                let columns: &[Column] = &[("name", "UserName"), ("arn", "Arn")];
                print_all(&users, columns, one.account.json)
            }),
            Self::Remove(one) => one.account.run(|iam| async move {
                iam.ask("DeleteGroup", &[("GroupName", &one.name)]).await.map(drop)
            }),
            Self::Join(membership) => membership.change("AddUserToGroup"),
            Self::Leave(membership) => membership.change("RemoveUserFromGroup"),
        }
    }
}

impl Membership {
    fn change(&self, action: &'static str) -> Result<(), Failure> {
        self.account.run(|iam| async move {
            let named = [("GroupName", self.group.as_str()), ("UserName", self.user.as_str())];
            iam.ask(action, &named).await.map(drop)
        })
    }
}
