//! The access log: one line for each request, and nothing in it that opens anything.

use signature::encode::{Slash, encode};
use testbed::{Auth, House, Request};

#[test]
fn every_request_leaves_one_line_in_amazons_format() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", "/bucket/a%20b", b"hello");
    let get = Request::new("GET", "/bucket/a%20b").auth(Auth::Presigned(60));
    let get = get.unsigned_header("user-agent", "te\"st/1.0");
    assert_eq!(house.send(&get).status, 200);
    assert_eq!(house.send(&Request::new("GET", "/bucket/a%20b")).status, 403);
    let log = house.stop();
    let lines: Vec<&str> = log.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines.len(), 4, "{log}");
    let line = lines[2];
    assert!(line.contains(" bucket [01/Jan/2026:00:00:00 +0000] 127.0.0.1 "), "{line}");
    assert!(line.contains(" REST.GET.OBJECT a%2520b \"GET /bucket/a%20b?X-Amz-Algorithm="));
    assert!(line.contains(" HTTP/1.1\" 200 - 5 5 0 0 \"-\" \"te%22st/1.0\" - "), "{line}");
    assert!(line.contains(" SigV4 - QueryString 127.0.0.1:"), "{line}");
    let line = lines[3];
    assert!(line.contains("\" 403 AccessDenied ") && line.contains(" - - - 127.0.0.1:"), "{line}");
}

#[test]
fn no_signature_and_no_token_is_ever_logged() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    let get = Request::new("GET", "/bucket/k").auth(Auth::Presigned(60));
    let get = get.by(testbed::ACCESS_KEY_ID, testbed::SECRET, Some("session-token"));
    let url = get.target(&house.authority(), house.now());
    let signature = url.rsplit_once("X-Amz-Signature=").unwrap().1.to_owned();
    let referer = format!("http://{}{url}", house.authority());
    assert_eq!(house.send(&get.unsigned_header("referer", &referer)).status, 400);
    let broken = format!("{url}&%58-Amz-Signature={signature}");
    assert_eq!(house.send(&Request::new("GET", &broken)).status, 400);
    let log = house.stop();
    assert!(log.contains("X-Amz-Signature=REDACTED"), "{log}");
    assert!(!log.contains(&signature) && !log.contains("session-token"), "{log}");
}

/// What is asked for can be a URL that was pasted, escaped once more or in the wrong header.
#[test]
fn no_signature_is_logged_wherever_it_stands() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    let get = Request::new("GET", "/bucket/k").auth(Auth::Presigned(60));
    let url = get.target(&house.authority(), house.now());
    let signature = url.rsplit_once("X-Amz-Signature=").unwrap().1.to_owned();
    let escaped = encode(&url, Slash::Encode);
    let thrice = encode(&encode(&escaped, Slash::Encode), Slash::Encode);
    for target in [
        url.replace('?', "%3F"),
        url.replace('?', "%3F").replace("/bucket/k", "/bucket"),
        format!("/bucket/k?{}", encode(url.split_once('?').unwrap().1, Slash::Encode)),
        format!("/bucket/k?next={escaped}"),
        format!("/bucket/k?next={thrice}"),
        url.replace("X-Amz-Signature=", "X-Amz-Signature%20="),
        url.replace("X-Amz-Signature=", "X-Amz-Signature%3D"),
        url.replace('&', ";"),
    ] {
        assert!(house.send(&Request::new("GET", &target)).status >= 400, "{target}");
    }
    for name in ["referer", "user-agent"] {
        for value in [&url, &url.replace('?', "%3F"), &format!("agent {thrice}")] {
            let asked = Request::new("GET", "/bucket/k").unsigned_header(name, value);
            assert_eq!(house.send(&asked).status, 403);
        }
    }
    let hosted = Request::new("GET", "/").host(&format!("h?X-Amz-Signature={signature}"));
    assert!(house.send(&hosted).status >= 400);
    let key = "Y3VzdG9tZXJzLWtleS1jdXN0b21lcnMta2V5LWN1c3Q=";
    let name = "x-amz-server-side-encryption-customer-key";
    let put = format!("/bucket/k?{name}={}", encode(key, Slash::Encode));
    let put = Request::new("PUT", &put).auth(Auth::Presigned(60)).body(b"x");
    assert_eq!(house.send(&put).status, 501);
    let log = house.stop();
    assert!(log.lines().filter(|line| line.contains("REDACTED")).count() >= 15, "{log}");
    assert!(!log.contains(&signature) && !log.contains("Y3VzdG9t"), "{log}");
}
