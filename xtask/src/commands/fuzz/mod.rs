//! `cargo xtask fuzz [TARGET [FILE]] [--seconds N]`: throws what a stranger could send at the
//! parsers, and sees that they keep their promises; with a file, repeats what was found.
//!
//! The targets live in `fuzz`, a workspace with a lock file of its own.

mod program;
mod targets;

use std::env;
use std::path::Path;

use crate::failure::Failure;
use crate::machine::{self, CPP};
use crate::output;
use program::Chance;
use targets::{Ends, TARGETS, Target};

/// How long a target runs when nobody says otherwise.
const SECONDS: u32 = 60;
/// The environment variable that says otherwise.
const SECONDS_VARIABLE: &str = "HALLPASS_FUZZ_SECONDS";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Wish<'a> {
    target: Option<&'a Target>,
    file: Option<&'a str>,
    seconds: u32,
}

/// Runs all targets in the order of the table, or one, or one on one file.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let wish = read_wish(arguments, seconds()?)?;
    prepare()?;
    match wish {
        Wish { target: Some(target), file: Some(file), .. } => {
            program::repeat(target.name, Path::new(file))
        }
        Wish { target: Some(target), file: None, seconds } => attack(target, seconds, Chance::New),
        Wish { target: None, seconds, .. } => {
            TARGETS.iter().try_for_each(|target| attack(target, seconds, Chance::New))
        }
    }
}

/// Runs the targets that guard the doors, for a while that suits every push.
pub(crate) fn smoke() -> Result<(), Failure> {
    let seconds = seconds()?;
    prepare()?;
    let mut doors = TARGETS.iter().filter(|target| target.is_smoke);
    doors.try_for_each(|target| attack(target, seconds, Chance::Repeated))
}

/// Format and clippy of the targets.
pub(crate) fn lint() -> Result<(), Failure> {
    machine::require(&CPP)?;
    program::lint()
}

fn prepare() -> Result<(), Failure> {
    machine::require(&CPP)?;
    program::build()
}

fn attack(target: &Target, seconds: u32, chance: Chance) -> Result<(), Failure> {
    output::announce(&format!("fuzz {}: {}", target.name, target.promise));
    match target.ends {
        Ends::InTime => program::attack(target.name, seconds, chance),
        Ends::ByCrash => program::find_planted(target.name, seconds),
    }
}

fn seconds() -> Result<u32, Failure> {
    match env::var_os(SECONDS_VARIABLE) {
        None => Ok(SECONDS),
        Some(text) => read_seconds(&text.to_string_lossy()),
    }
}

/// At least one: libFuzzer takes none for endless.
fn read_seconds(text: &str) -> Result<u32, Failure> {
    text.parse().ok().filter(|seconds| *seconds > 0).ok_or_else(|| {
        Failure::new(
            format!("`{text}` is not a number of seconds"),
            format!("a whole number from 1 after --seconds or in {SECONDS_VARIABLE}"),
        )
    })
}

fn read_wish(arguments: &[String], seconds: u32) -> Result<Wish<'_>, Failure> {
    let mut wish = Wish { target: None, file: None, seconds };
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        if word == "--seconds" {
            wish.seconds = read_seconds(words.next().unwrap_or(""))?;
        } else if wish.target.is_none() {
            wish.target = Some(find_target(word)?);
        } else if wish.file.is_none() {
            wish.file = Some(word);
        } else {
            let error = format!("fuzz takes a target and a file, so not also `{word}`");
            return Err(Failure::new(error, "`cargo xtask fuzz [TARGET [FILE]] [--seconds N]`"));
        }
    }
    Ok(wish)
}

fn find_target(name: &str) -> Result<&'static Target, Failure> {
    TARGETS.iter().find(|target| target.name == name).ok_or_else(|| {
        let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        Failure::new(
            format!("there is no fuzz target `{name}`"),
            format!("one of {}", names.join(", ")),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn target_file_and_seconds_are_read_in_any_order() {
        let arguments = words("--seconds 5 verify crash-1");
        let wish = read_wish(&arguments, 60).unwrap();
        assert_eq!(wish.target.map(|target| target.name), Some("verify"));
        assert_eq!((wish.file, wish.seconds), (Some("crash-1"), 5));
        assert_eq!(read_wish(&[], 7).unwrap(), Wish { target: None, file: None, seconds: 7 });
    }

    #[test]
    fn what_is_not_known_is_refused_with_the_way_on() {
        for wrong in ["nothing", "verify a b", "--seconds", "--seconds 0", "--seconds -1"] {
            assert!(read_wish(&words(wrong), 60).is_err(), "{wrong}");
        }
        assert!(find_target("nothing").unwrap_err().hint.contains("canary, query"));
    }
}
