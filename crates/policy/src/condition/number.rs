//! Numbers of conditions: decimal and exact.
//!
//! Twenty digits in front of the point and eighteen behind it, which holds every 64-bit integer;
//! a number is what it is spelled as and not the nearest binary fraction. What is longer, or has
//! an exponent, is no number.

/// A number, in units of 10^-18.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(i128);

const WHOLE_DIGITS_MAX: usize = 20;
const FRACTION_DIGITS_MAX: usize = 18;

impl Number {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (digits, ""),
        };
        if whole.is_empty()
            || whole.len() > WHOLE_DIGITS_MAX
            || fraction.len() > FRACTION_DIGITS_MAX
        {
            return None;
        }
        let padding = FRACTION_DIGITS_MAX.checked_sub(fraction.len())?;
        let zeros = core::iter::repeat_n(b'0', padding);
        let mut units = 0_i128;
        for digit in whole.bytes().chain(fraction.bytes()).chain(zeros) {
            let value = char::from(digit).to_digit(10)?;
            units = units.checked_mul(10)?.checked_add(i128::from(value))?;
        }
        Some(Self(if is_negative { units.checked_neg()? } else { units }))
    }
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
