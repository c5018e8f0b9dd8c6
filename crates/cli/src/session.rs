//! The session of temporary credentials, with which every link ends that they sign.

use client::Config;
use signature::Timestamp;
use signature::explain::is_temporary;

use crate::failure::{Exit, Failure};
use crate::{machine, output};

/// No session lives longer.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
const SESSION_SECONDS_MAX: u64 = 36 * 3600;

/// Says so when the session that signs ends before `end`, and makes it a failure where that was
/// asked for. A session that is over signs nothing.
pub(crate) fn check(config: &Config, end: Timestamp, strict: bool) -> Result<(), Failure> {
    let now = machine::now();
    if let Some(over) = config.credentials_expire.filter(|session| *session <= now) {
        return Err(Failure {
            error: format!("the session of the credentials ended {}", output::readable(over)),
            hint: "get new credentials; what these sign is refused".into(),
            exit: Exit::Refused,
        });
    }
    match limit(config, now, end) {
        Some(limit) if strict => Err(Failure {
            error: format!("it {limit}"),
            hint: "ask for a shorter life, sign with credentials that live longer, or leave \
                   --strict away"
                .into(),
            exit: Exit::Refused,
        }),
        Some(limit) => {
            output::note(&limit);
            Ok(())
        }
        None => Ok(()),
    }
}

/// What to say when a link that is signed `now` ends before `end`, with the session that signs it.
pub(crate) fn limit(config: &Config, now: Timestamp, end: Timestamp) -> Option<String> {
    let credentials = config.credentials.as_ref()?;
    let has_token = credentials.session_token().is_some();
    let latest = now.plus(SESSION_SECONDS_MAX);
    match config.credentials_expire {
        Some(session) => (session < end).then(|| {
            let until = output::readable(session);
            format!("works until {until}, when the session of its credentials ends")
        }),
        None if has_token => (latest < end).then(|| {
            let until = output::readable(latest);
            format!("works until {until} at the latest: no session lives longer than 36 hours")
        }),
        None if is_temporary(credentials.access_key_id()) => {
            Some("does not work: its credentials are those of a session, without its token".into())
        }
        None => None,
    }
}
