//! `cargo xtask lint`: format, clippy and tidy, in the order in which they are cheap.

use crate::commands::tidy;
use crate::failure::Failure;
use crate::step::{self, cargo};

/// Runs the three and stops at the first that objects.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    super::take_none(arguments)?;
    step::run("format", &mut cargo(&["fmt", "--all", "--check"]), "run `cargo fmt --all`")?;
    tidy::run(&[])?;
    step::run(
        "clippy",
        &mut cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]),
        "mend what clippy names above; an exception is `#[expect(lint, reason = \"...\")]`",
    )
}
