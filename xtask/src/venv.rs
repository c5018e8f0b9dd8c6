//! Python packages in a virtual environment under `target`, at the versions that a file pins.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::machine::{self, PYTHON, PYTHON_VENV};
use crate::place;
use crate::step::{self, at_root};

const OFFLINE_HINT: &str = "this step needs the network; run the command once it is there";

/// Installs the packages of `requirements` into `venv`, unless a stamp says that exactly these are
/// there. Returns its Python.
pub(crate) fn prepare(venv: &Path, requirements: &str) -> Result<PathBuf, Failure> {
    machine::require(&PYTHON)?;
    machine::require(&PYTHON_VENV)?;
    let python = venv.join("bin").join("python");
    let file = place::root().join(requirements);
    let wanted = fs::read(&file).map_err(|source| unreadable(&file, &source))?;
    let stamp = venv.join("requirements.stamp");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    let create = ["-m", "venv", "--clear", &venv.to_string_lossy()];
    step::run("python venv", &mut at_root(Path::new("python3"), &create), OFFLINE_HINT)?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    let mut pip = at_root(&python, &install);
    step::run("python packages", pip.arg(requirements), OFFLINE_HINT)?;
    fs::write(&stamp, wanted).map_err(|source| unreadable(&stamp, &source))?;
    Ok(python)
}

fn unreadable(path: &Path, source: &io::Error) -> Failure {
    let error = format!("cannot read or write `{}`: {source}", path.display());
    Failure::new(error, "check that it is there and that you may write under `target`")
}
