//! `cargo xtask help`: all commands, one line each.

use super::COMMANDS;
use crate::failure::Failure;
use crate::output;

/// Lists the commands.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    super::take_none(arguments)?;
    for command in COMMANDS {
        let usage = format!("{} {}", command.name, command.arguments);
        output::say(&format!("cargo xtask {usage:<20} {}", command.summary));
    }
    Ok(())
}
