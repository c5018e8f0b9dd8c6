//! What the access log says of users and sessions, and of what was asked of the account.

use super::*;

/// Requester and operation of each line.
fn requesters<'a>(log: &'a str) -> Vec<(&'a str, &'a str)> {
    let lines = log.lines().filter(|line| !line.starts_with('#'));
    // The time has a blank in it.
    let fields = |line: &'a str| {
        let mut fields = line.split(' ').skip(5);
        (fields.next().unwrap(), fields.nth(1).unwrap())
    };
    lines.map(fields).collect()
}

#[test]
fn whoever_asks_is_logged_as_amazon_does() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let reader = house.role("reader", TRUST, READ);
    assert_opens(&house, &url(&house, &alice, 60));
    let of_user = house.session(&alice, &[("Action", "GetSessionToken")]);
    assert_opens(&house, &url(&house, &of_user, 60));
    let of_role = house.assume(&alice, &reader, &[]);
    assert_opens(&house, &url(&house, &of_role, 60));
    assert_opens(&house, &url(&house, &root(), 60));
    assert_eq!(house.send(&Request::new("GET", "/bucket/key")).status, 403);
    let log = house.stop();
    let user = "arn:aws:iam::000000000000:user/alice";
    let session = "arn:aws:sts::000000000000:assumed-role/reader/session";
    assert_eq!(
        requesters(&log)[2..],
        [
            (user, "REST.GET.OBJECT"),
            (user, "STS.GetSessionToken"),
            (user, "REST.GET.OBJECT"),
            (user, "STS.AssumeRole"),
            (session, "REST.GET.OBJECT"),
            (identity::CANONICAL_USER_ID, "REST.GET.OBJECT"),
            ("-", "REST.GET.OBJECT"),
        ],
        "{log}"
    );
    let secret = of_role.session_token().unwrap();
    assert!(!log.contains(secret) && !log.contains(&secret[..20]), "{log}");
}

#[test]
fn what_was_refused_is_logged_with_its_reason() {
    let house = house();
    let nobody = Credentials::new("AKIANOBODY", "secret", None);
    assert_eq!(house.sts(&nobody, &[("Action", "GetCallerIdentity")]).status, 403);
    assert_eq!(house.send(&Request::to_sts(&[("Action", "A\nb c")])).status, 403);
    let alice = house.user("alice", Some(READ));
    let keys = house.account().access_keys("alice");
    keys.update(alice.access_key_id(), identity::KeyStatus::Inactive).unwrap();
    assert_refused(&house, &url(&house, &alice, 60), UNKNOWN_KEY);
    let log = house.stop();
    let lines: Vec<&str> = log.lines().skip(2).collect();
    assert!(lines[0].contains(" \"POST / HTTP/1.1\" 403 InvalidClientTokenId "), "{log}");
    assert!(lines[1].ends_with(" there is no such access key"), "{log}");
    assert!(lines[2].contains(" - - \"POST / HTTP/1.1\" 403 MissingAuthenticationToken "), "{log}");
    assert!(lines[3].contains("\" 403 InvalidAccessKeyId "), "{log}");
    assert!(lines[4].ends_with(" the access key is inactive"), "{log}");
}
