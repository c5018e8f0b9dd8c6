//! How long a file may be, as people write it: `1..10MiB`.

use std::ops::RangeInclusive;

/// Units of bytes.
const UNITS: [(&str, u64); 6] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("KB", 1000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
];

/// Bytes, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LengthRange(pub(super) RangeInclusive<u64>);

impl LengthRange {
    /// Reads `MIN..MAX`; without a minimum it is nothing.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "write the least and the most bytes, such as 0..5000000 or 1..10MiB";
        let (min, max) = text.split_once("..").ok_or_else(wrong)?;
        let min = if min.is_empty() { Some(0) } else { bytes(min) };
        let (min, max) = min.zip(bytes(max)).ok_or_else(wrong)?;
        if min > max {
            return Err("the least bytes are more than the most".into());
        }
        Ok(Self(min..=max))
    }
}

fn bytes(text: &str) -> Option<u64> {
    let with_unit = |(unit, bytes): (&str, u64)| Some((text.strip_suffix(unit)?, bytes));
    let (number, unit) = UNITS.into_iter().find_map(with_unit).unwrap_or((text, 1));
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let number: u64 = number.parse().ok().filter(|_| is_number)?;
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_have_units_or_count_bytes() {
        for (text, range) in [
            ("0..0", 0..=0),
            ("1..10MiB", 1..=10_485_760),
            ("1KB..2GB", 1000..=2_000_000_000),
            ("..5KiB", 0..=5120),
            ("7..5GiB", 7..=5_368_709_120),
        ] {
            assert_eq!(LengthRange::parse(text), Ok(LengthRange(range)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "..", "5", "1..", "2..1", "1...3", "-1..2", "1..1mb", "1..99999999999GiB"]
        {
            assert!(LengthRange::parse(text).is_err(), "{text}");
        }
    }
}
