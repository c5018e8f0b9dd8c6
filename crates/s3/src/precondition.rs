//! Conditions on reading: `If-Match` and its family, in the order that S3 evaluates them.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>

use crate::ETag;

/// The conditions of one request, as sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Preconditions<'a> {
    /// `If-Match`.
    pub if_match: Option<&'a str>,
    /// `If-None-Match`.
    pub if_none_match: Option<&'a str>,
    /// `If-Modified-Since`, in seconds since 1970.
    pub if_modified_since: Option<i64>,
    /// `If-Unmodified-Since`, in seconds since 1970.
    pub if_unmodified_since: Option<i64>,
}

/// What the conditions say of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Holds,
    /// The caller's copy is good.
    NotModified,
    /// The named condition does not hold.
    Fails(&'static str),
}

impl Preconditions<'_> {
    /// Judges an object by its tag and the time it was modified, in milliseconds since 1970.
    #[must_use]
    pub fn judge(&self, etag: &ETag, modified_ms: u64) -> Verdict {
        let modified = i64::try_from(modified_ms / 1000).unwrap_or(i64::MAX);
        match self.if_match {
            Some(tags) if !any_matches(tags, etag) => return Verdict::Fails("If-Match"),
            Some(_) => {}
            None if self.if_unmodified_since.is_some_and(|since| modified > since) => {
                return Verdict::Fails("If-Unmodified-Since");
            }
            None => {}
        }
        match self.if_none_match {
            Some(tags) if any_matches(tags, etag) => Verdict::NotModified,
            None if self.if_modified_since.is_some_and(|since| modified <= since) => {
                Verdict::NotModified
            }
            Some(_) | None => Verdict::Holds,
        }
    }
}

/// Whether one of the tags in a list, or `*`, is the object's.
fn any_matches(tags: &str, etag: &ETag) -> bool {
    tags.split(',')
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || etag.matches(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ETAG: ETag = ETag { md5: [1; 16], parts: None };
    const MODIFIED_MS: u64 = 5_999;

    #[test]
    fn a_tag_speaks_louder_than_a_date() {
        let tag = ETAG.quoted();
        let tag = Some(tag.as_str());
        let judge = |conditions: Preconditions<'_>| conditions.judge(&ETAG, MODIFIED_MS);
        let none = Preconditions::default();
        assert_eq!(judge(none), Verdict::Holds);
        assert_eq!(
            judge(Preconditions { if_match: tag, if_unmodified_since: Some(1), ..none }),
            Verdict::Holds
        );
        assert_eq!(
            judge(Preconditions { if_none_match: tag, if_modified_since: Some(1), ..none }),
            Verdict::NotModified
        );
        assert_eq!(
            judge(Preconditions {
                if_none_match: Some("\"x\""),
                if_modified_since: Some(9),
                ..none
            }),
            Verdict::Holds
        );
    }

    #[test]
    fn each_condition_alone_decides() {
        let judge = |conditions: Preconditions<'_>| conditions.judge(&ETAG, MODIFIED_MS);
        let none = Preconditions::default();
        assert_eq!(
            judge(Preconditions { if_match: Some("\"x\""), ..none }),
            Verdict::Fails("If-Match")
        );
        assert_eq!(
            judge(Preconditions { if_unmodified_since: Some(4), ..none }),
            Verdict::Fails("If-Unmodified-Since")
        );
        assert_eq!(
            judge(Preconditions { if_modified_since: Some(5), ..none }),
            Verdict::NotModified
        );
        assert_eq!(judge(Preconditions { if_modified_since: Some(4), ..none }), Verdict::Holds);
        assert_eq!(
            judge(Preconditions { if_none_match: Some("\"x\", *"), ..none }),
            Verdict::NotModified
        );
    }
}
