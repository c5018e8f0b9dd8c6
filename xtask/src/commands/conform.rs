//! `cargo xtask conform [FILTER]`: real clients against the release binary.
//!
//! The Python packages live in a virtual environment under `target`, at the versions pinned in
//! `conformance/requirements.txt`, and are installed anew only when that file changes.
//! pytest exits with 5 when a filter leaves no test, so that nothing run is never a success.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::machine::{self, CURL, PYTHON, PYTHON_VENV};
use crate::place;
use crate::step::{self, at_root, cargo};

const REQUIREMENTS: &str = "conformance/requirements.txt";
const OFFLINE_HINT: &str =
    "this step needs the network; run `cargo xtask conform` once it is there";

/// Builds the binary, prepares the clients and runs the suite, or the tests matching a filter.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let filter = read_filter(arguments)?;
    step::run(
        "release build",
        &mut cargo(&["build", "--locked", "--release", "-p", "hallpass"]),
        "mend what the compiler names above",
    )?;
    for tool in [&CURL, &PYTHON, &PYTHON_VENV] {
        machine::require(tool)?;
    }
    let venv = place::target().join("conformance").join("venv");
    prepare(&venv)?;
    test(&venv, filter)
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

/// Installs the pinned packages, unless the stamp says that exactly these are there.
fn prepare(venv: &Path) -> Result<(), Failure> {
    let requirements = place::root().join(REQUIREMENTS);
    let wanted = fs::read(&requirements).map_err(|source| unreadable(&requirements, &source))?;
    let stamp = venv.join("requirements.stamp");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let create = ["-m", "venv", "--clear", &venv.to_string_lossy()];
    step::run("python venv", &mut at_root(Path::new("python3"), &create), OFFLINE_HINT)?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    let mut pip = at_root(&python(venv), &install);
    step::run("python packages", pip.arg(REQUIREMENTS), OFFLINE_HINT)?;
    fs::write(&stamp, wanted).map_err(|source| unreadable(&stamp, &source))
}

fn test(venv: &Path, filter: Option<&str>) -> Result<(), Failure> {
    let mut pytest = at_root(&python(venv), &["-m", "pytest", "conformance"]);
    pytest.args(filter.iter().flat_map(|filter| ["-k", filter]));
    pytest.env("HALLPASS_BIN", place::hallpass()).env("PYTHONDONTWRITEBYTECODE", "1");
    let hint =
        "`cargo xtask conform NAME` repeats one test named above; a name has to fit some test";
    step::run("conformance", &mut pytest, hint)
}

fn python(venv: &Path) -> PathBuf {
    venv.join("bin").join("python")
}

fn unreadable(path: &Path, source: &std::io::Error) -> Failure {
    let error = format!("cannot read or write `{}`: {source}", path.display());
    Failure::new(error, "check that it is there and that you may write under `target`")
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
