//! What the store promises, tried from outside: one binary, one file for each promise.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test")]

mod configurations;
mod crash;
mod damage;
mod fixture;
mod folder;
mod full;
mod lending;
mod listing;
mod model;
mod objects;
mod upkeep;
mod uploads;
mod versions;
