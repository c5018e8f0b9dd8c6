//! How a URL is written: what was cut, escaped or resolved on its way from the signer.
//!
//! <https://www.rfc-editor.org/rfc/rfc3986#section-2>

use alloc::vec::Vec;

use super::claim::{Claim, HTML_ESCAPE, Version};
use super::finding::Said;
use super::url::Url;

/// What can be said about the spelling of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpellingFinding {
    /// There is no signature in it.
    Unsigned,
    /// The `?` is encoded, so that the query has become part of the path.
    QueryEncoded,
    /// The `&` are escaped as in HTML.
    HtmlEscaped,
    /// A `#` cuts it.
    Fragment,
    /// The key looks as if it had been encoded twice.
    KeyEncodedTwice,
    /// The path has `.` or `..` between slashes.
    DotSegments,
    /// A `+` in the query.
    Plus,
}

/// What there is to say about how `url` is written.
pub(super) fn inspect(url: &Url<'_>, claim: &Claim<'_>) -> Vec<SpellingFinding> {
    let mut found = cuts(url, claim);
    if claim.version == Version::Unsigned && found.is_empty() {
        found.push(SpellingFinding::Unsigned);
    }
    if url.path.split("%25").skip(1).any(starts_with_hex) {
        found.push(SpellingFinding::KeyEncodedTwice);
    }
    if url.path.split('/').any(is_dots) {
        found.push(SpellingFinding::DotSegments);
    }
    if url.query.contains('+') {
        found.push(SpellingFinding::Plus);
    }
    found
}

fn cuts(url: &Url<'_>, claim: &Claim<'_>) -> Vec<SpellingFinding> {
    let mut found = Vec::new();
    let path = url.path.to_ascii_lowercase();
    let is_inside = path.contains("%3fx-amz-") || path.contains("%3fawsaccesskeyid");
    if is_inside && claim.version == Version::Unsigned {
        found.push(SpellingFinding::QueryEncoded);
    }
    if claim.names().any(|name| name.starts_with(HTML_ESCAPE)) {
        found.push(SpellingFinding::HtmlEscaped);
    }
    if url.fragment.is_some() {
        found.push(SpellingFinding::Fragment);
    }
    found
}

fn starts_with_hex(text: &str) -> bool {
    text.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

fn is_dots(segment: &str) -> bool {
    let segment = segment.to_ascii_lowercase().replace("%2e", ".");
    segment == "." || segment == ".."
}

impl SpellingFinding {
    pub(super) fn said(self) -> Said {
        match self {
            Self::Unsigned => Said::warning(
                "unsigned",
                "there is no signature in the URL",
                "it works only where everybody may; make a presigned URL for a private object",
            ),
            Self::QueryEncoded => Said::refusal(
                "query-encoded",
                "the `?` is encoded as %3F, so the signature has become part of the key",
                "pass the URL on as it was made, without encoding it again",
            ),
            Self::HtmlEscaped => Said::refusal(
                "html-escaped",
                "the `&` are written as `&amp;`, so the parameters have other names",
                "replace every `&amp;` by `&`; that is how HTML and XML escape it",
            ),
            Self::Fragment => Said::refusal(
                "fragment",
                "a `#` stands in the URL, and nothing from it on is sent",
                "write a `#` in a key as %23",
            ),
            Self::KeyEncodedTwice => Said::warning(
                "key-encoded-twice",
                "the path has %25 before two digits: the key was probably encoded twice",
                "give the signer the key as it is; signers encode it themselves",
            ),
            Self::DotSegments => Said::warning(
                "dot-segments",
                "the path has `.` or `..` as a folder, which browsers and curl resolve",
                "send it as it is, with `curl --path-as-is` for example, or rename the object",
            ),
            Self::Plus => Said::warning(
                "plus",
                "a `+` stands in the query; some read it as a blank and some as itself",
                "write a blank as %20 and a plus as %2B",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str = "X-Amz-Date=1&X-Amz-Signature=2";

    fn found(target: &str) -> Vec<SpellingFinding> {
        let text = alloc::format!("https://s3.example{target}");
        let url = Url::read(&text).unwrap();
        inspect(&url, &Claim::read(url.query))
    }

    #[test]
    fn url_without_signature_is_said_to_be_public_or_cut() {
        assert_eq!(found("/b/k?versionId=1"), [SpellingFinding::Unsigned]);
        let encoded = found("/b/k%3FX-Amz-Algorithm=a&X-Amz-Signature=b");
        assert_eq!(encoded, [SpellingFinding::QueryEncoded]);
        assert_eq!(found(&alloc::format!("/b/a#b?{SIGNED}")), [SpellingFinding::Fragment]);
    }

    #[test]
    fn html_escapes_are_seen() {
        assert_eq!(
            found("/b/k?X-Amz-Date=1&amp;X-Amz-Signature=2"),
            [SpellingFinding::HtmlEscaped]
        );
    }

    #[test]
    fn key_that_looks_encoded_twice_is_seen() {
        for (path, expected) in [
            ("/b/a%2520b", [SpellingFinding::KeyEncodedTwice].as_slice()),
            ("/b/a%252fb", &[SpellingFinding::KeyEncodedTwice]),
            ("/b/100%25", &[]),
            ("/b/100%25/a", &[]),
            ("/b/100%25%20", &[]),
        ] {
            assert_eq!(found(&alloc::format!("{path}?{SIGNED}")), expected, "{path}");
        }
    }

    #[test]
    fn segments_that_clients_resolve_are_seen() {
        for path in ["/b/./a", "/b/a/..", "/b/%2E%2e/a"] {
            let found = found(&alloc::format!("{path}?{SIGNED}"));
            assert_eq!(found, [SpellingFinding::DotSegments], "{path}");
        }
        assert_eq!(found(&alloc::format!("/b/.a/...?{SIGNED}")), []);
    }

    #[test]
    fn plus_in_the_query_is_seen_and_one_in_the_path_is_none() {
        assert_eq!(found(&alloc::format!("/b/k?a=b+c&{SIGNED}")), [SpellingFinding::Plus]);
        assert_eq!(found(&alloc::format!("/b/a+b?{SIGNED}")), []);
    }
}
