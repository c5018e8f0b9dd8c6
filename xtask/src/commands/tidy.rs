//! `cargo xtask tidy`: the rules of the house that no other tool knows.

use crate::failure::Failure;
use crate::machine::{self, GIT};
use crate::tidy::{self, Tree};
use crate::{output, place};

/// Runs every check over the files git knows and lists what they find.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    super::take_none(arguments)?;
    output::announce("tidy");
    machine::require(&GIT)?;
    let findings = tidy::check(&Tree::read(&place::root())?);
    for finding in &findings {
        output::say(&finding.to_string());
    }
    if findings.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("tidy found {} things", findings.len()),
        "each line above says what to do; exceptions are in lists in xtask/src/tidy",
    ))
}
