//! The table of commands: one row and one file each.

mod bench;
mod conform;
mod crash;
mod deny;
mod fuzz;
mod help;
mod lint;
mod soak;
mod test;
mod tidy;

use crate::failure::Failure;

/// One command of `cargo xtask`.
struct Command {
    name: &'static str,
    /// Arguments as shown by `help`.
    arguments: &'static str,
    summary: &'static str,
    run: fn(&[String]) -> Result<(), Failure>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "test",
        arguments: "",
        summary: "all that has to pass: lint, tests, conform, fuzz; installs what they need",
        run: test::run,
    },
    Command {
        name: "ci",
        arguments: "",
        summary: "what CI runs: the same as test",
        run: test::run,
    },
    Command {
        name: "lint",
        arguments: "",
        summary: "format, clippy and tidy: what a commit has to pass",
        run: lint::run,
    },
    Command {
        name: "tidy",
        arguments: "",
        summary: "the rules of the house that no other tool knows",
        run: tidy::run,
    },
    Command {
        name: "conform",
        arguments: "[FILTER]",
        summary: "real clients (boto3, awscli, curl) against the release binary",
        run: conform::run,
    },
    Command {
        name: "soak",
        arguments: "[KILLS]",
        summary: "kill -9 of the release binary under mixed load, 300 times or as often as told",
        run: soak::run,
    },
    Command {
        name: "crash",
        arguments: "[RUNS]",
        summary: "power cuts at every call to the disk, in all the ways that they can end",
        run: crash::run,
    },
    Command {
        name: "fuzz",
        arguments: "[TARGET [FILE]] [--seconds N]",
        summary: "what a stranger could send, thrown at the parsers",
        run: fuzz::run,
    },
    Command {
        name: "bench",
        arguments: "latency|load [SECTION ...]|memory|policy|sign|compare",
        summary: "what the release binary costs, and whether it keeps its limits",
        run: bench::run,
    },
    Command {
        name: "deny",
        arguments: "[advisories]",
        summary: "licences, bans and sources of what we depend on; or its known defects",
        run: deny::run,
    },
    Command { name: "help", arguments: "", summary: "this list", run: help::run },
];

/// Runs the command called `name`.
pub(crate) fn run(name: &str, arguments: &[String]) -> Result<(), Failure> {
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(arguments),
        None => Err(Failure::new(
            format!("there is no command `{name}`"),
            "`cargo xtask help` lists them all",
        )),
    }
}

/// Refuses arguments, for the commands that take none.
fn take_none(arguments: &[String]) -> Result<(), Failure> {
    match arguments.first() {
        None => Ok(()),
        Some(word) => Err(Failure::new(
            format!("this command takes no argument, so not `{word}`"),
            "`cargo xtask help` shows what each command takes",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_command_is_refused_with_the_way_to_the_list() {
        let failure = run("tets", &[]).unwrap_err();
        assert_eq!(failure.error, "there is no command `tets`");
        assert!(failure.hint.contains("cargo xtask help"));
    }

    #[test]
    fn command_without_arguments_refuses_one() {
        assert!(run("help", &["me".to_owned()]).is_err());
    }

    #[test]
    fn names_are_unique() {
        for (row, command) in COMMANDS.iter().enumerate() {
            assert!(COMMANDS[row + 1..].iter().all(|other| other.name != command.name));
        }
    }
}
