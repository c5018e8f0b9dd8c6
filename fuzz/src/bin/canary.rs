//! A planted bug: fuzzing has to find it, or it finds nothing else either.
//!
//! Eight bytes have to be right, one after the other. By chance that takes 2^64 attempts; with
//! feedback from the code each byte is found on its own, within seconds.

#![no_main]

use std::hint::black_box;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut right = 0;
    for (ours, theirs) in b"hallpass".iter().zip(input) {
        if ours != theirs {
            return;
        }
        right = step(right);
    }
    assert_ne!(right, 8, "the canary sings");
});

/// One more byte is right, in a branch of its own.
fn step(right: u8) -> u8 {
    match right {
        0 => black_box(1),
        1 => black_box(2),
        2 => black_box(3),
        3 => black_box(4),
        4 => black_box(5),
        5 => black_box(6),
        6 => black_box(7),
        _ => black_box(8),
    }
}
