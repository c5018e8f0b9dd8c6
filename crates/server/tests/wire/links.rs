//! The main job: a presigned URL opens one private object, for one method, for a while.

use testbed::{Auth, CRUEL_NAMES, House, Request};

const CONTENT: &[u8] = b"the one private file";

fn house_with_object() -> House {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", "/bucket/file.txt", CONTENT);
    house
}

fn presigned(method: &str, seconds: u32) -> Request {
    Request::new(method, "/bucket/file.txt").auth(Auth::Presigned(seconds))
}

#[test]
fn a_presigned_url_opens_the_object_again_and_again_until_it_expires() {
    let house = house_with_object();
    let url = presigned("GET", 60).target(&house.authority(), house.now());
    for _ in 0..3 {
        assert_eq!(house.send(&Request::new("GET", &url)).body, CONTENT);
    }
    house.pass(59);
    assert_eq!(house.send(&Request::new("GET", &url)).body, CONTENT);
    house.pass(1);
    let answer = house.send(&Request::new("GET", &url));
    assert_eq!(answer.refusal(), (403, "AccessDenied".into()));
    assert_eq!(answer.element("Message").as_deref(), Some("Request has expired"));
    assert_eq!(answer.element("X-Amz-Expires").as_deref(), Some("60"));
    assert_eq!(answer.element("Expires").as_deref(), Some("2026-01-01T00:01:00Z"));
    assert_eq!(answer.element("ServerTime").as_deref(), Some("2026-01-01T00:01:00Z"));
}

#[test]
fn without_its_signature_the_object_is_private() {
    let house = house_with_object();
    let answer = house.send(&Request::new("GET", "/bucket/file.txt"));
    assert_eq!(answer.refusal(), (403, "AccessDenied".into()));
    assert_eq!(answer.element("Message").as_deref(), Some("Access Denied"));
    assert_eq!(answer.header("content-type"), Some("application/xml"));
    assert_eq!(answer.header("x-amz-request-id"), answer.element("RequestId").as_deref());
    assert_eq!(answer.header("x-amz-id-2"), answer.element("HostId").as_deref());
    assert!(answer.text().starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"));
}

#[test]
fn a_url_for_one_method_is_none_for_another() {
    let house = house_with_object();
    let url = presigned("GET", 60).target(&house.authority(), house.now());
    for method in ["HEAD", "PUT", "DELETE", "POST"] {
        let answer = house.send(&Request::new(method, &url));
        assert_eq!(answer.status, 403, "{method}");
    }
    assert_eq!(house.send(&Request::new("GET", &url)).body, CONTENT);
}

#[test]
fn a_url_with_any_one_character_changed_is_refused() {
    let house = house_with_object();
    let url = presigned("GET", 60).target(&house.authority(), house.now());
    for (index, c) in url.char_indices() {
        let other = if c == 'x' { 'y' } else { 'x' };
        let changed = format!("{}{other}{}", &url[..index], &url[index + 1..]);
        let answer = house.send(&Request::new("GET", &changed));
        assert!((400..500).contains(&answer.status), "{} at {index}", answer.status);
        assert_ne!(answer.body, CONTENT);
    }
}

#[test]
fn a_put_url_writes_and_a_delete_url_removes() {
    let house = house_with_object();
    assert_eq!(house.send(&presigned("PUT", 60).body(b"new")).status, 200);
    assert_eq!(house.send(&presigned("GET", 60)).body, b"new");
    let head = house.send(&presigned("HEAD", 60));
    assert_eq!((head.status, head.header("content-length")), (200, Some("3")));
    assert_eq!(house.send(&presigned("DELETE", 60)).status, 204);
    assert_eq!(house.send(&presigned("GET", 60)).refusal(), (404, "NoSuchKey".into()));
}

#[test]
fn every_legal_key_can_be_shared() {
    use signature::encode::{Slash, encode};
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    let long = "k".repeat(1024);
    for key in CRUEL_NAMES.iter().copied().chain([long.as_str()]) {
        let target = format!("/bucket/{}", encode(key, Slash::Keep));
        let ask = |method: &str| Request::new(method, &target).auth(Auth::Presigned(60));
        assert_eq!(house.send(&ask("PUT").body(key.as_bytes())).status, 200, "{key}");
        assert_eq!(house.send(&ask("GET")).body, key.as_bytes(), "{key}");
        assert_eq!(house.send(&ask("DELETE")).status, 204, "{key}");
        assert_eq!(house.send(&ask("GET")).status, 404, "{key}");
    }
}

#[test]
fn the_bucket_may_stand_in_the_host() {
    let house = house_with_object();
    let request = Request::new("GET", "/file.txt").host("bucket.localhost:9000");
    assert_eq!(house.send(&request.clone().auth(Auth::Presigned(60))).body, CONTENT);
    assert_eq!(house.send(&request).status, 403);
}

#[test]
fn parameters_of_a_presigned_put_stand_for_headers_and_are_kept() {
    let house = house_with_object();
    let target = "/bucket/hoisted?x-amz-meta-note=two%20words&x-amz-checksum-crc32=AAAAAA%3D%3D\
                  &x-amz-sdk-checksum-algorithm=CRC32&x-id=PutObject";
    let put = Request::new("PUT", target).auth(Auth::Presigned(60)).body(b"not empty");
    assert_eq!(house.send(&put).status, 200);
    let head = house.ok("HEAD", "/bucket/hoisted", b"");
    assert_eq!(head.header("x-amz-meta-note"), Some("two words"));
    assert_eq!(head.header("x-amz-meta-id"), None);
}

#[test]
fn a_write_once_url_does_not_overwrite() {
    let house = house_with_object();
    let ask = || presigned("PUT", 60).header("if-none-match", "*").body(b"again");
    let answer = house.send(&ask());
    assert_eq!(answer.refusal(), (412, "PreconditionFailed".into()));
    assert_eq!(answer.element("Condition").as_deref(), Some("If-None-Match"));
    let in_query = Request::new("PUT", "/bucket/file.txt?If-None-Match=%2A");
    assert_eq!(house.send(&in_query.auth(Auth::Presigned(60)).body(b"x")).status, 412);
    assert_eq!(house.send(&presigned("GET", 60)).body, CONTENT);
}
