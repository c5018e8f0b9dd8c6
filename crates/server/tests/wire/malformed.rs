//! What no client would send: every answer is a clear 4xx, and the server goes on.

use std::io::{Read as _, Write as _};

use testbed::{Answer, Auth, House, Request};

fn raw(house: &House, head: &str) -> Answer {
    house.exchange(head.as_bytes())
}

#[test]
fn garbage_gets_a_4xx_and_the_next_request_is_served() {
    let house = House::start();
    let long = "x".repeat(70_000);
    for (head, status) in [
        ("GARBAGE\r\n\r\n".to_owned(), 400),
        ("GET /b/k HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("GET /b/k HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), 400),
        ("GET /b/k HTTP/1.1\r\nhost: h\r\nbad header\r\n\r\n".to_owned(), 400),
        ("GET /b\u{0}k HTTP/1.1\r\nhost: h\r\n\r\n".to_owned(), 400),
        ("GET /b/%zz HTTP/1.1\r\nhost: h\r\n\r\n".to_owned(), 400),
        ("GET /b/%ff HTTP/1.1\r\nhost: h\r\n\r\n".to_owned(), 400),
        ("PUT /b/k HTTP/1.1\r\nhost: h\r\ncontent-length: x\r\n\r\n".to_owned(), 400),
        (
            "PUT /b/k HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"
                .to_owned(),
            400,
        ),
        (format!("GET /{} HTTP/1.1\r\nhost: h\r\n\r\n", long), 414),
        (format!("GET / HTTP/1.1\r\nhost: h\r\nx-long: {}\r\n\r\n", &long[..65_536]), 400),
        (format!("GET / HTTP/1.1\r\nhost: h\r\n{}\r\n", "a: b\r\n".repeat(500)), 431),
    ] {
        let answer = raw(&house, &head);
        assert_eq!(answer.status, status, "{:.60}", head);
    }
    assert_eq!(house.send(&Request::new("GET", "/-/health")).body, b"ok\n");
}

/// Where the head ends up in memory decides who refuses it.
#[test]
fn headers_without_end_are_refused() {
    let house = House::start();
    let answer = raw(&house, &format!("GET / HTTP/1.1\r\nx-long: {}\r\n", "x".repeat(500_000)));
    assert!(matches!(answer.status, 400 | 431), "{}", answer.status);
}

#[test]
fn an_empty_key_or_bucket_is_no_way_round() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", "/bucket/k", b"x");
    for target in ["//bucket/k", "/bucket//k", "/./bucket/k", "/x/../bucket/k", "/%2e/bucket/k"] {
        let answer = house.send(&Request::new("GET", target));
        assert!(matches!(answer.status, 400 | 403), "{target}: {}", answer.status);
    }
}

#[test]
fn a_key_over_1024_bytes_is_too_long() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    let target = format!("/bucket/{}", "k".repeat(1025));
    let answer = house.send(&Request::new("PUT", &target).auth(Auth::Header).body(b"x"));
    assert_eq!(answer.refusal(), (400, "KeyTooLongError".into()));
    assert_eq!(answer.element("Size").as_deref(), Some("1025"));
    assert_eq!(answer.element("MaxSizeAllowed").as_deref(), Some("1024"));
}

#[test]
fn a_body_without_a_length_is_refused() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    let target = Request::new("PUT", "/bucket/k")
        .auth(Auth::Presigned(60))
        .target(&house.authority(), house.now());
    let answer = raw(
        &house,
        &format!(
            "PUT {target} HTTP/1.1\r\nhost: {}\r\ntransfer-encoding: chunked\r\n\r\n\
             1\r\na\r\n0\r\n\r\n",
            house.authority()
        ),
    );
    assert_eq!(answer.refusal(), (411, "MissingContentLength".into()));
}

#[test]
fn too_much_is_refused_before_it_is_sent() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    let huge = Request::new("PUT", "/bucket/k").auth(Auth::Header).length(5 * (1 << 30) + 1);
    let answer = house.send(&huge);
    assert_eq!(answer.refusal(), (400, "EntityTooLarge".into()));
    assert_eq!(answer.element("MaxSizeAllowed").as_deref(), Some("5368709120"));
    let metadata = Request::new("PUT", "/bucket/k").auth(Auth::Header).body(b"x");
    let answer = house.send(&metadata.header("x-amz-meta-a", &"v".repeat(2048)));
    assert_eq!(answer.refusal(), (400, "MetadataTooLarge".into()));
}

#[test]
fn a_client_that_is_still_sending_reads_its_refusal() {
    let house = House::start();
    let body = vec![0; 8 << 20];
    let answer = house.send(&Request::new("PUT", "/bucket/k").body(&body));
    assert_eq!(answer.refusal(), (403, "AccessDenied".into()));
}

#[test]
fn a_client_that_waits_to_be_asked_is_not_asked_for_a_refused_body() {
    let house = House::start();
    let mut stream = house.connect();
    let head = "PUT /bucket/k HTTP/1.1\r\nhost: h\r\ncontent-length: 9999\r\n\
                expect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 403");
}

#[test]
fn documents_are_bounded_and_hold_no_entities() {
    let house = House::start();
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>\
                <CreateBucketConfiguration>&b;</CreateBucketConfiguration>";
    let put = |body: &[u8]| {
        house.send(&Request::new("PUT", "/bucket").auth(Auth::Header).body(body)).refusal()
    };
    assert_eq!(put(bomb.as_bytes()), (400, "MalformedXML".into()));
    assert_eq!(put("<a>".repeat(100_000).as_bytes()), (400, "MalformedXML".into()));
    assert_eq!(put(&vec![b' '; (2 << 20) + 1]), (400, "MaxMessageLengthExceeded".into()));
}

#[test]
fn methods_that_s3_does_not_have_are_refused() {
    let house = House::start();
    let answer = house.send(&Request::new("PATCH", "/bucket/k").auth(Auth::Header));
    assert_eq!(answer.refusal(), (405, "MethodNotAllowed".into()));
    assert_eq!(answer.element("Method").as_deref(), Some("PATCH"));
}
