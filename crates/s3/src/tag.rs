//! Tags: keys and values on an object or a bucket, checked as S3 checks them.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html>

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Most tags of an object.
pub const OBJECT_TAGS_MAX: usize = 10;
/// Most tags of a bucket.
pub const BUCKET_TAGS_MAX: usize = 50;
/// Longest key, in characters as UTF-16 counts them.
pub const KEY_UNITS_MAX: usize = 128;
/// Longest value, in the same.
pub const VALUE_UNITS_MAX: usize = 256;
/// Begins the keys that are AWS's own.
const RESERVED: &str = "aws:";

/// What carries tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tagged {
    /// An object, with [`OBJECT_TAGS_MAX`] at most.
    Object,
    /// A bucket, with [`BUCKET_TAGS_MAX`] at most.
    Bucket,
}

/// Tags in the order they were given, no key twice. A value of this type has passed the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<(String, String)>);

/// Why texts are no tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagError {
    /// More than this many.
    TooMany(usize),
    /// This key is there twice.
    Repeated(String),
    /// This key begins like those of AWS.
    Reserved(String),
    /// Not a key: empty, too long, or with characters that tags do not have.
    Key(String),
    /// Not a value, for the same reasons; the key and the value.
    Value(String, String),
}

impl Tags {
    /// Checks what is to be put on an object or a bucket.
    ///
    /// # Errors
    /// When S3 would refuse it.
    pub fn new(tags: Vec<(String, String)>, of: Tagged) -> Result<Self, TagError> {
        let max = match of {
            Tagged::Object => OBJECT_TAGS_MAX,
            Tagged::Bucket => BUCKET_TAGS_MAX,
        };
        let mut keys = BTreeSet::new();
        for (key, value) in &tags {
            if !keys.insert(key) {
                return Err(TagError::Repeated(key.clone()));
            }
            check(key, value)?;
        }
        // S3 counts last.
        if tags.len() > max { Err(TagError::TooMany(max)) } else { Ok(Self(tags)) }
    }

    /// Tags that were checked when they were put.
    #[must_use]
    pub fn known(tags: Vec<(String, String)>) -> Self {
        Self(tags)
    }

    /// The value under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str())
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn check(key: &str, value: &str) -> Result<(), TagError> {
    if key.starts_with(RESERVED) {
        return Err(TagError::Reserved(key.into()));
    }
    if key.is_empty() || units(key) > KEY_UNITS_MAX || !key.chars().all(may_stand) {
        return Err(TagError::Key(key.into()));
    }
    if units(value) > VALUE_UNITS_MAX || !value.chars().all(may_stand) {
        return Err(TagError::Value(key.into(), value.into()));
    }
    Ok(())
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Letters, digits and blanks of any script, and `+ - = . _ : / @`.
fn may_stand(c: char) -> bool {
    c.is_alphanumeric() || c.is_whitespace() || "+-=._:/@".contains(c)
}

impl fmt::Display for TagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany(max) => write!(f, "there can be {max} tags at most"),
            Self::Repeated(key) => write!(f, "the tag `{key}` is there twice"),
            Self::Reserved(key) => write!(f, "the tag `{key}` begins with `{RESERVED}`"),
            Self::Key(key) => write!(f, "`{key}` cannot be the key of a tag"),
            Self::Value(key, _) => write!(f, "the value of the tag `{key}` cannot be one"),
        }
    }
}

impl core::error::Error for TagError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    fn of(tags: &[(&str, &str)]) -> Result<Tags, TagError> {
        let tags = tags.iter().map(|(k, v)| (k.to_string(), v.to_string()));
        Tags::new(tags.collect(), Tagged::Object)
    }

    #[test]
    fn tags_are_kept_in_order() {
        let tags = of(&[("z", "1"), ("a b", ""), ("\u{d55c}:/=+-@._", "\u{e9}")]).unwrap();
        assert_eq!(tags.iter().map(|(key, _)| key).collect::<Vec<_>>()[..2], ["z", "a b"]);
        assert_eq!((tags.get("a b"), tags.get("b"), tags.len()), (Some(""), None, 3));
    }

    #[test]
    fn what_s3_refuses_is_refused() {
        assert_eq!(of(&[("k", "1"), ("k", "1")]), Err(TagError::Repeated("k".into())));
        assert_eq!(of(&[("aws:k", "1")]), Err(TagError::Reserved("aws:k".into())));
        for key in ["", "a,b", "a&b", "k\u{0}", &"k".repeat(129)] {
            assert_eq!(of(&[(key, "")]), Err(TagError::Key(key.into())), "{key}");
        }
        for value in ["a,b", "<", &"v".repeat(257), &"\u{1d538}".repeat(129)] {
            assert_eq!(of(&[("k", value)]), Err(TagError::Value("k".into(), value.into())));
        }
        assert!(of(&[(&"k".repeat(128), &"\u{1d538}".repeat(128))]).is_ok());
    }

    #[test]
    fn an_object_has_ten_and_a_bucket_fifty() {
        let tags = |n: usize| (0..n).map(|i| (i.to_string(), String::new())).collect::<Vec<_>>();
        assert!(Tags::new(tags(10), Tagged::Object).is_ok());
        assert_eq!(Tags::new(tags(11), Tagged::Object), Err(TagError::TooMany(10)));
        assert!(Tags::new(tags(50), Tagged::Bucket).is_ok());
        assert_eq!(Tags::new(tags(51), Tagged::Bucket), Err(TagError::TooMany(50)));
        assert_eq!(Tags::new(vec![], Tagged::Object), Ok(Tags::default()));
    }
}
