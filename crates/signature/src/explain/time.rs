//! When a URL works: too early, too late, too long.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::claim::{Claim, Version};
use super::finding::Said;
use crate::verify::SKEW_SECONDS_MAX;
use crate::{EXPIRES_SECONDS_MAX, Timestamp};

/// Whether a URL works now, as far as time decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It works, and will for so long.
    Valid {
        /// From now.
        seconds_left: u64,
    },
    /// It does not work yet.
    Early {
        /// From now to the moment at which it was signed.
        seconds_ahead: u64,
    },
    /// Its time is over.
    Expired {
        /// From its end to now.
        seconds_ago: u64,
    },
    /// It does not say.
    Unknown,
}

/// What can be said about time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeFinding {
    /// It is over, since so many seconds.
    Expired(u64),
    /// It was signed so many seconds in the future, more than a clock may be off.
    NotYetValid(u64),
    /// It was signed so many seconds in the future, which servers forgive.
    SignedAhead(u64),
    /// It would live for so many seconds, over [`EXPIRES_SECONDS_MAX`].
    TooLong(u64),
    /// The lifetime is not a number of seconds; holds it.
    ExpiresMalformed(String),
    /// The date is not one; holds it.
    DateMalformed(String),
    /// The day in the credential is not that of the date.
    CredentialDay {
        /// The day in the credential.
        scope: String,
        /// The date.
        date: String,
    },
}

impl Validity {
    pub(super) fn of(claim: &Claim<'_>, now: Timestamp) -> Self {
        let Some(end) = claim.expires_at else {
            return Self::Unknown;
        };
        let ahead = claim.signed_at.filter(|at| *at > now.plus(SKEW_SECONDS_MAX));
        match ahead {
            Some(at) => Self::Early { seconds_ahead: between(now, at) },
            None if now >= end => Self::Expired { seconds_ago: between(end, now) },
            None => Self::Valid { seconds_left: between(now, end) },
        }
    }
}

/// What there is to say about `claim` at `now`.
pub(super) fn inspect(claim: &Claim<'_>, now: Timestamp) -> Vec<TimeFinding> {
    let mut found = malformed(claim);
    match Validity::of(claim, now) {
        Validity::Expired { seconds_ago } => found.push(TimeFinding::Expired(seconds_ago)),
        Validity::Early { seconds_ahead } => found.push(TimeFinding::NotYetValid(seconds_ahead)),
        Validity::Valid { .. } | Validity::Unknown => {}
    }
    if let Some(at) = claim.signed_at
        && at > now
        && at <= now.plus(SKEW_SECONDS_MAX)
    {
        found.push(TimeFinding::SignedAhead(between(now, at)));
    }
    if let Some(seconds) = claim.expires_seconds
        && seconds > u64::from(EXPIRES_SECONDS_MAX)
    {
        found.push(TimeFinding::TooLong(seconds));
    }
    found
}

fn malformed(claim: &Claim<'_>) -> Vec<TimeFinding> {
    let mut found = Vec::new();
    let is_number = claim.expires_seconds.is_some()
        || (claim.version == Version::V2 && claim.expires_at.is_some());
    if let Some(expires) = claim.expires.as_ref().filter(|_| !is_number) {
        found.push(TimeFinding::ExpiresMalformed(expires.clone()));
    }
    let Some(date) = &claim.date else {
        return found;
    };
    if claim.signed_at.is_none() {
        found.push(TimeFinding::DateMalformed(date.clone()));
    }
    let scope = claim.credential.as_ref().and_then(|credential| credential.scope.as_ref());
    if let Some(scope) = scope.filter(|scope| !date.starts_with(&scope.day)) {
        found.push(TimeFinding::CredentialDay { scope: scope.day.clone(), date: date.clone() });
    }
    found
}

fn between(start: Timestamp, end: Timestamp) -> u64 {
    end.seconds().saturating_sub(start.seconds())
}

impl TimeFinding {
    pub(super) fn said(&self) -> Said {
        match self {
            Self::Expired(ago) => Said::refusal(
                "expired",
                match ago {
                    0 => "the URL has just expired".into(),
                    ago => format!("the URL expired {} ago", Span(*ago)),
                },
                "make a new one; the life of a URL cannot be prolonged",
            ),
            Self::NotYetValid(ahead) => Said::refusal(
                "not-yet-valid",
                format!("the URL was signed {} in the future", Span(*ahead)),
                "set the clock of the machine that signs, or that of this one, and sign again",
            ),
            Self::SignedAhead(ahead) => Said::warning(
                "signed-ahead",
                format!("the URL was signed {} in the future", Span(*ahead)),
                "set the clock of the machine that signs; servers forgive up to 15 minutes",
            ),
            Self::TooLong(seconds) => Said::refusal(
                "too-long",
                format!(
                    "X-Amz-Expires is {seconds} seconds, {}; SigV4 URLs live at most 7 days",
                    Span(*seconds)
                ),
                "sign with 604800 seconds or less",
            ),
            Self::ExpiresMalformed(value) => Said::refusal(
                "expires-malformed",
                format!("the lifetime `{value}` is not a number of seconds"),
                "sign again with a whole number",
            ),
            Self::DateMalformed(value) => Said::refusal(
                "date-malformed",
                format!("X-Amz-Date `{value}` is not like 20261124T031209Z"),
                "sign again with the time in UTC in this form",
            ),
            Self::CredentialDay { scope, date } => Said::refusal(
                "credential-day",
                format!("the credential is for the day `{scope}` and X-Amz-Date is `{date}`"),
                "sign again, with one reading of the clock for both",
            ),
        }
    }
}

const UNITS: [(u64, &str); 4] = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];

/// A number of seconds as people say it, in its two largest units: `2 days 3 hours`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub u64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = UNITS.iter().position(|(unit, _)| self.0 >= *unit).unwrap_or(UNITS.len() - 1);
        let mut rest = self.0;
        for (index, (unit, word)) in UNITS.iter().enumerate().skip(first).take(2) {
            let number = rest / unit;
            rest %= unit;
            if index == first || number > 0 {
                let blank = if index == first { "" } else { " " };
                let plural = if number == 1 { "" } else { "s" };
                write!(f, "{blank}{number} {word}{plural}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    const AT: &str = "20130524T120000Z";

    fn found(query: &str, seconds_later: i64) -> Vec<TimeFinding> {
        let at = Timestamp::parse(AT).unwrap().seconds();
        let now = Timestamp::from_seconds(at.checked_add_signed(seconds_later).unwrap());
        inspect(&Claim::read(query), now)
    }

    fn url(expires: &str) -> String {
        format!(
            "X-Amz-Credential=A/20130524/r/s3/aws4_request&X-Amz-Date={AT}&X-Amz-Expires={expires}"
        )
    }

    #[test]
    fn url_is_expired_from_its_last_second_on() {
        assert_eq!(found(&url("60"), 59), []);
        assert_eq!(found(&url("60"), 60), [TimeFinding::Expired(0)]);
        assert_eq!(found(&url("60"), 3660), [TimeFinding::Expired(3600)]);
        let legacy = "AWSAccessKeyId=a&Expires=1369396810&Signature=b";
        assert_eq!(found(legacy, 9), []);
        assert_eq!(found(legacy, 11), [TimeFinding::Expired(1)]);
    }

    #[test]
    fn url_of_the_future_is_forgiven_15_minutes() {
        assert_eq!(found(&url("60"), -900), [TimeFinding::SignedAhead(900)]);
        assert_eq!(found(&url("60"), -901), [TimeFinding::NotYetValid(901)]);
    }

    #[test]
    fn lifetime_is_a_number_of_at_most_seven_days() {
        assert_eq!(found(&url("604800"), 0), []);
        assert_eq!(found(&url("604801"), 0), [TimeFinding::TooLong(604_801)]);
        for bad in ["", "-1", "1h"] {
            assert_eq!(found(&url(bad), 0), [TimeFinding::ExpiresMalformed(bad.into())], "{bad}");
        }
    }

    #[test]
    fn date_has_its_form_and_is_that_of_the_credential() {
        let malformed = found("X-Amz-Date=2013-05-24", 0);
        assert_eq!(malformed, [TimeFinding::DateMalformed("2013-05-24".into())]);
        let other = url("60").replace("A/20130524", "A/20130523");
        let (scope, date) = ("20130523".into(), AT.into());
        assert_eq!(found(&other, 0), [TimeFinding::CredentialDay { scope, date }]);
    }

    #[test]
    fn spans_have_two_units_at_most() {
        for (seconds, text) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (61, "1 minute 1 second"),
            (3600, "1 hour"),
            (3601, "1 hour"),
            (183_600, "2 days 3 hours"),
        ] {
            assert_eq!(Span(seconds).to_string(), text);
        }
    }
}
