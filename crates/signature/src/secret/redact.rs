//! Credentials in a text, left out: a signature, a session token or a customer's key opens what it
//! was made for, whoever reads it in a log or a message.
//!
//! A URL can stand in a URL, encoded as often as one likes, and in a path as well as in a query. So
//! what is looked at is the text with every escape undone, and what is cut is the text as it is.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// What the names of such values end with, in any case.
const SECRETS: [&[u8]; 5] =
    [b"signature", b"security-token", b"session-token", b"customer-key", b"authorization"];

/// `text`, in which a word stands for each such value: from behind its name to the next `&`.
#[must_use]
pub fn redacted(text: &str) -> Cow<'_, str> {
    redacted_over(text, 0)
}

/// The same, but that values of up to so many bytes stay: too short to be secrets.
pub(crate) fn redacted_over(text: &str, bytes: usize) -> Cow<'_, str> {
    let mut shown = String::new();
    let mut rest = 0;
    for at in values(text) {
        let value = text.as_bytes().get(at..).unwrap_or_default();
        let length = value.iter().position(|byte| *byte == b'&').unwrap_or(value.len());
        if at < rest || (bytes > 0 && length <= bytes) {
            continue;
        }
        shown.push_str(text.get(rest..at).unwrap_or_default());
        shown.push_str("REDACTED");
        rest = at + length;
    }
    if rest == 0 {
        return text.into();
    }
    shown.push_str(text.get(rest..).unwrap_or_default());
    shown.into()
}

/// Where in `text` the values begin.
fn values(text: &str) -> Vec<usize> {
    // Most texts have no mark, not even an encoded one.
    if !text.bytes().any(|byte| matches!(byte, b'=' | b':' | b'%')) {
        return Vec::new();
    }
    let plain = plain(text);
    let ends_name = |index: usize| {
        let before = plain.get(..index).unwrap_or_default();
        let name_end = before.iter().rposition(|(byte, _)| !stands_around(*byte));
        let name = before.get(..name_end.map_or(0, |at| at + 1)).unwrap_or_default();
        SECRETS.iter().any(|secret| ends_with(name, secret))
    };
    let is_mark = |byte: u8| matches!(byte, b'=' | b':');
    let marks = plain.iter().enumerate().filter(|(_, (byte, _))| is_mark(*byte));
    let behind = |index: usize| plain.get(index + 1).map_or(text.len(), |(_, start)| *start);
    marks.filter(|(index, _)| ends_name(*index)).map(|(index, _)| behind(index)).collect()
}

/// Whether a byte between a name and its mark belongs to neither: blanks, quotes, brackets.
fn stands_around(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && !matches!(byte, b'=' | b':' | b'&')
}

fn ends_with(name: &[(u8, usize)], secret: &[u8]) -> bool {
    let end = name.len().checked_sub(secret.len()).and_then(|begin| name.get(begin..));
    end.is_some_and(|end| end.iter().zip(secret).all(|((a, _), b)| a.eq_ignore_ascii_case(b)))
}

/// The bytes of `text` with where each begins, when escapes are undone until there are none. One
/// pass: an escape can only end with the byte that came last.
fn plain(text: &str) -> Vec<(u8, usize)> {
    let mut plain: Vec<(u8, usize)> = Vec::with_capacity(text.len());
    for (start, byte) in text.bytes().enumerate() {
        plain.push((byte, start));
        while let [.., (b'%', start), (high, _), (low, _)] = *plain
            && let Some(byte) = value(high, low)
        {
            plain.truncate(plain.len() - 3);
            plain.push((byte, start));
        }
    }
    plain
}

fn value(high: u8, low: u8) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
    Some((digit(high)? << 4) | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cut_behind_their_names() {
        for (text, shown) in [
            ("/b/k", "/b/k"),
            ("/b?X-Amz-Signature=ab&x=1", "/b?X-Amz-Signature=REDACTED&x=1"),
            ("/b?x-amz-security-token=t&acl", "/b?x-amz-security-token=REDACTED&acl"),
            ("/b?Expires=1&Signature=a%2Bb%3D", "/b?Expires=1&Signature=REDACTED"),
            ("/b?X-Amz-Signatur%65=ab", "/b?X-Amz-Signatur%65=REDACTED"),
            ("/b?X-Amz-Signature=", "/b?X-Amz-Signature=REDACTED"),
            ("/b?Signature=a&X-Amz-Signature=b", "/b?Signature=REDACTED&X-Amz-Signature=REDACTED"),
            ("Signature: a b", "Signature:REDACTED"),
        ] {
            assert_eq!(redacted(text), shown);
        }
    }

    #[test]
    fn a_name_is_found_however_it_is_written() {
        let once = "k?X-Amz-Signature=0123456789abcdef";
        for text in [
            "/b/k%3FX-Amz-Signature=0123456789abcdef",
            "/b?X-Amz-Signature%3D0123456789abcdef",
            "/b?X-Amz-Signature%20=0123456789abcdef",
            "/b?X-Amz-Signature+=0123456789abcdef",
            "/b?X-Amz-Signature%00%3D0123456789abcdef",
            "/b?a;X-Amz-Signature=0123456789abcdef;b",
            "/b?x%26X-Amz-Signature=0123456789abcdef",
            "/b#X-Amz-Signature=0123456789abcdef",
            "/b?x-amz-server-side-encryption-customer-key=0123456789abcdef",
            "/b?next=%2525253Fx-amz-signature%2525253D0123456789abcdef",
            "agent (http://h/k?AWSAccessKeyId=x&Signature=0123456789abcdef)",
            "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0123456789abcdef",
            "{\"X-Amz-Signature\": \"0123456789abcdef\"}",
            "\u{d55c}=Signature=0123456789abcdef\u{d55c}",
            "%X-Amz-Signature=0123456789abcdef",
        ] {
            assert!(!redacted(text).contains("0123456789abcdef"), "{text}");
        }
        // Once more around it for each round, which a bound on the depth would miss.
        let mut text = String::from(once);
        for _ in 0..20 {
            text = text.replace('%', "%25").replace('=', "%3D").replace('?', "%3F");
            assert!(!redacted(&text).contains("0123456789abcdef"), "{text}");
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in [
            "",
            "%",
            "%4",
            "/b/signature.pdf",
            "/b?X-Amz-SignedHeaders=host&X-Amz-Credential=a%2Fb",
            "/b?x-amz-server-side-encryption-customer-key-md5=a",
            "curl/8.0 (\u{e9}=1)",
        ] {
            assert_eq!(redacted(text), text);
        }
    }
}
