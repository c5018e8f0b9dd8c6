//! `cargo xtask conform [FILTER]`: real clients against the release binary.
//!
//! The Python packages are those of `conformance/requirements.txt`.
//! pytest exits with 5 when a filter leaves no test, so that nothing run is never a success.

use std::process::Command;

use crate::failure::Failure;
use crate::machine::{self, CURL, STRACE};
use crate::step::{self, at_root, cargo};
use crate::{place, venv};

const REQUIREMENTS: &str = "conformance/requirements.txt";

/// Builds the binary, prepares the clients and runs the suite, or the tests matching a filter.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let filter = read_filter(arguments)?;
    let mut pytest = prepare()?;
    pytest.args(filter.iter().flat_map(|filter| ["-k", filter]));
    let hint =
        "`cargo xtask conform NAME` repeats one test named above; a name has to fit some test";
    step::run("conformance", &mut pytest, hint)
}

/// Builds the binary and prepares the clients; the command then runs the suite.
pub(super) fn prepare() -> Result<Command, Failure> {
    step::run(
        "release build",
        &mut cargo(&["build", "--locked", "--release", "-p", "hallpass"]),
        "mend what the compiler names above",
    )?;
    machine::require(&CURL)?;
    machine::require(&STRACE)?;
    let python = venv::prepare(&place::target().join("conformance").join("venv"), REQUIREMENTS)?;
    let mut pytest = at_root(&python, &["-m", "pytest", "conformance"]);
    pytest.env("HALLPASS_BIN", place::hallpass()).env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(pytest)
}

fn read_filter(arguments: &[String]) -> Result<Option<&str>, Failure> {
    match arguments {
        [] => Ok(None),
        [filter] => Ok(Some(filter)),
        [_, extra, ..] => Err(Failure::new(
            format!("conform takes one filter, so not also `{extra}`"),
            "join them: `cargo xtask conform 'curl or awscli'`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_filter_is_taken_and_two_are_refused() {
        assert_eq!(read_filter(&[]).unwrap(), None);
        assert_eq!(read_filter(&["curl".to_owned()]).unwrap(), Some("curl"));
        assert!(read_filter(&["curl".to_owned(), "boto3".to_owned()]).is_err());
    }
}
