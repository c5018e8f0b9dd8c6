//! How fast one core decides: requests of several kinds against ten policies of twenty statements.
//!
//! The policies are what people attach: actions by name and by wildcard, folders by variable,
//! conditions on address, time, transport and tags, a few denials. No statement is decided by its
//! place: the one that allows is the last of the last policy, or none.

mod work;

use std::hint::black_box;
use std::time::Instant;

use ::policy::decide;

use crate::failure::Failure;
use crate::output;
use work::{House, QUESTIONS, Question};

/// Times that every row takes its turn.
const ROUNDS: usize = 300;
/// Decisions in a row's turn.
const BATCH: u32 = 300;
/// Microseconds that a decision may take.
const DECISION_MAX: f64 = 5.0;

/// Prints the table, and fails when a row is slower than promised.
pub(crate) fn measure() -> Result<(), Failure> {
    let house = House::build()?;
    let mut best = [f64::INFINITY; QUESTIONS.len()];
    for _ in 0..ROUNDS {
        for (question, best) in QUESTIONS.iter().zip(&mut best) {
            *best = best.min(microseconds(&house, question)?);
        }
    }
    output::say("| row | us | per second, one core |");
    output::say("|---|---:|---:|");
    for (question, us) in QUESTIONS.iter().zip(&best) {
        output::say(&format!("| {} | {us:.2} | {:.0} |", question.name, 1e6 / us));
    }
    let parsing = house.parse_microseconds();
    output::say(&format!("\ncompiling one policy of 20 statements: {parsing:.0} us"));
    if best.iter().all(|us| *us <= DECISION_MAX) {
        output::say("held");
        return Ok(());
    }
    Err(Failure::new(
        "a decision is slower than promised",
        "repeat it on a quiet machine; the best of all rounds counts",
    ))
}

fn microseconds(house: &House, question: &Question) -> Result<f64, Failure> {
    let refs = house.refs();
    let policies = house.policies(&refs);
    let request = question.request();
    if decide(&request, &policies).is_allowed() != question.is_allowed {
        let error = format!("`{}` is decided wrongly", question.name);
        return Err(Failure::new(error, "`cargo test -p hallpass-policy` says more"));
    }
    let start = Instant::now();
    for _ in 0..BATCH {
        black_box(decide(black_box(&request), black_box(&policies)));
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH))
}
