//! Moments of conditions: ISO 8601 as the W3C narrows it, or seconds since 1970.
//!
//! <https://www.w3.org/TR/NOTE-datetime>

/// A moment, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i128);

const NANOSECONDS: i128 = 1_000_000_000;
const DAY_SECONDS: i64 = 86_400;

impl Moment {
    /// Reads `2026-01-31`, `2026-01-31T10:00Z`, `2026-01-31T10:00:00.5+02:00` or `1769853600`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if !text.is_empty() && text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            let seconds: i64 = text.parse().ok()?;
            return Some(Self(i128::from(seconds) * NANOSECONDS));
        }
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let day = days_since_1970(date)?.checked_mul(DAY_SECONDS)?;
        let (seconds, nanoseconds) = time.map_or(Some((0, 0)), time_of_day)?;
        let seconds = day.checked_add(seconds)?;
        Some(Self(i128::from(seconds) * NANOSECONDS + i128::from(nanoseconds)))
    }
}

/// Exactly `width` digits.
fn digits(text: &str, width: usize) -> Option<i64> {
    let is_number = text.len() == width && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

fn days_since_1970(date: &str) -> Option<i64> {
    let (year, rest) = date.split_once('-')?;
    let (month, day) = rest.split_once('-').unwrap_or((rest, "01"));
    let (year, month, day) = (digits(year, 4)?, digits(month, 2)?, digits(day, 2)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before: usize = usize::try_from(month).ok()?.checked_sub(1)?;
    if !(1..=*lengths.get(before)?).contains(&day) {
        return None;
    }
    // Days of the whole years since the year 0, and those of this one.
    let past = year.checked_sub(1)?;
    let of_years = year * 365 + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400);
    let of_months: i64 = lengths.iter().take(before).sum();
    Some(of_years + of_months + day - 1 - 719_527)
}

/// Seconds and nanoseconds of `10:00:00.5+02:00`; the zone has to be there.
fn time_of_day(text: &str) -> Option<(i64, u32)> {
    let (time, zone) = match text.strip_suffix('Z') {
        Some(time) => (time, 0),
        None => {
            let (time, zone) = text.split_at_checked(text.len().checked_sub(6)?)?;
            let sign = if zone.starts_with('+') { 1 } else { -1 };
            let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
            (time, sign * clock(hours, minutes, "00")?)
        }
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let nanoseconds = nanoseconds(fraction)?;
    let (hours, rest) = time.split_once(':')?;
    let (minutes, seconds) = rest.split_once(':').unwrap_or((rest, "00"));
    Some((clock(hours, minutes, seconds)?.checked_sub(zone)?, nanoseconds))
}

fn clock(hours: &str, minutes: &str, seconds: &str) -> Option<i64> {
    let (hours, minutes, seconds) = (digits(hours, 2)?, digits(minutes, 2)?, digits(seconds, 2)?);
    let is_time = hours < 24 && minutes < 60 && seconds <= 60;
    is_time.then_some(hours * 3_600 + minutes * 60 + seconds)
}

/// Parts of a second; what is behind the ninth digit is dropped.
fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let padded = fraction.chars().chain(core::iter::repeat('0')).take(9);
    padded
        .filter_map(|digit| digit.to_digit(10))
        .try_fold(0_u32, |sum, digit| sum.checked_mul(10)?.checked_add(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_every_spelling() {
        let seconds = |text| Moment::parse(text).unwrap().0 / NANOSECONDS;
        for (text, known) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29", 951_782_400),
            ("2026-01-01T00:00:00Z", 1_767_225_600),
            ("2026-01-01T02:00:00+02:00", 1_767_225_600),
            ("2025-12-31T23:30Z", 1_767_223_800),
            ("1767225600", 1_767_225_600),
            ("2026-01", 1_767_225_600),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(seconds(text), known, "{text}");
        }
        assert!(Moment::parse("2026-01-01T00:00:00.5Z") > Moment::parse("1767225600"));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "today",
            "2026-13-01",
            "2026-02-29",
            "2026-00-01",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-1-1",
            "2026-01-01T00:00:00.Z",
            "2026-01-01 00:00:00Z",
            "-1",
            "1234567890123",
            "2026-01-01T\u{e9}:00:00Z",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
