//! `hallpass serve` and `hallpass share`: a file, a link, and the end of both.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "test"
)]

mod program;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use client::{AddressingStyle, Client, Config, Endpoint};
use program::{ID, Running, SECRET, complaint, ended, hallpass, with_key};
use s3::BucketName;
use signature::{Credentials, Timestamp};

/// The body at `url`, when the answer is 200.
fn get(url: &str) -> Option<Vec<u8>> {
    let (host, _) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let target = url.split_once(host).unwrap().1;
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    answer.starts_with(b"HTTP/1.1 200").then(|| answer[end + 4..].to_vec())
}

fn serve(home: &Path) -> (Running, String) {
    let arguments = ["serve", "--data", "data", "--listen", "127.0.0.1:0"];
    let mut command = hallpass(home, &arguments);
    command.env("HALLPASS_ROOT_ACCESS_KEY_ID", ID).env("HALLPASS_ROOT_SECRET_ACCESS_KEY", SECRET);
    let mut running = Running::start(&mut command);
    let line = running.line();
    let url = line.strip_prefix("listening on ").unwrap().to_owned();
    (running, url)
}

fn file(home: &Path, bytes: usize) -> (PathBuf, Vec<u8>) {
    let path = home.join("a report.txt");
    let content: Vec<u8> = (0..251).cycle().take(bytes).collect();
    std::fs::write(&path, &content).unwrap();
    (path, content)
}

fn create_bucket(url: &str) {
    let config = Config {
        region: "us-east-1".into(),
        endpoint: Some(Endpoint::parse(url).unwrap()),
        credentials: Some(Credentials::new(ID, SECRET, None)),
        credentials_expire: None,
        addressing_style: AddressingStyle::Path,
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = Timestamp::from_seconds(since.as_secs());
    let client = Client::new(config, Arc::new(move || now)).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bucket = BucketName::parse("photos").unwrap();
    runtime.block_on(client.create_bucket(&bucket)).unwrap();
}

fn share_to(home: &Path, endpoint: &str, arguments: &[&str]) -> Output {
    let all = [&["share", "a report.txt"], arguments].concat();
    with_key(&mut hallpass(home, &all)).env("AWS_ENDPOINT_URL", endpoint).output().unwrap()
}

#[test]
fn shared_file_is_at_its_link_until_the_signal() {
    let home = tempfile::tempdir().unwrap();
    let (_, content) = file(home.path(), 3_000_000);
    for signal in ["INT", "TERM"] {
        let mut running = Running::start(&mut hallpass(home.path(), &["share", "a report.txt"]));
        let url = running.line();
        assert!(running.line().starts_with("works until 2"));
        assert_eq!(running.note(), "press Ctrl-C to stop serving");
        assert!(url.contains("/share/") && url.contains("/a%20report.txt?"), "{url}");
        assert!(get(&url).unwrap() == content);
        assert_eq!(get(url.split_once('?').unwrap().0), None);
        assert_eq!(running.stop(signal), (Some(0), String::new()));
    }
    assert!(home.path().join("hallpass-data").is_dir());
}

#[test]
fn file_shared_to_a_bucket_stays_when_the_command_has_ended() {
    let home = tempfile::tempdir().unwrap();
    let (server, url) = serve(home.path());
    let (_, content) = file(home.path(), 70_000_000);
    let refused = share_to(home.path(), &url, &["--to", "s3://photos/x"]);
    assert!(complaint(&refused, 3).contains("404 NoSuchBucket"));
    create_bucket(&url);
    let done = share_to(home.path(), &url, &["--to", "s3://photos/x", "--expires", "2h"]);
    let (link, said) = ended(&done, 0);
    assert!(link.contains("/photos/x/") && link.contains("X-Amz-Expires=7200&"), "{link}");
    assert!(said.starts_with("works until ") && said.ends_with(" (2 hours)\n"), "{said}");
    assert!(get(link.trim_end()).unwrap() == content);
    assert_eq!(server.stop("TERM").0, Some(0));
}

#[test]
fn refusals_of_the_service_exit_with_3() {
    let home = tempfile::tempdir().unwrap();
    let (_server, url) = serve(home.path());
    file(home.path(), 30_000_000);
    let mut command = hallpass(home.path(), &["share", "a report.txt", "--to", "s3://photos"]);
    with_key(&mut command).env("AWS_SECRET_ACCESS_KEY", "wrong").env("AWS_ENDPOINT_URL", &url);
    let said = complaint(&command.output().unwrap(), 3);
    assert!(said.contains("403 SignatureDoesNotMatch"), "{said}");
}

#[test]
fn link_over_seven_days_is_refused_before_anything_happens() {
    let home = tempfile::tempdir().unwrap();
    file(home.path(), 10);
    let long = ["--expires", "8d"];
    let to = [&["--to", "s3://photos"], long.as_slice()].concat();
    for arguments in [to.as_slice(), &long] {
        let refused = share_to(home.path(), "http://127.0.0.1:1", arguments);
        assert!(complaint(&refused, 3).contains("7 days"));
    }
    assert!(!home.path().join("hallpass-data").exists());
}

#[test]
fn what_is_no_file_is_not_shared_and_nothing_is_made() {
    let home = tempfile::tempdir().unwrap();
    for path in ["missing", "."] {
        let output = hallpass(home.path(), &["share", path]).output().unwrap();
        assert!(complaint(&output, 1).contains(&format!("cannot share `{path}`")));
    }
    assert!(home.path().read_dir().unwrap().next().is_none());
}

#[test]
fn nobody_there_is_a_failure() {
    let home = tempfile::tempdir().unwrap();
    file(home.path(), 10);
    let failed = share_to(home.path(), "http://127.0.0.1:1", &["--to", "s3://photos"]);
    assert!(complaint(&failed, 1).contains("cannot connect"));
}

#[test]
fn arguments_that_do_not_fit_together_are_usage_errors() {
    let home = tempfile::tempdir().unwrap();
    file(home.path(), 10);
    for arguments in [
        ["--region", "us-east-1"].as_slice(),
        &["--to", "s3://photos", "--data", "d"],
        &["--to", "s3://photos", "--listen", "127.0.0.1:0"],
        &["--to", "photos"],
        &["--listen", "nowhere"],
    ] {
        let (stdout, _) = ended(&share_to(home.path(), "http://127.0.0.1:1", arguments), 2);
        assert_eq!(stdout, "", "{arguments:?}");
    }
}

#[test]
fn root_access_key_is_named_whole_or_not_at_all() {
    let home = tempfile::tempdir().unwrap();
    for name in ["HALLPASS_ROOT_ACCESS_KEY_ID", "HALLPASS_ROOT_SECRET_ACCESS_KEY"] {
        let arguments = ["serve", "--data", "data", "--listen", "127.0.0.1:0"];
        let output = hallpass(home.path(), &arguments).env(name, "x").output();
        assert!(complaint(&output.unwrap(), 2).contains("is not"));
    }
    assert!(!home.path().join("data").exists());
}

#[test]
fn server_says_where_its_new_key_is_and_once_only() {
    let home = tempfile::tempdir().unwrap();
    let arguments = ["serve", "--data", "data", "--listen", "127.0.0.1:0"];
    for is_new in [true, false] {
        let mut running = Running::start(&mut hallpass(home.path(), &arguments));
        assert!(running.line().starts_with("listening on http://127.0.0.1:"));
        if is_new {
            let said = "the root user's access key is in `data/root-credentials`";
            assert_eq!(running.note(), said);
        }
        assert_eq!(running.stop("TERM"), (Some(0), String::new()));
    }
}

#[test]
fn two_servers_cannot_have_one_store_or_one_address() {
    let home = tempfile::tempdir().unwrap();
    let (_server, url) = serve(home.path());
    let host = url.strip_prefix("http://").unwrap();
    for (data, listen) in [("data", "127.0.0.1:0"), ("other", host)] {
        let arguments = ["serve", "--data", data, "--listen", listen];
        let output = hallpass(home.path(), &arguments).output().unwrap();
        let said = complaint(&output, 1);
        assert!(said.starts_with("cannot open") || said.starts_with("cannot listen"), "{said}");
    }
}
