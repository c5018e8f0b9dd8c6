//! Dates as S3 writes them: in headers as HTTP does, in documents as ISO 8601 with milliseconds.

use alloc::string::String;

use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::Offset;

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
    let mut text = Text::new(milliseconds);
    text.weekday().word(", ").day().word(" ").month_word().word(" ").year().word(" ").clock();
    text.finish(" GMT")
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
    let mut text = Text::new(milliseconds);
    text.year().word("-").month().word("-").day().word("T").clock().word(".").millisecond();
    text.finish("Z")
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
    let mut text = Text::new(milliseconds);
    text.day().word("/").month_word().word("/").year().word(":").clock();
    text.finish(" +0000")
}

/// A date being written. Dates stand in every answer and a thousand times on a page of a listing,
/// and a printer that reads a format costs ten times as much.
struct Text {
    at: DateTime,
    text: String,
}

impl Text {
    fn new(milliseconds: u64) -> Self {
        let at = Offset::UTC.to_datetime(timestamp(milliseconds));
        Self { at, text: String::with_capacity(32) }
    }

    fn finish(self, end: &str) -> String {
        let mut text = self.text;
        text.push_str(end);
        text
    }

    fn word(&mut self, word: &str) -> &mut Self {
        self.text.push_str(word);
        self
    }

    /// The last `digits` digits of `number`, which is not negative.
    fn number(&mut self, number: i16, digits: u32) -> &mut Self {
        for place in (0..digits).rev() {
            let digit = number.unsigned_abs() / 10_u16.pow(place) % 10;
            self.text.push(u8::try_from(digit).map_or('0', |digit| char::from(b'0' + digit)));
        }
        self
    }

    fn year(&mut self) -> &mut Self {
        self.number(self.at.year(), 4)
    }

    fn month(&mut self) -> &mut Self {
        self.number(self.at.month().into(), 2)
    }

    fn day(&mut self) -> &mut Self {
        self.number(self.at.day().into(), 2)
    }

    fn clock(&mut self) -> &mut Self {
        let (hour, minute, second) = (self.at.hour(), self.at.minute(), self.at.second());
        self.number(hour.into(), 2).word(":").number(minute.into(), 2).word(":");
        self.number(second.into(), 2)
    }

    fn millisecond(&mut self) -> &mut Self {
        self.number(self.at.millisecond(), 3)
    }

    fn month_word(&mut self) -> &mut Self {
        let month = usize::from(self.at.month().unsigned_abs());
        self.word(MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or_default())
    }

    fn weekday(&mut self) -> &mut Self {
        self.word(match self.at.weekday() {
            Weekday::Monday => "Mon",
            Weekday::Tuesday => "Tue",
            Weekday::Wednesday => "Wed",
            Weekday::Thursday => "Thu",
            Weekday::Friday => "Fri",
            Weekday::Saturday => "Sat",
            Weekday::Sunday => "Sun",
        })
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let mut at = 951_782_400_000; // 29 February 2000
        for _ in 0..3000 {
            let zoned = timestamp(at);
            assert_eq!(http(at), zoned.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
            assert_eq!(log(at), zoned.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string());
            assert_eq!(iso(at), alloc::format!("{zoned:.3}"));
            at += 100_000_007; // a day, and some hours, minutes, seconds and milliseconds
        }
    }

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
