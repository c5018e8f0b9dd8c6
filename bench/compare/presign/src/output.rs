//! The only lines that are written: figures to stdout, a failure to stderr.

use crate::failure::Failure;

/// Writes one line to stdout.
#[expect(clippy::print_stdout, reason = "figures are printed for people")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Writes the two lines of a failure to stderr.
#[expect(clippy::print_stderr, reason = "figures are printed for people")]
pub(crate) fn complain(failure: &Failure) {
    eprintln!("error: {}", failure.error);
    eprintln!("hint: {}", failure.hint);
}
