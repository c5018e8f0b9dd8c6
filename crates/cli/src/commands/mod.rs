//! The commands: one file each, and the list of them.

mod explain;
mod people;
mod policy;
mod presign;
mod serve;
mod share;
mod store;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::{Exit, Failure};

/// Temporary ways to private S3 objects: links you can hand out, check and take back
#[derive(Debug, Parser)]
#[command(name = "hallpass", version)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Put a file where only a link leads, and print the link
    Share(share::Share),
    /// Print presigned URLs, or a form for uploads, made offline
    #[command(subcommand)]
    Presign(presign::Presign),
    /// Say what a presigned URL allows, until when, and why it fails
    Explain(explain::Explain),
    /// Serve a private S3 store from a folder
    Serve(serve::Serve),
    /// Make, list and remove users of a server
    #[command(subcommand)]
    User(people::UserCommand),
    /// Make, list, disable and remove access keys of users
    #[command(subcommand)]
    Key(people::KeyCommand),
    /// Make, list and remove groups of users
    #[command(subcommand)]
    Group(people::GroupCommand),
    /// Make, list and remove roles
    #[command(subcommand)]
    Role(people::RoleCommand),
    /// Say what users, groups and roles may do; check and explain policies
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Look at a store, check it, copy it, also while it is served
    #[command(subcommand)]
    Store(store::StoreCommand),
}

impl Command {
    /// Does it.
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        match self {
            Self::Share(share) => share.run()?,
            Self::Presign(presign) => presign.run()?,
            Self::Explain(explain) => return explain.run(),
            Self::Serve(serve) => serve.run()?,
            Self::User(user) => user.run()?,
            Self::Key(key) => key.run()?,
            Self::Group(group) => group.run()?,
            Self::Role(role) => role.run()?,
            Self::Policy(policy) => return policy.run(),
            Self::Store(store) => store.run()?,
        }
        Ok(Outcome::Done)
    }
}

/// How a command ended that did what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is done.
    Done,
    /// It was asked why something is refused, and has said so.
    Refused,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Refused => Exit::Refused.into(),
        }
    }
}
