//! Percent-encoding as S3 signs it: everything but `A-Z a-z 0-9 - _ . ~` becomes `%XX`, once.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

mod plain;

use alloc::string::String;
use alloc::vec::Vec;

use crate::Short;
pub(crate) use plain::others;
use plain::stays;

/// Whether `/` is a separator that stays, or a character like others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slash {
    /// In a path.
    Keep,
    /// In a query name or value.
    Encode,
}

/// Whether `+` means a blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plus {
    /// In a query, as forms have it.
    Blank,
    /// In a path.
    Itself,
}

/// Something that text is appended to.
pub(crate) trait Sink {
    fn put(&mut self, bytes: &[u8]);
}

impl<A: smallvec::Array<Item = u8>> Sink for smallvec::SmallVec<A> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// `text` percent-encoded.
///
/// ```
/// use signature::encode::{Slash, encode};
/// assert_eq!(encode("a b/\u{e9}+", Slash::Keep), "a%20b/%C3%A9%2B");
/// ```
#[must_use]
pub fn encode(text: &str, slash: Slash) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    encode_into(&mut out, text, slash);
    out
}

/// Appends `text` percent-encoded, for who makes many paths in one buffer.
///
/// ```
/// use signature::encode::{Slash, encode_into};
/// let mut path = String::from("/");
/// encode_into(&mut path, "a b", Slash::Keep);
/// assert_eq!(path, "/a%20b");
/// ```
pub fn encode_into(out: &mut String, text: &str, slash: Slash) {
    let mut bytes = core::mem::take(out).into_bytes();
    encode_to(&mut bytes, text.as_bytes(), slash);
    // What is appended to text is ASCII, so that the whole is text.
    *out = String::from_utf8(bytes).unwrap_or_default();
}

/// Appends `bytes` percent-encoded.
pub(crate) fn encode_to(out: &mut impl Sink, bytes: &[u8], slash: Slash) {
    let mut begin = 0;
    for at in others(bytes, slash) {
        out.put(bytes.get(begin..at).unwrap_or_default());
        if let Some(&byte) = bytes.get(at) {
            let [high, low] = digits(byte);
            out.put(&[b'%', high, low]);
        }
        begin = at + 1;
    }
    out.put(bytes.get(begin..).unwrap_or_default());
}

/// How many bytes [`encode_to`] appends.
pub(crate) fn encoded_length(bytes: &[u8], slash: Slash) -> usize {
    bytes.len() + 2 * others(bytes, slash).count()
}

/// Appends the canonical spelling of `raw`: decoded, then encoded again.
pub(crate) fn recode_to(out: &mut impl Sink, raw: &[u8], slash: Slash, plus: Plus) {
    if is_canonical(raw, slash) {
        out.put(raw);
    } else {
        encode_to(out, &decoded(raw, plus), slash);
    }
}

/// Whether `raw` is spelled canonically already; most requests are.
fn is_canonical(raw: &[u8], slash: Slash) -> bool {
    others(raw, slash).all(|at| is_canonical_escape(raw, at, slash))
}

/// Whether an escape in capitals stands at `at`, of a byte that has to be encoded.
pub(crate) fn is_canonical_escape(text: &[u8], at: usize, slash: Slash) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let Some(&[b'%', high, low]) = rest.first_chunk() else { return false };
    [high, low].iter().all(|&digit| is_capital_hex(digit))
        && value(high, low).is_some_and(|byte| !stays(byte, slash))
}

/// The bytes that `raw` spells; a `%` that two digits do not follow stands for itself.
pub fn decode(raw: &str, plus: Plus) -> impl Iterator<Item = u8> + Clone + use<'_> {
    decode_bytes(raw.as_bytes(), plus)
}

/// The same of bytes.
pub(crate) fn decode_bytes(raw: &[u8], plus: Plus) -> impl Iterator<Item = u8> + Clone + use<'_> {
    Decode { rest: raw, plus }
}

/// The bytes that `raw` spells.
pub(crate) fn decoded(raw: &[u8], plus: Plus) -> Short {
    let mut bytes = Short::new();
    let mut begin = 0;
    for at in others(raw, Slash::Keep) {
        let Some((byte, length)) = raw.get(at..).and_then(|rest| spelled(rest, plus)) else {
            continue;
        };
        bytes.put(raw.get(begin..at).unwrap_or_default());
        bytes.push(byte);
        begin = at + length;
    }
    bytes.put(raw.get(begin..).unwrap_or_default());
    bytes
}

/// The byte that the beginning of `text` spells with others than itself, and how many do.
fn spelled(text: &[u8], plus: Plus) -> Option<(u8, usize)> {
    match *text {
        [b'%', high, low, ..] => value(high, low).map(|byte| (byte, 3)),
        [b'+', ..] if plus == Plus::Blank => Some((b' ', 1)),
        _ => None,
    }
}

/// `raw` decoded, when every escape is complete and the result is UTF-8.
#[must_use]
pub fn decode_strict(raw: &str, plus: Plus) -> Option<String> {
    if !raw.bytes().any(|byte| byte == b'%' || byte == b'+') {
        return Some(raw.into());
    }
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            value(rest.next()?, rest.next()?)?;
        }
    }
    let mut bytes = Vec::with_capacity(raw.len());
    bytes.extend(decode(raw, plus));
    String::from_utf8(bytes).ok()
}

#[derive(Clone)]
struct Decode<'a> {
    rest: &'a [u8],
    plus: Plus,
}

impl Iterator for Decode<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let &first = self.rest.first()?;
        let (byte, length) = spelled(self.rest, self.plus).unwrap_or((first, 1));
        self.rest = self.rest.get(length..).unwrap_or_default();
        Some(byte)
    }
}

fn digits(byte: u8) -> [u8; 2] {
    let digit = |n: u8| if n < 10 { b'0' + n } else { b'A' + n - 10 };
    [digit(byte >> 4), digit(byte & 15)]
}

fn is_capital_hex(digit: u8) -> bool {
    digit.is_ascii_digit() || (b'A'..=b'F').contains(&digit)
}

fn value(high: u8, low: u8) -> Option<u8> {
    let digit = |d: u8| char::from(d).to_digit(16).and_then(|n| u8::try_from(n).ok());
    Some((digit(high)? << 4) | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recoded(raw: &str, slash: Slash, plus: Plus) -> String {
        let mut out = Vec::new();
        recode_to(&mut out, raw.as_bytes(), slash, plus);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn everything_but_the_unreserved_is_encoded_in_capitals() {
        assert_eq!(encode("*'!()\u{7f}", Slash::Encode), "%2A%27%21%28%29%7F");
        assert_eq!(encode("a/b", Slash::Encode), "a%2Fb");
    }

    #[test]
    fn spellings_of_one_path_have_one_canonical_form() {
        for raw in ["/a~/b", "/a%7E/b", "/a%7e%2fb", "%2fa~/b"] {
            assert_eq!(recoded(raw, Slash::Keep, Plus::Itself), "/a~/b", "{raw}");
        }
    }

    #[test]
    fn a_plus_is_a_blank_in_queries_only() {
        assert_eq!(recoded("a+b", Slash::Encode, Plus::Blank), "a%20b");
        assert_eq!(recoded("a+b", Slash::Keep, Plus::Itself), "a%2Bb");
    }

    #[test]
    fn broken_escapes_stand_for_themselves_and_are_refused_by_the_strict() {
        for raw in ["%", "%4", "%zz", "a%"] {
            assert!(decode(raw, Plus::Itself).eq(raw.bytes()), "{raw}");
            assert_eq!(decode_strict(raw, Plus::Itself), None);
        }
        assert_eq!(decode_strict("%ff", Plus::Itself), None);
        assert_eq!(decode_strict("%C3%A9", Plus::Itself).as_deref(), Some("\u{e9}"));
    }
}
