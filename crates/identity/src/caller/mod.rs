//! Who a request is from: the holder of an access key, or a session.

mod facts;
mod permissions;
mod resolve;

use std::fmt;
use std::sync::Arc;

use policy::{Policy, Principal};
use signature::{SecretKey, Timestamp};

pub use permissions::Permissions;
pub use resolve::ResolveError;
pub(crate) use resolve::{federated_arn, role_session_arn};

use crate::directory::{Directory, Row};
use crate::last_used::{LastUsed, Service};
use crate::record::{Role, User};
use crate::seal::token::{Claims, SessionKind};
use crate::{ACCOUNT_ID, ROOT, ROOT_ARN};

/// Who asks, if the request proves that it was signed with [`Caller::secret`].
///
/// It stands on the account as it was when the caller was resolved; for a long-term key nothing
/// is allocated.
pub struct Caller {
    directory: Arc<Directory>,
    secret: Arc<SecretKey>,
    who: Who,
}

enum Who {
    Root { access_key_id: Arc<str> },
    User { user: Arc<Row<User>>, index: usize, used: Arc<LastUsed> },
    Session(Box<Session>),
}

struct Session {
    access_key_id: String,
    claims: Claims,
    behind: Behind,
    /// Of the session, where it has one of its own.
    arn: String,
    /// `AROA...:session` or `account:name`.
    id: String,
    policy: Option<Policy>,
}

enum Behind {
    Root,
    User(Arc<Row<User>>),
    Role(Arc<Row<Role>>),
}

impl Caller {
    /// The secret that the request has to be signed with.
    #[must_use]
    pub fn secret(&self) -> &SecretKey {
        &self.secret
    }

    /// The access key id that it came with.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        match &self.who {
            Who::Root { access_key_id } => access_key_id,
            Who::User { user, index, .. } => {
                user.record.keys.get(*index).map_or("", |key| key.id.as_str())
            }
            Who::Session(session) => &session.access_key_id,
        }
    }

    /// Who that is to policy.
    #[must_use]
    pub fn principal(&self) -> Principal<'_> {
        match &self.who {
            Who::Root { .. } => ROOT,
            Who::User { user, .. } => user_principal(user),
            Who::Session(session) => session.principal(),
        }
    }

    /// How its session was made; none with a long-term key.
    #[must_use]
    pub fn session(&self) -> Option<SessionKind> {
        self.claims().map(|claims| claims.kind)
    }

    /// When its session ends; none with a long-term key.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.claims().map(Claims::expiry)
    }

    /// What the token of its session says; none with a long-term key.
    #[must_use]
    pub fn claims(&self) -> Option<&Claims> {
        match &self.who {
            Who::Root { .. } | Who::User { .. } => None,
            Who::Session(session) => Some(&session.claims),
        }
    }

    /// `UserId` of `GetCallerIdentity`: the unique id; of the root user the account's.
    #[must_use]
    pub fn user_id(&self) -> &str {
        match self.principal() {
            Principal::User { id, .. }
            | Principal::Session { id, .. }
            | Principal::FederatedUser { id, .. } => id,
            Principal::Root { .. }
            | Principal::Anonymous
            | Principal::Federated { .. }
            | Principal::Service { .. } => ACCOUNT_ID,
        }
    }

    /// `Arn` of `GetCallerIdentity`, and what logs call the caller.
    #[must_use]
    pub fn arn(&self) -> &str {
        self.principal().shown()
    }

    /// The same, to be kept when the caller is not; of a long-term key nothing is allocated.
    #[must_use]
    pub fn arn_to_keep(&self) -> Arc<str> {
        match &self.who {
            Who::User { user, .. } => Arc::clone(&user.compiled.arn),
            Who::Root { .. } | Who::Session(_) => self.arn().into(),
        }
    }

    /// The name of its user, who may change its own keys; none for roles and the root user.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        match self.principal() {
            Principal::User { name, .. } => Some(name),
            Principal::Root { .. }
            | Principal::Session { .. }
            | Principal::FederatedUser { .. }
            | Principal::Anonymous
            | Principal::Federated { .. }
            | Principal::Service { .. } => None,
        }
    }

    /// Notes that the access key was used. Sessions and the root user have no such note.
    pub fn note_use(&self, service: Service, now: Timestamp) {
        match &self.who {
            Who::User { used, .. } => used.record(service, now),
            Who::Root { .. } | Who::Session(_) => {}
        }
    }
}

impl Session {
    fn principal(&self) -> Principal<'_> {
        let (account, arn, id) = (ACCOUNT_ID, self.arn.as_str(), self.id.as_str());
        let is_federated = self.claims.kind == SessionKind::FederationToken;
        match &self.behind {
            Behind::Root if is_federated => {
                Principal::FederatedUser { account, arn, user_arn: ROOT_ARN, id }
            }
            Behind::User(user) if is_federated => {
                Principal::FederatedUser { account, arn, user_arn: &user.compiled.arn, id }
            }
            Behind::Root => ROOT,
            Behind::User(user) => user_principal(user),
            Behind::Role(role) => {
                Principal::Session { account, role_arn: &role.compiled.arn, arn, id }
            }
        }
    }
}

fn user_principal(user: &Row<User>) -> Principal<'_> {
    let common = &user.record.common;
    Principal::User {
        account: ACCOUNT_ID,
        arn: &user.compiled.arn,
        name: &common.name,
        id: &common.id,
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("access_key_id", &self.access_key_id())
            .field("principal", &self.principal())
            .finish_non_exhaustive()
    }
}
