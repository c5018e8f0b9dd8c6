//! `cargo xtask bench load [SECTION ...]`: the server under load beside nginx, Garage and Ceph.
//!
//! Garage is built by cargo into `target/compare`, a quarter of an hour the first time. Ceph's are
//! Debian's packages; where they cannot be had, its rows are left out.

use crate::failure::Failure;
use crate::machine::{self, CEPH, NGINX, WRK};
use crate::place;
use crate::step::{self, cargo};

/// The rival's version; raise it when there is a newer one.
const GARAGE_VERSION: &str = "=2.5.0";

/// Installs what makes load and who is compared, builds the program and runs the sections.
pub(super) fn run(sections: &[String]) -> Result<(), Failure> {
    machine::require(&WRK)?;
    machine::require(&NGINX)?;
    machine::provide(&CEPH);
    let rivals = place::target().join("compare");
    let install = ["install", "garage", "--quiet", "--locked", "--version", GARAGE_VERSION];
    step::run(
        "garage",
        cargo(&install)
            .args(["--no-default-features", "--features", "bundled-libs,lmdb"])
            .arg("--root")
            .arg(rivals.join("garage"))
            .arg("--target-dir")
            .arg(rivals.join("garage-build")),
        "this step needs the network; run the command once it is there",
    )?;
    super::measure("load", sections)
}
