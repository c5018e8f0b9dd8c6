//! What a ledger promises, tried from outside: one binary, one file for each promise.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "test"
)]

mod contract;
mod copy;
mod damage;
mod fixture;
mod folder;
mod full;
mod kill;
mod model;
mod race;
