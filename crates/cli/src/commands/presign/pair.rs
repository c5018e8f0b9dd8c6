//! Names with values as people write them: headers and query parameters.

use std::fmt;

use s3::{Checksum, ChecksumAlgorithm};

/// A name and a value.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::commands) struct Pair {
    pub(in crate::commands) name: String,
    pub(in crate::commands) value: String,
}

/// Shows the name alone: the value can be a customer's key.
impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pair").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Pair {
    /// Reads `NAME: VALUE`.
    pub(in crate::commands) fn header(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once(':').ok_or("a header is NAME: VALUE")?;
        let name = name.trim();
        let is_token = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err("this can be no header".into());
        }
        Ok(Self { name: name.to_ascii_lowercase(), value: header_value(value)? })
    }

    /// Reads `NAME=VALUE` of an object's metadata.
    pub(super) fn metadata(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("metadata is NAME=VALUE")?;
        Self::header(&format!("x-amz-meta-{name}:{value}"))
    }

    /// Reads `ALGORITHM=BASE64`, a checksum of the bytes.
    pub(super) fn checksum(text: &str) -> Result<Self, String> {
        let (word, value) = text.split_once('=').ok_or("a checksum is ALGORITHM=BASE64")?;
        let algorithm = ChecksumAlgorithm::from_word(word);
        let algorithm =
            algorithm.ok_or("the algorithms are CRC32, CRC32C, CRC64NVME, SHA1 and SHA256")?;
        let sum = Checksum::parse(algorithm, value).ok_or("not the base64 of such a checksum")?;
        Ok(Self { name: algorithm.header().into(), value: sum.text() })
    }

    /// Reads `NAME=VALUE`, or a name alone.
    pub(super) fn parameter(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let signing = name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"));
        if name.is_empty() || signing {
            return Err("parameters are NAME=VALUE; X-Amz- ones are made by signing".into());
        }
        Ok(Self { name: name.into(), value: value.into() })
    }
}

/// Reads the value of a header: one line of text.
pub(super) fn header_value(text: &str) -> Result<String, String> {
    if text.contains(char::is_control) {
        return Err("the value of a header is one line of text".into());
    }
    Ok(text.trim().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, value: &str) -> Result<Pair, String> {
        Ok(Pair { name: name.into(), value: value.into() })
    }

    #[test]
    fn headers_have_a_name_in_lower_case_and_one_line() {
        assert_eq!(Pair::header("If-None-Match: *"), pair("if-none-match", "*"));
        assert_eq!(Pair::header("a:b:c"), pair("a", "b:c"));
        for text in ["", "a", ": b", "a b: c", "a: b\nc", "a: \u{7f}"] {
            assert!(Pair::header(text).is_err(), "{text}");
        }
    }

    #[test]
    fn metadata_and_checksums_become_their_headers() {
        assert_eq!(Pair::metadata("Colour=a=b"), pair("x-amz-meta-colour", "a=b"));
        assert_eq!(Pair::checksum("crc32=AAAAAA=="), pair("x-amz-checksum-crc32", "AAAAAA=="));
        for text in ["crc32", "crc32=AAAA", "md5=AAAAAA==", "crc32=AAAAAA==-2"] {
            assert!(Pair::checksum(text).is_err(), "{text}");
        }
        assert!(Pair::metadata("a b=c").is_err());
    }

    #[test]
    fn parameters_may_be_a_name_alone_and_never_those_of_the_signature() {
        assert_eq!(Pair::parameter("tagging"), pair("tagging", ""));
        assert_eq!(Pair::parameter("a=b=c"), pair("a", "b=c"));
        for text in ["", "=x", "X-Amz-Expires=1", "x-amz-acl=private"] {
            assert!(Pair::parameter(text).is_err(), "{text}");
        }
    }
}
