//! The only place that prints: what was asked for on stdout, everything else on stderr.

use std::io::{self, Write as _};

use signature::Timestamp;
use signature::redact::redacted;

use crate::failure::{Exit, Failure};

/// Prints one line of what was asked for.
pub(crate) fn print(line: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let printed = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
    printed.map_err(|e| cannot_print(&e))
}

/// What was asked for could not be printed.
pub(crate) fn cannot_print(error: &io::Error) -> Failure {
    Failure {
        error: format!("cannot write to stdout: {error}"),
        hint: "what reads it has to stay until everything is there".into(),
        exit: Exit::Failed,
    }
}

/// Tells one line that nobody has to read.
pub(crate) fn note(line: &str) {
    tell(line);
}

/// Tells what went wrong, and what to do. A path or a name that is repeated can be a URL that was
/// pasted at the wrong place.
pub(crate) fn complain(failure: &Failure) {
    let (error, hint) = (redacted(&failure.error), redacted(&failure.hint));
    tell(&format!("error: {error}\nhint: {hint}"));
}

/// Because: where stderr is closed, nobody is left to be told that it is.
fn tell(lines: &str) {
    drop(writeln!(io::stderr().lock(), "{lines}"));
}

/// `1.50 MiB (1572864 bytes)`.
pub(crate) fn size(bytes: u64) -> String {
    format!("{} ({bytes} bytes)", indicatif::BinaryBytes(bytes))
}

/// `2026-11-24 03:12:09 UTC`.
pub(crate) fn readable(at: Timestamp) -> String {
    at.to_string().replace('T', " ").replace('Z', " UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_is_readable_and_exact() {
        assert_eq!(size(3 << 19), "1.50 MiB (1572864 bytes)");
    }

    #[test]
    fn time_is_readable_and_in_utc() {
        let at = Timestamp::parse("20261124T031209Z").unwrap();
        assert_eq!(readable(at), "2026-11-24 03:12:09 UTC");
    }
}
