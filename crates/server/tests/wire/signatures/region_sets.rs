//! SigV4A: a signature for a set of regions opens the object where the set covers the region.

use signature::{Credentials, Presign, Sign, v4a};
use testbed::{ACCESS_KEY_ID, Answer, House, Request, SECRET};

const CONTENT: &[u8] = b"the one private file";
const PATH: &str = "/bucket/file.txt";

fn house_with_object() -> House {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", PATH, CONTENT);
    house
}

/// Path and query of a URL for a minute.
fn presigned(house: &House, secret: &str, region_set: &str, query: &[(&str, &str)]) -> String {
    let credentials = Credentials::new(ACCESS_KEY_ID, secret, None);
    let authority = house.authority();
    let query: Vec<_> = query.iter().map(|&(name, value)| (name, Some(value))).collect();
    let presign = Presign {
        method: "GET",
        scheme: "http",
        authority: &authority,
        path: PATH,
        query: &query,
        headers: &[],
        expires_seconds: 60,
    };
    let signer = v4a::Signer::new(&credentials, region_set);
    let url = signer.presigner(house.now()).presign(&presign).unwrap();
    url.as_str().split_once(&authority).unwrap().1.to_owned()
}

/// A request signed in its headers as of `at`; `headers` are signed as well.
fn signed(
    house: &House,
    method: &str,
    region_set: &str,
    payload_hash: &str,
    headers: &[(&str, &str)],
) -> Request {
    let credentials = Credentials::new(ACCESS_KEY_ID, SECRET, None);
    let authority = house.authority();
    let sign = Sign {
        method,
        scheme: "http",
        authority: &authority,
        path: PATH,
        query: "",
        headers,
        payload_hash,
    };
    let added = v4a::Signer::new(&credentials, region_set).sign(&sign, house.now());
    headers
        .iter()
        .copied()
        .chain(added.iter())
        .fold(Request::new(method, PATH), |request, (name, value)| {
            request.unsigned_header(name, value)
        })
}

fn get(house: &House, target: &str) -> Answer {
    house.send(&Request::new("GET", target))
}

#[track_caller]
fn assert_refused(answer: &Answer, code: &str, message: &str) {
    assert_eq!(answer.refusal(), (400, code.to_owned()), "{}", answer.text());
    assert_eq!(answer.element("Message").as_deref(), Some(message));
}

const QUERY: &str = "AuthorizationQueryParametersError";
const HEADER: &str = "AuthorizationHeaderMalformed";
const MISSING: &str = "AWS4-ECDSA-P256-SHA256 requires X-Amz-Region-Set, once, with the regions \
    that the signature is for.";

#[test]
fn a_url_for_a_set_of_regions_opens_the_object_until_it_expires() {
    let house = house_with_object();
    for region_set in ["us-east-1", "*", "us-*", "eu-west-1,us-east-1"] {
        let url = presigned(&house, SECRET, region_set, &[]);
        assert_eq!(get(&house, &url).body, CONTENT, "{region_set}");
        assert_eq!(get(&house, &url).body, CONTENT, "{region_set}");
    }
    let url = presigned(&house, SECRET, "*", &[("response-content-type", "text/x")]);
    assert_eq!(get(&house, &url).header("content-type"), Some("text/x"));
    house.pass(60);
    assert_eq!(get(&house, &url).refusal(), (403, "AccessDenied".into()));
}

#[test]
fn a_url_for_other_regions_is_refused_and_says_for_which_to_sign() {
    let house = house_with_object();
    let answer = get(&house, &presigned(&house, SECRET, "eu-*,us-west-2", &[]));
    let said = "the region set 'eu-*,us-west-2' does not cover 'us-east-1'.";
    assert_refused(&answer, QUERY, said);
    assert_eq!(answer.element("Region").as_deref(), Some("us-east-1"));
    assert_eq!(answer.header("x-amz-bucket-region"), Some("us-east-1"));
}

#[test]
fn a_url_that_names_no_regions_or_names_them_twice_is_refused() {
    let house = house_with_object();
    let url = presigned(&house, SECRET, "*", &[]);
    let gone = url.replace("&X-Amz-Region-Set=%2A", "");
    let twice = format!("{url}&X-Amz-Region-Set=us-east-1");
    let lower = url.replace("X-Amz-Region-Set", "x-amz-region-set");
    for target in [gone, twice, lower] {
        assert_refused(&get(&house, &target), QUERY, MISSING);
    }
}

#[test]
fn the_set_of_regions_cannot_be_widened() {
    let house = house_with_object();
    let url = presigned(&house, SECRET, "eu-*", &[]).replace("eu-%2A", "%2A");
    assert_eq!(get(&house, &url).refusal(), (403, "SignatureDoesNotMatch".into()));
}

#[test]
fn a_url_with_any_one_character_changed_is_refused() {
    let house = house_with_object();
    let url = presigned(&house, SECRET, "*", &[]);
    for (index, c) in url.char_indices().step_by(3) {
        let other = if c == 'x' { 'y' } else { 'x' };
        let changed = format!("{}{other}{}", &url[..index], &url[index + 1..]);
        let answer = get(&house, &changed);
        assert!((400..500).contains(&answer.status), "{} at {index}", answer.status);
    }
}

#[test]
fn another_secret_makes_another_signature() {
    let house = house_with_object();
    let answer = get(&house, &presigned(&house, "wrong", "*", &[]));
    assert_eq!(answer.refusal(), (403, "SignatureDoesNotMatch".into()));
    let string_to_sign = answer.element("StringToSign").unwrap();
    let expected = "AWS4-ECDSA-P256-SHA256\n20260101T000000Z\n20260101/s3/aws4_request\n";
    assert!(string_to_sign.starts_with(expected), "{string_to_sign}");
}

#[test]
fn a_scope_with_a_region_is_malformed() {
    let house = house_with_object();
    let url = presigned(&house, SECRET, "*", &[]);
    let short = url.replace("%2F20260101%2Fs3", "%2Fs3");
    let said = "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; \
        expecting \"<YOUR-AKID>/YYYYMMDD/SERVICE/aws4_request\".";
    assert_refused(&get(&house, &short), QUERY, said);
    let long = url.replace("%2Fs3%2F", "%2Fus-east-1%2Fs3%2F");
    let said = "Error parsing the X-Amz-Credential parameter; incorrect date format \
        \"us-east-1\". This date in the credential must be in the format \"yyyyMMdd\".";
    assert_refused(&get(&house, &long), QUERY, said);
}

#[test]
fn a_header_signature_for_a_set_of_regions_works_where_the_set_covers() {
    let house = house_with_object();
    let unsigned = "UNSIGNED-PAYLOAD";
    assert_eq!(house.send(&signed(&house, "GET", "us-*", unsigned, &[])).body, CONTENT);
    let put = signed(&house, "PUT", "*", unsigned, &[("x-amz-meta-note", "n")]);
    assert_eq!(house.send(&put.body(b"new")).status, 200);
    assert_eq!(house.ok("GET", PATH, b"").header("x-amz-meta-note"), Some("n"));

    let answer = house.send(&signed(&house, "GET", "eu-*", unsigned, &[]));
    let malformed = "The authorization header is malformed;";
    let said = format!("{malformed} the region set 'eu-*' does not cover 'us-east-1'.");
    assert_refused(&answer, HEADER, &said);
    assert_eq!(answer.element("Region").as_deref(), Some("us-east-1"));
}

#[test]
fn a_header_signature_covers_its_set_of_regions() {
    let house = house_with_object();
    let request = signed(&house, "GET", "us-east-1", "UNSIGNED-PAYLOAD", &[]);
    let sent = String::from_utf8(request.bytes(&house.authority(), house.now())).unwrap();
    let edited = |from: &str, to: &str| house.exchange(sent.replace(from, to).as_bytes());
    assert_eq!(edited("", "").body, CONTENT);
    let gone = edited("x-amz-region-set: us-east-1\r\n", "");
    assert_refused(&gone, HEADER, &format!("The authorization header is malformed; {MISSING}"));
    let wider = edited("x-amz-region-set: us-east-1", "x-amz-region-set: *");
    assert_eq!(wider.refusal(), (403, "SignatureDoesNotMatch".into()));
    let not_signed = edited(";x-amz-region-set,", ",");
    assert_eq!(not_signed.refusal(), (403, "AccessDenied".into()));
    assert_eq!(not_signed.element("HeadersNotSigned").as_deref(), Some("x-amz-region-set"));
}

#[test]
fn chunks_of_a_body_can_have_a_trailer_and_no_signatures() {
    let house = house_with_object();
    let length = [("content-encoding", "aws-chunked"), ("x-amz-decoded-content-length", "3")];
    let trailer = [&length[..], &[("x-amz-trailer", "x-amz-checksum-crc32")]].concat();
    let put = signed(&house, "PUT", "*", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", &trailer);
    let body = b"3\r\nnew\r\n0\r\nx-amz-checksum-crc32:a+NERQ==\r\n\r\n";
    let answer = house.send(&put.body(body));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(house.ok("GET", PATH, b"").body, b"new");
}

#[test]
fn the_log_says_how_it_was_signed() {
    let house = house_with_object();
    let _ = get(&house, &presigned(&house, SECRET, "*", &[]));
    let _ = house.send(&signed(&house, "GET", "*", "UNSIGNED-PAYLOAD", &[]));
    let log = house.stop();
    assert!(log.contains(" SigV4A - QueryString "), "{log}");
    assert!(log.contains(" SigV4A - AuthHeader "), "{log}");
}
