//! Names a request can carry, checked once and then carried as types.
//!
//! A value of one of these types has passed the rules of S3; nothing downstream checks again.
//! Rules: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

/// Longest object key, in bytes of UTF-8.
pub const KEY_BYTES_MAX: usize = 1024;
/// Shortest and longest bucket name, in bytes.
pub const BUCKET_NAME_BYTES: core::ops::RangeInclusive<usize> = 3..=63;
/// Highest part number of a multipart upload; the lowest is 1.
pub const PART_NUMBER_MAX: u16 = 10_000;

const RESERVED_PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Not a bucket name by the rules for general purpose buckets.
    Bucket,
    /// An object key of no bytes at all.
    KeyEmpty,
    /// An object key over [`KEY_BYTES_MAX`]; holds its length in bytes.
    KeyTooLong(usize),
    /// A part number outside 1..=[`PART_NUMBER_MAX`], or no number.
    PartNumber,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bucket => f.write_str("not a valid bucket name"),
            Self::KeyEmpty => f.write_str("an object key cannot be empty"),
            Self::KeyTooLong(bytes) => write!(f, "an object key of {bytes} bytes is too long"),
            Self::PartNumber => f.write_str("a part number is a whole number from 1 to 10000"),
        }
    }
}

impl core::error::Error for NameError {}

/// A bucket's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BucketName(Box<str>);

impl BucketName {
    /// Checks `name` against the rules for general purpose buckets.
    ///
    /// ```
    /// assert!(s3::BucketName::parse("photos-2026").is_ok());
    /// assert!(s3::BucketName::parse("192.168.5.4").is_err());
    /// ```
    pub fn parse(name: &str) -> Result<Self, NameError> {
        if is_bucket_name(name) { Ok(Self(name.into())) } else { Err(NameError::Bucket) }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_bucket_name(name: &str) -> bool {
    let alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = name.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    BUCKET_NAME_BYTES.contains(&bytes.len())
        && bytes.iter().all(|&b| alphanumeric(b) || b == b'-' || b == b'.')
        && alphanumeric(first)
        && alphanumeric(last)
        && !name.contains("..")
        && !is_ipv4(name)
        && !RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        && !RESERVED_SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

fn is_ipv4(name: &str) -> bool {
    name.parse::<core::net::Ipv4Addr>().is_ok()
}

/// An object's key: 1 to 1024 bytes of UTF-8, taken as it is, never resolved or normalised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(Box<str>);

impl ObjectKey {
    /// Checks the length of `key`; every other text is a key.
    pub fn parse(key: impl Into<String>) -> Result<Self, NameError> {
        let key = key.into();
        match key.len() {
            0 => Err(NameError::KeyEmpty),
            1..=KEY_BYTES_MAX => Ok(Self(key.into_boxed_str())),
            too_long => Err(NameError::KeyTooLong(too_long)),
        }
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of a part in a multipart upload: 1 to 10000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartNumber(u16);

impl PartNumber {
    /// Checks the range.
    pub fn new(number: u16) -> Result<Self, NameError> {
        if (1..=PART_NUMBER_MAX).contains(&number) {
            Ok(Self(number))
        } else {
            Err(NameError::PartNumber)
        }
    }

    /// Reads a decimal number.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        text.parse().map_err(|_| NameError::PartNumber).and_then(Self::new)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for PartNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn ordinary_bucket_names_are_accepted() {
        for name in ["abc", "my.bucket", "a-1", "0bucket0", &"a".repeat(63)] {
            assert!(BucketName::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn bucket_names_against_the_rules_are_refused() {
        for name in [
            "",
            "ab",
            &"a".repeat(64),
            "Upper",
            "under_score",
            "-a-",
            "a..b",
            ".abc",
            "abc-",
            "10.0.0.1",
            "xn--abc",
            "sthree-abc",
            "amzn-s3-demo-b",
            "abc-s3alias",
            "abc--ol-s3",
            "abc.mrap",
            "abc--x-s3",
            "abc--table-s3",
            "has space",
            "\u{e9}tude",
        ] {
            assert_eq!(BucketName::parse(name), Err(NameError::Bucket), "{name}");
        }
    }

    #[test]
    fn keys_are_bounded_in_bytes_and_otherwise_free() {
        assert_eq!(ObjectKey::parse(""), Err(NameError::KeyEmpty));
        assert!(ObjectKey::parse("k".repeat(1024)).is_ok());
        assert_eq!(ObjectKey::parse("\u{d55c}".repeat(342)), Err(NameError::KeyTooLong(1026)));
        for key in ["/", "//a//", "../..", "a\u{0}b", "+%2F "] {
            assert_eq!(ObjectKey::parse(key).unwrap().to_string(), key);
        }
    }

    #[test]
    fn part_numbers_run_from_1_to_10000() {
        assert_eq!(PartNumber::parse("10000").unwrap().get(), 10_000);
        for text in ["0", "10001", "-1", "x", "", "65537"] {
            assert_eq!(PartNumber::parse(text), Err(NameError::PartNumber), "{text}");
        }
    }
}
