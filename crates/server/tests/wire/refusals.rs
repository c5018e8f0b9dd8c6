//! The catalogue of refused signatures: status, code, message and elements as S3 has them.

use s3::xml::read_element;
use server::Settings;
use signature::Legacy;
use testbed::{ACCESS_KEY_ID, Answer, Auth, House, Request};

fn house() -> House {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", "/bucket/k", b"content");
    house
}

fn get() -> Request {
    Request::new("GET", "/bucket/k").auth(Auth::Presigned(600))
}

/// Sends a presigned GET whose URL is edited.
fn edited(house: &House, request: &Request, edit: impl Fn(String) -> String) -> Answer {
    let url = edit(request.target(&house.authority(), house.now()));
    house.send(&Request::new("GET", &url))
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, code: &str, message: &str) {
    assert_eq!(answer.refusal(), (status, code.to_owned()), "{}", answer.text());
    assert_eq!(answer.element("Message").as_deref(), Some(message));
}

const QUERY: &str = "AuthorizationQueryParametersError";

#[test]
fn a_missing_or_repeated_parameter_is_named() {
    let house = house();
    let message = "Query-string authentication version 4 requires the X-Amz-Algorithm, \
        X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires \
        parameters.";
    for name in ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"] {
        let gone = edited(&house, &get(), |url| {
            url.replace(&format!("X-Amz-{name}="), &format!("Gone-{name}="))
        });
        assert_refused(&gone, 400, QUERY, message);
        let twice = edited(&house, &get(), |url| format!("{url}&X-Amz-{name}=x"));
        assert_refused(&twice, 400, QUERY, message);
    }
}

#[test]
fn a_lifetime_that_is_none_is_refused() {
    let house = house();
    let with = |value: &str| {
        let value = format!("X-Amz-Expires={value}");
        edited(&house, &get(), |url| url.replace("X-Amz-Expires=600", &value))
    };
    let week = "X-Amz-Expires must be less than a week (in seconds); that is, the given \
        X-Amz-Expires must be less than 604800 seconds";
    for long in ["604801", "4294967296", "99999999999999999999999"] {
        assert_refused(&with(long), 400, QUERY, week);
    }
    assert_refused(&with("-1"), 400, QUERY, "X-Amz-Expires must be non-negative");
    for text in ["x", "", "1.5", "0x10", "%2B1", "-", "\u{663}"] {
        let encoded = signature::encode::encode(text, signature::encode::Slash::Encode);
        let text = if text.is_ascii() { text } else { &encoded };
        assert_refused(&with(text), 400, QUERY, "X-Amz-Expires should be a number");
    }
    assert_refused(&with("0"), 403, "AccessDenied", "Request has expired");
}

#[test]
fn seven_days_work_and_not_a_second_more() {
    let house = house();
    let url = Request::new("GET", "/bucket/k")
        .auth(Auth::Presigned(604_800))
        .target(&house.authority(), house.now());
    house.pass(604_799);
    assert_eq!(house.send(&Request::new("GET", &url)).status, 200);
    house.pass(1);
    assert_eq!(house.send(&Request::new("GET", &url)).status, 403);
}

#[test]
fn a_credential_for_somewhere_else_says_for_where() {
    let house = house();
    let scope = |from: &'static str, to: &'static str| {
        edited(&house, &get(), move |url| url.replace(from, to))
    };
    let parsing = "Error parsing the X-Amz-Credential parameter";
    let region = house.send(&get().region("eu-west-1"));
    let said = format!("{parsing}; the region 'eu-west-1' is wrong; expecting 'us-east-1'");
    assert_refused(&region, 400, QUERY, &said);
    assert_eq!(region.element("Region").as_deref(), Some("us-east-1"));
    let said = format!("{parsing}; incorrect service \"sts\". This endpoint belongs to \"s3\".");
    assert_refused(&scope("%2Fs3%2F", "%2Fsts%2F"), 400, QUERY, &said);
    let said =
        format!("{parsing}; incorrect terminal \"aws5\". This endpoint uses \"aws4_request\".");
    assert_refused(&scope("aws4_request", "aws5"), 400, QUERY, &said);
    let said = format!(
        "{parsing}; incorrect date format \"2026010\". This date in the credential must be in \
         the format \"yyyyMMdd\"."
    );
    assert_refused(&scope("%2F20260101%2F", "%2F2026010%2F"), 400, QUERY, &said);
    let said = "Invalid credential date \"20251231\". This date is not the same as X-Amz-Date: \
        \"20260101\".";
    assert_refused(&scope("%2F20260101%2F", "%2F20251231%2F"), 400, QUERY, said);
    let said = format!(
        "{parsing}; the Credential is mal-formed; expecting \
         \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
    );
    for malformed in [scope("%2F", "%252F"), scope("%2F20260101", "")] {
        assert_refused(&malformed, 400, QUERY, &said);
    }
}

#[test]
fn other_algorithms_and_dates_are_refused() {
    let house = house();
    let said = "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"";
    let answer = edited(&house, &get(), |url| url.replace("HMAC-SHA256", "HMAC-MD5"));
    assert_refused(&answer, 400, QUERY, said);
    let said = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"";
    let answer = edited(&house, &get(), |url| url.replace("T000000Z", ""));
    assert_refused(&answer, 400, QUERY, said);
}

#[test]
fn a_signature_from_the_future_waits() {
    let house = house();
    assert_eq!(house.send(&get().signed_ago(-900)).status, 200);
    let answer = house.send(&get().signed_ago(-901));
    assert_refused(&answer, 403, "AccessDenied", "Request is not yet valid");
    assert_eq!(answer.element("X-Amz-Date").as_deref(), Some("1767226501000"));
    assert_eq!(answer.element("Expires").as_deref(), Some("2026-01-01T00:25:01Z"));
    assert_eq!(answer.element("ServerTime").as_deref(), Some("2026-01-01T00:00:00Z"));
}

#[test]
fn a_header_signature_may_be_15_minutes_off() {
    let house = house();
    let get = || Request::new("GET", "/bucket/k").auth(Auth::Header);
    for seconds in [-900, 900] {
        assert_eq!(house.send(&get().signed_ago(seconds)).status, 200);
    }
    for seconds in [-901, 901] {
        let answer = house.send(&get().signed_ago(seconds));
        let said = "The difference between the request time and the current time is too large.";
        assert_refused(&answer, 403, "RequestTimeTooSkewed", said);
        assert_eq!(answer.element("MaxAllowedSkewMilliseconds").as_deref(), Some("900000"));
        assert_eq!(answer.element("ServerTime").as_deref(), Some("2026-01-01T00:00:00Z"));
        assert!(answer.element("RequestTime").unwrap().ends_with('Z'));
    }
}

#[test]
fn unknown_keys_and_stray_tokens_are_nobodys() {
    let house = house();
    let answer = house.send(&get().by("AKIANOBODY", "secret", None));
    let said = "The AWS Access Key Id you provided does not exist in our records.";
    assert_refused(&answer, 403, "InvalidAccessKeyId", said);
    assert_eq!(answer.element("AWSAccessKeyId").as_deref(), Some("AKIANOBODY"));
    let answer = house.send(&get().by(ACCESS_KEY_ID, testbed::SECRET, Some("token")));
    let said = "The provided token is malformed or otherwise invalid.";
    assert_refused(&answer, 400, "InvalidToken", said);
}

#[test]
fn a_wrong_signature_is_explained_with_our_side_of_it() {
    let house = house();
    let answer = house.send(&get().by(ACCESS_KEY_ID, "wrong", None));
    let said = "The request signature we calculated does not match the signature you provided. \
        Check your key and signing method.";
    assert_refused(&answer, 403, "SignatureDoesNotMatch", said);
    assert_eq!(answer.element("AWSAccessKeyId").as_deref(), Some(ACCESS_KEY_ID));
    let string_to_sign = answer.element("StringToSign").unwrap();
    assert!(
        string_to_sign.starts_with("AWS4-HMAC-SHA256\n20260101T000000Z\n20260101/us-east-1/s3")
    );
    let canonical = answer.element("CanonicalRequest").unwrap();
    assert!(canonical.starts_with("GET\n/bucket/k\nX-Amz-Algorithm="), "{canonical}");
    assert!(canonical.ends_with("\n\nhost\nUNSIGNED-PAYLOAD"), "{canonical}");
    assert_eq!(answer.element("SignatureProvided").unwrap().len(), 64);
    assert!(answer.element("StringToSignBytes").unwrap().starts_with("41 57 53 34 2d"));
    assert!(answer.element("CanonicalRequestBytes").unwrap().starts_with("47 45 54 0a 2f"));
}

#[test]
fn amz_headers_that_are_not_signed_are_named() {
    let house = house();
    let put = || Request::new("PUT", "/bucket/new").auth(Auth::Presigned(60)).body(b"x");
    let request =
        put().unsigned_header("x-amz-meta-b", "1").unsigned_header("x-amz-acl", "private");
    let answer = house.send(&request);
    let said = "There were headers present in the request which were not signed";
    assert_refused(&answer, 403, "AccessDenied", said);
    assert_eq!(answer.element("HeadersNotSigned").as_deref(), Some("x-amz-acl, x-amz-meta-b"));
    let content = put().unsigned_header("content-type", "text/plain");
    assert_eq!(house.send(&content).status, 200);
    let hash = put().unsigned_header("x-amz-content-sha256", "anything");
    assert_eq!(house.send(&hash).status, 200);
}

#[test]
fn a_signed_header_has_to_be_sent_as_it_was_signed() {
    let house = house();
    let put = Request::new("PUT", "/bucket/new").auth(Auth::Presigned(60));
    let url = put.header("content-type", "image/png").target(&house.authority(), house.now());
    let send = |request: Request| house.send(&request.body(b"x"));
    let plain = Request::new("PUT", &url);
    assert_eq!(send(plain.clone().unsigned_header("Content-Type", " image/png ")).status, 200);
    for wrong in [plain.clone(), plain.unsigned_header("content-type", "text/html")] {
        assert_eq!(send(wrong).refusal(), (403, "SignatureDoesNotMatch".into()));
    }
}

#[test]
fn two_mechanisms_at_once_are_one_too_many() {
    let house = house();
    let url = get().target(&house.authority(), house.now());
    let answer = house.send(&Request::new("GET", &url).unsigned_header("authorization", "AWS4 x"));
    let said = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, \
        Signature query string parameter or the Authorization header should be specified";
    assert_refused(&answer, 400, "InvalidArgument", said);
    assert_eq!(answer.element("ArgumentValue").as_deref(), Some("AWS4 x"));
}

#[test]
fn authorization_headers_that_are_none_are_refused() {
    let house = house();
    let with = |value: &str| {
        house.send(&Request::new("GET", "/bucket/k").unsigned_header("authorization", value))
    };
    let malformed = "The authorization header is malformed;";
    for (value, code, said) in [
        ("Basic eDp5", "InvalidArgument", "Unsupported Authorization Type".to_owned()),
        (
            "AWS4-HMAC-SHA256",
            "InvalidArgument",
            "Authorization header is invalid -- one and only one ' ' (space) required.".to_owned(),
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a",
            "AuthorizationHeaderMalformed",
            format!(
                "{malformed} the authorization header requires three components: Credential, \
                 SignedHeaders, and Signature."
            ),
        ),
        (
            "AWS4-HMAC-SHA256 a=b, SignedHeaders=host, Signature=c",
            "AuthorizationHeaderMalformed",
            format!("{malformed} missing Credential."),
        ),
        (
            "AWS AKIA:sig",
            "InvalidRequest",
            "The authorization mechanism you have provided is not supported. Please use \
             AWS4-HMAC-SHA256."
                .to_owned(),
        ),
    ] {
        assert_refused(&with(value), 400, code, &said);
    }
    let answer = house.send(&Request::new("GET", "/bucket/k").auth(Auth::Header).region("x"));
    let said = format!("{malformed} the region 'x' is wrong; expecting 'us-east-1'");
    assert_refused(&answer, 400, "AuthorizationHeaderMalformed", &said);
    assert_eq!(answer.element("Region").as_deref(), Some("us-east-1"));
}

/// A header signature of another making: `edit` gets the head of the request, signed.
fn edited_head(house: &House, edit: impl Fn(&str) -> String) -> Answer {
    let get = Request::new("GET", "/bucket/k").auth(Auth::Header);
    let head = String::from_utf8(get.bytes(&house.authority(), house.now())).unwrap();
    assert_eq!(house.exchange(head.as_bytes()).status, 200);
    let edited = edit(&head);
    assert_ne!(edited, head);
    house.exchange(edited.as_bytes())
}

fn without_line(head: &str, name: &str) -> String {
    let lines = head.split_inclusive("\r\n").filter(|line| !line.starts_with(name));
    lines.collect()
}

#[test]
fn a_header_signature_needs_a_date_and_a_payload_hash() {
    let house = house();
    let answer = edited_head(&house, |head| without_line(head, "x-amz-date:"));
    let said = "AWS authentication requires a valid Date or x-amz-date header";
    assert_refused(&answer, 403, "AccessDenied", said);
    let answer = edited_head(&house, |head| head.replace("T000000Z\r\n", "\r\n"));
    assert_refused(&answer, 403, "AccessDenied", said);
    let answer = edited_head(&house, |head| without_line(head, "x-amz-content-sha256:"));
    let said = "Missing required header for this request: x-amz-content-sha256";
    assert_refused(&answer, 400, "InvalidRequest", said);
    for none in ["UNSIGNED", "", "e3b0c4"] {
        let answer = edited_head(&house, |head| head.replace("UNSIGNED-PAYLOAD", none));
        assert_eq!(answer.refusal(), (400, "InvalidArgument".into()), "{none}");
        let message = answer.element("Message").unwrap();
        assert!(message.starts_with("x-amz-content-sha256 must be UNSIGNED-PAYLOAD,"), "{message}");
        assert_eq!(answer.element("ArgumentName").as_deref(), Some("x-amz-content-sha256"));
        assert_eq!(answer.element("ArgumentValue").as_deref(), Some(none));
    }
}

#[test]
fn what_is_wrong_in_an_authorization_header_is_named() {
    let house = house();
    for (from, to, said) in [
        ("SignedHeaders=", "Signed=", "missing SignedHeaders."),
        (" Signature=", " Sig=", "missing Signature."),
        ("/s3/", "/sts/", "incorrect service \"sts\". This endpoint belongs to \"s3\"."),
        (
            "aws4_request",
            "aws5",
            "incorrect terminal \"aws5\". This endpoint uses \"aws4_request\".",
        ),
        (
            "/20260101/",
            "/2026010/",
            "incorrect date format \"2026010\". This date in the credential must be in the format \
             \"yyyyMMdd\".",
        ),
        (
            "/20260101/",
            "/20251231/",
            "Invalid credential date \"20251231\". This date is not the same as X-Amz-Date: \
             \"20260101\".",
        ),
        (
            "/us-east-1",
            "",
            "the Credential is mal-formed; expecting \
             \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
        ),
    ] {
        let answer = edited_head(&house, |head| head.replace(from, to));
        let said = format!("The authorization header is malformed; {said}");
        assert_refused(&answer, 400, "AuthorizationHeaderMalformed", &said);
    }
}

#[test]
fn a_legacy_header_opens_what_it_signs() {
    let house = House::with(Settings { legacy: Legacy::Accept, ..Settings::default() });
    house.ok("PUT", "/bucket", b"");
    let put = Request::new("PUT", "/bucket/a%20b").auth(Auth::LegacyHeader);
    let put = put.header("content-type", "text/plain").header("x-amz-meta-a", "1").body(b"x");
    assert_eq!(house.send(&put).status, 200);
    let get = || Request::new("GET", "/bucket/a%20b").auth(Auth::LegacyHeader);
    let answer = house.send(&get());
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"x"[..]));
    assert_eq!(answer.header("x-amz-meta-a"), Some("1"));
    let listed = Request::new("GET", "/bucket?versioning").auth(Auth::LegacyHeader);
    assert_eq!(house.send(&listed).status, 200);
    for wrong in [
        get().by(ACCESS_KEY_ID, "wrong", None),
        get().unsigned_header("x-amz-meta-b", "1"),
        get().unsigned_header("content-type", "text/html"),
    ] {
        assert_eq!(house.send(&wrong).refusal(), (403, "SignatureDoesNotMatch".into()));
    }
    let late = house.send(&get().signed_ago(901));
    assert_eq!(late.refusal(), (403, "RequestTimeTooSkewed".into()));
    let log = house.stop();
    assert!(log.contains(" SigV2 - AuthHeader "), "{log}");
}

/// Clients read the document with a parser that does not forgive.
#[test]
fn an_error_document_is_well_formed_whatever_was_sent() {
    let house = house();
    let signed = edited(&house, &get(), |url| format!("{url}%01"));
    assert_eq!(signed.refusal(), (403, "SignatureDoesNotMatch".into()));
    assert!(signed.element("SignatureProvided").unwrap().ends_with('\u{fffd}'));
    let region = edited(&house, &get(), |url| url.replace("us-east-1", "us%01"));
    assert_eq!(region.refusal(), (400, QUERY.into()));
    let absent = house.send(&Request::new("GET", "/bucket/k%00%0D").auth(Auth::Presigned(60)));
    assert_eq!(absent.refusal(), (404, "NoSuchKey".into()));
    assert_eq!(read_element(&absent.text(), "Key").as_deref(), Some("k\u{fffd}\r"));
    for answer in [signed, region] {
        assert!(read_element(&answer.text(), "HostId").is_some(), "{}", answer.text());
    }
}

#[test]
fn legacy_urls_are_refused_unless_they_are_allowed() {
    let house = house();
    let legacy = Request::new("GET", "/bucket/k").auth(Auth::Legacy(60));
    let said = "The authorization mechanism you have provided is not supported. Please use \
        AWS4-HMAC-SHA256.";
    assert_refused(&house.send(&legacy), 400, "InvalidRequest", said);

    let house = House::with(Settings { legacy: Legacy::Accept, ..Settings::default() });
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", "/bucket/k", b"content");
    assert_eq!(house.send(&legacy).body, b"content");
    let url = legacy.target(&house.authority(), house.now());
    let said = "Query-string authentication requires the Signature, Expires and AWSAccessKeyId \
        parameters";
    for name in ["Signature=", "Expires=", "AWSAccessKeyId="] {
        let answer = house.send(&Request::new("GET", &url.replace(name, "x=")));
        assert_refused(&answer, 403, "AccessDenied", said);
    }
    let answer = house.send(&Request::new("GET", &url.replace("Expires=", "Expires=x")));
    let said = "Invalid date (should be seconds since epoch): x1767225660";
    assert_refused(&answer, 403, "AccessDenied", said);
    let answer = house.send(&legacy.by(ACCESS_KEY_ID, "wrong", None));
    assert_eq!(answer.refusal(), (403, "SignatureDoesNotMatch".into()));
    assert_eq!(answer.element("CanonicalRequest"), None);
    house.pass(60);
    let answer = house.send(&Request::new("GET", &url));
    assert_refused(&answer, 403, "AccessDenied", "Request has expired");
    assert_eq!(answer.element("X-Amz-Expires"), None);
    assert!(answer.element("Expires").is_some() && answer.element("ServerTime").is_some());
}

#[test]
fn a_parameter_added_after_signing_is_refused() {
    let house = house();
    for added in ["x-id=GetObject", "response-content-type=text%2Fhtml", "versionId=1", "a"] {
        let answer = edited(&house, &get(), |url| format!("{url}&{added}"));
        assert_eq!(answer.refusal(), (403, "SignatureDoesNotMatch".into()), "{added}");
    }
}
