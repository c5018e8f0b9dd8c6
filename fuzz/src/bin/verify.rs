//! A whole request from bytes: nothing that is received panics, and what verifies means the same
//! as one of the requests that were signed, which are the seeds.

#![no_main]

use std::sync::LazyLock;

use hallpass_fuzz::meaning::Meaning;
use hallpass_fuzz::wire::Wire;
use libfuzzer_sys::fuzz_target;

/// Every request that was ever signed with the secret.
const SIGNED: [&[u8]; 6] = [
    include_bytes!("../../seeds/verify/v4_url_get"),
    include_bytes!("../../seeds/verify/v4_url_put"),
    include_bytes!("../../seeds/verify/v4_header_put"),
    include_bytes!("../../seeds/verify/v4_header_chunked"),
    include_bytes!("../../seeds/verify/v2_url_get"),
    include_bytes!("../../seeds/verify/v2_header_put"),
];

static MEANINGS: LazyLock<Vec<Meaning>> = LazyLock::new(|| SIGNED.iter().map(meant).collect());

fn meant(text: &&[u8]) -> Meaning {
    let wire = Wire::read(text).expect("a seed is a request");
    let verdict = hallpass_fuzz::verify(&wire.request()).expect("a seed verifies");
    verdict.expect("a seed is signed and can be decoded")
}

fuzz_target!(init: { LazyLock::force(&MEANINGS); }, |input: &[u8]| {
    let Some(wire) = Wire::read(input) else { return };
    if let Ok(Some(meaning)) = hallpass_fuzz::verify(&wire.request()) {
        assert!(MEANINGS.contains(&meaning), "nobody signed this: {meaning:#?}");
    }
});
