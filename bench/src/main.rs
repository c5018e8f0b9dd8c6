//! Measures what hallpass promises about speed and memory, on the release binary as it is served.
//!
//! The server is a process of its own and is asked over loopback, so that what is measured is
//! what a user gets; of it are linked in `signature`, to presign, and `store`, to fill a folder
//! before it is served. Each command prints its figures and fails when the promised limit is
//! missed.

mod connection;
mod failure;
mod latency;
mod load;
mod machine;
mod memory;
mod output;
mod place;
mod policy;
mod process;
mod sign;
mod signer;
mod stream;

use std::env;
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
        ["latency"] => latency::measure(),
        ["memory"] => memory::measure(),
        ["sign"] => sign::measure(),
        ["policy"] => policy::measure(),
        ["load", sections @ ..] => load::measure(sections),
        _ => Err(Failure::new(
            "name one of `latency`, `load`, `memory`, `policy` and `sign`",
            "`cargo xtask bench latency`, for example",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_but_one_known_name_is_refused() {
        for words in [&[][..], &["speed"], &["latency", "memory"]] {
            assert!(run(words).unwrap_err().error.contains("`latency`"));
        }
    }
}
