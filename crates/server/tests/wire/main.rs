//! The server on a real socket, seen from outside. Each module is one promise's worth of tests.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "test")]

mod chunked;
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
mod region_sets;
mod stretches;
mod tagging;
mod versions;
