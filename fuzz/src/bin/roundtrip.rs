//! Whatever is signed verifies, in each of three ways to sign; and changed in a few places it
//! verifies only when it still means the same.

#![no_main]

use hallpass_fuzz::case::Case;
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // An input too short for a case says nothing.
    let Ok(()) = attempt(&mut Unstructured::new(input)) else { return };
});

fn attempt(bytes: &mut Unstructured<'_>) -> Result<()> {
    let case = Case::read(bytes)?;
    let sent = case.sign();
    let verdict = hallpass_fuzz::verify(&sent.wire().request());
    let signed = verdict.unwrap_or_else(|error| panic!("{error}: {case:#?} {sent:#?}"));
    let signed = signed.expect("what is signed can be decoded");
    let mut changed = sent.clone();
    for _ in 0..bytes.int_in_range(1..=3)? {
        changed.change(bytes)?;
    }
    if let Ok(Some(meaning)) = hallpass_fuzz::verify(&changed.wire().request()) {
        assert_eq!(meaning, signed, "verifies with another meaning: {sent:#?} {changed:#?}");
    }
    Ok(())
}
