//! `cargo xtask bench latency|load|memory|policy|sign|compare`: what hallpass costs, measured
//! from outside.
//!
//! A limit on time is a command and never a test: only a person knows whether the machine was
//! quiet. The programs that measure live in `bench`, a workspace with a lock file of its own.

mod compare;
mod load;

use crate::failure::Failure;
use crate::step::{self, cargo};

const MANIFEST: &str = "bench/Cargo.toml";
const MEASUREMENTS: [&str; 6] = ["latency", "load", "memory", "policy", "sign", "compare"];

/// Runs one measurement.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    match read_measurement(arguments)? {
        ("compare", _) => compare::run(),
        ("load", sections) => load::run(sections),
        (measurement, _) => measure(measurement, &[]),
    }
}

/// Builds the binary and runs one measurement on it.
fn measure(measurement: &str, sections: &[String]) -> Result<(), Failure> {
    step::run(
        "release build",
        &mut cargo(&["build", "--locked", "--release", "-p", "hallpass"]),
        "mend what the compiler names above",
    )?;
    let run = ["run", "--quiet", "--locked", "--release"];
    step::run(
        "bench",
        cargo(&run).args(["--manifest-path", MANIFEST, "--", measurement]).args(sections),
        "the error above says more; bench/README.md has the figures to compare with",
    )
}

/// The measurement, and the sections of it that are wanted, where it has any.
fn read_measurement(arguments: &[String]) -> Result<(&str, &[String]), Failure> {
    match arguments {
        [word, sections @ ..]
            if MEASUREMENTS.contains(&word.as_str()) && (word == "load" || sections.is_empty()) =>
        {
            Ok((word, sections))
        }
        [] | [_, ..] => Err(Failure::new(
            format!("bench does not know `{}`", arguments.join(" ")),
            format!("it is one of: {}", MEASUREMENTS.join(", ")),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_known_measurement_is_taken_and_anything_else_refused() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(read_measurement(&words(&["memory"])).unwrap().0, "memory");
        let load = words(&["load", "get", "put"]);
        assert_eq!(read_measurement(&load).unwrap(), ("load", &load[1..]));
        for other in [&[][..], &["speed"], &["latency", "memory"]] {
            assert!(read_measurement(&words(other)).is_err(), "{other:?}");
        }
    }
}
