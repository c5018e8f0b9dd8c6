//! What a policy hangs on: a user, a group, a role, or nothing, when it is a managed one.

use identity::ACCOUNT_ID;

use crate::commands::people::Account;
use crate::failure::Failure;

/// The arguments of a command about one policy.
#[derive(Debug, clap::Args)]
pub(crate) struct Held {
    /// The policy's name; of a managed one with a path, its ARN
    pub(super) name: String,
    #[command(flatten)]
    pub(super) on: On,
    #[command(flatten)]
    pub(super) account: Account,
}

/// Who has it.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(crate) struct On {
    /// The user who has it
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// The group that has it
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// The role that has it
    #[arg(long, value_name = "NAME")]
    role: Option<String>,
}

/// IAM's names for what is done to the policies of users, groups or roles.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) parameter: &'static str,
    pub(super) put: &'static str,
    pub(super) get: &'static str,
    pub(super) list: &'static str,
    pub(super) list_attached: &'static str,
    pub(super) delete: &'static str,
    pub(super) attach: &'static str,
    pub(super) detach: &'static str,
}

const USER: Words = Words {
    parameter: "UserName",
    put: "PutUserPolicy",
    get: "GetUserPolicy",
    list: "ListUserPolicies",
    list_attached: "ListAttachedUserPolicies",
    delete: "DeleteUserPolicy",
    attach: "AttachUserPolicy",
    detach: "DetachUserPolicy",
};
const GROUP: Words = Words {
    parameter: "GroupName",
    put: "PutGroupPolicy",
    get: "GetGroupPolicy",
    list: "ListGroupPolicies",
    list_attached: "ListAttachedGroupPolicies",
    delete: "DeleteGroupPolicy",
    attach: "AttachGroupPolicy",
    detach: "DetachGroupPolicy",
};
const ROLE: Words = Words {
    parameter: "RoleName",
    put: "PutRolePolicy",
    get: "GetRolePolicy",
    list: "ListRolePolicies",
    list_attached: "ListAttachedRolePolicies",
    delete: "DeleteRolePolicy",
    attach: "AttachRolePolicy",
    detach: "DetachRolePolicy",
};

impl On {
    /// The words for whoever is named, and the name.
    pub(super) fn holder(&self) -> Option<(&'static Words, &str)> {
        let user = self.user.as_deref().map(|name| (&USER, name));
        let group = self.group.as_deref().map(|name| (&GROUP, name));
        user.or(group).or_else(|| self.role.as_deref().map(|name| (&ROLE, name)))
    }

    /// The same, where one has to be named.
    pub(super) fn demand(&self) -> Result<(&'static Words, &str), Failure> {
        let missing = "one of --user, --group and --role says to whom";
        self.holder().ok_or_else(|| Failure::usage(missing.into()))
    }
}

/// The ARN of a managed policy, which is named by that or by its name.
pub(super) fn arn(name: &str) -> String {
    if name.starts_with("arn:") {
        name.to_owned()
    } else {
        format!("arn:aws:iam::{ACCOUNT_ID}:policy/{name}")
    }
}
