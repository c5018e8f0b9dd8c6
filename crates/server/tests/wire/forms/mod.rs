//! Uploads with a form: what a signed policy allows is stored, and nothing else is.

mod refused;
pub(crate) mod upload;

use std::io::{Read as _, Write as _};

use testbed::{Answer, House};
use upload::{Upload, policy};

fn house() -> House {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house
}

#[track_caller]
fn assert_stored(house: &House, target: &str, content: &[u8]) -> Answer {
    let answer = house.ok("GET", target, b"");
    assert!(answer.body == content, "{target}: {} bytes", answer.body.len());
    answer
}

fn assert_nothing_stored(house: &House) {
    let list = house.ok("GET", "/bucket?list-type=2", b"");
    assert_eq!(list.element("KeyCount").as_deref(), Some("0"), "{}", list.text());
}

#[test]
fn a_signed_form_uploads_its_file() {
    let house = house();
    let upload = Upload::signed(policy(&house, "folder/key"), house.now());
    let answer = house.send(&upload.request());
    assert_eq!((answer.status, answer.body.as_slice()), (204, &b""[..]), "{}", answer.text());
    let url = format!("http://{}/bucket/folder/key", house.authority());
    assert_eq!(answer.header("location"), Some(url.as_str()));
    let stored = assert_stored(&house, "/bucket/folder/key", b"content");
    assert_eq!(stored.header("etag"), answer.header("etag"));
    assert_eq!(stored.header("content-type"), Some("binary/octet-stream"));
}

#[test]
fn the_form_chooses_the_answer() {
    let house = house();
    for (asked, status) in [("200", 200), ("204", 204), ("404", 204), ("", 204)] {
        let policy = policy(&house, "k").field("success_action_status", asked);
        let answer = house.send(&Upload::signed(policy, house.now()).request());
        assert_eq!((answer.status, answer.body.as_slice()), (status, &b""[..]), "{asked}");
    }
    let created = policy(&house, "a b").field("success_action_status", "201");
    let answer = house.send(&Upload::signed(created, house.now()).request());
    assert_eq!((answer.status, answer.header("content-type")), (201, Some("application/xml")));
    assert!(answer.text().ends_with("</ETag></PostResponse>"), "{}", answer.text());
    let url = format!("http://{}/bucket/a%20b", house.authority());
    for (name, text) in [
        ("Location", url.as_str()),
        ("Bucket", "bucket"),
        ("Key", "a b"),
        ("ETag", "\"9a0364b9e99bb480dd25e1f0284c8555\""),
    ] {
        assert_eq!(answer.element(name).as_deref(), Some(text));
    }
}

#[test]
fn the_form_sends_the_browser_on() {
    let house = house();
    let to = |name: &str, url: &str| {
        let policy = policy(&house, "a b").field(name, url).field("success_action_status", "200");
        house.send(&Upload::signed(policy, house.now()).request())
    };
    let added = "bucket=bucket&key=a%20b&etag=%229a0364b9e99bb480dd25e1f0284c8555%22";
    for name in ["success_action_redirect", "redirect"] {
        let answer = to(name, "https://app.example/done?x=1");
        let location = format!("https://app.example/done?x=1&{added}");
        assert_eq!((answer.status, answer.header("location")), (303, Some(location.as_str())));
    }
    assert_eq!(to("success_action_redirect", "nowhere").status, 200);
    assert_stored(&house, "/bucket/a%20b", b"content");
}

#[test]
fn the_files_name_is_filled_in() {
    let house = house();
    for (name, target) in [
        ("photo.jpg", "/bucket/u/photo.jpg"),
        ("C:\\dir\\a b.txt", "/bucket/u/a%20b.txt"),
        ("\u{d55c}\u{ad6d}\u{c5b4}.txt", "/bucket/u/%ED%95%9C%EA%B5%AD%EC%96%B4.txt"),
    ] {
        let policy = policy(&house, "u/${filename}").prefix("x-amz-meta-name", "");
        let upload = Upload::signed(policy, house.now()).field("x-amz-meta-name", "${filename}");
        let answer = house.send(&upload.file(Some(name), name.as_bytes()).request());
        assert_eq!(answer.status, 204, "{name} {}", answer.text());
        let last = name.rsplit('\\').next().unwrap();
        let stored = assert_stored(&house, target, name.as_bytes());
        if last.is_ascii() {
            assert_eq!(stored.header("x-amz-meta-name"), Some(last));
        }
    }
    let upload = Upload::signed(policy(&house, "u/${filename}"), house.now());
    assert_eq!(house.send(&upload.file(None, b"no name").request()).status, 204);
    assert_stored(&house, "/bucket/u/%24%7Bfilename%7D", b"no name");
}

#[test]
fn fields_become_headers_and_headers_of_the_request_do_not() {
    let house = house();
    let kept = [
        ("Cache-Control", "no-store"),
        ("Content-Type", "text/plain"),
        ("content-disposition", "attachment"),
        ("Content-Encoding", "gzip"),
        ("Expires", "Fri, 24 May 2030 00:00:00 GMT"),
        ("x-amz-meta-Note", "two words"),
        ("x-amz-website-redirect-location", "/other"),
    ];
    let policy = kept.iter().fold(policy(&house, "k"), |policy, (n, v)| policy.field(n, v));
    let policy = policy.field("acl", "private").field("x-amz-storage-class", "STANDARD");
    let policy = policy.field("x-amz-checksum-crc32", "y/Q5Jg==");
    let upload = Upload::signed(policy, house.now());
    assert_eq!(house.send(&upload.request()).refusal(), (400, "BadDigest".into()));
    assert_nothing_stored(&house);
    let upload = upload.file(Some("f"), b"123456789");
    let answer = house.send(&upload.request().unsigned_header("cache-control", "no-cache"));
    assert_eq!(answer.status, 204, "{}", answer.text());
    let stored = assert_stored(&house, "/bucket/k", b"123456789");
    for (name, value) in kept {
        assert_eq!(stored.header(&name.to_ascii_lowercase()), Some(value), "{name}");
    }
}

#[test]
fn the_bucket_may_stand_in_the_host() {
    let house = house();
    let upload = Upload::signed(policy(&house, "k"), house.now());
    let answer = house.send(&upload.to("/").host("bucket.localhost:9000"));
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("location"), Some("http://bucket.localhost:9000/k"));
    assert_stored(&house, "/bucket/k", b"content");
}

#[test]
fn a_form_may_come_in_any_pieces_and_hold_what_looks_like_its_end() {
    let house = house();
    let content = b"\r\n------a-boundarx\r\r\n------a-bound--\n".repeat(300);
    let upload = Upload::signed(policy(&house, "k"), house.now()).file(Some("f"), &content);
    let mut stream = house.connect();
    for piece in upload.request().bytes(&house.authority(), house.now()).chunks(97) {
        stream.write_all(piece).unwrap();
    }
    let mut status = [0; 12];
    stream.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 204");
    assert_stored(&house, "/bucket/k", &content);
}

#[test]
fn an_empty_file_is_a_file_and_what_follows_it_is_ignored() {
    let house = house();
    let upload = Upload::signed(policy(&house, "k"), house.now()).file(Some(""), b"");
    assert_eq!(house.send(&upload.request()).status, 204);
    assert_stored(&house, "/bucket/k", b"");
    let upload = upload.file(Some("f"), b"one");
    let two = [upload.body(), Upload::new().field("x-amz-meta-late", "1").body()].concat();
    assert_eq!(house.send(&upload::request("/bucket", &two)).status, 204);
    let stored = assert_stored(&house, "/bucket/k", b"one");
    assert_eq!(stored.header("x-amz-meta-late"), None);
}

#[test]
fn a_file_may_be_as_long_as_the_policy_says_to_the_byte() {
    let house = house();
    let send = |length: usize| {
        let policy = policy(&house, "k").content_length(5..=1_000_000);
        let upload = Upload::signed(policy, house.now()).file(Some("f"), &vec![b'x'; length]);
        house.send(&upload.request())
    };
    for length in [5, 6, 1_000_000] {
        assert_eq!(send(length).status, 204, "{length}");
    }
    house.ok("DELETE", "/bucket/k", b"");
    for (length, code, bound, limit) in [
        (4, "EntityTooSmall", "MinSizeAllowed", "5"),
        (0, "EntityTooSmall", "MinSizeAllowed", "5"),
        (1_000_001, "EntityTooLarge", "MaxSizeAllowed", "1000000"),
        (3_000_000, "EntityTooLarge", "MaxSizeAllowed", "1000000"),
    ] {
        let answer = send(length);
        assert_eq!(answer.refusal(), (400, code.into()), "{length}");
        assert_eq!(answer.element("ProposedSize"), Some(length.to_string()));
        assert_eq!(answer.element(bound).as_deref(), Some(limit));
    }
    assert_nothing_stored(&house);
}

#[test]
fn a_file_cut_short_leaves_nothing() {
    let house = house();
    let content = vec![b'x'; 600_000];
    let upload = Upload::signed(policy(&house, "k"), house.now()).file(Some("f"), &content);
    let answer = house.send(&upload::request("/bucket", &upload.open_body()));
    assert_eq!(answer.refusal(), (400, "MalformedPOSTRequest".into()));
    let bytes = upload.request().bytes(&house.authority(), house.now());
    for missing in [1, 20, 300_000] {
        let mut stream = house.connect();
        stream.write_all(&bytes[..bytes.len() - missing]).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(!answer.starts_with(b"HTTP/1.1 2"), "{missing}");
    }
    assert_nothing_stored(&house);
}

#[test]
fn a_form_is_logged_with_its_key_and_without_its_signature() {
    let house = house();
    let upload = Upload::signed(policy(&house, "folder/k"), house.now());
    assert_eq!(house.send(&upload.request()).status, 204);
    let late = upload.with("x-amz-signature", "00");
    assert_eq!(house.send(&late.request()).status, 403);
    let log = house.stop();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("POST")).collect();
    assert!(lines[0].contains(" REST.POST.OBJECT folder/k \"POST /bucket HTTP/1.1\" 204 - "));
    assert!(lines[0].contains(" SigV4 - - 127.0.0.1:"), "{}", lines[0]);
    assert!(lines[1].contains(" - folder/k \"POST /bucket HTTP/1.1\" 403 SignatureDoesNotMatch"));
}
