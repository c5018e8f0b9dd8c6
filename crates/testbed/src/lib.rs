//! A hallpass in a box, for tests: the real server on a real socket, with a clock that stands
//! still until it is set and a log that can be read.
//!
//! Requests go over plain sockets, so that a test can send what no client would.

#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod answer;
mod house;
mod people;
mod request;

pub use answer::Answer;
pub use house::{ACCESS_KEY_ID, House, SECRET};
pub use request::{Auth, Request};

/// Keys that break what is not careful; every one is a legal object key.
pub const CRUEL_NAMES: [&str; 20] = [
    "plain.txt",
    " leading and trailing ",
    "two  blanks",
    "plus+sign",
    "percent%20literal",
    "%2F",
    "//double//slashes//",
    "/leading",
    "trailing/",
    ".",
    "..",
    "../up",
    "a/./b/../c",
    "semi;colon,comma&amp=eq?quest#hash",
    "quotes'\"`<tag>",
    "back\\slash|pipe^{}[]~*!()$@:",
    "\u{d55c}\u{ad6d}\u{c5b4}/\u{c0ac}\u{c9c4}.png",
    "\u{1f600}\u{1f3fd}",
    "tab\tand\nnewline",
    "e\u{301} is not \u{e9}",
];
