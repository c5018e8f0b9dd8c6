//! What takes a URL back before it ends, from the next request on.

use identity::{Holder, KeyStatus};

use super::*;

const DENY: &str = r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#;

fn delete_user(house: &House, name: &str, key: &Credentials) {
    let account = house.account();
    account.access_keys(name).delete(key.access_key_id()).unwrap();
    account.inline(Holder::User(name)).delete("policy").unwrap();
    account.users().delete(name).unwrap();
}

#[test]
fn a_url_stops_while_its_key_is_inactive() {
    let house = house();
    let alice = house.user("alice", Some(READ));
    let url = url(&house, &alice, 600);
    let set = |status| {
        house.account().access_keys("alice").update(alice.access_key_id(), status).unwrap();
    };
    assert_opens(&house, &url);
    set(KeyStatus::Inactive);
    assert_refused(&house, &url, UNKNOWN_KEY);
    let answer = house.send(&Request::new("GET", &url));
    assert_eq!(answer.element("AWSAccessKeyId").as_deref(), Some(alice.access_key_id()));
    set(KeyStatus::Active);
    assert_opens(&house, &url);
}

#[test]
fn a_url_stops_when_its_key_is_deleted_and_another_key_of_the_user_goes_on() {
    let house = house();
    let alice = house.user("alice", Some(READ));
    let other = house.account().access_keys("alice").create(house.now()).unwrap();
    let other = Credentials::new(&other.key.id, other.secret.expose(), None);
    let (of_first, of_other) = (url(&house, &alice, 600), url(&house, &other, 600));
    assert_opens(&house, &of_first);
    house.account().access_keys("alice").delete(alice.access_key_id()).unwrap();
    assert_refused(&house, &of_first, UNKNOWN_KEY);
    assert_opens(&house, &of_other);
}

#[test]
fn a_url_can_do_what_its_signer_may_do_when_it_is_used() {
    let house = house();
    let alice = house.user("alice", None);
    let url = url(&house, &alice, 600);
    assert_refused(&house, &url, DENIED);
    house.account().inline(Holder::User("alice")).put("read", READ).unwrap();
    assert_opens(&house, &url);
    house.account().inline(Holder::User("alice")).delete("read").unwrap();
    assert_refused(&house, &url, DENIED);
}

#[test]
fn a_deny_of_a_group_takes_a_url_back() {
    let house = house();
    let alice = house.user("alice", Some(READ));
    let url = url(&house, &alice, 600);
    let account = house.account();
    account.groups().create(identity::NewGroup { name: "out", path: None }, house.now()).unwrap();
    account.inline(Holder::Group("out")).put("deny", DENY).unwrap();
    assert_opens(&house, &url);
    account.groups().add_user("out", "alice").unwrap();
    assert_refused(&house, &url, DENIED);
}

#[test]
fn the_sessions_of_a_deleted_user_end_and_a_new_user_of_the_name_has_none() {
    let house = house();
    let alice = house.user("alice", Some(READ));
    let session = house.session(&alice, &[("Action", "GetSessionToken")]);
    let url = url(&house, &session, 600);
    assert_opens(&house, &url);
    delete_user(&house, "alice", &alice);
    assert_refused(&house, &url, UNKNOWN_KEY);
    drop(house.user("alice", Some(READ)));
    assert_refused(&house, &url, UNKNOWN_KEY);
}

#[test]
fn the_sessions_of_an_inactive_key_go_on() {
    let house = house();
    let alice = house.user("alice", Some(READ));
    let session = house.session(&alice, &[("Action", "GetSessionToken")]);
    let url = url(&house, &session, 600);
    let keys = house.account().access_keys("alice");
    keys.update(alice.access_key_id(), KeyStatus::Inactive).unwrap();
    assert_opens(&house, &url);
}

#[test]
fn the_sessions_of_a_deleted_role_end() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let reader = house.role("reader", TRUST, READ);
    let url = url(&house, &house.assume(&alice, &reader, &[]), 600);
    assert_opens(&house, &url);
    house.account().inline(Holder::Role("reader")).delete("policy").unwrap();
    assert_refused(&house, &url, DENIED);
    house.account().roles().delete("reader").unwrap();
    assert_refused(&house, &url, UNKNOWN_KEY);
}

#[test]
fn sessions_of_before_a_moment_are_revoked_and_later_ones_are_not() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let reader = house.role("reader", TRUST, READ);
    let before = url(&house, &house.assume(&alice, &reader, &[]), 600);
    house.pass(10);
    let revoke = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Action": "*",
             "Resource": "*",
             "Condition": {{"DateLessThan": {{"aws:TokenIssueTime": "{}"}}}}}}}}"#,
        house.now()
    );
    assert_opens(&house, &before);
    let policies = house.account().inline(Holder::Role("reader"));
    policies.put("AWSRevokeOlderSessions", &revoke).unwrap();
    assert_refused(&house, &before, DENIED);
    let after = url(&house, &house.assume(&alice, &reader, &[]), 600);
    assert_opens(&house, &after);
}
