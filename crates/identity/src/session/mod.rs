//! Sessions, made as STS makes them: credentials that end by themselves.
//!
//! A session is what its token says; nothing is written. Whoever may be behind it is asked about
//! when it is used.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html>

mod assume_role;
mod error;
mod facts;
mod federation;
mod parameter;
mod policies;
mod session_token;
mod web_identity;

use signature::{SecretKey, Timestamp};
use zeroize::Zeroizing;

pub use assume_role::{AssumeRole, AssumedRole};
pub use error::StsError;
pub use federation::{FederatedUser, GetFederationToken};
pub use policies::SessionPolicies;
pub use web_identity::AssumeRoleWithWebIdentity;

use crate::account::Account;
use crate::limits::TOKEN_BYTES_MAX;
use crate::random;
use crate::seal::token::{self, Claims};

/// The sessions of an account.
#[derive(Clone, Copy, Debug)]
pub struct Sessions<'a>(&'a Account);

impl Account {
    /// Makes sessions.
    #[must_use]
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }
}

/// The credentials of a session.
#[derive(Clone)]
pub struct SessionCredentials {
    /// `ASIA...`
    pub access_key_id: String,
    /// The secret access key.
    pub secret: SecretKey,
    /// What has to go with every request.
    pub session_token: Zeroizing<String>,
    /// From when on they are of no use.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for SessionCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionCredentials")
            .field("access_key_id", &self.access_key_id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl SessionCredentials {
    /// How much of what a session may carry it carries, in percent: `PackedPolicySize`.
    #[must_use]
    pub fn packed_percent(&self) -> usize {
        (self.session_token.len() * 100).div_ceil(TOKEN_BYTES_MAX)
    }
}

impl Sessions<'_> {
    /// Seals what a session is to be.
    fn issue(self, claims: &Claims) -> Result<SessionCredentials, StsError> {
        let access_key_id = random::access_key_id("ASIA").map_err(StsError::Random)?;
        let issued = token::issue(claims, &access_key_id, self.0.keys());
        let issued = issued.map_err(StsError::Random)?.ok_or(StsError::PackedPolicyTooLarge)?;
        Ok(SessionCredentials {
            access_key_id,
            secret: issued.secret,
            session_token: issued.token,
            expires_at: claims.expiry(),
        })
    }
}
