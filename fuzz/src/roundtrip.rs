//! From a case to a signed request, and to a verdict on it and on what somebody made of it.

use libfuzzer_sys::arbitrary::{Result, Unstructured};

use crate::case::{Case, Place};
use crate::verify;

/// Signs a case, which has to verify; and changes it in a few places, where it may verify only if
/// it means the same.
///
/// # Errors
/// The input is too short for a case.
///
/// # Panics
/// The promise is broken.
pub fn attempt(input: &[u8], places: &[Place]) -> Result<()> {
    let mut bytes = Unstructured::new(input);
    let case = Case::read(&mut bytes, places)?;
    let sent = case.sign();
    let verdict = verify(&sent.wire().request());
    let signed = verdict.unwrap_or_else(|error| panic!("{error}: {case:#?} {sent:#?}"));
    let signed = signed.expect("what is signed can be decoded");
    let mut changed = sent.clone();
    for _ in 0..bytes.int_in_range(1..=3)? {
        changed.change(&mut bytes)?;
    }
    if changed == sent {
        return Ok(());
    }
    if let Ok(Some(meaning)) = verify(&changed.wire().request()) {
        assert_eq!(meaning, signed, "verifies with another meaning: {sent:#?} {changed:#?}");
    }
    Ok(())
}
