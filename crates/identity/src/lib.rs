//! Who holds which access key.
//!
//! Floor 1. One account with its root user for now; [`Identities::find`] is the question that
//! verifying a request asks, and [`root::load_or_create`] keeps the root user's key.

#![forbid(unsafe_code)]

pub mod root;

use policy::Principal;
use signature::{Credentials, SecretKey};

/// The account that owns everything in this store.
pub const ACCOUNT_ID: &str = "000000000000";
/// The account's root user, to policy.
const ROOT: Principal<'static> =
    Principal::Root { account: ACCOUNT_ID, arn: "arn:aws:iam::000000000000:root" };
/// The account's canonical user id, as owners and access logs show it.
pub const CANONICAL_USER_ID: &str =
    "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";

/// Everybody who can sign.
#[derive(Clone, Debug)]
pub struct Identities {
    root: Credentials,
}

/// The holder of an access key.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// Who that is to policy.
    pub principal: Principal<'static>,
    /// The secret that proves it.
    pub secret: &'a SecretKey,
}

impl Identities {
    /// An account whose root user has this access key.
    #[must_use]
    pub fn new(root: Credentials) -> Self {
        Self { root }
    }

    /// Who holds `access_key_id`.
    #[must_use]
    pub fn find(&self, access_key_id: &str) -> Option<Identity<'_>> {
        (self.root.access_key_id() == access_key_id)
            .then(|| Identity { principal: ROOT, secret: self.root.secret() })
    }
}
