//! Where things are: the root of the repository and cargo's target folder.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// Cargo's target folder, which `CARGO_TARGET_DIR` may have moved.
pub(crate) fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// The release binary of hallpass.
pub(crate) fn hallpass() -> PathBuf {
    target().join("release").join(format!("hallpass{}", env::consts::EXE_SUFFIX))
}
