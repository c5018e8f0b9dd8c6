//! Users, access keys, groups, roles, policies and sessions of one account.
//!
//! Floor 1: keeps its records in a [`ledger`]; knows no socket, no runtime and no clock, so that
//! the time is an argument everywhere.
//!
//! * [`Account`] is all of it. [`Account::open`] reads the ledger, [`Account::refresh`] reads it
//!   again where others write to it too. Writing waits for the ledger; a request never does.
//! * [`Account::resolve`] is the question that verifying a request asks: from an access key id and
//!   the token beside it to a [`Caller`], with the secret that the request has to be signed with,
//!   the [`policy::Principal`], the [`Permissions`] and, as a [`policy::Context`], the condition
//!   keys of whoever asks.
//! * The operations of IAM are methods: [`Account::users`], [`Account::access_keys`],
//!   [`Account::groups`], [`Account::roles`], [`Account::policies`], [`Account::versions`], and for
//!   what hangs on a user, group or role [`Account::inline`], [`Account::attached`],
//!   [`Account::boundary`], [`Account::tags`]. They refuse with an [`IamError`], which is one
//!   variant for each code of IAM.
//! * [`Account::sessions`] makes sessions as STS does; they refuse with an [`StsError`].
//! * [`oidc`] verifies tokens of identity providers.
//! * [`root`] keeps the root user's key, [`MasterKeys`] what secrets are sealed with.
//!
//! ```
//! use identity::{Account, Holder, MasterKeys, NewUser};
//! use signature::{Credentials, Timestamp};
//! # use std::{error::Error, sync::Arc};
//!
//! let keys = MasterKeys::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")?;
//! let root = Credentials::new("AKIAROOT", "secret", None);
//! let account = Account::open(Arc::new(ledger::Memory::new()), keys, root)?;
//! let now = Timestamp::from_seconds(1_700_000_000);
//! account.users().create(NewUser { name: "alice", ..NewUser::default() }, now)?;
//! let key = account.access_keys("alice").create(now)?;
//! let document = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
//! account.inline(Holder::User("alice")).put("all", document)?;
//!
//! let caller = account.resolve(&key.key.id, None, now)?;
//! assert_eq!(caller.arn(), "arn:aws:iam::000000000000:user/alice");
//! assert_eq!(caller.secret().expose(), key.secret.expose());
//! # Ok::<(), Box<dyn Error>>(())
//! ```

#![forbid(unsafe_code)]

mod account;
mod caller;
mod directory;
mod error;
mod file;
mod last_used;
pub mod limits;
pub mod oidc;
mod operation;
mod random;
mod record;
pub mod root;
mod seal;
mod session;

pub use account::Account;
pub use caller::{Caller, Permissions, ResolveError};
pub use error::IamError;
pub use file::FileError;
pub use last_used::{Service, Use};
pub use operation::{
    AccessKey, AccessKeys, Actor, Attached, AttachedPolicy, Boundary, Entities, EntityName, Group,
    Groups, Holder, Inline, Listing, ManagedPolicy, NewAccessKey, NewGroup, NewPolicy, NewRole,
    NewUser, Paging, Policies, PolicyScope, PolicyVersion, Role, RoleUpdate, Roles, Tags, User,
    UserUpdate, Users, Versions,
};
pub use record::{KeyStatus, Tag};
pub use seal::{FILE_NAME as MASTER_KEYS_FILE_NAME, KeyError, MasterKeys, token};
pub use session::{
    AssumeRole, AssumeRoleWithWebIdentity, AssumedRole, FederatedUser, GetFederationToken,
    SessionCredentials, SessionPolicies, Sessions, StsError,
};

use policy::Principal;

/// The account that owns everything in this store.
pub const ACCOUNT_ID: &str = "000000000000";
/// The ARN of its root user.
pub(crate) const ROOT_ARN: &str = "arn:aws:iam::000000000000:root";
/// The account's root user, to policy.
pub(crate) const ROOT: Principal<'static> = Principal::Root { account: ACCOUNT_ID, arn: ROOT_ARN };
/// The account's canonical user id, as owners and access logs show it.
pub const CANONICAL_USER_ID: &str =
    "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";
