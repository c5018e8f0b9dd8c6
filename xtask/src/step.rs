//! Running a program as one announced step of a chore.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::{output, place};

/// Cargo, the one that started us, at the root of the repository.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    at_root(Path::new(&cargo), arguments)
}

/// A program started at the root of the repository.
pub(crate) fn at_root(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(place::root());
    command
}

/// Announces and runs `command`; anything but exit code 0 is a failure with `hint`.
pub(crate) fn run(doing: &str, command: &mut Command, hint: &str) -> Result<(), Failure> {
    output::announce(&format!("{doing}: {}", spell(command)));
    let status = command.status().map_err(|source| {
        let program = command.get_program().to_string_lossy().into_owned();
        Failure::new(format!("{doing}: `{program}` did not start: {source}"), hint)
    })?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("{doing} failed ({status})"), hint))
}

/// The command line as a person would type it.
fn spell(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let words = [name].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_that_exits_0_is_done() {
        assert!(run("asking", &mut cargo(&["--version"]), "none").is_ok());
    }

    #[test]
    fn step_that_exits_otherwise_names_itself_and_the_way_on() {
        let failure = run("asking", &mut cargo(&["no-such-command"]), "ask better").unwrap_err();
        assert!(failure.error.starts_with("asking failed"), "{}", failure.error);
        assert_eq!(failure.hint, "ask better");
    }

    #[test]
    fn program_that_is_not_there_is_a_failure() {
        let mut command = at_root(Path::new("no-such-program"), &[]);
        let failure = run("asking", &mut command, "install it").unwrap_err();
        assert!(failure.error.contains("`no-such-program` did not start"), "{}", failure.error);
    }
}
