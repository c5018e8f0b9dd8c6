//! How long a URL is good: as long as it says, and never longer than what it was signed with.

use super::*;

const SEVEN_DAYS: u32 = 604_800;

#[test]
fn a_url_of_a_users_key_is_good_for_seven_days_and_not_a_second_more() {
    let house = house();
    let alice = house.user("alice", Some(READ));
    let url = url(&house, &alice, SEVEN_DAYS);
    house.pass(u64::from(SEVEN_DAYS) - 1);
    assert_opens(&house, &url);
    house.pass(1);
    assert_refused(&house, &url, DENIED);
    let answer = house.send(&Request::new("GET", &url));
    assert_eq!(answer.element("Message").as_deref(), Some("Request has expired"));
}

/// A URL that says seven days, signed with the credentials of a session that ends after so many
/// seconds.
#[track_caller]
fn assert_ends_with_the_session(house: &House, session: &Credentials, seconds: u64) {
    let url = url(house, session, SEVEN_DAYS);
    house.pass(seconds - 1);
    assert_opens(house, &url);
    house.pass(1);
    assert_refused(house, &url, (400, "ExpiredToken"));
    let answer = house.send(&Request::new("GET", &url));
    assert_eq!(answer.element("Message").as_deref(), Some("The provided token has expired."));
    assert_eq!(answer.element("Token-0").as_deref(), session.session_token());
}

#[test]
fn a_url_of_a_users_session_ends_after_36_hours_at_most() {
    let house = house();
    let alice = house.user("alice", Some(READ));
    let ask = |seconds| [("Action", "GetSessionToken"), ("DurationSeconds", seconds)];
    assert_eq!(house.sts(&alice, &ask("129601")).refusal(), (400, "ValidationError".into()));
    let session = house.session(&alice, &ask("129600"));
    assert_ends_with_the_session(&house, &session, 36 * 3600);
}

#[test]
fn a_url_of_the_root_users_session_ends_after_an_hour() {
    let house = house();
    let ask = [("Action", "GetSessionToken"), ("DurationSeconds", "129600")];
    let session = house.session(&root(), &ask);
    assert_ends_with_the_session(&house, &session, 3600);
}

#[test]
fn a_url_of_a_role_ends_after_12_hours_at_most() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let reader = house.role("reader", TRUST, READ);
    let session = house.assume(&alice, &reader, &[("DurationSeconds", "43200")]);
    assert_ends_with_the_session(&house, &session, 12 * 3600);
}

#[test]
fn a_url_of_a_role_ends_after_an_hour_when_nobody_says_how_long() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let reader = house.role("reader", TRUST, READ);
    let session = house.assume(&alice, &reader, &[]);
    assert_ends_with_the_session(&house, &session, 3600);
}

#[test]
fn a_url_of_a_role_that_a_role_assumed_ends_after_an_hour_at_most() {
    let house = house();
    let alice = house.user("alice", Some(READ_AND_ASSUME));
    let first = house.role("first", TRUST, READ_AND_ASSUME);
    let second = house.role("second", TRUST, READ);
    let first = house.assume(&alice, &first, &[("DurationSeconds", "43200")]);
    let ask = |seconds| {
        let role = [("Action", "AssumeRole"), ("RoleArn", second.as_str())];
        [&role[..], &[("RoleSessionName", "two"), ("DurationSeconds", seconds)]].concat()
    };
    assert_eq!(house.sts(&first, &ask("3601")).refusal(), (400, "ValidationError".into()));
    let session = house.session(&first, &ask("3600"));
    assert_ends_with_the_session(&house, &session, 3600);
}

#[test]
fn a_url_of_an_instance_ends_after_six_hours() {
    let house = house();
    let role = house.role("of-instances", TRUST_INSTANCES, READ);
    let made = house.account().sessions().of_instance(&role, "i-0123", house.now()).unwrap();
    let made = made.credentials;
    let token = Some(made.session_token.as_str());
    let session = Credentials::new(&made.access_key_id, made.secret.expose(), token);
    assert_ends_with_the_session(&house, &session, 6 * 3600);
}

#[test]
fn a_url_that_says_less_than_its_session_lives_ends_when_it_says() {
    let house = house();
    let alice = house.user("alice", Some(READ));
    let session = house.session(&alice, &[("Action", "GetSessionToken")]);
    let url = url(&house, &session, 60);
    house.pass(59);
    assert_opens(&house, &url);
    house.pass(1);
    assert_refused(&house, &url, DENIED);
}
