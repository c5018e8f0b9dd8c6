//! `hallpass policy check`: whether a file is a policy, said without a server.

use std::path::PathBuf;

use policy::{Kind, Policy};

use super::read_document;
use crate::commands::Outcome;
use crate::failure::Failure;
use crate::output;

/// The arguments of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// The file; `-` is stdin
    file: PathBuf,
    /// What it is for
    #[arg(long, value_enum, default_value = "identity")]
    kind: KindWord,
    /// The bucket that it is for, when it is for one
    #[arg(long, value_name = "NAME", required_if_eq("kind", "bucket"))]
    bucket: Option<String>,
}

/// What policies can be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum KindWord {
    /// A user, a group or a role
    Identity,
    /// The boundary of a user or a role
    Boundary,
    /// A session
    Session,
    /// A bucket
    Bucket,
    /// Who may assume a role
    Trust,
}

impl Check {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let text = read_document(&self.file)?;
        match Policy::parse(&text, self.kind()) {
            Ok(policy) => {
                let count = policy.statements().len();
                output::print(&format!("a policy of {count} statements"))?;
                Ok(Outcome::Done)
            }
            Err(error) => {
                output::print(&error.to_string())?;
                Ok(Outcome::Refused)
            }
        }
    }

    fn kind(&self) -> Kind<'_> {
        match self.kind {
            KindWord::Identity => Kind::Identity,
            KindWord::Boundary => Kind::Boundary,
            KindWord::Session => Kind::Session,
            KindWord::Bucket => {
                Kind::Resource { bucket: self.bucket.as_deref().unwrap_or_default() }
            }
            KindWord::Trust => Kind::Trust,
        }
    }
}
