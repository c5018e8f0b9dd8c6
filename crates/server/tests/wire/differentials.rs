//! What is verified is what is obeyed: requests that could be read in two ways are refused.

use server::Settings;
use sha2::{Digest as _, Sha256};
use signature::Legacy;
use signature::encode::{Slash, encode};
use testbed::{Answer, Auth, House, Request};

fn house() -> House {
    let house = House::with(Settings { legacy: Legacy::Accept, ..Settings::default() });
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", "/bucket/k", b"content");
    house
}

fn content(house: &House) -> Vec<u8> {
    house.ok("GET", "/bucket/k", b"").body
}

/// Sends a signed URL with something added to it afterwards.
fn extended(house: &House, request: &Request, added: &str) -> Answer {
    let url = request.target(&house.authority(), house.now());
    let method = if request.bytes("h", house.now()).starts_with(b"GET") { "GET" } else { "PUT" };
    house.send(&Request::new(method, &format!("{url}{added}")).body(b"new"))
}

#[test]
fn a_legacy_url_covers_every_header_in_its_query() {
    let house = house();
    let put = Request::new("PUT", "/bucket/new").auth(Auth::Legacy(60));
    for added in ["&X-Amz-Meta-Evil=1", "&x-amz-meta-evil=1", "&X-Amz-Copy-Source=bucket%2Fk"] {
        let answer = extended(&house, &put, added);
        assert_eq!(answer.refusal(), (403, "SignatureDoesNotMatch".into()), "{added}");
    }
    let with = Request::new("PUT", "/bucket/new?x-amz-meta-a=good").auth(Auth::Legacy(60));
    let answer = extended(&house, &with, "&x-amz-meta-a=evil");
    assert_eq!(answer.refusal(), (403, "SignatureDoesNotMatch".into()));
    let url = with.target(&house.authority(), house.now());
    let doubled = Request::new("PUT", &url).unsigned_header("x-amz-meta-a", "good").body(b"x");
    assert_eq!(house.send(&doubled).status, 403);
    assert_eq!(house.send(&Request::new("PUT", &url).body(b"x")).status, 200);
}

#[test]
fn a_url_that_signs_a_type_takes_no_second_one() {
    let house = house();
    let types = |url: &str, types: [&str; 2]| {
        let put = Request::new("PUT", url).body(b"x");
        let put = put.unsigned_header("content-type", types[0]);
        house.send(&put.unsigned_header("content-type", types[1])).refusal()
    };
    for auth in [Auth::Legacy(60), Auth::Presigned(60)] {
        let put = |target| Request::new("PUT", target).auth(auth);
        let bare = put("/bucket/new").target(&house.authority(), house.now());
        assert_eq!(types(&bare, ["", "text/html"]), (400, "InvalidRequest".into()));
        let plain = put("/bucket/new").header("content-type", "text/plain");
        let plain = plain.target(&house.authority(), house.now());
        let refusal = types(&plain, ["text/plain", "text/html"]);
        assert_eq!(refusal, (400, "InvalidRequest".into()), "{auth:?}");
    }
    assert_eq!(house.send(&Request::new("HEAD", "/bucket/new").auth(Auth::Header)).status, 404);
    let bytes = put_with_type(&house, "text/x; \u{e9}");
    assert_eq!(bytes.status, 200, "{}", bytes.text());
}

fn put_with_type(house: &House, content_type: &str) -> Answer {
    let put = Request::new("PUT", "/bucket/new").auth(Auth::Presigned(60)).body(b"x");
    house.send(&put.unsigned_header("content-type", content_type))
}

/// The URL says that it signs headers, holds their values, and they are not sent.
#[test]
fn a_signed_header_in_the_query_is_obeyed_as_that_header() {
    let house = house();
    let signed = |method: &str, headers: &[(&str, &str)]| {
        let pair =
            |(name, value): &(&str, &str)| format!("{name}={}", encode(value, Slash::Encode));
        let query: Vec<String> = headers.iter().map(pair).collect();
        let target = format!("/bucket/k?{}", query.join("&"));
        let request = Request::new(method, &target).auth(Auth::Presigned(60));
        let request = headers.iter().fold(request, |request, (n, v)| request.header(n, v));
        let url = request.target(&house.authority(), house.now());
        house.send(&Request::new(method, &url).body(b"new"))
    };
    let wrong = (400, "BadDigest".to_owned());
    let md5 = ("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==");
    assert_eq!(signed("PUT", &[md5]).refusal(), wrong);
    assert_eq!(signed("PUT", &[("x-amz-checksum-crc32", "AAAAAA==")]).refusal(), wrong);
    let stale = signed("PUT", &[("if-match", "\"stale\"")]);
    assert_eq!(stale.refusal(), (412, "PreconditionFailed".into()));
    assert_eq!(content(&house), b"content");
    let part = signed("GET", &[("range", "bytes=0-2")]);
    assert_eq!((part.status, part.body.as_slice()), (206, &b"con"[..]));
    let kept = [("cache-control", "no-store"), ("content-type", "a/b"), ("x-amz-meta-a", "1")];
    assert_eq!(signed("PUT", &kept).status, 200);
    let stored = house.ok("HEAD", "/bucket/k", b"");
    for (name, value) in kept {
        assert_eq!(stored.header(name), Some(value));
    }
}

/// One SDK puts the checksum of an empty body into every URL.
#[test]
fn a_parameter_that_is_not_signed_as_a_header_stays_one() {
    let house = house();
    let put = |query: &str| {
        let put = Request::new("PUT", &format!("/bucket/k?{query}")).auth(Auth::Presigned(60));
        house.send(&put.body(b"new")).status
    };
    assert_eq!(put("x-amz-checksum-crc32=AAAAAA%3D%3D&content-type=a%2Fb&host=elsewhere"), 200);
    let stored = house.ok("HEAD", "/bucket/k", b"");
    assert_eq!(stored.header("content-type"), Some("binary/octet-stream"));
}

#[test]
fn a_header_does_not_override_a_signed_condition() {
    let house = house();
    let etag = house.ok("HEAD", "/bucket/k", b"").header("etag").unwrap().to_owned();
    let put = Request::new("PUT", "/bucket/k?If-Match=%22stale%22").auth(Auth::Presigned(60));
    let put = put.body(b"new");
    assert_eq!(house.send(&put).refusal(), (412, "PreconditionFailed".into()));
    let answer = house.send(&put.unsigned_header("if-match", &etag));
    assert_eq!(answer.refusal(), (400, "InvalidRequest".into()));
    assert_eq!(content(&house), b"content");
}

#[test]
fn a_condition_that_cannot_be_read_is_not_dropped() {
    let house = house();
    let put = Request::new("PUT", "/bucket/k").auth(Auth::Presigned(60)).body(b"new");
    for name in ["if-match", "if-none-match"] {
        let answer = house.send(&put.clone().unsigned_header(name, "\u{ff}"));
        assert_eq!(answer.refusal(), (400, "InvalidRequest".into()), "{name}");
    }
    assert_eq!(content(&house), b"content");
}

#[test]
fn a_copy_in_the_query_is_a_copy_in_any_case() {
    let house = house();
    let target = "/bucket/there?X-Amz-Copy-Source=bucket%2Fk";
    let answer = house.send(&Request::new("PUT", target).auth(Auth::Presigned(60)));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(house.ok("GET", "/bucket/there", b"").body, b"content");
}

#[test]
fn headers_that_decide_stand_there_once() {
    let house = house();
    for name in ["x-amz-copy-source", "content-md5", "range", "authorization", "x-amz-date"] {
        let put = Request::new("PUT", "/bucket/new").auth(Auth::Header).header(name, "a");
        let answer = house.send(&put.unsigned_header(name, "b").body(b"x"));
        assert_eq!(answer.refusal(), (400, "InvalidRequest".into()), "{name}");
    }
}

#[test]
fn a_document_is_held_to_its_signed_hash() {
    let house = house();
    let signed = "<CreateBucketConfiguration/>";
    let hash: [u8; 32] = Sha256::digest(signed).into();
    let put = Request::new("PUT", "/second").auth(Auth::Header);
    let put = put.payload_hash(&hash.map(|b| format!("{b:02x}")).concat());
    let answer =
        house.send(&put.clone().body(b"<CreateBucketConfiguration></CreateBucketConfiguration>"));
    assert_eq!(answer.refusal(), (400, "XAmzContentSHA256Mismatch".into()));
    assert_eq!(house.send(&Request::new("HEAD", "/second").auth(Auth::Header)).status, 404);
    assert_eq!(house.send(&put.body(signed.as_bytes())).status, 200);
    let digest = Request::new("PUT", "/third").auth(Auth::Header).body(signed.as_bytes());
    let answer = house.send(&digest.header("content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="));
    assert_eq!(answer.refusal(), (400, "BadDigest".into()));
}

#[test]
fn a_list_of_signed_headers_is_short_and_in_order() {
    let house = house();
    let get = Request::new("GET", "/bucket/k").auth(Auth::Presigned(60));
    let url = get.target(&house.authority(), house.now());
    let many: String = (0..101).map(|n| format!("%3Bx{n:03}")).collect();
    for list in ["host%3Bhost", "x%3Bhost", "Host", &format!("host{many}")] {
        let edited = url.replace("SignedHeaders=host", &format!("SignedHeaders={list}"));
        let answer = house.send(&Request::new("GET", &edited));
        let expected = (400, "AuthorizationQueryParametersError".to_owned());
        assert_eq!(answer.refusal(), expected, "{list:.40}");
    }
}

#[test]
fn too_many_parameters_are_none() {
    let house = house();
    let answer = house.send(&Request::new("GET", &format!("/bucket?{}", "a&".repeat(1001))));
    assert_eq!(answer.refusal(), (400, "InvalidURI".into()));
}

#[test]
fn what_is_asked_for_and_not_there_is_refused() {
    let house = house();
    let put = |target: &str, name: &str, value: &str| {
        let put = Request::new("PUT", target).auth(Auth::Header).header(name, value);
        house.send(&put.body(b"x")).refusal()
    };
    let not_there = (501, "NotImplemented".to_owned());
    assert_eq!(put("/second", "x-amz-bucket-object-lock-enabled", "true"), not_there);
    assert_eq!(put("/bucket/k", "x-amz-checksum-sha512", "AAAA"), not_there);
    assert_eq!(put("/bucket/k", "content-encoding", "aws-chunked"), not_there);
    let owner = "x-amz-expected-bucket-owner";
    assert_eq!(put("/bucket/k", owner, "999999999999"), (403, "AccessDenied".to_owned()));
    assert_eq!(put("/bucket/k", owner, "000000000000").0, 200);
}

#[test]
fn the_house_has_its_routes_in_path_style_only() {
    let house = house();
    let key = |method: &str| Request::new(method, "/-/health").host("bucket.localhost");
    assert_eq!(house.send(&key("PUT").auth(Auth::Presigned(60)).body(b"key")).status, 200);
    assert_eq!(house.send(&key("GET").auth(Auth::Presigned(60))).body, b"key");
    assert_eq!(house.send(&Request::new("GET", "/-/health")).body, b"ok\n");
    assert_eq!(house.send(&Request::new("GET", "/-/other")).status, 400);
}

#[test]
fn what_no_header_can_carry_is_not_stored() {
    let house = house();
    for target in ["/bucket/n?x-amz-meta-a=b%0D%0Ac", "/bucket/n?x-amz-meta-a%20b=c"] {
        let put = Request::new("PUT", target).auth(Auth::Presigned(60)).body(b"x");
        assert_eq!(house.send(&put).refusal(), (400, "InvalidArgument".into()), "{target}");
    }
    let long = "x".repeat(9000);
    let put = Request::new("PUT", "/bucket/n").auth(Auth::Header).body(b"x");
    let answer = house.send(&put.header("content-disposition", &long));
    assert_eq!(answer.refusal(), (400, "MetadataTooLarge".into()));
}
