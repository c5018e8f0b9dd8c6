//! The `Range` header: no value panics, and a range lies within the object and says what it was
//! asked for.

#![no_main]

use libfuzzer_sys::fuzz_target;
use s3::range::ByteRange;

fuzz_target!(|input: (u64, &str)| {
    let (size, value) = input;
    let Some(range) = ByteRange::parse(value) else { return };
    let spelled = match range {
        ByteRange::From(first, None) => format!("bytes={first}-"),
        ByteRange::From(first, Some(last)) => format!("bytes={first}-{last}"),
        ByteRange::Last(count) => format!("bytes=-{count}"),
    };
    assert_eq!(ByteRange::parse(&spelled), Some(range));
    let expected = match range {
        ByteRange::From(first, last) => (first, last.unwrap_or(u64::MAX)),
        ByteRange::Last(count) => (size.saturating_sub(count), u64::MAX),
    };
    match range.resolve(size) {
        Ok(bytes) => {
            assert!(bytes.start < bytes.end && bytes.end <= size);
            assert_eq!(bytes.start, expected.0);
            assert_eq!(bytes.end - 1, expected.1.min(size - 1));
        }
        Err(_) => assert!(expected.0 >= size, "a byte of {range:?} is in {size}"),
    }
});
