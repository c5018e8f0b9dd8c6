//! From an access key id, and the token beside it, to a caller.

use std::fmt;
use std::sync::Arc;

use policy::{Kind, Policy};
use signature::Timestamp;

use super::{Behind, Caller, Session, Who};
use crate::ACCOUNT_ID;
use crate::account::Account;
use crate::directory::{DENY_ALL, Directory};
use crate::record::KeyStatus;
use crate::seal::token::{self, Claims, Holder, SessionKind};

/// Why an access key id is nobody's who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResolveError {
    /// No such access key; S3 answers `InvalidAccessKeyId`, others `InvalidClientTokenId`.
    Unknown,
    /// The access key is inactive; answered as unknown.
    Inactive,
    /// The id is that of a session, and there is no token; answered as unknown.
    TokenMissing,
    /// The token is none, or belongs to another access key: `InvalidToken`.
    TokenInvalid,
    /// The session is over: `ExpiredToken`.
    TokenExpired(Timestamp),
    /// The user or role of the session was deleted; answered as unknown.
    Gone,
    /// The secret was sealed with a master key that is not known: the account is at fault.
    SecretLost,
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("there is no such access key"),
            Self::Inactive => f.write_str("the access key is inactive"),
            Self::TokenMissing => f.write_str("the access key needs its session token"),
            Self::TokenInvalid => {
                f.write_str("the session token is malformed or otherwise invalid")
            }
            Self::TokenExpired(at) => write!(f, "the session ended at {at}"),
            Self::Gone => f.write_str("the user or role of the session was deleted"),
            Self::SecretLost => f.write_str("no master key opens the secret of the access key"),
        }
    }
}

impl std::error::Error for ResolveError {}

impl Account {
    /// Who holds an access key, with what a request in its name has to be signed with.
    ///
    /// # Errors
    /// Whoever may not ask.
    pub fn resolve(
        &self,
        access_key_id: &str,
        token: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<Caller, ResolveError> {
        let directory = self.directory();
        match token {
            Some(token) => self.resolve_session(directory, access_key_id, token, now),
            None => self.resolve_key(directory, access_key_id),
        }
    }

    fn resolve_key(
        &self,
        directory: Arc<Directory>,
        access_key_id: &str,
    ) -> Result<Caller, ResolveError> {
        let root = self.root();
        if *root.access_key_id == *access_key_id {
            let who = Who::Root { access_key_id: Arc::clone(&root.access_key_id) };
            return Ok(Caller { directory, secret: Arc::clone(&root.secret), who });
        }
        let Some(held) = directory.key(access_key_id) else {
            let is_temporary = access_key_id.starts_with("ASIA");
            return Err(if is_temporary {
                ResolveError::TokenMissing
            } else {
                ResolveError::Unknown
            });
        };
        let key = held.user.record.keys.get(held.index).ok_or(ResolveError::Unknown)?;
        if key.status == KeyStatus::Inactive {
            return Err(ResolveError::Inactive);
        }
        let secret = held.user.compiled.secrets.get(held.index).and_then(Option::as_ref);
        let secret = Arc::clone(secret.ok_or(ResolveError::SecretLost)?);
        let who = Who::User {
            user: Arc::clone(&held.user),
            index: held.index,
            used: Arc::clone(&held.used),
        };
        Ok(Caller { directory, secret, who })
    }

    fn resolve_session(
        &self,
        directory: Arc<Directory>,
        access_key_id: &str,
        token: &[u8],
        now: Timestamp,
    ) -> Result<Caller, ResolveError> {
        let opened = token::read(token, access_key_id, self.keys());
        let opened = opened.map_err(|_| ResolveError::TokenInvalid)?;
        let claims = opened.claims;
        if now >= claims.expiry() {
            return Err(ResolveError::TokenExpired(claims.expiry()));
        }
        let behind = behind(&directory, &claims.holder).ok_or(ResolveError::Gone)?;
        let (arn, id) = names(&claims, &behind);
        let policy = claims
            .policy
            .as_deref()
            .map(|text| Policy::parse(text, Kind::Session).unwrap_or_else(|_| DENY_ALL.clone()));
        let access_key_id = access_key_id.to_owned();
        let session = Session { access_key_id, claims, behind, arn, id, policy };
        let who = Who::Session(Box::new(session));
        Ok(Caller { directory, secret: Arc::new(opened.secret), who })
    }
}

fn behind(directory: &Directory, holder: &Holder) -> Option<Behind> {
    match holder {
        Holder::Root => Some(Behind::Root),
        Holder::User(id) => directory.users.identified(id).cloned().map(Behind::User),
        Holder::Role(id) => directory.roles.identified(id).cloned().map(Behind::Role),
    }
}

/// The ARN and the id of a session that has some of its own.
fn names(claims: &Claims, behind: &Behind) -> (String, String) {
    let name = claims.name.as_deref().unwrap_or_default();
    match behind {
        Behind::Role(role) => {
            let common = &role.record.common;
            (role_session_arn(&common.name, name), format!("{}:{name}", common.id))
        }
        Behind::Root | Behind::User(_) if claims.kind == SessionKind::FederationToken => {
            (federated_arn(name), format!("{ACCOUNT_ID}:{name}"))
        }
        Behind::Root | Behind::User(_) => (String::new(), String::new()),
    }
}

/// The ARN of a role's session.
pub(crate) fn role_session_arn(role: &str, session: &str) -> String {
    format!("arn:aws:sts::{ACCOUNT_ID}:assumed-role/{role}/{session}")
}

/// The ARN of a federated user.
pub(crate) fn federated_arn(name: &str) -> String {
    format!("arn:aws:sts::{ACCOUNT_ID}:federated-user/{name}")
}
