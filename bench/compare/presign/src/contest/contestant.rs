//! A contestant: a process that signs when it is asked to, and waits otherwise.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::case::Case;
use crate::failure::Failure;

/// One process; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Contestant {
    /// The name it serves under.
    pub(super) name: &'static str,
    /// What it says of its version.
    pub(super) version: String,
    process: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What a turn brought.
pub(super) struct Signed {
    /// How many URLs, at least one.
    pub(super) urls: usize,
    /// The CPU time that they took.
    pub(super) time: Duration,
    /// The last of them.
    pub(super) last: String,
}

/// `program` without what the environment would tell it of S3.
pub(super) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(env::vars_os().filter(|(name, _)| name == "PATH"));
    command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    command
}

impl Contestant {
    /// Starts `command` as `name`, and sends the case.
    pub(super) fn start(
        name: &'static str,
        mut command: Command,
        case: &Case,
    ) -> Result<Self, Failure> {
        let doing = format!("starting {name}");
        let case = serde_json::to_string(case).map_err(Failure::while_doing(&doing))?;
        command.arg(name).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(Failure::while_doing(&doing))?;
        let (Some(asks), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Failure::while_doing(&doing)("there is no pipe"));
        };
        let answers = BufReader::new(answers);
        let mut contestant = Self { name, version: String::new(), process, asks, answers };
        contestant.version = contestant.ask(&case)?;
        Ok(contestant)
    }

    /// Lets it sign for this much CPU time.
    pub(super) fn sign_for(&mut self, turn: Duration) -> Result<Signed, Failure> {
        let answer = self.ask(&turn.as_millis().to_string())?;
        Signed::read(&answer).ok_or_else(|| {
            Failure::new(
                format!("{} does not say what it signed", self.name),
                "its answer is described in `src/rival/mod.rs`",
            )
        })
    }

    /// Sends a line and reads the line that answers it.
    fn ask(&mut self, line: &str) -> Result<String, Failure> {
        let doing = format!("talking to {}", self.name);
        let sent = writeln!(self.asks, "{line}").and_then(|()| self.asks.flush());
        sent.map_err(Failure::while_doing(&doing))?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer).map_err(Failure::while_doing(&doing))?;
        if answer.ends_with('\n') {
            return Ok(answer.trim_end().to_owned());
        }
        Err(Failure::new(format!("{} ended", self.name), "it says why above"))
    }
}

impl Drop for Contestant {
    fn drop(&mut self) {
        // It has nothing to lose; that it is gone already is fine.
        if self.process.kill().is_ok() {
            drop(self.process.wait());
        }
    }
}

impl Signed {
    /// Reads `URLS NANOSECONDS URL`.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let urls = words.next()?.parse().ok().filter(|urls| *urls > 0)?;
        let time = Duration::from_nanos(words.next()?.parse().ok()?);
        Some(Self { urls, time, last: words.next()?.to_owned() })
    }

    /// URLs per second of CPU time.
    pub(super) fn rate(&self) -> f64 {
        self.urls as f64 / self.time.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_is_urls_nanoseconds_and_the_last_url() {
        let signed = Signed::read("300 1500000 https://a/b?c").unwrap();
        assert_eq!((signed.urls, signed.last.as_str()), (300, "https://a/b?c"));
        assert!((signed.rate() - 200_000.0).abs() < 1e-6);
        for wrong in ["", "0 1 u", "1 u", "x 1 u", "1 1"] {
            assert!(Signed::read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn one_that_ends_is_a_failure_that_names_it() {
        let failure =
            Contestant::start("true", command(Path::new("true")), &Case::of_the_promise());
        assert!(failure.unwrap_err().error.contains("true"));
    }
}
