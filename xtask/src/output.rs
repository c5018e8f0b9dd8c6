//! The only lines xtask itself writes; everything else comes from the programs it runs.

use crate::failure::Failure;

/// Announces a step before it starts.
pub(crate) fn announce(step: &str) {
    say(&format!("== {step}"));
}

/// Writes one line to stdout.
#[expect(clippy::print_stdout, reason = "the terminal is where a chore reports")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Writes the two lines of a failure to stderr.
#[expect(clippy::print_stderr, reason = "the terminal is where a chore reports")]
pub(crate) fn complain(failure: &Failure) {
    eprintln!("error: {}", failure.error);
    eprintln!("hint: {}", failure.hint);
}
