//! The promises: each is printed with what was measured, and one that is missed fails the run.

use crate::failure::Failure;
use crate::output::say;

/// What was held and what was missed so far.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    missed: Vec<String>,
}

impl Limits {
    /// `value` of `what` has to be `least` or more.
    pub(crate) fn at_least(&mut self, what: &str, value: f64, least: f64) {
        self.judge(value >= least, format!("{what}: {value:.2}, at least {least}"));
    }

    /// `value` of `what` has to be `most` or less.
    pub(crate) fn at_most(&mut self, what: &str, value: f64, most: f64) {
        self.judge(value <= most, format!("{what}: {value:.2}, at most {most}"));
    }

    fn judge(&mut self, is_held: bool, sentence: String) {
        say(&format!("{} {sentence}", if is_held { "held  " } else { "MISSED" }));
        if !is_held {
            self.missed.push(sentence);
        }
    }

    /// An error that names what was missed.
    pub(crate) fn settle(self) -> Result<(), Failure> {
        if self.missed.is_empty() {
            return Ok(());
        }
        Err(Failure::new(
            format!("missed: {}", self.missed.join("; ")),
            "repeat it on a quiet machine, and compare with bench/README.md",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missed_is_named_and_what_is_held_is_not() {
        let mut limits = Limits::default();
        limits.at_least("speed", 2.0, 1.0);
        limits.at_most("cost", 2.0, 2.0);
        limits.at_most("size", 2.5, 2.0);
        let error = limits.settle().unwrap_err().error;
        assert_eq!(error, "missed: size: 2.50, at most 2");
        assert!(Limits::default().settle().is_ok());
    }
}
