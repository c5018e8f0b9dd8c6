//! Dates as S3 writes them: in headers as HTTP does, in documents as ISO 8601 with milliseconds.

use alloc::string::String;

use jiff::Timestamp;
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};

fn timestamp(milliseconds: u64) -> Timestamp {
    i64::try_from(milliseconds)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok())
        .unwrap_or(Timestamp::MAX)
}

/// `Fri, 24 May 2013 00:00:00 GMT`, from milliseconds since 1970; for `Last-Modified`.
///
/// ```
/// assert_eq!(s3::date::http(1_369_353_600_123), "Fri, 24 May 2013 00:00:00 GMT");
/// ```
#[must_use]
pub fn http(milliseconds: u64) -> String {
    let at = timestamp(milliseconds);
    DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap_or_default()
}

/// Seconds since 1970 of a date in an HTTP header.
#[must_use]
pub fn parse_http(text: &str) -> Option<i64> {
    DateTimeParser::new().parse_timestamp(text.trim()).ok().map(Timestamp::as_second)
}

/// `2013-05-24T00:00:00.000Z`, from milliseconds since 1970; for documents.
///
/// ```
/// assert_eq!(s3::date::iso(1_369_353_600_123), "2013-05-24T00:00:00.123Z");
/// ```
#[must_use]
pub fn iso(milliseconds: u64) -> String {
    alloc::format!("{:.3}", timestamp(milliseconds))
}

/// Milliseconds since 1970 of a date in a document.
#[must_use]
pub fn parse_iso(text: &str) -> Option<u64> {
    let at: Timestamp = text.trim().parse().ok()?;
    u64::try_from(at.as_millisecond()).ok()
}

/// `24/May/2013:00:00:00 +0000`, from milliseconds since 1970; for access logs.
///
/// ```
/// assert_eq!(s3::date::log(1_369_353_600_123), "24/May/2013:00:00:00 +0000");
/// ```
#[must_use]
pub fn log(milliseconds: u64) -> String {
    alloc::format!("{}", timestamp(milliseconds).strftime("%d/%b/%Y:%H:%M:%S +0000"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_dates_read_back() {
        assert_eq!(parse_http("Fri, 24 May 2013 00:00:00 GMT"), Some(1_369_353_600));
        assert_eq!(parse_http(&http(1_000)), Some(1));
        assert_eq!(parse_http("yesterday"), None);
    }

    #[test]
    fn dates_in_documents_read_back() {
        assert_eq!(parse_iso(&iso(1_369_353_600_123)), Some(1_369_353_600_123));
        assert_eq!(parse_iso("2013-05-24T00:00:00Z"), Some(1_369_353_600_000));
        for text in ["", "2013-05-24", "1969-12-31T23:59:59Z", "Fri, 24 May 2013 00:00:00 GMT"] {
            assert_eq!(parse_iso(text), None, "{text}");
        }
    }

    #[test]
    fn no_number_is_too_large() {
        assert!(!http(u64::MAX).is_empty() && !iso(u64::MAX).is_empty());
    }
}
