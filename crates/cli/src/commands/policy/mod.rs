//! `hallpass policy`: policies of the account, and what policies in files say.

mod check;
mod explain;
mod holder;
mod put;
mod seen;
mod who;

use std::fs;
use std::io;
use std::path::Path;

use crate::commands::Outcome;
use crate::failure::{Exit, Failure};

use self::holder::Held;

/// What to do with policies. A name alone is a managed policy; with --user, --group or --role it
/// is an inline policy there.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum PolicyCommand {
    /// Make a policy, or replace it
    Put(put::Put),
    /// Print a policy
    Show(Held),
    /// List the managed policies, or what a user, group or role has
    List(seen::List),
    /// Remove a policy
    Remove(Held),
    /// Attach a managed policy to a user, a group or a role
    Attach(Held),
    /// Detach it
    Detach(Held),
    /// Say whether a file is a policy, and what is wrong with it
    Check(check::Check),
    /// Say whether policies allow something, and which statement decides that
    Explain(explain::Explain),
}

impl PolicyCommand {
    pub(crate) fn run(&self) -> Result<Outcome, Failure> {
        match self {
            Self::Put(put) => put.run()?,
            Self::Show(held) => seen::show(held)?,
            Self::List(list) => list.run()?,
            Self::Remove(held) => put::remove(held)?,
            Self::Attach(held) => put::attach(held)?,
            Self::Detach(held) => put::detach(held)?,
            Self::Check(check) => return check.run(),
            Self::Explain(explain) => return explain.run(),
        }
        Ok(Outcome::Done)
    }
}

/// The text of a policy; `-` is stdin.
pub(crate) fn read_document(file: &Path) -> Result<String, Failure> {
    let text = if file == Path::new("-") {
        io::read_to_string(io::stdin())
    } else {
        fs::read_to_string(file)
    };
    text.map_err(|e| Failure {
        error: format!("cannot read `{}`: {e}", file.display()),
        hint: "name a file that is there and holds a policy".into(),
        exit: Exit::Failed,
    })
}

/// A file with its policy.
fn read_policy(file: &Path, kind: policy::Kind<'_>) -> Result<policy::Policy, Failure> {
    policy::Policy::parse(&read_document(file)?, kind).map_err(|e| Failure {
        error: format!("`{}` is no policy: {}", file.display(), e),
        hint: "see `hallpass policy check`".into(),
        exit: Exit::Failed,
    })
}
