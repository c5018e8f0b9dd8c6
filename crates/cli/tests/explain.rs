//! `hallpass explain`: from a URL, or a real refusal of it, to the reason.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    dead_code,
    reason = "test"
)]

mod program;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use client::{AddressingStyle, Client, Config, Endpoint};
use program::{ID, Running, SECRET, complaint, ended, hallpass, with_key};
use s3::BucketName;
use signature::{Credentials, Timestamp};

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_seconds(since.as_secs())
}

/// A real server with the bucket `photos`.
fn serve(home: &Path) -> (Running, String) {
    let arguments = ["serve", "--data", "data", "--listen", "127.0.0.1:0"];
    let mut command = hallpass(home, &arguments);
    command.env("HALLPASS_ROOT_ACCESS_KEY_ID", ID).env("HALLPASS_ROOT_SECRET_ACCESS_KEY", SECRET);
    let mut running = Running::start(&mut command);
    let line = running.line();
    let url = line.strip_prefix("listening on ").unwrap().to_owned();
    let config = Config {
        region: "us-east-1".into(),
        endpoint: Some(Endpoint::parse(&url).unwrap()),
        credentials: Some(Credentials::new(ID, SECRET, None)),
        credentials_expire: None,
        addressing_style: AddressingStyle::Path,
    };
    let client = Client::new(config, Arc::new(now)).unwrap();
    let bucket = BucketName::parse("photos").unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(client.create_bucket(&bucket)).unwrap();
    (running, url)
}

/// The body of the answer to a request, which is a refusal.
fn refusal(method: &str, url: &str, headers: &str) -> String {
    let (host, target) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let lines = format!("host: {host}\r\n{headers}content-length: 0\r\nconnection: close\r\n\r\n");
    write!(stream, "{method} /{target} HTTP/1.1\r\n{lines}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn presign(home: &Path, endpoint: &str, arguments: &[&str]) -> String {
    let all = [&["presign"], arguments, &["--endpoint-url", endpoint]].concat();
    let (url, _) = ended(&with_key(&mut hallpass(home, &all)).output().unwrap(), 0);
    url.trim_end().to_owned()
}

fn explain(home: &Path, arguments: &[&str]) -> Output {
    hallpass(home, &[&["explain"], arguments].concat()).output().unwrap()
}

/// What is said of `url` when `document` was the answer.
fn explain_refusal(home: &Path, url: &str, document: &str, arguments: &[&str]) -> String {
    std::fs::write(home.join("refusal.xml"), document).unwrap();
    let all = [&[url, "--response", "refusal.xml"], arguments].concat();
    let (page, stderr) = ended(&explain(home, &all), 3);
    assert_eq!(stderr, "");
    page
}

fn says(page: &str, line: &str) {
    assert!(page.lines().any(|other| other.starts_with(line)), "{line} is not in\n{page}");
}

const HOST: &str = "https://s3.eu-west-1.amazonaws.com";

#[test]
fn good_url_is_a_page_without_a_complaint() {
    let home = tempfile::tempdir().unwrap();
    let object = ["get", "s3://photos/a cat.jpg", "--region", "eu-west-1"];
    let url = presign(home.path(), HOST, &object);
    let (page, stderr) = ended(&explain(home.path(), &[&url]), 0);
    assert_eq!(stderr, "");
    for line in [
        "allows       GET (assumed",
        "object       s3://photos/a cat.jpg",
        "at           https://s3.eu-west-1.amazonaws.com, bucket in the path",
        "signed by    AKIAIOSFODNN7EXAMPLE",
        "signature    SigV4, region eu-west-1, service s3",
        "works until  2",
        "body         any: it is not signed",
    ] {
        says(&page, line);
    }
    assert!(!page.contains("warning") && !page.contains("refused"), "{page}");
}

#[test]
fn secret_is_read_when_it_is_asked_for_and_not_otherwise() {
    let home = tempfile::tempdir().unwrap();
    let url = presign(home.path(), HOST, &["put", "s3://photos/k", "--region", "eu-west-1"]);
    let mut command = hallpass(home.path(), &["explain", &url]);
    let (page, _) = ended(&with_key(&mut command).output().unwrap(), 0);
    assert!(!page.contains("verdict"), "{page}");
    let mut command = hallpass(home.path(), &["explain", &url, "--secret-from-env"]);
    let (page, _) = ended(&with_key(&mut command).output().unwrap(), 0);
    says(&page, "allows       PUT (the signature is right for it)");
    says(&page, "verdict      the signature matches");
    says(&page, "canonical    PUT");
    says(&page, "to sign      AWS4-HMAC-SHA256");
    command.env("AWS_SECRET_ACCESS_KEY", "another");
    let (page, _) = ended(&command.output().unwrap(), 3);
    says(&page, "refused      the signature is not the one that these credentials make");
    let none = explain(home.path(), &[&url, "--secret-from-env"]);
    assert_eq!(complaint(&none, 1), "no credentials found");
}

#[test]
fn signature_and_session_token_are_nowhere_in_full() {
    let home = tempfile::tempdir().unwrap();
    let token = "a-session/token+of=some-length";
    let arguments = ["presign", "get", "s3://photos/k", "--region", "eu-west-1"];
    let mut command = hallpass(home.path(), &arguments);
    let (url, _) =
        ended(&with_key(&mut command).env("AWS_SESSION_TOKEN", token).output().unwrap(), 0);
    let url = url.trim_end();
    let signature = url.rsplit_once('=').unwrap().1;
    for json in [[].as_slice(), &["--json"]] {
        let all = [&["explain", url, "--secret-from-env"], json].concat();
        let mut command = hallpass(home.path(), &all);
        let (page, _) = ended(&with_key(&mut command).output().unwrap(), 0);
        assert!(!page.contains(signature) && !page.contains("some-length"), "{page}");
        assert!(page.contains("ends with the session"), "{page}");
    }
}

#[test]
fn a_known_end_of_the_session_comes_before_that_of_the_url() {
    let home = tempfile::tempdir().unwrap();
    let session = |arguments: &[&str], end: Timestamp| {
        let mut command = hallpass(home.path(), arguments);
        with_key(&mut command).env("AWS_SESSION_TOKEN", "t");
        command.env("AWS_CREDENTIAL_EXPIRATION", end.to_string()).output().unwrap()
    };
    let soon = now().plus(1790);
    let (url, _) = ended(&session(&["presign", "get", "s3://photos/k"], soon), 0);
    let explain = ["explain", url.trim_end(), "--secret-from-env"];
    let (page, _) = ended(&session(&explain, soon), 0);
    let readable = |at: Timestamp| at.to_string().replace('T', " ").replace('Z', " UTC");
    says(&page, &format!("works until  {} (29 minutes", readable(soon)));
    assert!(page.contains(" left), when the session of its credentials ends\n"), "{page}");
    let over = Timestamp::from_seconds(now().seconds() - 60);
    let (page, _) = ended(&session(&explain, over), 3);
    says(&page, &format!("worked until {}", readable(over)));
    says(&page, "refused      the session of these credentials is over");
    let (text, _) = ended(&session(&[explain.as_slice(), &["--json"]].concat(), soon), 0);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["session_expires_at"].as_str(), Some(soon.to_string().as_str()));
    let later = now().plus(7200);
    let (page, _) = ended(&session(&explain, later), 0);
    assert!(!page.contains("when the session of its credentials ends"), "{page}");
}

#[test]
fn json_is_one_object_that_says_the_same() {
    let home = tempfile::tempdir().unwrap();
    let at = ["--at", "20200101T000000Z", "--region", "eu-west-1"];
    let url = presign(home.path(), HOST, &[["get", "s3://photos/k"].as_slice(), &at].concat());
    let (text, stderr) = ended(&explain(home.path(), &[&url, "--json"]), 3);
    assert_eq!(stderr, "");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((json["bucket"].as_str(), json["key"].as_str()), (Some("photos"), Some("k")));
    assert_eq!(json["expires_at"], "2020-01-01T01:00:00Z");
    assert_eq!((&json["refused"], &json["validity"]["state"]), (&true.into(), &"expired".into()));
    assert_eq!(json["findings"][0]["kind"], "expired");
    assert_eq!(json["findings"][0]["severity"], "refusal");
}

#[test]
fn another_method_is_told_from_a_real_refusal() {
    let home = tempfile::tempdir().unwrap();
    let (_server, endpoint) = serve(home.path());
    let url = presign(home.path(), &endpoint, &["get", "s3://photos/k"]);
    let document = refusal("PUT", &url, "");
    let page = explain_refusal(home.path(), &url, &document, &["--method", "get"]);
    says(&page, "refused      SignatureDoesNotMatch: ");
    says(&page, "refused      the method is `GET` in the URL, and the server received `PUT`");
}

#[test]
fn added_parameter_is_told_from_a_real_refusal() {
    let home = tempfile::tempdir().unwrap();
    let (_server, endpoint) = serve(home.path());
    let url = presign(home.path(), &endpoint, &["get", "s3://photos/k"]);
    let changed = format!("{url}&x-id=GetObject");
    let document = refusal("GET", &changed, "");
    let page = explain_refusal(home.path(), &url, &document, &[]);
    says(&page, "refused      the server received the parameter `x-id`");
    let page = explain_refusal(home.path(), &changed, &document, &[]);
    says(&page, "refused      the server received just this request");
    says(&page, "warning      behind the signature stands x-id");
}

#[test]
fn another_content_type_is_told_from_a_real_refusal() {
    let home = tempfile::tempdir().unwrap();
    let (_server, endpoint) = serve(home.path());
    let header = ["--header", "content-type: text/plain"];
    let arguments = [["put", "s3://photos/k"].as_slice(), &header].concat();
    let url = presign(home.path(), &endpoint, &arguments);
    let document = refusal("PUT", &url, "content-type: image/png\r\n");
    let known = [["--method", "PUT"], header].concat();
    let page = explain_refusal(home.path(), &url, &document, &known);
    let sides = "is `text/plain` in the URL, and the server received `image/png`";
    says(&page, &format!("refused      content-type {sides}"));
    let page = explain_refusal(home.path(), &url, &document, &["--method", "PUT"]);
    says(&page, "send         content-type: (as it was signed)");
    says(&page, "refused      the server received `content-type: image/png`");
}

#[test]
fn wrong_secret_is_told_from_a_real_refusal_on_stdin() {
    let home = tempfile::tempdir().unwrap();
    let (_server, endpoint) = serve(home.path());
    let arguments = ["presign", "get", "s3://photos/k", "--endpoint-url", &endpoint];
    let mut command = hallpass(home.path(), &arguments);
    with_key(&mut command).env("AWS_SECRET_ACCESS_KEY", "another");
    let (url, _) = ended(&command.output().unwrap(), 0);
    let document = refusal("GET", url.trim_end(), "");
    let mut command = hallpass(home.path(), &["explain", url.trim_end(), "--response", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
    let (page, _) = ended(&child.wait_with_output().unwrap(), 3);
    says(&page, "refused      the server received just this request, so another one was signed");
}

#[test]
fn expiry_is_told_from_a_real_refusal() {
    let home = tempfile::tempdir().unwrap();
    let (_server, endpoint) = serve(home.path());
    let at = ["--at", "20200101T000000Z", "--expires", "1m"];
    let url = presign(home.path(), &endpoint, &[["get", "s3://photos/k"].as_slice(), &at].concat());
    let document = refusal("GET", &url, "");
    let page = explain_refusal(home.path(), &url, &document, &[]);
    says(&page, "worked until 2020-01-01 00:01:00 UTC");
    says(&page, "refused      the URL had expired by ");
    says(&page, "refused      the URL expired ");
}

#[test]
fn another_host_is_told_from_a_real_refusal() {
    let home = tempfile::tempdir().unwrap();
    let (_server, endpoint) = serve(home.path());
    let url = presign(home.path(), &endpoint, &["get", "s3://photos/k"]);
    let authority = endpoint.strip_prefix("http://").unwrap();
    let port = authority.rsplit_once(':').unwrap().1;
    let elsewhere = url.replace(authority, &format!("localhost:{port}"));
    let document = refusal("GET", &elsewhere, "");
    let page = explain_refusal(home.path(), &url, &document, &[]);
    let sides = format!("`{authority}` in the URL, and the server received `localhost:{port}`");
    assert!(page.contains(&sides), "{page}");
}

#[test]
fn a_missing_header_is_told_from_a_real_refusal() {
    let home = tempfile::tempdir().unwrap();
    let (_server, endpoint) = serve(home.path());
    let header = ["--header", "x-amz-meta-a: 1"];
    let url =
        presign(home.path(), &endpoint, &[["put", "s3://photos/k"].as_slice(), &header].concat());
    let document = refusal("PUT", &url, "");
    let known = [["--method", "PUT"].as_slice(), &header].concat();
    let page = explain_refusal(home.path(), &url, &document, &known);
    assert!(page.contains("x-amz-meta-a"), "{page}");
    assert!(!page.contains("received the host") && !page.contains("received ``"), "{page}");
}

#[test]
fn a_key_that_is_encoded_twice_is_told_from_a_real_refusal() {
    let home = tempfile::tempdir().unwrap();
    let (_server, endpoint) = serve(home.path());
    let url = presign(home.path(), &endpoint, &["get", "s3://photos/a b"]);
    let twice = url.replace("a%20b", "a%2520b");
    let document = refusal("GET", &twice, "");
    let page = explain_refusal(home.path(), &url, &document, &[]);
    assert!(page.contains("/photos/a%2520b"), "{page}");
    let page = explain_refusal(home.path(), &twice, &document, &[]);
    assert!(page.contains("a%20b"), "{page}");
}

/// XML cannot carry every character that a client can send.
#[test]
fn a_document_about_a_control_character_is_read() {
    let home = tempfile::tempdir().unwrap();
    let (_server, endpoint) = serve(home.path());
    let url = presign(home.path(), &endpoint, &["get", "s3://photos/k"]);
    let document = refusal("GET", &format!("{url}%01"), "");
    let page = explain_refusal(home.path(), &url, &document, &[]);
    says(&page, "refused      SignatureDoesNotMatch: ");
}

#[test]
fn headers_that_are_not_signed_are_told_from_a_real_refusal() {
    let home = tempfile::tempdir().unwrap();
    let (_server, endpoint) = serve(home.path());
    let url = presign(home.path(), &endpoint, &["put", "s3://photos/k"]);
    let document = refusal("PUT", &url, "x-amz-meta-a: 1\r\n");
    let page = explain_refusal(home.path(), &url, &document, &[]);
    says(&page, "refused      x-amz-meta-a was sent and is not signed");
}

#[test]
fn unreadable_answers_and_arguments_are_complained_about() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("page.html"), "<html></html>").unwrap();
    let url = "https://s3.example/b/k";
    let said = |arguments: &[&str], code| complaint(&explain(home.path(), arguments), code);
    assert!(said(&[url, "--response", "missing"], 1).starts_with("cannot read `missing`"));
    let html = said(&[url, "--response", "page.html"], 1);
    assert_eq!(html, "`page.html` is not an error document of S3");
    let user = said(&["https://user:secret@s3.example/b/k"], 2);
    assert!(!user.contains("secret"), "{user}");
    for arguments in [[].as_slice(), &[url, "--header", "x"], &[url, "--method", "GET /"]] {
        ended(&explain(home.path(), arguments), 2);
    }
}

#[test]
fn characters_that_steer_a_terminal_are_written_out() {
    let home = tempfile::tempdir().unwrap();
    let (page, _) = ended(&explain(home.path(), &["https://s3.example/b/%1B%5B2Jk%0Ax"]), 0);
    says(&page, "object       s3://b/\\u{1b}[2Jk\\nx");
}
