//! `hallpass presign` with credentials of a session: no link outlives it, and somebody says so.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    dead_code,
    reason = "test"
)]

mod program;

use std::time::{SystemTime, UNIX_EPOCH};

use program::{ID, SECRET, complaint, ended, hallpass, with_key};
use signature::Timestamp;

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_seconds(since.as_secs())
}

#[test]
fn end_of_the_session_is_said_when_it_comes_first() {
    let home = tempfile::tempdir().unwrap();
    let mut command = hallpass(home.path(), &["presign", "get", "s3://photos/k"]);
    with_key(&mut command).env("AWS_SESSION_TOKEN", "t");
    let (_, silence) = ended(&command.output().unwrap(), 0);
    assert_eq!(silence, "");
    let end = now().plus(1800).to_string();
    command.env("AWS_CREDENTIAL_EXPIRATION", &end);
    let (_, said) = ended(&command.output().unwrap(), 0);
    let end = end.replace('T', " ").replace('Z', " UTC");
    assert!(said.starts_with(&format!("works until {end}")), "{said}");
}

#[test]
fn a_session_that_is_over_signs_nothing() {
    let home = tempfile::tempdir().unwrap();
    for kind in ["get", "form"] {
        let mut command = hallpass(home.path(), &["presign", kind, "s3://photos/k"]);
        with_key(&mut command).env("AWS_SESSION_TOKEN", "t");
        command.env("AWS_CREDENTIAL_EXPIRATION", "2020-01-02T03:04:05+00:00");
        let said = complaint(&command.output().unwrap(), 3);
        assert_eq!(said, "the session of the credentials ended 2020-01-02 03:04:05 UTC");
    }
}

/// Nobody says when it ends, but no session lives for more than 36 hours.
#[test]
fn no_session_is_taken_to_live_for_days() {
    let home = tempfile::tempdir().unwrap();
    for kind in ["get", "form"] {
        let arguments = ["presign", kind, "s3://photos/k", "--expires"];
        let session = |more: &[&str]| {
            let mut command = hallpass(home.path(), &[arguments.as_slice(), more].concat());
            with_key(&mut command).env("AWS_SESSION_TOKEN", "t").output().unwrap()
        };
        let (_, said) = ended(&session(&["7d"]), 0);
        assert!(said.contains("at the latest: no session lives longer than 36 hours"), "{said}");
        assert!(complaint(&session(&["7d", "--strict"]), 3).starts_with("it works until "));
        assert_eq!(ended(&session(&["36h", "--strict"]), 0).1, "");
    }
}

#[test]
fn the_end_of_a_session_in_the_credentials_file_is_read() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".aws")).unwrap();
    let end = now().plus(1800);
    for (name, value) in
        [("x_security_token_expires", end.to_string()), ("aws_expiration", end.to_string())]
    {
        let text = format!(
            "[default]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n\
             aws_session_token = t\n{name} = {value}\n"
        );
        std::fs::write(home.path().join(".aws/credentials"), text).unwrap();
        let mut command = hallpass(home.path(), &["presign", "get", "s3://photos/k"]);
        let (_, said) = ended(&command.output().unwrap(), 0);
        assert!(said.contains("when the session of its credentials ends"), "{said}");
    }
}

#[test]
fn a_key_of_a_session_without_its_token_is_said_to_be_of_no_use() {
    let home = tempfile::tempdir().unwrap();
    let mut command = hallpass(home.path(), &["presign", "get", "s3://photos/k"]);
    with_key(&mut command).env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE");
    let (_, said) = ended(&command.output().unwrap(), 0);
    assert!(said.starts_with("does not work: "), "{said}");
    command.arg("--strict");
    assert!(complaint(&command.output().unwrap(), 3).starts_with("it does not work: "));
}

#[test]
fn a_strict_signer_makes_no_url_that_outlives_its_session() {
    let home = tempfile::tempdir().unwrap();
    let mut command =
        hallpass(home.path(), &["presign", "get", "s3://photos/k", "--strict", "--region", "r"]);
    with_key(&mut command);
    let end = now().plus(1800).to_string();
    command.env("AWS_SESSION_TOKEN", "t").env("AWS_CREDENTIAL_EXPIRATION", &end);
    let said = complaint(&command.output().unwrap(), 3);
    let end = end.replace('T', " ").replace('Z', " UTC");
    assert!(said.starts_with(&format!("it works until {end}")), "{said}");
}
