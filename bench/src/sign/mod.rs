//! How fast one core signs and verifies: presigned GET URLs with a reused presigner, their
//! verification, and the bare SHA-256 compressions that either cannot do without.
//!
//! The case of the promise: an access key id of 20 characters, a bucket of 20, a key of 60, no
//! session token. All rows take turns, so that the machine's noise hits them alike.

mod work;

use std::hint::black_box;
use std::time::Instant;

use crate::failure::Failure;
use crate::output;
use work::Work;

/// Times that every row takes its turn.
const ROUNDS: usize = 1_000;
/// Operations in a row's turn.
const BATCH: u32 = 2_000;
/// Presigned URLs a second that are promised.
const PRESIGNED_MIN: f64 = 1_000_000.0;
/// Verifications a second that are promised.
const VERIFIED_MIN: f64 = 700_000.0;
/// Times the bare compressions that a presigned URL may cost.
const BARE_MAX: f64 = 1.6;

/// Prints the table, and fails when a promise is missed.
pub(crate) fn measure() -> Result<(), Failure> {
    let mut work = Work::new();
    let rows: [(&str, Operation); 4] = [
        ("presign", Work::presign),
        ("verify, cached signing key", Work::verify_cached),
        ("verify, key derived each time", Work::verify_derived),
        ("bare compressions of one presign", Work::compress),
    ];
    let mut best = [f64::INFINITY; 4];
    for _ in 0..ROUNDS {
        for ((_, operation), best) in rows.iter().zip(&mut best) {
            *best = best.min(nanoseconds(&mut work, *operation));
        }
    }
    output::say("| row | ns | per second, one core |");
    output::say("|---|---:|---:|");
    for ((name, _), ns) in rows.iter().zip(&best) {
        output::say(&format!("| {name} | {ns:.0} | {:.0} |", 1e9 / ns));
    }
    let [presign, cached, _, bare] = best;
    let blocks = work.compressions();
    output::say(&format!("\n{blocks} compressions; presign / bare = {:.2}", presign / bare));
    let is_held = 1e9 / presign >= PRESIGNED_MIN
        && presign / bare <= BARE_MAX
        && 1e9 / cached >= VERIFIED_MIN;
    if is_held {
        output::say("held");
        return Ok(());
    }
    Err(Failure::new(
        "signing is slower than promised",
        "repeat it on a quiet machine; the best of all rounds counts",
    ))
}

/// One operation of a row.
type Operation = fn(&mut Work);

fn nanoseconds(work: &mut Work, operation: Operation) -> f64 {
    let start = Instant::now();
    for _ in 0..BATCH {
        operation(black_box(work));
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(BATCH)
}
