//! An account on a ledger in memory, and what every test asks of it.

use std::sync::Arc;

use identity::{
    Account, AssumeRole, Caller, Holder, MasterKeys, NewAccessKey, NewPolicy, NewRole, NewUser,
    SessionCredentials, SessionPolicies,
};
use ledger::Memory;
use policy::{Decision, NoContext, Policies, Request, decide};
use signature::{Credentials, Timestamp};

pub(crate) const ROOT_KEY: &str = "AKIAROOTROOTROOTROOT";
pub(crate) const READ_ALL: &str =
    r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;
pub(crate) const DENY_ALL: &str =
    r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#;
pub(crate) const TRUST_ACCOUNT: &str = r#"{"Statement": {"Effect": "Allow",
    "Principal": {"AWS": "000000000000"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}}"#;
pub(crate) const TRUST_ALICE: &str = r#"{"Statement": {"Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::000000000000:user/alice"}, "Action": "sts:AssumeRole"}}"#;
pub(crate) const OBJECT: &str = "arn:aws:s3:::bucket/key";

/// `seconds` after the tests begin.
pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + seconds)
}

pub(crate) fn keys(byte: char) -> MasterKeys {
    MasterKeys::parse(&format!("{}=", byte.to_string().repeat(43))).unwrap()
}

/// The account that a ledger keeps.
pub(crate) fn open(ledger: &Arc<Memory>) -> Account {
    let root = Credentials::new(ROOT_KEY, "root-secret", None);
    Account::open(Arc::<Memory>::clone(ledger), keys('A'), root).unwrap()
}

/// An account without anybody but its root user.
pub(crate) fn empty() -> Account {
    open(&Arc::default())
}

/// An account with alice in it, who has an access key.
pub(crate) fn with_alice() -> (Account, NewAccessKey) {
    let account = empty();
    let key = add_user(&account, "alice");
    (account, key)
}

pub(crate) fn add_user(account: &Account, name: &str) -> NewAccessKey {
    account.users().create(NewUser { name, ..NewUser::default() }, at(0)).unwrap();
    account.access_keys(name).create(at(0)).unwrap()
}

pub(crate) fn add_role(account: &Account, name: &str, trust: &str) -> String {
    let new = NewRole { name, trust, ..NewRole::default() };
    account.roles().create(new, at(0)).unwrap().arn
}

/// A managed policy; returns its ARN.
pub(crate) fn add_policy(account: &Account, name: &str, document: &str) -> String {
    let new = NewPolicy { name, document, ..NewPolicy::default() };
    account.policies().create(new, at(0)).unwrap().arn
}

/// Lets alice read.
pub(crate) fn let_read(account: &Account, holder: Holder<'_>) {
    account.inline(holder).put("read", READ_ALL).unwrap();
}

/// Whoever holds a long-term key.
pub(crate) fn caller(account: &Account, key: &NewAccessKey) -> Caller {
    account.resolve(&key.key.id, None, at(0)).unwrap()
}

/// Whoever holds the credentials of a session, at a moment.
pub(crate) fn in_session(
    account: &Account,
    credentials: &SessionCredentials,
    now: Timestamp,
) -> Result<Caller, identity::ResolveError> {
    let token = credentials.session_token.as_bytes();
    account.resolve(&credentials.access_key_id, Some(token), now)
}

/// Whether a caller may do something to an object of the account.
pub(crate) fn may(caller: &Caller, action: &str) -> bool {
    may_with(caller, action, Policies::default())
}

/// The same, with the policy of the bucket.
pub(crate) fn may_with(caller: &Caller, action: &str, of_bucket: Policies<'_>) -> bool {
    let request = Request {
        principal: caller.principal(),
        action,
        resource: OBJECT,
        owner: identity::ACCOUNT_ID,
        context: caller,
    };
    let permissions = caller.permissions();
    let policies = Policies { resource: of_bucket.resource, ..permissions.policies() };
    matches!(decide(&request, &policies), Decision::Allow(_))
}

pub(crate) fn may_read(caller: &Caller) -> bool {
    may(caller, "s3:GetObject")
}

/// A request for a session of a role, with nothing that is not needed.
pub(crate) fn assume(role_arn: &str) -> AssumeRole<'_> {
    AssumeRole {
        role_arn,
        session_name: "session",
        duration_seconds: None,
        external_id: None,
        policies: SessionPolicies::default(),
        tags: &[],
        transitive_tag_keys: &[],
        source_identity: None,
        context: &NoContext,
    }
}
