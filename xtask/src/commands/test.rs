//! `cargo xtask test`: everything that has to pass, from a bare machine, in one command.

use crate::commands::{conform, fuzz, lint};
use crate::failure::Failure;
use crate::machine::{self, STRACE};
use crate::step::{self, cargo};

/// Lints, tests, builds the documentation and the binary, runs the real clients, and fuzzes.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    super::take_none(arguments)?;
    lint::run(&[])?;
    // The tests of the store record it, to cut the power.
    machine::require(&STRACE)?;
    step::run(
        "tests",
        &mut cargo(&["test", "--locked", "--workspace"]),
        "the failed test is named above; `cargo test -p CRATE NAME` repeats it alone",
    )?;
    document()?;
    conform::run(&[])?;
    fuzz::smoke()
}

fn document() -> Result<(), Failure> {
    step::run(
        "documentation",
        cargo(&["doc", "--locked", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"),
        "mend the doc comment named above",
    )
}
