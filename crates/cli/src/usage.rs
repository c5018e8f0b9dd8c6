//! Arguments that were not understood: told as clap tells them, but for what may be a secret.
//!
//! People paste URLs, headers and tokens at the wrong place, and what goes to stderr ends in logs.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::failure::Exit;

/// Stands for what is not repeated.
const HIDDEN: &str = "(not shown)";
/// The longest text that is repeated: secrets are longer.
const SHOWN_BYTES_MAX: usize = 32;

/// Prints what is wrong, or the help that was asked for.
pub(crate) fn tell(mut error: clap::Error) -> ExitCode {
    hide(&mut error);
    // Because: where it is closed, nobody is left to be told that it is.
    drop(error.print());
    if error.exit_code() == 0 { ExitCode::SUCCESS } else { Exit::Usage.into() }
}

/// Hides what the user typed; what is wrong with it stays.
fn hide(error: &mut clap::Error) {
    // Beside a value, the argument is named as the program knows it.
    let typed = if error.kind() == ErrorKind::UnknownArgument {
        ContextKind::InvalidArg
    } else if error.kind() == ErrorKind::InvalidSubcommand {
        ContextKind::InvalidSubcommand
    } else {
        ContextKind::InvalidValue
    };
    let is_shown = match error.get(typed) {
        Some(ContextValue::String(text)) => is_shown(text),
        Some(_) | None => true,
    };
    if !is_shown {
        error.insert(typed, ContextValue::String(HIDDEN.into()));
        // A suggestion repeats it.
        error.remove(ContextKind::Suggested);
    }
}

/// Whether a text is too short and too simple to be, or to hold, what opens something.
fn is_shown(text: &str) -> bool {
    let is_simple = |b: u8| b.is_ascii_alphanumeric() || b"-_.,:/*".contains(&b);
    text.len() <= SHOWN_BYTES_MAX && text.bytes().all(is_simple)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_are_shown_and_what_can_hold_a_secret_is_not() {
        for text in ["1w", "--frobnicate", "us-east-1,eu-*", "s3://photos/k", "2..1"] {
            assert!(is_shown(text), "{text}");
        }
        for text in [
            "http://h/b/k?Signature=x",
            "http://user:pw@h",
            "X-Amz-Security-Token TOK",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "frJIUN8DYpKDtOLCwo//yllqDzg=",
        ] {
            assert!(!is_shown(text), "{text}");
        }
    }
}
