//! `cargo xtask soak [KILLS]`: kill -9 of the release binary under mixed load, again and again.
//!
//! The tests kill it a few times on every push; here it is some hundreds of times, with other
//! requests under way each time.

use crate::commands::conform;
use crate::failure::Failure;
use crate::step;

/// How many kills when nobody says otherwise.
const KILLS: u32 = 300;

/// Runs the one test for long.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let kills = read_count(arguments, KILLS)?;
    let mut pytest = conform::prepare()?;
    // It takes longer than a test may that hangs.
    pytest.args(["-s", "-o", "faulthandler_timeout=0", "-k", "soak"]);
    pytest.env("HALLPASS_SOAK_KILLS", kills.to_string());
    step::run("soak", &mut pytest, "what was lost is told above; it is a fault of the store")
}

/// A number from 1, if one is given.
pub(super) fn read_count(arguments: &[String], usual: u32) -> Result<u32, Failure> {
    let count = match arguments {
        [] => Some(usual),
        [word] => word.parse().ok().filter(|count| *count > 0),
        [_, ..] => None,
    };
    count.ok_or_else(|| {
        Failure::new(
            format!("`{}` is not a number of times", arguments.join(" ")),
            "one whole number from 1, or none",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_taken_and_anything_else_refused() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(read_count(&[], 7).unwrap(), 7);
        assert_eq!(read_count(&words(&["12"]), 7).unwrap(), 12);
        for wrong in [&["0"][..], &["-1"], &["many"], &["1", "2"]] {
            assert!(read_count(&words(wrong), 7).is_err(), "{wrong:?}");
        }
    }
}
