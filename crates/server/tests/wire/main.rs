//! The server on a real socket, seen from outside. Each module is one promise's worth of tests.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "test")]

mod account;
mod differentials;
mod forms;
mod links;
mod listing;
mod log;
mod malformed;
mod matrix;
mod multipart;
mod objects;
mod policies;
mod refusals;
mod signatures;
mod tagging;
mod versions;
