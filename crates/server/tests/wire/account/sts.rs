//! The actions of STS, as clients read their answers.

use testbed::Answer;

use super::*;

#[track_caller]
fn assert_elements(answer: &Answer, expected: &[(&str, &str)]) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    for (name, text) in expected {
        assert_eq!(answer.element(name).as_deref(), Some(*text), "{}", answer.text());
    }
}

fn role<'a>(arn: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let role = [("Action", "AssumeRole"), ("RoleArn", arn), ("RoleSessionName", "session")];
    [&role[..], more].concat()
}

const ACCOUNT: (&str, &str) = ("Account", "000000000000");

#[test]
fn everybody_can_ask_who_they_are() {
    let house = house();
    let who = |by: &Credentials| house.sts(by, &[("Action", "GetCallerIdentity")]);
    let answer = who(&root());
    let expected = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
        <GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:root</Arn>\
        <UserId>000000000000</UserId><Account>000000000000</Account></GetCallerIdentityResult>\
        <ResponseMetadata><RequestId>";
    assert!(answer.text().contains(expected), "{}", answer.text());
    let deny = r#"{"Statement": [{"Effect": "Deny", "Action": "sts:GetCallerIdentity",
        "Resource": "*"}, {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}"#;
    let alice = house.user("alice", Some(deny));
    let arn = "arn:aws:iam::000000000000:user/alice";
    assert_elements(&who(&alice), &[("Arn", arn), ACCOUNT]);
    assert!(who(&alice).element("UserId").unwrap().starts_with("AIDA"));
    let session = house.session(&alice, &[("Action", "GetSessionToken")]);
    assert_elements(&who(&session), &[("Arn", arn)]);
    let reader = house.role("reader", TRUST, READ);
    let session = house.assume(&alice, &reader, &[]);
    let arn = "arn:aws:sts::000000000000:assumed-role/reader/session";
    assert_elements(&who(&session), &[("Arn", arn), ACCOUNT]);
    assert!(who(&session).element("UserId").unwrap().ends_with(":session"));
}

#[test]
fn a_role_is_assumed() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let reader = house.role("reader", TRUST, READ);
    let answer = house.sts(&alice, &role(&reader, &[("SourceIdentity", "alice-herself")]));
    assert_elements(
        &answer,
        &[
            ("Arn", "arn:aws:sts::000000000000:assumed-role/reader/session"),
            ("Expiration", "2026-01-01T01:00:00Z"),
            ("SourceIdentity", "alice-herself"),
        ],
    );
    let text = |name: &str| answer.element(name).unwrap();
    assert!(text("AccessKeyId").starts_with("ASIA"));
    assert!(text("AssumedRoleId").starts_with("AROA"));
    assert!((1..100).contains(&text("PackedPolicySize").parse::<u32>().unwrap()));
}

#[test]
fn a_role_is_assumed_by_those_alone_who_may() {
    let house = house();
    let (alice, bob) = (house.user("alice", Some(READ_AND_ASSUME)), house.user("bob", None));
    let reader = house.role("reader", TRUST, READ);
    let ask = |by: &Credentials, role_arn: &str| house.sts(by, &role(role_arn, &[]));
    assert_eq!(ask(&alice, &reader).status, 200);
    let refused = ask(&bob, &reader);
    assert_eq!(refused.refusal(), (403, "AccessDenied".into()));
    let message = format!(
        "User: arn:aws:iam::000000000000:user/bob is not authorized to perform: sts:AssumeRole on \
         resource: {reader}"
    );
    assert_eq!(refused.element("Message").as_deref(), Some(message.as_str()));
    let absent = ask(&alice, "arn:aws:iam::000000000000:role/absent");
    assert_eq!(absent.refusal(), (403, "AccessDenied".into()));
    assert_eq!(ask(&root(), &reader).refusal(), (403, "AccessDenied".into()));
}

#[test]
fn what_a_trust_policy_asks_of_the_request_is_looked_at() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let trust = |condition: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow",
                 "Principal": {{"AWS": "000000000000"}}, "Action": "sts:AssumeRole",
                 "Condition": {{{condition}}}}}}}"#
        )
    };
    for (name, condition, more, status) in [
        ("a", r#""StringEquals": {"sts:ExternalId": "42"}"#, &[("ExternalId", "42")][..], 200),
        ("b", r#""StringEquals": {"sts:ExternalId": "42"}"#, &[("ExternalId", "43")], 403),
        ("c", r#""StringEquals": {"sts:ExternalId": "42"}"#, &[], 403),
        ("d", r#""IpAddress": {"aws:SourceIp": "127.0.0.0/8"}"#, &[], 200),
        ("e", r#""IpAddress": {"aws:SourceIp": "192.0.2.0/24"}"#, &[], 403),
        ("f", r#""DateLessThan": {"aws:CurrentTime": "2026-01-02T00:00:00Z"}"#, &[], 200),
        ("g", r#""DateLessThan": {"aws:CurrentTime": "2025-01-02T00:00:00Z"}"#, &[], 403),
        ("h", r#""Bool": {"aws:SecureTransport": "true"}"#, &[], 403),
        ("i", r#""StringEquals": {"aws:RequestedRegion": "us-east-1"}"#, &[], 200),
        ("j", r#""StringEquals": {"sts:RoleSessionName": "session"}"#, &[], 200),
    ] {
        let arn = house.role(name, &trust(condition), READ);
        let answer = house.sts(&alice, &role(&arn, more));
        assert_eq!(answer.status, status, "{condition}: {}", answer.text());
    }
}

#[test]
fn a_session_and_a_federated_user_are_made() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let ask = [("Action", "GetSessionToken"), ("DurationSeconds", "900")];
    assert_elements(&house.sts(&alice, &ask), &[("Expiration", "2026-01-01T00:15:00Z")]);
    let ask = [("Action", "GetFederationToken"), ("Name", "guest"), ("Policy", READ)];
    assert_elements(
        &house.sts(&alice, &ask),
        &[
            ("FederatedUserId", "000000000000:guest"),
            ("Arn", "arn:aws:sts::000000000000:federated-user/guest"),
            ("Expiration", "2026-01-01T12:00:00Z"),
        ],
    );
    let bob = house.user("bob", None);
    assert_eq!(house.sts(&bob, &ask).refusal(), (403, "AccessDenied".into()));
    assert_eq!(house.sts(&bob, &[("Action", "GetSessionToken")]).status, 200);
}

#[test]
fn what_cannot_be_is_refused() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let reader = house.role("reader", TRUST, READ);
    let device = [("SerialNumber", "arn:aws:iam::000000000000:mfa/a"), ("TokenCode", "123456")];
    for (more, status, code) in [
        (&[("DurationSeconds", "899")][..], 400, "ValidationError"),
        (&[("DurationSeconds", "43201")], 400, "ValidationError"),
        (&[("DurationSeconds", "soon")], 400, "ValidationError"),
        (&[("Policy", "{")], 400, "MalformedPolicyDocument"),
        (&[("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/X")], 400, "ValidationError"),
        (&[("Tags.member.1.Key", "team")], 400, "ValidationError"),
        (&device, 403, "AccessDenied"),
    ] {
        let answer = house.sts(&alice, &role(&reader, more));
        assert_eq!(answer.refusal(), (status, code.into()), "{more:?}: {}", answer.text());
    }
    let ask = |parameters: &[(&str, &str)]| house.sts(&alice, parameters).refusal();
    let nameless = ask(&[("Action", "AssumeRole"), ("RoleArn", &reader)]);
    assert_eq!(nameless, (400, "MissingParameter".into()));
    let asked = [&[("Action", "GetSessionToken")], &device[..]].concat();
    assert_eq!(ask(&asked), (403, "AccessDenied".into()));
    let session = house.session(&alice, &[("Action", "GetSessionToken")]);
    let again = house.sts(&session, &[("Action", "GetSessionToken")]).refusal();
    assert_eq!(again, (403, "AccessDenied".into()));
}

#[test]
fn a_use_of_a_key_is_noted_with_what_it_was_for() {
    let house = house();
    let alice = house.user("alice", Some(READ));
    let last = || house.account().access_key_last_used(alice.access_key_id()).unwrap().1;
    let used = || last().map(|used| (used.at, used.service.name()));
    assert_eq!(used(), None);
    let forger = Credentials::new(alice.access_key_id(), "wrong", None);
    assert_refused(&house, &url(&house, &forger, 60), (403, "SignatureDoesNotMatch"));
    assert_eq!(house.sts(&forger, &[("Action", "GetCallerIdentity")]).status, 403);
    assert_eq!(used(), None);
    assert_opens(&house, &url(&house, &alice, 60));
    assert_eq!(used(), Some((house.now(), "s3")));
    house.pass(5);
    assert_eq!(house.sts(&alice, &[("Action", "GetCallerIdentity")]).status, 200);
    assert_eq!(used(), Some((house.now(), "sts")));
}
