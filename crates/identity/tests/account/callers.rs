//! From an access key id to a caller: who it is, and at what cost.

use std::sync::Arc;

use allocation_counter::measure;
use identity::{Actor, Holder, NewGroup, ResolveError, Tag};
use ledger::{Change, Expect, Ledger as _, Memory};
use policy::{Context as _, Key, Principal};

use crate::fixture::{
    ROOT_KEY, add_policy, at, caller, empty, let_read, may_read, open, with_alice,
};

#[test]
fn root_user_is_always_there() {
    let account = empty();
    let root = account.resolve(ROOT_KEY, None, at(0)).unwrap();
    assert!(matches!(root.principal(), Principal::Root { .. }));
    assert_eq!((root.secret().expose(), root.user_id()), ("root-secret", identity::ACCOUNT_ID));
    assert!(may_read(&root));
}

#[test]
fn user_is_told_by_name_arn_and_id() {
    let (account, key) = with_alice();
    let id = account.users().get("alice").unwrap().id;
    let alice = caller(&account, &key);
    let arn = "arn:aws:iam::000000000000:user/alice";
    let expected = Principal::User { account: identity::ACCOUNT_ID, arn, name: "alice", id: &id };
    assert_eq!(alice.principal(), expected);
    assert_eq!((alice.arn(), alice.user_id(), alice.user_name()), (arn, &*id, Some("alice")));
    assert_eq!(alice.access_key_id(), key.key.id);
    assert_eq!((alice.session(), alice.expires_at()), (None, None));
}

#[test]
fn whoever_is_not_known_is_refused() {
    let (account, key) = with_alice();
    let refused = |id: &str, token: Option<&[u8]>| account.resolve(id, token, at(0)).unwrap_err();
    assert_eq!(refused("AKIANOBODY", None), ResolveError::Unknown);
    assert_eq!(refused("ASIANOBODY", None), ResolveError::TokenMissing);
    assert_eq!(refused("ASIANOBODY", Some(b"token")), ResolveError::TokenInvalid);
    assert_eq!(refused(&key.key.id, Some(b"token")), ResolveError::TokenInvalid);
}

#[test]
fn tags_of_a_user_are_facts() {
    let (account, key) = with_alice();
    account.tags(Actor::User("alice")).put(&[Tag::new("Team", "red")]).unwrap();
    let alice = caller(&account, &key);
    let values = |key: &str| {
        let mut values = Vec::new();
        alice.values(&Key::parse(key).unwrap(), &mut |value| values.push(value.to_owned()));
        values
    };
    assert_eq!(values("aws:PrincipalTag/team"), ["red"]);
    for absent in ["aws:PrincipalTag/site", "aws:TokenIssueTime", "aws:MultiFactorAuthPresent"] {
        assert!(values(absent).is_empty(), "{absent}");
    }
}

#[test]
fn long_term_key_is_resolved_and_judged_without_the_heap() {
    let (account, key) = with_alice();
    account.groups().create(NewGroup { name: "staff", path: None }, at(0)).unwrap();
    account.groups().add_user("staff", "alice").unwrap();
    let_read(&account, Holder::Group("staff"));
    let arn = add_policy(&account, "bound", crate::fixture::READ_ALL);
    account.boundary(Actor::User("alice")).put(&arn).unwrap();
    let mut allowed = false;
    let cost = measure(|| {
        let caller = account.resolve(&key.key.id, None, at(0));
        allowed = caller.is_ok_and(|caller| {
            caller.note_use(identity::Service::S3, at(1));
            may_read(&caller)
        });
    });
    assert!(allowed);
    assert_eq!(cost.count_total, 0);
}

#[test]
fn record_of_a_later_version_is_not_read_as_one_of_this() {
    let ledger = Arc::new(Memory::new());
    let account = open(&ledger);
    let later = br#"{"version": 2, "record": {}}"#;
    ledger.write(Change::put(b"identity/user/zoe", later, Expect::Any)).wait().unwrap();
    let error = account.refresh().unwrap_err();
    assert!(error.to_string().contains("identity/user/zoe: written as version 2"), "{error}");
}
