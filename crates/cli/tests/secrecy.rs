//! What is typed at the wrong place can be a secret: no message repeats it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, dead_code, reason = "test")]

mod program;

use program::{ended, hallpass, with_key};

/// What is pasted at the wrong place would be on the terminal and in every log of it.
#[test]
fn arguments_that_are_not_understood_are_not_repeated() {
    let home = tempfile::tempdir().unwrap();
    let presign = ["presign", "get", "s3://photos/k", "--region", "eu-west-1"];
    let (url, _) = ended(&with_key(&mut hallpass(home.path(), &presign)).output().unwrap(), 0);
    let url = url.trim_end();
    let secret = url.rsplit_once('=').unwrap().1;
    for arguments in [
        &["explain", url, url][..],
        &["presign", "get", "s3://photos/k", url],
        &["presign", "get", url],
        &[url],
        &["explain", url, "--method", url],
        &["explain", url, "--response", url],
        &["explain", url, "--header", url.split_once(':').unwrap().1],
        &["presign", "put", "s3://photos/k", "--checksum", url],
        &["presign", "get", "s3://photos/k", "--at", url],
        &["presign", "get", "s3://photos/k", "--profile", url],
        &["share", url],
        &["store", "stat", url],
        &["serve", "--data", url, "--listen", url],
        &["presign", "get", "s3://photos/k", "--header", &format!("X-Amz-Security-Token {secret}")],
        &["presign", "get", "s3://photos/k", "--endpoint-url", &format!("http://u:{secret}@h")],
        &["presign", "get", "s3://photos/k", "--endpoint-url", secret],
    ] {
        let output = with_key(&mut hallpass(home.path(), arguments)).output().unwrap();
        let told = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        assert!(matches!(output.status.code(), Some(1..=3)), "{arguments:?} {told:?}");
        assert!(!told.concat().contains(secret), "{arguments:?} {told:?}");
        assert!(told[1].starts_with("error: "), "{told:?}");
    }
    let mut plain = hallpass(home.path(), &["presign", "get", "s3://photos/k", "--expires", "1w"]);
    let said = ended(&plain.output().unwrap(), 2).1;
    assert!(said.starts_with("error: invalid value '1w' for '--expires <TIME>'"), "{said}");
}
