//! The `hallpass` binary: reads its arguments, does what they say, and says how that ended.
//!
//! Exit codes: 0 done, 1 failed, 2 usage, 3 refused.

#![forbid(unsafe_code)]

mod address;
mod commands;
mod configuration;
mod embedded;
mod failure;
mod in_order;
mod lifetime;
mod location;
mod machine;
mod output;
mod progress;
mod signals;
mod upkeep;

use std::process::ExitCode;

use clap::Parser as _;

use crate::commands::Arguments;

fn main() -> ExitCode {
    match Arguments::parse().command.run() {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            output::complain(&failure);
            failure.exit.into()
        }
    }
}
