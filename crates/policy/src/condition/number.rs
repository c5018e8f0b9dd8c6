//! Numbers of conditions: decimal and exact.
//!
//! Any 64-bit integer in front of the point and eighteen digits behind it; a number is what it is
//! spelled as and not the nearest binary fraction. What is larger, or has an exponent, is none.

/// A number, in units of 10^-18.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(i128);

/// One, in these units.
const ONE: i128 = 1_000_000_000_000_000_000;
const FRACTION_DIGITS_MAX: usize = 18;

impl Number {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // Most are, and nothing else has to be looked for.
        if let Some(whole) = integer(text) {
            return Some(Self(i128::from(whole).checked_mul(ONE)?));
        }
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, fraction_units(fraction)?),
            None => (digits, 0),
        };
        let units = i128::from(integer(whole)?).checked_mul(ONE)?.checked_add(fraction)?;
        Some(Self(if is_negative { units.checked_neg()? } else { units }))
    }
}

/// Digits alone: `parse` takes a sign too.
fn integer(digits: &str) -> Option<u64> {
    let value = digits.bytes().try_fold(0_u64, |value, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        value.checked_mul(10)?.checked_add(u64::from(digit))
    });
    value.filter(|_| !digits.is_empty())
}

fn fraction_units(digits: &str) -> Option<i128> {
    let zeros = u32::try_from(FRACTION_DIGITS_MAX.checked_sub(digits.len())?).ok()?;
    i128::from(integer(digits)?).checked_mul(10_i128.checked_pow(zeros)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        let number = |text| Number::parse(text).unwrap();
        assert!(number("18446744073709551615") > number("18446744073709551614"));
        assert!(number("0.1") > number("0.099999999999999999"));
        assert_eq!(number("10"), number("10.000"));
        assert_eq!(number("-0"), number("0"));
        assert!(number("-2") < number("-1.5"));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", ".5", "5.", "1e3", "+1", "1,0", "0x1", " 1", "1.0000000000000000001"]
        {
            assert_eq!(Number::parse(text), None, "{text}");
        }
        assert_eq!(Number::parse(&"9".repeat(21)), None);
    }
}
