//! `cargo xtask crash [RUNS]`: power cuts at every call to the disk, far more than on every push.
//!
//! Each run has the store do other things, and looks at each moment of it, at each prefix of what
//! was not synced, at each write lost and torn, and at what chance leaves.

use crate::commands::soak::read_count;
use crate::failure::Failure;
use crate::machine::{self, STRACE};
use crate::step::{self, cargo};

/// Runs the tests with other seeds.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let runs = read_count(arguments, 1)?;
    machine::require(&STRACE)?;
    let test = ["test", "--locked", "--release", "-p", "hallpass-store", "--test", "store"];
    for seed in 2..runs.saturating_add(2) {
        let mut command = cargo(&test);
        command.args(["crash::power::what_was", "--", "--nocapture"]);
        command.env("HALLPASS_CRASH_SEED", seed.to_string());
        let hint = "the state of the disk is told above; HALLPASS_CRASH_SEED repeats the run";
        step::run(&format!("power cuts, seed {seed}"), &mut command, hint)?;
    }
    Ok(())
}
