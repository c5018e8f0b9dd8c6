//! Where things are: the release binary, and the folder that a measurement may fill.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The release binary of hallpass.
pub(crate) fn hallpass() -> Result<PathBuf, Failure> {
    let path = target().join("release").join(format!("hallpass{}", env::consts::EXE_SUFFIX));
    if path.is_file() {
        return Ok(path);
    }
    Err(Failure::new(
        format!("there is no `{}`", path.display()),
        "`cargo xtask bench` builds it first",
    ))
}

/// The garage that `cargo xtask bench load` installs, if it is there.
pub(crate) fn garage() -> Option<PathBuf> {
    Some(target().join("compare/garage/bin/garage")).filter(|path| path.is_file())
}

/// Cargo's target folder of the repository, which `CARGO_TARGET_DIR` may have moved.
fn target() -> PathBuf {
    let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = bench.parent().unwrap_or(bench);
    root.join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// The folder of one measurement, beside the builds; gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// An empty folder; what a killed run left in its place is removed.
    pub(crate) fn create() -> Result<Self, Failure> {
        let path = target().join("bench-data");
        let doing = format!("making `{}` empty", path.display());
        match fs::remove_dir_all(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(Failure::while_doing(&doing)(source));
            }
            Ok(()) | Err(_) => {}
        }
        fs::create_dir_all(&path).map_err(Failure::while_doing(&doing))?;
        Ok(Self(path))
    }

    /// The path of `name` in it.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Its own path.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is removed when the next run begins, which reports it.
        let _: io::Result<()> = fs::remove_dir_all(&self.0);
    }
}
