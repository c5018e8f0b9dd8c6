//! Reading and writing objects: headers, ranges, conditions, checks of the body, copies.

use testbed::{Answer, Auth, House, Request};

fn house() -> House {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house
}

fn signed(method: &str, target: &str) -> Request {
    Request::new(method, target).auth(Auth::Header)
}

fn get(house: &House, target: &str, headers: &[(&str, &str)]) -> Answer {
    let request = signed("GET", target);
    house.send(&headers.iter().fold(request, |r, (n, v)| r.unsigned_header(n, v)))
}

#[test]
fn what_was_written_is_read_with_its_headers() {
    let house = house();
    let put = signed("PUT", "/bucket/k")
        .header("content-type", "text/plain; charset=utf-8")
        .header("cache-control", "max-age=5")
        .header("content-disposition", "attachment; filename=\"a b.txt\"")
        .header("x-amz-meta-color", "blue")
        .body(b"hello");
    let answer = house.send(&put);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let etag = "\"5d41402abc4b2a76b9719d911017c592\"";
    assert_eq!(answer.header("etag"), Some(etag));
    for method in ["GET", "HEAD"] {
        let answer = house.send(&signed(method, "/bucket/k"));
        assert_eq!(answer.header("etag"), Some(etag));
        assert_eq!(answer.header("content-length"), Some("5"));
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), Some("max-age=5"));
        assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"a b.txt\""));
        assert_eq!(answer.header("x-amz-meta-color"), Some("blue"));
        assert_eq!(answer.header("last-modified"), Some("Thu, 01 Jan 2026 00:00:00 GMT"));
        assert_eq!(answer.header("accept-ranges"), Some("bytes"));
        assert_eq!(answer.body, if method == "GET" { &b"hello"[..] } else { b"" });
    }
    house.ok("PUT", "/bucket/bare", b"");
    let bare = house.ok("GET", "/bucket/bare", b"");
    assert_eq!(bare.header("content-type"), Some("binary/octet-stream"));
    assert_eq!(bare.header("content-length"), Some("0"));
}

#[test]
fn ranges_are_partial_and_senseless_ones_ignored() {
    let house = house();
    let content: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
    house.ok("PUT", "/bucket/k", &content);
    for (range, expected, shown) in [
        ("bytes=0-9", 0..10, "bytes 0-9/100000"),
        ("bytes=99990-", 99_990..100_000, "bytes 99990-99999/100000"),
        ("bytes=-5", 99_995..100_000, "bytes 99995-99999/100000"),
        ("bytes=10-999999", 10..100_000, "bytes 10-99999/100000"),
    ] {
        let answer = get(&house, "/bucket/k", &[("range", range)]);
        assert_eq!((answer.status, answer.header("content-range")), (206, Some(shown)));
        assert_eq!(answer.body, content[expected]);
    }
    for range in ["bytes=9-1", "bytes=0-1,5-6", "lines=1-2", "bytes=x-y"] {
        let answer = get(&house, "/bucket/k", &[("range", range)]);
        assert_eq!((answer.status, answer.body.len()), (200, content.len()), "{range}");
    }
    let answer = get(&house, "/bucket/k", &[("range", "bytes=100000-")]);
    assert_eq!(answer.refusal(), (416, "InvalidRange".into()));
    assert_eq!(answer.element("RangeRequested").as_deref(), Some("bytes=100000-"));
    assert_eq!(answer.element("ActualObjectSize").as_deref(), Some("100000"));
    assert_eq!(answer.header("content-range"), Some("bytes */100000"));
    let other = [("range", "bytes=0-9"), ("if-range", "\"other\"")];
    assert_eq!(get(&house, "/bucket/k", &other).status, 200);
}

#[test]
fn overrides_are_for_signed_requests() {
    let house = house();
    house.ok("PUT", "/bucket/k", b"x");
    let query = "response-content-type=text%2Fhtml&response-content-disposition=attachment%3B%20\
                 filename%3D%22%C3%A9.txt%22&response-cache-control=no-store";
    let url = format!("/bucket/k?{query}");
    let answer = house.send(&Request::new("GET", &url).auth(Auth::Presigned(60)));
    assert_eq!(answer.header("content-type"), Some("text/html"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let answer = house.send(&Request::new("GET", &url));
    assert_eq!(answer.refusal(), (400, "InvalidRequest".into()));
    let beyond = "/bucket/k?response-content-type=%ED%95%9C";
    let answer = house.send(&Request::new("GET", beyond).auth(Auth::Presigned(60)));
    assert_eq!(answer.refusal(), (400, "InvalidArgument".into()));
    assert_eq!(
        answer.element("Message").as_deref(),
        Some("Header value cannot be represented using ISO-8859-1.")
    );
    let split = "/bucket/k?response-content-type=a%0D%0Ax-evil%3A1";
    let answer = house.send(&Request::new("GET", split).auth(Auth::Presigned(60)));
    assert_eq!((answer.status, answer.header("x-evil")), (400, None));
}

#[test]
fn conditions_on_reading_hold_or_do_not() {
    let house = house();
    house.ok("PUT", "/bucket/k", b"hello");
    let etag = "\"5d41402abc4b2a76b9719d911017c592\"";
    let same = get(&house, "/bucket/k", &[("if-none-match", etag)]);
    assert_eq!((same.status, same.header("etag"), same.body.len()), (304, Some(etag), 0));
    assert_eq!(get(&house, "/bucket/k", &[("if-match", etag)]).status, 200);
    let other = get(&house, "/bucket/k", &[("if-match", "\"x\"")]);
    assert_eq!(other.refusal(), (412, "PreconditionFailed".into()));
    assert_eq!(other.element("Condition").as_deref(), Some("If-Match"));
    let since = |name, date| get(&house, "/bucket/k", &[(name, date)]).status;
    assert_eq!(since("if-modified-since", "Thu, 01 Jan 2026 00:00:00 GMT"), 304);
    assert_eq!(since("if-modified-since", "Wed, 31 Dec 2025 23:59:59 GMT"), 200);
    assert_eq!(since("if-unmodified-since", "Wed, 31 Dec 2025 23:59:59 GMT"), 412);
}

#[test]
fn a_body_that_is_not_what_it_says_is_never_stored() {
    let house = house();
    let put = |name: &str, value: &str| {
        house.send(&signed("PUT", "/bucket/k").header(name, value).body(b"hello"))
    };
    let wrong_md5 = put("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==");
    assert_eq!(wrong_md5.refusal(), (400, "BadDigest".into()));
    assert_eq!(put("content-md5", "AAAA").refusal(), (400, "InvalidDigest".into()));
    let wrong_crc = put("x-amz-checksum-crc32", "AAAAAA==");
    assert_eq!(wrong_crc.refusal(), (400, "BadDigest".into()));
    assert_eq!(
        wrong_crc.element("Message").as_deref(),
        Some("The CRC32 you specified did not match the calculated checksum.")
    );
    assert_eq!(put("x-amz-checksum-sha1", "AAAA").refusal(), (400, "InvalidRequest".into()));
    let short = signed("PUT", "/bucket/k").body(b"hel").length(5);
    let mut stream = house.connect();
    std::io::Write::write_all(&mut stream, &short.bytes(&house.authority(), house.now())).unwrap();
    stream.shutdown(std::net::Shutdown::Both).unwrap();
    assert_eq!(house.send(&signed("GET", "/bucket/k")).refusal(), (404, "NoSuchKey".into()));
    assert_eq!(put("x-amz-checksum-crc32", "NhCmhg==").status, 200);
    let head = house.send(&signed("HEAD", "/bucket/k").header("x-amz-checksum-mode", "ENABLED"));
    assert_eq!(head.header("x-amz-checksum-crc32"), Some("NhCmhg=="));
}

#[test]
fn what_is_not_supported_says_so() {
    let house = house();
    for (name, value, status, code) in [
        ("x-amz-server-side-encryption", "AES256", 501, "NotImplemented"),
        ("x-amz-bypass-governance-retention", "true", 400, "InvalidArgument"),
        ("x-amz-object-lock-mode", "GOVERNANCE", 501, "NotImplemented"),
        ("x-amz-acl", "public-read", 400, "AccessControlListNotSupported"),
        ("x-amz-storage-class", "GLACIER", 400, "InvalidStorageClass"),
    ] {
        let put = signed("PUT", "/bucket/k").header(name, value).body(b"x");
        assert_eq!(house.send(&put).refusal(), (status, code.into()), "{name}");
    }
    for target in ["/bucket/k?acl", "/bucket?lifecycle", "/bucket?cors", "/bucket/k?retention"] {
        let answer = house.send(&signed("GET", target));
        assert_eq!(answer.refusal(), (501, "NotImplemented".into()), "{target}");
    }
    assert_eq!(house.send(&signed("GET", "/bucket/k")).status, 404);
}

#[test]
fn a_move_is_a_copy_and_a_delete() {
    let house = house();
    house.ok("PUT", "/other", b"");
    let put = signed("PUT", "/bucket/a%20b%2B%25").header("x-amz-meta-color", "blue");
    assert_eq!(house.send(&put.body(b"moved")).status, 200);
    let copy = |target: &str, source: &str| {
        house.send(&signed("PUT", target).header("x-amz-copy-source", source))
    };
    let copied = copy("/other/there", "/bucket/a%20b%2B%25");
    assert_eq!(copied.status, 200, "{}", copied.text());
    assert!(copied.element("ETag").is_some() && copied.element("LastModified").is_some());
    house.ok("DELETE", "/bucket/a%20b%2B%25", b"");
    let there = house.ok("GET", "/other/there", b"");
    assert_eq!((&there.body[..], there.header("x-amz-meta-color")), (&b"moved"[..], Some("blue")));

    let absent = copy("/other/x", "bucket/absent");
    assert_eq!(absent.refusal(), (404, "NoSuchKey".into()));
    assert_eq!(absent.element("Key").as_deref(), Some("absent"));
    assert_eq!(copy("/other/x", "nowhere/k").refusal(), (404, "NoSuchBucket".into()));
    assert_eq!(copy("/other/x", "nothing").refusal(), (400, "InvalidArgument".into()));
    assert_eq!(copy("/other/there", "other/there").refusal(), (400, "InvalidRequest".into()));
    let replace = signed("PUT", "/other/there")
        .header("x-amz-copy-source", "other/there")
        .header("x-amz-metadata-directive", "REPLACE")
        .header("x-amz-meta-color", "red");
    assert_eq!(house.send(&replace).status, 200);
    assert_eq!(house.ok("HEAD", "/other/there", b"").header("x-amz-meta-color"), Some("red"));
}

#[test]
fn writing_into_no_bucket_is_refused_before_the_body() {
    let house = house();
    let answer = house.send(&signed("PUT", "/nowhere/k").body(&vec![0; 4 << 20]));
    assert_eq!(answer.refusal(), (404, "NoSuchBucket".into()));
    assert_eq!(answer.element("BucketName").as_deref(), Some("nowhere"));
}

#[test]
fn buckets_are_made_listed_and_removed() {
    let house = house();
    assert_eq!(house.send(&signed("PUT", "/bucket")).status, 200);
    assert_eq!(
        house.send(&signed("PUT", "/Bad_Name")).refusal(),
        (400, "InvalidBucketName".into())
    );
    let elsewhere = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>\
                     </CreateBucketConfiguration>";
    let answer = house.send(&signed("PUT", "/third").body(elsewhere.as_bytes()));
    assert_eq!(answer.refusal(), (400, "IllegalLocationConstraintException".into()));
    assert_eq!(
        house.send(&signed("PUT", "/third").body(b"<x")).refusal(),
        (400, "MalformedXML".into())
    );
    house.ok("PUT", "/second", b"");
    let text = house.ok("GET", "/", b"").text();
    assert!(text.contains("<Name>bucket</Name>") && text.contains("<Name>second</Name>"), "{text}");
    assert_eq!(house.ok("HEAD", "/second", b"").header("x-amz-bucket-region"), Some("us-east-1"));
    house.ok("PUT", "/second/k", b"x");
    let full = house.send(&signed("DELETE", "/second"));
    assert_eq!(full.refusal(), (409, "BucketNotEmpty".into()));
    house.ok("DELETE", "/second/k", b"");
    house.ok("DELETE", "/second", b"");
    assert_eq!(house.send(&signed("HEAD", "/second")).status, 404);
    assert_eq!(house.send(&signed("GET", "/second")).refusal(), (404, "NoSuchBucket".into()));
}
