//! Session tokens: needed, genuine, of their own key, and a part of what is signed, wherever a
//! signature stands.

use server::Settings;
use signature::Legacy;
use signature::form::PostPolicy;

use super::*;
use crate::forms::upload::Upload;

/// A server that takes SigV2 too, and the credentials of a session that may read and write.
fn house_with_session() -> (House, Credentials) {
    let house = House::with(Settings { legacy: Legacy::Accept, ..Settings::default() });
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", "/bucket/key", b"content");
    let all = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    let alice = house.user("alice", Some(all));
    let session = house.session(&alice, &[("Action", "GetSessionToken")]);
    (house, session)
}

const ALL: [Auth; 6] = [
    Auth::Header,
    Auth::HeaderV4a,
    Auth::Presigned(60),
    Auth::Legacy(60),
    Auth::LegacyHeader,
    Auth::Presigned(604_800),
];

fn with_token(credentials: &Credentials, token: Option<&str>) -> Credentials {
    Credentials::new(credentials.access_key_id(), credentials.secret().expose(), token)
}

#[test]
fn a_session_signs_in_every_way_there_is() {
    let (house, session) = house_with_session();
    for auth in ALL {
        let get = Request::new("GET", "/bucket/key").signed_by(&session).auth(auth);
        let answer = house.send(&get);
        assert_eq!(answer.body, b"content", "{auth:?}: {}", answer.text());
        let put = Request::new("PUT", "/bucket/new").signed_by(&session).auth(auth).body(b"new");
        assert_eq!(house.send(&put).status, 200, "{auth:?}");
    }
}

/// For every way of signing, what the same request comes to with another token.
#[track_caller]
fn assert_refused_with(token: Option<&str>, (status, code): (u16, &str)) {
    let (house, session) = house_with_session();
    for auth in ALL {
        let other = with_token(&session, token);
        let get = Request::new("GET", "/bucket/key").signed_by(&other).auth(auth);
        let answer = house.send(&get);
        assert_eq!(answer.refusal(), (status, code.into()), "{auth:?}: {}", answer.text());
    }
}

#[test]
fn a_session_without_its_token_is_nobody() {
    assert_refused_with(None, UNKNOWN_KEY);
}

#[test]
fn what_is_no_token_is_invalid() {
    assert_refused_with(Some("no token"), (400, "InvalidToken"));
    assert_refused_with(Some(&"A".repeat(300)), (400, "InvalidToken"));
}

#[test]
fn a_forged_token_is_invalid_wherever_it_was_changed() {
    let (house, session) = house_with_session();
    let token = session.session_token().unwrap();
    for (index, byte) in token.char_indices().step_by(7) {
        let other = if byte == 'A' { 'B' } else { 'A' };
        let forged = format!("{}{other}{}", &token[..index], &token[index + 1..]);
        let forged = with_token(&session, Some(&forged));
        assert_refused(&house, &url(&house, &forged, 60), (400, "InvalidToken"));
    }
}

#[test]
fn the_token_of_another_key_is_invalid() {
    let (house, session) = house_with_session();
    let bob = house.user("bob", None);
    let other = house.session(&bob, &[("Action", "GetSessionToken")]);
    let mixed = with_token(&session, other.session_token());
    assert_refused(&house, &url(&house, &mixed, 60), (400, "InvalidToken"));
    let mixed = with_token(&bob, session.session_token());
    assert_refused(&house, &url(&house, &mixed, 60), (400, "InvalidToken"));
    let mixed = with_token(&root(), session.session_token());
    assert_refused(&house, &url(&house, &mixed, 60), (400, "InvalidToken"));
}

#[test]
fn another_secret_is_no_signature_however_genuine_the_token() {
    let (house, session) = house_with_session();
    let token = session.session_token();
    let forger = Credentials::new(session.access_key_id(), "another-secret", token);
    for auth in ALL {
        let get = Request::new("GET", "/bucket/key").signed_by(&forger).auth(auth);
        assert_eq!(house.send(&get).refusal(), (403, "SignatureDoesNotMatch".into()), "{auth:?}");
    }
}

#[test]
fn a_token_that_the_signature_does_not_cover_is_refused() {
    let (house, session) = house_with_session();
    let token = session.session_token().unwrap();
    let bare = with_token(&session, None);
    for auth in [Auth::Header, Auth::HeaderV4a, Auth::Presigned(60)] {
        let get = Request::new("GET", "/bucket/key").signed_by(&bare).auth(auth);
        let answer = house.send(&get.unsigned_header("x-amz-security-token", token));
        assert_eq!(answer.refusal(), (403, "AccessDenied".into()), "{auth:?}");
        assert!(answer.element("HeadersNotSigned").is_some(), "{auth:?}");
    }
    let added = format!("{}&X-Amz-Security-Token={token}", url(&house, &bare, 60));
    assert_refused(&house, &added, (403, "SignatureDoesNotMatch"));
}

#[test]
fn a_form_is_signed_with_a_session_until_that_ends() {
    let (house, session) = house_with_session();
    let policy = PostPolicy::new("bucket", "uploaded", house.now().plus(604_800));
    let upload = Upload::of(&policy.sign(&session, "us-east-1", house.now()));
    assert_eq!(house.send(&upload.request()).status, 204);
    let forged = upload.clone().with("x-amz-security-token", "no token");
    let answer = house.send(&forged.request());
    assert_eq!(answer.refusal(), (400, "InvalidToken".into()), "{}", answer.text());
    let without = upload.clone().without("x-amz-security-token");
    assert_eq!(house.send(&without.request()).refusal(), (403, "InvalidAccessKeyId".into()));
    house.pass(12 * 3600 - 1);
    assert_eq!(house.send(&upload.request()).status, 204);
    house.pass(1);
    assert_eq!(house.send(&upload.request()).refusal(), (400, "ExpiredToken".into()));
}
