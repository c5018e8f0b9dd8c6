//! Boundaries: the most that somebody may do, and nothing at all when the boundary is lost.

use std::sync::Arc;

use identity::{Actor, Holder, IamError, NewUser};
use ledger::{Change, Expect, Ledger as _, Memory};
use policy::{Kind, Policies, Policy};

use crate::fixture::{
    READ_ALL, add_policy, add_user, at, caller, empty, let_read, may, may_read, may_with, open,
    with_alice,
};

const ANYTHING: &str = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

#[test]
fn boundary_cuts_what_policies_allow() {
    let (account, key) = with_alice();
    account.inline(Holder::User("alice")).put("all", ANYTHING).unwrap();
    let boundary = account.boundary(Actor::User("alice"));
    let arn = add_policy(&account, "read", READ_ALL);
    boundary.put(&arn).unwrap();
    assert_eq!(account.users().get("alice").unwrap().boundary, Some(arn));
    let bound = caller(&account, &key);
    assert!(may_read(&bound) && !may(&bound, "s3:PutObject"));
    boundary.delete().unwrap();
    assert!(may(&caller(&account, &key), "s3:PutObject"));
    assert!(matches!(boundary.delete(), Err(IamError::NoSuchEntity(_))));
}

#[test]
fn boundary_is_set_when_the_user_is_made() {
    let account = empty();
    let arn = add_policy(&account, "read", READ_ALL);
    let new = NewUser { name: "bob", boundary: Some(&arn), ..NewUser::default() };
    assert_eq!(account.users().create(new, at(0)).unwrap().boundary, Some(arn.clone()));
    let missing = NewUser { name: "carol", boundary: Some("arn:none/x"), ..NewUser::default() };
    assert!(matches!(account.users().create(missing, at(0)), Err(IamError::NoSuchEntity(_))));
    assert!(matches!(account.policies().delete(&arn), Err(IamError::DeleteConflict(_))));
}

#[test]
fn lost_boundary_denies_everything() {
    let ledger = Arc::new(Memory::new());
    let account = open(&ledger);
    let key = add_user(&account, "alice");
    let_read(&account, Holder::User("alice"));
    let arn = add_policy(&account, "bound", ANYTHING);
    account.boundary(Actor::User("alice")).put(&arn).unwrap();
    assert!(may_read(&caller(&account, &key)));
    // Behind the account's back, as a restored ledger may lack it.
    ledger.write(Change::delete(b"identity/policy/bound", Expect::Any)).wait().unwrap();
    account.refresh().unwrap();
    let lost = caller(&account, &key);
    assert!(!may_read(&lost));
    // Not even what a bucket gives to the user itself.
    let bucket = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject",
        "Principal": {"AWS": "arn:aws:iam::000000000000:user/alice"},
        "Resource": "arn:aws:s3:::bucket/*"}}"#;
    let bucket = Policy::parse(bucket, Kind::Resource { bucket: "bucket" }).unwrap();
    let policies = Policies { resource: Some(&bucket), ..Policies::default() };
    assert!(!may_with(&lost, "s3:GetObject", policies));
    // A new policy of the same name is not the one that was lost.
    add_policy(&account, "bound", ANYTHING);
    assert!(!may_read(&caller(&account, &key)));
}

#[test]
fn lost_attached_policy_denies_everything() {
    let ledger = Arc::new(Memory::new());
    let account = open(&ledger);
    let key = add_user(&account, "alice");
    let_read(&account, Holder::User("alice"));
    let arn = add_policy(&account, "deny", crate::fixture::DENY_ALL);
    account.attached(Holder::User("alice")).attach(&arn).unwrap();
    ledger.write(Change::delete(b"identity/policy/deny", Expect::Any)).wait().unwrap();
    account.refresh().unwrap();
    assert!(!may_read(&caller(&account, &key)));
}
