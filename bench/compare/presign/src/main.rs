//! Presigned URLs per CPU second: hallpass beside the libraries that people presign with.
//!
//! Each library is a process of its own that signs when it is its turn ([`rival`]); this one
//! gives the turns, holds every turn's last URL against hallpass's verifier, and prints the table
//! ([`contest`]).

mod case;
mod contest;
mod failure;
mod output;
mod rival;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use failure::Failure;

fn main() -> ExitCode {
    let words: Vec<String> =
        env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure);
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<(), Failure> {
    match words {
        ["contest", python, node_modules] => {
            contest::measure(Path::new(python), Path::new(node_modules))
        }
        ["rival", name] => rival::serve(name),
        _ => Err(Failure::new(
            "say `contest PYTHON NODE_MODULES` or `rival NAME`",
            "`cargo xtask bench compare` knows where Python and the modules of Node are",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_but_a_contest_or_a_rival_is_refused() {
        for words in [&[][..], &["contest"], &["rival"], &["rival", "a", "b"]] {
            assert!(run(words).unwrap_err().error.contains("`rival NAME`"));
        }
    }
}
