//! `cargo xtask lint`: format, clippy and tidy, in the order in which they are cheap.
//!
//! Clippy is not asked about `bench/compare`, since it would have to build all rivals.

use crate::commands::{fuzz, tidy};
use crate::failure::Failure;
use crate::step::{self, cargo};

/// Runs the three and stops at the first that objects.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    super::take_none(arguments)?;
    step::run("format", &mut cargo(&["fmt", "--all", "--check"]), "run `cargo fmt --all`")?;
    for manifest in ["bench/Cargo.toml", "bench/compare/Cargo.toml"] {
        let format = ["fmt", "--all", "--check", "--manifest-path", manifest];
        step::run("format of the bench", &mut cargo(&format), "run it without `--check`")?;
    }
    tidy::run(&[])?;
    let hint = "mend what clippy names above; an exception is `#[expect(lint, reason = \"...\")]`";
    let strict = ["--all-targets", "--", "-D", "warnings"];
    step::run("clippy", cargo(&["clippy", "--locked", "--workspace"]).args(strict), hint)?;
    let bench = ["clippy", "--locked", "--manifest-path", "bench/Cargo.toml"];
    step::run("clippy of the bench", cargo(&bench).args(strict), hint)?;
    fuzz::lint()
}
