//! Points in time as signatures spell them: `yyyyMMdd'T'HHmmss'Z'`, whole seconds, UTC.

use alloc::string::String;
use core::fmt;

const SECONDS_PER_DAY: u64 = 86_400;

/// Seconds since 1970-01-01T00:00:00Z, up to the end of the year 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The last second that has a four-digit year.
    pub const MAX: Self = Self(253_402_300_799);

    /// From seconds since 1970; later than [`Timestamp::MAX`] becomes that.
    #[must_use]
    pub fn from_seconds(seconds: u64) -> Self {
        Self(seconds).min(Self::MAX)
    }

    /// Seconds since 1970.
    #[must_use]
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// `seconds` later.
    #[must_use]
    pub fn plus(self, seconds: u64) -> Self {
        Self::from_seconds(self.0.saturating_add(seconds))
    }

    /// Reads `20130524T000000Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let &[y1, y2, y3, y4, m1, m2, d1, d2, b'T', h1, h2, n1, n2, s1, s2, b'Z'] = text.as_bytes()
        else {
            return None;
        };
        let day = day_number(number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?)?;
        let time = time_of_day(number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?)?;
        Some(Self(day * SECONDS_PER_DAY + time))
    }

    /// Reads `Fri, 24 May 2013 00:00:00 GMT`, the form of the `Date` header; `+0000` is as good as
    /// `GMT`.
    #[must_use]
    pub fn parse_http_date(text: &str) -> Option<Self> {
        let (_, date) = text.split_once(", ")?;
        let mut words = date.split(' ');
        let day = number(words.next()?.as_bytes())?;
        let name = words.next()?;
        let month = (1..).zip(MONTHS).find(|(_, m)| *m == name)?.0;
        let year = number(words.next()?.as_bytes())?;
        let mut clock = words.next()?.split(':').map(|part| number(part.as_bytes()));
        let time = time_of_day(clock.next()??, clock.next()??, clock.next()??)?;
        let is_utc = words.next().is_some_and(|zone| ["GMT", "+0000"].contains(&zone));
        let ends_well = is_utc && words.next().is_none();
        let day = day_number(year, month, day)?;
        ends_well.then_some(Self(day * SECONDS_PER_DAY + time))
    }

    /// `20130524T000000Z`.
    #[must_use]
    pub fn basic(self) -> [u8; 16] {
        let (year, month, day) = civil(self.0 / SECONDS_PER_DAY);
        let time = self.0 % SECONDS_PER_DAY;
        let [y1, y2] = [two(year / 100), two(year % 100)];
        let [[m1, m2], [d1, d2]] = [two(month), two(day)];
        let [[h1, h2], [n1, n2]] = [two(time / 3600), two(time / 60 % 60)];
        let [s1, s2] = two(time % 60);
        [y1[0], y1[1], y2[0], y2[1], m1, m2, d1, d2, b'T', h1, h2, n1, n2, s1, s2, b'Z']
    }

    /// `Fri, 24 May 2013 00:00:00 GMT`, the form of the `Date` header.
    #[must_use]
    pub fn http_date(self) -> String {
        let days = self.0 / SECONDS_PER_DAY;
        let (year, month, day) = civil(days);
        let time = self.0 % SECONDS_PER_DAY;
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        let name = |names: &[&'static str], at: u64| {
            usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or_default()
        };
        // 1970 began on a Thursday.
        let (weekday, month) = (name(&WEEKDAYS, days % 7), name(&MONTHS, month - 1));
        alloc::format!(
            "{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT"
        )
    }

    /// `20130524`, the day in a credential scope.
    #[must_use]
    pub fn day(self) -> [u8; 8] {
        let [y1, y2, y3, y4, m1, m2, d1, d2, ..] = self.basic();
        [y1, y2, y3, y4, m1, m2, d1, d2]
    }
}

/// ISO 8601 with separators, `2013-05-24T00:00:00Z`, as error documents have it.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0 / SECONDS_PER_DAY);
        let time = self.0 % SECONDS_PER_DAY;
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// From the weekday of 1970-01-01 on.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

fn two(n: u64) -> [u8; 2] {
    let digit = |d: u64| b'0' + u8::try_from(d % 10).unwrap_or(0);
    [digit(n / 10), digit(n)]
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |n, d| {
        d.is_ascii_digit().then(|| n.checked_mul(10)?.checked_add(u64::from(d - b'0')))?
    })
}

fn time_of_day(hour: u64, minute: u64, second: u64) -> Option<u64> {
    (hour < 24 && minute < 60 && second < 60).then(|| hour * 3600 + minute * 60 + second)
}

/// Days from 1970 to a date of the Gregorian calendar, counted in years that begin in March, so
/// that the leap day is a year's last.
fn day_number(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    if day < 1 || day > month_days(year, month) {
        return None;
    }
    let march_year = if month < 3 { year - 1 } else { year };
    let march_month = (month + 9) % 12;
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let leaps = march_year / 4 - march_year / 100 + march_year / 400;
    Some(march_year * 365 + leaps + day_of_year - DAYS_TO_1970)
}

/// Days from March 1 of the year 0 to 1970-01-01.
const DAYS_TO_1970: u64 = 719_468;

fn month_days(year: u64, month: u64) -> u64 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day of a number of days since 1970.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + DAYS_TO_1970;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month < 3);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn text(t: Timestamp) -> String {
        core::str::from_utf8(&t.basic()).unwrap().to_string()
    }

    #[test]
    fn known_moments_read_and_write() {
        for (basic, seconds) in [
            ("19700101T000000Z", 0),
            ("20000229T235959Z", 951_868_799),
            ("20130524T000000Z", 1_369_353_600),
            ("21000301T000000Z", 4_107_542_400),
            ("99991231T235959Z", 253_402_300_799),
        ] {
            let t = Timestamp::parse(basic).unwrap();
            assert_eq!(t.seconds(), seconds);
            assert_eq!(text(t), basic);
        }
    }

    #[test]
    fn every_day_of_two_centuries_survives_the_round_trip() {
        for day in 0..73_000 {
            let t = Timestamp::from_seconds(day * SECONDS_PER_DAY + day % SECONDS_PER_DAY);
            assert_eq!(Timestamp::parse(&text(t)), Some(t));
            assert_eq!(Timestamp::parse_http_date(&t.http_date()), Some(t));
        }
    }

    #[test]
    fn what_is_not_a_moment_is_refused() {
        for bad in [
            "",
            "20130524",
            "20130524T000000",
            "20130524 000000Z",
            "20130532T000000Z",
            "20130229T000000Z",
            "20131301T000000Z",
            "20130524T240000Z",
            "20130524T006000Z",
            "2013052xT000000Z",
            "19691231T235959Z",
            "20130524T000000z",
            "\u{661}0130524T00000Z",
        ] {
            assert_eq!(Timestamp::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn dates_of_the_date_header_are_read() {
        let t = Timestamp::parse("20130524T010203Z");
        assert_eq!(Timestamp::parse_http_date("Fri, 24 May 2013 01:02:03 GMT"), t);
        assert_eq!(Timestamp::parse_http_date("Fri, 24 May 2013 01:02:03 +0000"), t);
        assert_eq!(t.unwrap().http_date(), "Fri, 24 May 2013 01:02:03 GMT");
        for bad in [
            "",
            "Fri, 24 May 2013",
            "Fri, 24 Mai 2013 01:02:03 GMT",
            "Fri, 24 May 2013 01:02:03 GMT x",
            "Fri, 24 May 2013 01:02 GMT",
            "Fri, 24 May 2013 18446744073709551615:02:03 GMT",
        ] {
            assert_eq!(Timestamp::parse_http_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn error_documents_show_iso_8601() {
        let t = Timestamp::parse("20130524T010203Z").unwrap();
        assert_eq!(t.to_string(), "2013-05-24T01:02:03Z");
    }
}
