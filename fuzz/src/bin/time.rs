//! Moments: what is read is written the same, and our calendar agrees with that of another
//! library on every second of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use s3::date;
use signature::Timestamp;

/// Where the other library's time ends: a day before ours, so that every time zone can be shown.
const THEIR_SECONDS_MAX: u64 = 253_402_207_200;

fuzz_target!(|input: (u64, &str)| {
    let (number, text) = input;
    if let Some(at) = Timestamp::parse(text) {
        assert_eq!(at.basic(), text.as_bytes());
    }
    if let Some(at) = Timestamp::parse_http_date(text) {
        assert!(at <= Timestamp::MAX);
        assert_eq!(Timestamp::parse(&basic(at)), Some(at));
    }
    // Dates in headers come from strangers as well.
    let _ = date::parse_http(text);
    calendars_agree(Timestamp::from_seconds(number % THEIR_SECONDS_MAX));
    let ours = Timestamp::from_seconds(number);
    assert_eq!(Timestamp::parse(&basic(ours)), Some(ours));
    assert!(!date::log(number).is_empty());
});

fn basic(at: Timestamp) -> String {
    String::from_utf8(at.basic().to_vec()).expect("digits")
}

fn calendars_agree(at: Timestamp) {
    assert_eq!(Timestamp::parse(&basic(at)), Some(at));
    let milliseconds = at.seconds() * 1000;
    let http = date::http(milliseconds);
    assert_eq!(Timestamp::parse_http_date(&http), Some(at), "{http}");
    assert_eq!(date::parse_http(&http).map(i64::cast_unsigned), Some(at.seconds()), "{http}");
    let iso = at.to_string().replace('Z', ".000Z");
    assert_eq!(date::iso(milliseconds), iso);
}
