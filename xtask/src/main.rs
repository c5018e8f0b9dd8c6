//! `cargo xtask`: the chores of this repository, and what CI runs.
//!
//! Nothing but the standard library, so that the first command a newcomer types compiles at
//! once. Each command is one file under `commands` and one row of its table.

mod commands;
mod failure;
mod machine;
mod output;
mod place;
mod step;
mod tidy;
mod venv;

use std::env;
use std::process::ExitCode;

use failure::Failure;

fn main() -> ExitCode {
    let words: Vec<String> =
        env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure);
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<(), Failure> {
    let Some((name, arguments)) = words.split_first() else {
        return commands::run("help", &[]);
    };
    commands::run(name, arguments)
}
