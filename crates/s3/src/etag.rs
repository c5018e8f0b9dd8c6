//! Entity tags: the MD5 of an object, or of its parts' MD5s followed by how many there were.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html#AmazonS3-Type-Object-ETag>

use alloc::string::String;
use core::fmt;

use crate::hex;

/// An object's entity tag. Displays without the quotes that headers and documents put around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ETag {
    /// MD5 of the bytes; of the concatenated MD5s of the parts when `parts` is set.
    pub md5: [u8; 16],
    /// Number of parts, for an object completed from a multipart upload.
    pub parts: Option<u16>,
}

impl ETag {
    /// The tag in double quotes, as it stands in headers and documents.
    #[must_use]
    pub fn quoted(&self) -> String {
        let mut text = String::with_capacity(2 * self.md5.len() + 8);
        text.push('"');
        hex::encode_to(&mut text, &self.md5);
        if let Some(parts) = self.parts {
            text.push('-');
            text.push_str(&alloc::format!("{parts}"));
        }
        text.push('"');
        text
    }

    /// Whether `text`, quoted or not, is this tag.
    ///
    /// ```
    /// let etag = s3::ETag { md5: [0; 16], parts: Some(2) };
    /// assert!(etag.matches("\"00000000000000000000000000000000-2\""));
    /// ```
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let text = text.trim();
        let bare = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
        let (digits, parts) = match bare.split_once('-') {
            Some((digits, parts)) => (digits, Some(parts)),
            None => (bare, None),
        };
        hex::decode::<16>(digits) == Some(self.md5)
            && parts.map(|p| p.parse().ok()) == self.parts.map(Some)
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.md5))?;
        self.parts.map_or(Ok(()), |parts| write!(f, "-{parts}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_tag_matches_itself_in_any_dress_and_nothing_else() {
        let plain = ETag { md5: [0xab; 16], parts: None };
        let multi = ETag { md5: [0xab; 16], parts: Some(3) };
        assert_eq!(multi.to_string(), "abababababababababababababababab-3");
        assert!(plain.matches(&plain.quoted()) && plain.matches(&plain.to_string()));
        assert!(plain.matches(&plain.to_string().to_uppercase()));
        assert!(multi.matches(&multi.quoted()) && !multi.matches(&plain.quoted()));
        assert!(!plain.matches(&multi.quoted()) && !plain.matches("") && !plain.matches("\""));
    }
}
