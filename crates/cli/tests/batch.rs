//! `hallpass presign --batch`: a URL for each line, in their order, whatever becomes of the rest.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    dead_code,
    reason = "test"
)]

mod program;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use program::{complaint, ended, hallpass, with_key};
use signature::Timestamp;

const ARGUMENTS: [&str; 7] =
    ["presign", "get", "--batch", "--region", "eu-west-1", "--at", "20260102T030405Z"];

fn batch(home: &Path, more: &[&str]) -> Command {
    let mut command = hallpass(home, &[&ARGUMENTS, more].concat());
    with_key(&mut command);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What comes of `lines` on stdin.
fn signed(lines: &[u8], more: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut child = batch(home.path(), more).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let lines = lines.to_vec();
    // Because: the batch writes while it reads, and may end before it has read everything.
    let feeding = std::thread::spawn(move || drop(stdin.write_all(&lines)));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    output
}

fn one(object: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    let arguments = [&["presign", "get", object], &ARGUMENTS[3..]].concat();
    ended(&with_key(&mut hallpass(home.path(), &arguments)).output().unwrap(), 0).0
}

#[test]
fn url_of_each_line_is_the_one_that_it_gets_alone() {
    let objects =
        ["s3://photos/a b", "s3://photos/\u{d55c}+%41/ ", "s3://other.one//x", "s3://photos/k"];
    let lines = format!("{}\r\n\n  \n{}\n{}\n{}", objects[0], objects[1], objects[2], objects[3]);
    let (stdout, stderr) = ended(&signed(lines.as_bytes(), &[]), 0);
    assert_eq!((stdout, stderr.as_str()), (objects.map(one).concat(), ""));
}

#[test]
fn many_lines_keep_their_order() {
    let objects: Vec<String> = (0..100_000).map(|n| format!("s3://bucket-{}/{n}", n % 3)).collect();
    let (stdout, _) = ended(&signed(objects.join("\n").as_bytes(), &[]), 0);
    assert_eq!(stdout.lines().count(), objects.len());
    for (object, url) in objects.iter().zip(stdout.lines()) {
        let (bucket, key) = object.strip_prefix("s3://").unwrap().split_once('/').unwrap();
        let begin = format!("https://{bucket}.s3.eu-west-1.amazonaws.com/{key}?X-Amz-");
        assert!(url.starts_with(&begin), "{object}: {url}");
    }
}

#[test]
fn nothing_comes_of_nothing() {
    assert_eq!(ended(&signed(b"", &[]), 0), (String::new(), String::new()));
    assert_eq!(ended(&signed(b"\n\n", &[]), 0), (String::new(), String::new()));
}

#[test]
fn json_lines_name_the_object_the_url_and_its_end() {
    let lines = "s3://photos/\"\u{1f600}\"\\\ns3://photos/k\n";
    let (stdout, _) = ended(&signed(lines.as_bytes(), &["--json", "--expires", "1m"]), 0);
    let values: Vec<serde_json::Value> =
        stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(values.len(), 2);
    assert_eq!(values[0]["s3"], "s3://photos/\"\u{1f600}\"\\");
    assert_eq!(values[1]["expires_at"], "2026-01-02T03:05:05Z");
    let alone = signed("s3://photos/k".as_bytes(), &["--expires", "1m"]);
    assert_eq!(values[1]["url"], ended(&alone, 0).0.trim_end());
}

#[test]
fn bad_line_is_named_behind_the_urls_of_the_lines_before() {
    let good = "s3://photos/k\n".repeat(5000);
    for (bad, why) in [
        (&b"photos/k"[..], "a place in S3 begins with s3://"),
        (b"s3://photos", "write s3://BUCKET/KEY with a key"),
        (b"s3://Photos/k", "not a valid bucket name"),
        (b"s3://photos/\xff", "an address is UTF-8"),
    ] {
        let lines = [good.as_bytes(), b"\n", bad, b"\n", good.as_bytes()].concat();
        let (stdout, stderr) = ended(&signed(&lines, &[]), 1);
        assert_eq!(stdout.lines().count(), 5000, "{why}");
        assert!(stderr.starts_with(&format!("error: line 5002: {why}\nhint: ")), "{stderr}");
    }
}

fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    line
}

#[test]
fn url_comes_as_soon_as_its_line_and_so_does_a_complaint() {
    let home = tempfile::tempdir().unwrap();
    let mut child = batch(home.path(), &[]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"s3://photos/k\n").unwrap();
    assert_eq!(first_line(&mut child), one("s3://photos/k"));
    stdin.write_all(b"nonsense\n").unwrap();
    // Its stdin is open still.
    assert_eq!(child.wait().unwrap().code(), Some(1));
    drop(stdin);
}

#[test]
fn reader_that_has_enough_ends_it_quietly() {
    let home = tempfile::tempdir().unwrap();
    let mut child = batch(home.path(), &[]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || {
        let lines = "s3://photos/k\n".repeat(1000);
        while stdin.write_all(lines.as_bytes()).is_ok() {}
    });
    assert!(first_line(&mut child).starts_with("https://"));
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
    feeding.join().unwrap();
}

/// In half an hour.
fn soon() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_seconds(now.as_secs() + 1800).to_string()
}

#[test]
fn what_holds_for_all_lines_is_said_once_and_first() {
    let lines = b"s3://photos/k\ns3://photos/l\n";
    assert!(complaint(&signed(lines, &["--expires", "8d"]), 3).contains("7 days"));
    let home = tempfile::tempdir().unwrap();
    let session = |more: &[&str]| {
        // As of now, for it is now that the session is good.
        let mut command = hallpass(home.path(), &[&ARGUMENTS[..5], more].concat());
        with_key(&mut command).env("AWS_SESSION_TOKEN", "t");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env("AWS_CREDENTIAL_EXPIRATION", soon());
        let mut child = command.spawn().unwrap();
        // A strict one may have ended before it reads.
        drop(child.stdin.take().unwrap().write_all(lines));
        child.wait_with_output().unwrap()
    };
    let (stdout, stderr) = ended(&session(&[]), 0);
    assert_eq!((stdout.lines().count(), stderr.lines().count()), (2, 1));
    assert!(complaint(&session(&["--strict"]), 3).contains("it works until"));
}

#[test]
fn batch_of_a_bucket_that_cannot_be_reached_fails() {
    let home = tempfile::tempdir().unwrap();
    let here = ["s3://photos/a/", "--endpoint-url", "http://127.0.0.1:1"];
    let output = batch(home.path(), &here).output().unwrap();
    assert!(complaint(&output, 1).starts_with("ListObjectsV2: cannot connect"));
}
