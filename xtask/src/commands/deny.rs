//! `cargo xtask deny [advisories]`: what we depend on, held against `deny.toml`.
//!
//! Licences, bans and sources are decided by files that are here. Known defects are not: they
//! come from the advisory database on the network, hence asked for by name.

use std::env;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::step::{self, at_root, cargo};
use crate::{output, place};

/// Pinned, so that an update of the tool cannot turn a good tree red.
const CARGO_DENY: &str = "cargo-deny@0.20.2";

/// Checks licences, bans and sources, or the advisories alone.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let checks = read_checks(arguments)?;
    let program = install()?;
    let mut deny = at_root(&program, &["--locked", "check"]);
    step::run("deny", deny.args(checks), "an exception goes into deny.toml with its reason")?;
    if checks != ["advisories"] {
        output::say(
            "advisories need network access to the advisory database: \
             `cargo xtask deny advisories` runs them",
        );
    }
    Ok(())
}

fn read_checks(arguments: &[String]) -> Result<&'static [&'static str], Failure> {
    match arguments {
        [] => Ok(&["licenses", "bans", "sources"]),
        [word] if word == "advisories" => Ok(&["advisories"]),
        [word, ..] => Err(Failure::new(
            format!("deny does not know `{word}`"),
            "`cargo xtask deny` or `cargo xtask deny advisories`",
        )),
    }
}

/// The cargo-deny under `target/tools`, built there the first time.
fn install() -> Result<PathBuf, Failure> {
    let tools = place::target().join("tools");
    let program = tools.join("bin").join(format!("cargo-deny{}", env::consts::EXE_SUFFIX));
    if !program.exists() {
        let mut install = cargo(&["install", "--locked", CARGO_DENY, "--root"]);
        let hint = "this step needs the network and some minutes; run it again";
        step::run("installing", install.arg(&tools), hint)?;
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advisories_are_run_only_when_asked_for() {
        assert_eq!(read_checks(&[]).unwrap(), ["licenses", "bans", "sources"]);
        assert_eq!(read_checks(&["advisories".to_owned()]).unwrap(), ["advisories"]);
        assert!(read_checks(&["license".to_owned()]).is_err());
    }
}
