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
mod session;
mod signals;
mod usage;

use std::process::ExitCode;

use clap::Parser as _;

use crate::commands::Arguments;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage::tell(error),
    };
    match arguments.command.run() {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            output::complain(&failure);
            failure.exit.into()
        }
    }
}
