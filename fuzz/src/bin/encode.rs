//! Percent-encoding: what is encoded decodes to itself, what decodes has one encoding, and the
//! strict reader knows what the lenient one knows, or refuses.

#![no_main]

use libfuzzer_sys::fuzz_target;
use signature::encode::{Plus, Slash, decode, decode_strict, encode};

fuzz_target!(|text: &str| {
    for slash in [Slash::Keep, Slash::Encode] {
        let encoded = encode(text, slash);
        assert!(encoded.bytes().all(|b| is_canonical(b, slash)), "{encoded}");
        for plus in [Plus::Blank, Plus::Itself] {
            assert_eq!(decode_strict(&encoded, plus).as_deref(), Some(text));
            assert!(decode(&encoded, plus).eq(text.bytes()));
            recodes_to_one_spelling(text, slash, plus);
        }
    }
});

fn is_canonical(byte: u8, slash: Slash) -> bool {
    let is_slash = byte == b'/' && slash == Slash::Keep;
    byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte) || is_slash
}

fn recodes_to_one_spelling(raw: &str, slash: Slash, plus: Plus) {
    let Some(decoded) = decode_strict(raw, plus) else { return };
    assert!(decode(raw, plus).eq(decoded.bytes()));
    let canonical = encode(&decoded, slash);
    let again = decode_strict(&canonical, plus).map(|text| encode(&text, slash));
    assert_eq!(again, Some(canonical));
}
