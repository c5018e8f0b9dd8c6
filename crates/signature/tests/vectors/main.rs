//! Known answers: `vectors/presign.json` and the worked examples of AWS's documentation.

#![expect(clippy::unwrap_used, clippy::panic, reason = "test")]

mod cases;
mod examples;
mod sent;
