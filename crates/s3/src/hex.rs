//! Lower-case hexadecimal, as S3 writes digests and tags.

use alloc::string::String;

/// Two lower-case digits for each byte.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    encode_to(&mut text, bytes);
    text
}

/// Appends two lower-case digits for each byte.
pub(crate) fn encode_to(text: &mut String, bytes: &[u8]) {
    let digit = |n: u8| char::from(if n < 10 { b'0' + n } else { b'a' + n - 10 });
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
}

/// Exactly `N` bytes from `2 * N` digits of either case.
#[must_use]
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (value(high)? << 4) | value(low)?;
    }
    Some(bytes)
}

/// The value of one hexadecimal digit.
pub(crate) fn value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes() {
        assert_eq!(encode(&[0, 15, 0xff]), "000fff");
        assert_eq!(decode("000FfF"), Some([0, 15, 0xff]));
        assert_eq!(decode::<1>("0"), None);
        assert_eq!(decode::<1>("0g"), None);
        assert_eq!(decode::<1>("\u{e9}"), None);
    }
}
