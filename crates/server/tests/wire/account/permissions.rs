//! What users, roles and sessions may do: their own policies, boundaries, session policies, tags,
//! and what the bucket says of them.

use identity::{Actor, Holder, NewPolicy, Tag};

use super::*;

const OTHER_BUCKET: &str = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::other/*"}}"#;

/// A policy of the bucket with one statement.
fn put_policy(house: &House, effect: &str, principal: &str) {
    let policy = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", {principal},
             "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}}}}"#
    );
    house.ok("PUT", "/bucket?policy", policy.as_bytes());
}

fn user_arn(name: &str) -> String {
    format!("arn:aws:iam::000000000000:user/{name}")
}

#[test]
fn what_no_policy_allows_is_refused_in_amazons_words() {
    let house = house();
    let alice = house.user("alice", Some(OTHER_BUCKET));
    let answer = house.send(&Request::new("GET", &url(&house, &alice, 60)));
    assert_eq!(answer.refusal(), (403, "AccessDenied".into()));
    let message = "User: arn:aws:iam::000000000000:user/alice is not authorized to perform: \
                   s3:GetObject on resource: \"arn:aws:s3:::bucket/key\" because no \
                   identity-based policy allows the s3:GetObject action";
    assert_eq!(answer.element("Message").as_deref(), Some(message));
}

#[test]
fn a_bucket_lets_in_the_user_that_it_names_and_nobody_else() {
    let house = house();
    let (alice, bob) = (house.user("alice", None), house.user("bob", None));
    put_policy(&house, "Allow", &format!(r#""Principal": {{"AWS": "{}"}}"#, user_arn("alice")));
    assert_opens(&house, &url(&house, &alice, 60));
    assert_refused(&house, &url(&house, &bob, 60), DENIED);
    let session = house.session(&alice, &[("Action", "GetSessionToken")]);
    assert_opens(&house, &url(&house, &session, 60));
}

#[test]
fn a_bucket_lets_in_the_role_or_the_one_session_that_it_names() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let nothing = house.role("nothing", TRUST, OTHER_BUCKET);
    let one = house.assume(&alice, &nothing, &[]);
    let two = house.session(
        &alice,
        &[("Action", "AssumeRole"), ("RoleArn", &nothing), ("RoleSessionName", "two")],
    );
    assert_refused(&house, &url(&house, &one, 60), DENIED);
    put_policy(&house, "Allow", &format!(r#""Principal": {{"AWS": "{nothing}"}}"#));
    assert_opens(&house, &url(&house, &one, 60));
    assert_opens(&house, &url(&house, &two, 60));
    let session = "arn:aws:sts::000000000000:assumed-role/nothing/session";
    put_policy(&house, "Allow", &format!(r#""Principal": {{"AWS": "{session}"}}"#));
    assert_opens(&house, &url(&house, &one, 60));
    assert_refused(&house, &url(&house, &two, 60), DENIED);
}

#[test]
fn a_bucket_denies_all_but_those_that_it_spares() {
    let house = house();
    let (alice, bob) = (house.user("alice", Some(READ)), house.user("bob", Some(READ)));
    let spared = r#""NotPrincipal": {"AWS": ["arn:aws:iam::000000000000:user/alice",
        "arn:aws:iam::000000000000:root"]}"#;
    put_policy(&house, "Deny", spared);
    assert_opens(&house, &url(&house, &alice, 60));
    assert_refused(&house, &url(&house, &bob, 60), DENIED);
}

#[test]
fn a_boundary_cuts_what_a_user_and_its_sessions_may() {
    let house = house();
    let alice = house.user("alice", Some(READ));
    let session = house.session(&alice, &[("Action", "GetSessionToken")]);
    let urls = [url(&house, &alice, 600), url(&house, &session, 600)];
    let new = NewPolicy { name: "cut", document: OTHER_BUCKET, ..NewPolicy::default() };
    let cut = house.account().policies().create(new, house.now()).unwrap();
    house.account().boundary(Actor::User("alice")).put(&cut.arn).unwrap();
    urls.iter().for_each(|url| assert_refused(&house, url, DENIED));
    house.account().boundary(Actor::User("alice")).delete().unwrap();
    urls.iter().for_each(|url| assert_opens(&house, url));
}

#[test]
fn a_session_policy_cuts_what_a_session_may() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let reader = house.role("reader", TRUST, READ);
    let cut = house.assume(&alice, &reader, &[("Policy", OTHER_BUCKET)]);
    assert_refused(&house, &url(&house, &cut, 60), DENIED);
    let same = house.assume(&alice, &reader, &[("Policy", READ)]);
    assert_opens(&house, &url(&house, &same, 60));
}

#[test]
fn a_federated_user_may_what_its_maker_and_its_policy_allow() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let ask = |policy| [("Action", "GetFederationToken"), ("Name", "guest"), ("Policy", policy)];
    let guest = house.session(&alice, &ask(READ));
    let stranger = house.session(&alice, &ask(OTHER_BUCKET));
    let guest = url(&house, &guest, 600);
    assert_opens(&house, &guest);
    assert_refused(&house, &url(&house, &stranger, 60), DENIED);
    house.account().inline(Holder::User("alice")).delete("policy").unwrap();
    assert_refused(&house, &guest, DENIED);
}

/// Allows to read where a tag of whoever asks is the first part of the key.
const OF_TEAM: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
    "Action": ["s3:GetObject", "sts:*"], "Resource": "*",
    "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}}"#;

#[test]
fn a_policy_can_ask_for_the_tags_of_a_user() {
    let house = house();
    let alice = house.user("alice", Some(OF_TEAM));
    let url = url(&house, &alice, 600);
    assert_refused(&house, &url, DENIED);
    house.account().tags(Actor::User("alice")).put(&[Tag::new("team", "red")]).unwrap();
    assert_refused(&house, &url, DENIED);
    house.account().tags(Actor::User("alice")).put(&[Tag::new("team", "blue")]).unwrap();
    assert_opens(&house, &url);
}

#[test]
fn a_policy_can_ask_for_the_tags_of_a_session() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let reader = house.role("reader", TRUST, OF_TEAM);
    let tagged = |value| [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", value)];
    assert_refused(&house, &url(&house, &house.assume(&alice, &reader, &[]), 60), DENIED);
    let red = house.assume(&alice, &reader, &tagged("red"));
    assert_refused(&house, &url(&house, &red, 60), DENIED);
    let blue = house.assume(&alice, &reader, &tagged("blue"));
    assert_opens(&house, &url(&house, &blue, 60));
}

/// What is known of a caller reaches the policy of the bucket too.
#[test]
fn a_bucket_can_ask_who_it_is() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let reader = house.role("reader", TRUST, READ);
    let session = house.assume(&alice, &reader, &[("SourceIdentity", "mallory")]);
    let (of_alice, of_session) = (url(&house, &alice, 600), url(&house, &session, 600));
    for (condition, alice_may, session_may) in [
        (r#""StringEquals": {"aws:username": "alice"}"#, false, true),
        (r#""StringEquals": {"aws:SourceIdentity": "mallory"}"#, true, false),
        (r#""StringLike": {"aws:userid": "AROA*:session"}"#, true, false),
        (r#""Null": {"aws:TokenIssueTime": "false"}"#, true, false),
        (r#""Null": {"aws:TokenIssueTime": "true"}"#, false, true),
        (r#""Bool": {"aws:MultiFactorAuthPresent": "false"}"#, true, false),
        (r#""BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}"#, false, false),
        (r#""StringEquals": {"aws:PrincipalType": "AssumedRole"}"#, true, false),
    ] {
        let policy = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Principal": "*",
                 "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*",
                 "Condition": {{{condition}}}}}}}"#
        );
        house.ok("PUT", "/bucket?policy", policy.as_bytes());
        for (url, may) in [(&of_alice, alice_may), (&of_session, session_may)] {
            let status = house.send(&Request::new("GET", url)).status;
            assert_eq!(status == 200, may, "{condition}: {status}");
        }
    }
}
