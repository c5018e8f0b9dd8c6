//! Whatever is signed for a set of regions verifies; and changed in a few places it verifies only
//! when it still means the same.
//!
//! A target of its own: ECDSA takes many times as long as HMAC.

#![no_main]

use hallpass_fuzz::case::Place;
use hallpass_fuzz::roundtrip::attempt;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // An input too short for a case says nothing.
    attempt(input, &[Place::V4aUrl, Place::V4aHeader]).unwrap_or_default();
});
