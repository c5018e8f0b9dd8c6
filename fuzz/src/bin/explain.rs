//! A URL that somebody asks about: no text panics, and what is known beside it decides nothing
//! about whether it is a URL.

#![no_main]

use hallpass_fuzz::{credentials, now};
use libfuzzer_sys::fuzz_target;
use signature::explain::{Question, explain};

fuzz_target!(|url: &str| {
    let question = Question::new(url, now());
    let credentials = credentials(None);
    let known =
        Question { credentials: Some(&credentials), domains: &["s3.example.org"], ..question };
    assert_eq!(explain(&question).err(), explain(&known).err());
});
