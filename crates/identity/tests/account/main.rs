//! What the account promises, tried from outside: one binary, one file for each promise.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test")]

mod boundaries;
mod callers;
mod fixture;
mod keys;
mod oidc;
mod policies;
mod races;
mod roles;
mod sessions;
mod trust;
mod users;
