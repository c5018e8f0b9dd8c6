//! How long a link works, as people write it: `90s`, `15m`, `12h`, `7d`, or seconds.

use std::fmt;

const UNITS: [(char, u64, &str); 4] =
    [('d', 86_400, "day"), ('h', 3600, "hour"), ('m', 60, "minute"), ('s', 1, "second")];

/// A number of seconds, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lifetime(u64);

impl Lifetime {
    /// Reads a whole number with its unit; without one, it counts seconds.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let unit = UNITS.iter().find_map(|(unit, seconds, _)| {
            let number = text.strip_suffix(*unit)?;
            Some((number, *seconds))
        });
        let (number, seconds) = unit.unwrap_or((text, 1));
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let number: Option<u64> = number.parse().ok().filter(|_| digits);
        match number.and_then(|number| number.checked_mul(seconds)) {
            Some(0) => Err("a link has to work for at least a second".into()),
            Some(seconds) => Ok(Self(seconds)),
            None => Err("write a whole number and its unit, such as 90s, 15m, 12h or 7d".into()),
        }
    }

    /// The seconds.
    pub(crate) fn seconds(self) -> u64 {
        self.0
    }
}

/// In the largest unit that fits without a rest.
impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fitting = UNITS.iter().find(|(_, seconds, _)| self.0.is_multiple_of(*seconds));
        let (seconds, word) = fitting.map_or((1, "second"), |(_, seconds, word)| (*seconds, *word));
        let number = self.0 / seconds;
        let plural = if number == 1 { "" } else { "s" };
        write!(f, "{number} {word}{plural}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_has_a_unit_or_counts_seconds() {
        for (text, seconds, shown) in [
            ("90s", 90, "90 seconds"),
            ("15m", 900, "15 minutes"),
            ("60", 60, "1 minute"),
            ("1h", 3600, "1 hour"),
            ("36h", 129_600, "36 hours"),
            ("7d", 604_800, "7 days"),
            ("1", 1, "1 second"),
        ] {
            let lifetime = Lifetime::parse(text).unwrap();
            assert_eq!((lifetime.seconds(), lifetime.to_string().as_str()), (seconds, shown));
        }
    }

    #[test]
    fn other_texts_and_nothing_at_all_are_refused() {
        for text in ["", "h", "soon", "-1h", "+1h", "1.5h", "1 h", "1w", "0", "0d", "1H"] {
            assert!(Lifetime::parse(text).is_err(), "{text}");
        }
        assert!(Lifetime::parse("999999999999999999d").is_err());
    }
}
