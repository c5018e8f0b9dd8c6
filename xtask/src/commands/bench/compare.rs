//! `cargo xtask bench compare`: hallpass beside the libraries that people presign with, in one run.
//!
//! The rivals are pinned by the lock files and requirements in `bench/compare`, and are installed
//! under `target`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::machine::{self, NODE, NPM};
use crate::step::{self, at_root, cargo};
use crate::{place, venv};

const MANIFEST: &str = "bench/compare/Cargo.toml";
const REQUIREMENTS: &str = "bench/compare/presign/python/requirements.txt";
/// What npm reads; it installs beside them, so they are copied.
const NODE_FILES: [&str; 2] = ["package.json", "package-lock.json"];

/// Installs the rivals, builds the program and runs the contest.
pub(super) fn run() -> Result<(), Failure> {
    let target = place::target().join("compare");
    let python = venv::prepare(&target.join("venv"), REQUIREMENTS)?;
    let modules = node_modules(&target.join("node"))?;
    let run = ["run", "--quiet", "--locked", "--release", "--manifest-path", MANIFEST, "--"];
    step::run(
        "compare",
        cargo(&run).arg("contest").arg(python).arg(modules),
        "the error above says more; bench/README.md has the figures to compare with",
    )
}

/// Installs the packages for Node; npm sees for itself what is there already.
fn node_modules(folder: &Path) -> Result<PathBuf, Failure> {
    machine::require(&NODE)?;
    machine::require(&NPM)?;
    let made = fs::create_dir_all(folder).and_then(|()| copy_files(folder));
    made.map_err(|source| {
        let error = format!("cannot prepare `{}`: {source}", folder.display());
        Failure::new(error, "check that you may write under `target`")
    })?;
    let install = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
    step::run(
        "packages for node",
        at_root(Path::new("npm"), &install).arg(folder),
        "this step needs the network; run the command once it is there",
    )?;
    Ok(folder.join("node_modules"))
}

fn copy_files(folder: &Path) -> std::io::Result<()> {
    let sources = place::root().join("bench/compare/presign/node");
    NODE_FILES
        .iter()
        .try_for_each(|file| fs::copy(sources.join(file), folder.join(file)).map(|_bytes| ()))
}
