//! Users, roles and sessions at the door: how long what they sign is good, what takes it back, and
//! what they may.

mod door;
mod lifetimes;
mod log;
mod permissions;
mod revoked;
mod sts;
mod tokens;
mod web_identity;

use signature::Credentials;
use testbed::{ACCESS_KEY_ID, Auth, House, Request, SECRET};

/// Lets read every object.
const READ: &str =
    r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;
/// Lets everybody of the account assume the role and tag its sessions, whose own policies have to
/// allow it too.
const TRUST: &str = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "000000000000"},
    "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}}"#;
/// Lets an instance have the role.
const TRUST_INSTANCES: &str = r#"{"Statement": {"Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}"#;
/// Lets assume any role that trusts the account, and read.
const READ_AND_ASSUME: &str = r#"{"Statement": {"Effect": "Allow",
    "Action": ["s3:GetObject", "sts:*"], "Resource": "*"}}"#;
const DENIED: (u16, &str) = (403, "AccessDenied");
const UNKNOWN_KEY: (u16, &str) = (403, "InvalidAccessKeyId");

/// A server with an object `key` in a bucket `bucket`.
fn house() -> House {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", "/bucket/key", b"content");
    house
}

fn root() -> Credentials {
    Credentials::new(ACCESS_KEY_ID, SECRET, None)
}

/// A URL of the object, signed now, for so many seconds.
fn url(house: &House, by: &Credentials, seconds: u32) -> String {
    let get = Request::new("GET", "/bucket/key").signed_by(by).auth(Auth::Presigned(seconds));
    get.target(&house.authority(), house.now())
}

#[track_caller]
fn assert_opens(house: &House, url: &str) {
    let answer = house.send(&Request::new("GET", url));
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, &b"content"[..]),
        "{}",
        answer.text()
    );
}

#[track_caller]
fn assert_refused(house: &House, url: &str, (status, code): (u16, &str)) {
    let answer = house.send(&Request::new("GET", url));
    assert_eq!(answer.refusal(), (status, code.to_owned()), "{}", answer.text());
}
