//! The `Range` header: one range of bytes, as S3 takes it.
//!
//! What cannot be read, and several ranges at once, are ignored: the whole object is the answer.
//! <https://www.rfc-editor.org/rfc/rfc9110#name-range>

/// A range that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteRange {
    /// From a position, to an inclusive last one or to the end.
    From(u64, Option<u64>),
    /// So many bytes at the end.
    Last(u64),
}

/// The range has no byte in the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsatisfiable;

impl ByteRange {
    /// Reads a header value; none when it is not one range of bytes.
    ///
    /// ```
    /// use s3::range::ByteRange;
    /// assert_eq!(ByteRange::parse("bytes=5-"), Some(ByteRange::From(5, None)));
    /// assert_eq!(ByteRange::parse("bytes=0-1,4-5"), None);
    /// ```
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let (first, last) = value.trim().strip_prefix("bytes=")?.split_once('-')?;
        match (first.trim(), last.trim()) {
            ("", last) => number(last).map(Self::Last),
            (first, "") => Some(Self::From(number(first)?, None)),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(Self::From(first, Some(last)))
            }
        }
    }

    /// The positions in an object of `size` bytes, end exclusive.
    ///
    /// # Errors
    /// When not one byte of the object is in the range.
    pub fn resolve(self, size: u64) -> Result<core::ops::Range<u64>, Unsatisfiable> {
        let range = match self {
            Self::From(first, last) => {
                first..last.map_or(size, |last| size.min(last.saturating_add(1)))
            }
            Self::Last(count) => size.saturating_sub(count)..size,
        };
        if range.is_empty() { Err(Unsatisfiable) } else { Ok(range) }
    }
}

/// Digits only, unlike `parse`, which takes a sign; what is over 64 bits is as far as it goes.
fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(value: &str, size: u64) -> Option<Result<core::ops::Range<u64>, Unsatisfiable>> {
        ByteRange::parse(value).map(|range| range.resolve(size))
    }

    #[test]
    fn ranges_are_cut_to_the_object() {
        assert_eq!(resolved("bytes=0-9", 100), Some(Ok(0..10)));
        assert_eq!(resolved("bytes=90-200", 100), Some(Ok(90..100)));
        assert_eq!(resolved("bytes=5-", 100), Some(Ok(5..100)));
        assert_eq!(resolved("bytes=-30", 100), Some(Ok(70..100)));
        assert_eq!(resolved("bytes=-300", 100), Some(Ok(0..100)));
        assert_eq!(resolved("bytes=0-99999999999999999999999", 100), Some(Ok(0..100)));
    }

    #[test]
    fn ranges_without_a_byte_cannot_be_satisfied() {
        for (value, size) in [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-0", 0)] {
            assert_eq!(resolved(value, size), Some(Err(Unsatisfiable)), "{value}");
        }
    }

    #[test]
    fn what_is_not_one_range_of_bytes_is_ignored() {
        for value in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "items=0-1",
            "bytes=5-2",
            "bytes=0-1,3-4",
            "bytes=+1-2",
            "bytes=a-b",
        ] {
            assert_eq!(ByteRange::parse(value), None, "{value}");
        }
    }
}
