//! The only place that prints: what was asked for on stdout, everything else on stderr.

use std::io::{self, Write as _};

use client::Config;
use signature::Timestamp;

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

/// Says so when the session that signs ends before `end`, and makes it a failure where that was
/// asked for.
pub(crate) fn check_session(config: &Config, end: Timestamp, strict: bool) -> Result<(), Failure> {
    match session_end(config, end) {
        Some(until) if strict => Err(Failure {
            error: format!("it only {until}"),
            hint: "ask for a shorter life, sign with credentials that live longer, or leave \
                   --strict away"
                .into(),
            exit: Exit::Refused,
        }),
        Some(until) => {
            note(&until);
            Ok(())
        }
        None => Ok(()),
    }
}

/// What to say when the session that signs a link ends before the link does, at `end`.
pub(crate) fn session_end(config: &Config, end: Timestamp) -> Option<String> {
    let session = config.credentials_expire.filter(|session| *session < end)?;
    let until = readable(session);
    Some(format!("works until {until}, when the session of its credentials ends"))
}

/// Tells what went wrong, and what to do.
pub(crate) fn complain(failure: &Failure) {
    tell(&format!("error: {}\nhint: {}", failure.error, failure.hint));
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
