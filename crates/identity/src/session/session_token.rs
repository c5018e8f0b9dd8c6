//! `GetSessionToken`: a session of the user who asks, with its rights.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>

use policy::Principal;
use signature::Timestamp;

use super::{SessionCredentials, Sessions, StsError, parameter};
use crate::caller::Caller;
use crate::limits::{
    SESSION_SECONDS_MIN, SESSION_SECONDS_SHORT, USER_SESSION_SECONDS_DEFAULT,
    USER_SESSION_SECONDS_MAX,
};
use crate::seal::token::{Claims, Holder, SessionKind};

impl Sessions<'_> {
    /// `GetSessionToken`, with a long-term key: of a user for 15 minutes to 36 hours, of the root
    /// user for an hour at most, whatever was asked.
    ///
    /// # Errors
    /// `AccessDenied` with the credentials of a session; `ValidationError`
    pub fn get_session_token(
        self,
        caller: &Caller,
        duration_seconds: Option<u32>,
        now: Timestamp,
    ) -> Result<SessionCredentials, StsError> {
        let holder = long_term_holder(caller, "GetSessionToken")?;
        let seconds = user_seconds(&holder, duration_seconds)?;
        let claims = Claims::new(SessionKind::SessionToken, holder, now, seconds);
        self.issue(&Claims { source_key: Some(caller.access_key_id().into()), ..claims })
    }
}

/// Who holds the long-term key that `operation` was called with.
pub(super) fn long_term_holder(caller: &Caller, operation: &str) -> Result<Holder, StsError> {
    let refused = || {
        let message = format!("Cannot call {operation} with session credentials");
        Err(StsError::AccessDenied(message))
    };
    if caller.session().is_some() {
        return refused();
    }
    match caller.principal() {
        Principal::Root { .. } => Ok(Holder::Root),
        Principal::User { id, .. } => Ok(Holder::User(id.into())),
        Principal::Session { .. }
        | Principal::FederatedUser { .. }
        | Principal::Federated { .. }
        | Principal::Service { .. }
        | Principal::Anonymous => refused(),
    }
}

/// How long a session of a user lives, or of the root user, who gets less than asked for.
pub(super) fn user_seconds(holder: &Holder, asked: Option<u32>) -> Result<u32, StsError> {
    let seconds = asked.unwrap_or(USER_SESSION_SECONDS_DEFAULT);
    parameter::demand_duration(seconds, (SESSION_SECONDS_MIN, USER_SESSION_SECONDS_MAX))?;
    match holder {
        Holder::Root => Ok(seconds.min(SESSION_SECONDS_SHORT)),
        Holder::User(_) | Holder::Role(_) => Ok(seconds),
    }
}

impl Claims {
    /// Of a session that is made now.
    pub(super) fn new(kind: SessionKind, holder: Holder, now: Timestamp, seconds: u32) -> Self {
        Self {
            kind,
            holder,
            name: None,
            source_key: None,
            issued_at: now.seconds(),
            expires_at: now.plus(seconds.into()).seconds(),
            policy: None,
            managed: Vec::new(),
            tags: Vec::new(),
            transitive: Vec::new(),
            source_identity: None,
            web: None,
        }
    }
}
