//! The commands for the account's people: users, their access keys, groups and roles. They speak
//! to a server in IAM's words, so that they can do what its policies allow whoever asks.

mod connection;
mod group;
mod key;
mod member;
mod role;
mod user;

pub(crate) use connection::{Account, Iam, failed};
pub(crate) use group::GroupCommand;
pub(crate) use key::KeyCommand;
pub(crate) use member::{Column, Member, print_all, print_one};
pub(crate) use role::RoleCommand;
pub(crate) use user::UserCommand;

/// The arguments of a command about one of its kind.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// Its name
    name: String,
    #[command(flatten)]
    account: Account,
}

/// The arguments of a list.
#[derive(Debug, clap::Args)]
pub(crate) struct All {
    /// Only those whose path begins so
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    #[command(flatten)]
    account: Account,
}

impl All {
    fn parameters(&self) -> Vec<(&str, &str)> {
        self.path.as_deref().map(|path| ("PathPrefix", path)).into_iter().collect()
    }
}
