//! The catalogue of refused forms: status, code, message and elements as S3 has them.

use server::Settings;
use signature::Legacy;
use signature::form::PostPolicy;
use testbed::{ACCESS_KEY_ID, Answer, Auth, House, Request, SECRET};

use super::upload::{self, Upload, policy, root};
use super::{assert_nothing_stored, assert_stored, house};

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, code: &str, message: &str) {
    assert_eq!(answer.refusal(), (status, code.to_owned()), "{}", answer.text());
    assert_eq!(answer.element("Message").as_deref(), Some(message));
}

fn signed(house: &House) -> Upload {
    Upload::signed(policy(house, "k"), house.now())
}

#[test]
fn what_is_no_form_is_refused() {
    let house = house();
    let said = "At least one of the pre-conditions you specified did not hold";
    for content_type in ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"] {
        let post = Request::new("POST", "/bucket").body(&signed(&house).body());
        let answer = house.send(&post.unsigned_header("content-type", content_type));
        assert_refused(&answer, 412, "PreconditionFailed", said);
        let condition = "Bucket POST must be of the enclosure-type multipart/form-data";
        assert_eq!(answer.element("Condition").as_deref(), Some(condition));
    }
    let malformed = "The body of your POST request is not well-formed multipart/form-data.";
    for body in [&b"no form"[..], b"", b"------a-boundary\r\n\r\n\r\n"] {
        let answer = house.send(&upload::request("/bucket", body));
        assert_refused(&answer, 400, "MalformedPOSTRequest", malformed);
    }
    let answer = house.send(&upload::request("/bucket", b"------a-boundary--\r\n"));
    let said = "POST requires exactly one file upload per request.";
    assert_refused(&answer, 400, "InvalidArgument", said);
    let long = signed(&house).field("x-ignore-me", &"x".repeat(20 * 1024));
    let said = "Your POST request fields preceding the upload file were too large.";
    let code = "MaxPostPreDataLengthExceededError";
    assert_refused(&house.send(&long.request()), 400, code, said);
    let multiplied = signed(&house).field("x-ignore-me", &"${filename}".repeat(500));
    let multiplied = multiplied.file(Some(&"n".repeat(1000)), b"");
    assert_refused(&house.send(&multiplied.request()), 400, code, said);
    assert_nothing_stored(&house);
}

#[test]
fn a_form_without_a_length_is_refused() {
    let house = house();
    let head = "POST /bucket HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\
        content-type: multipart/form-data; boundary=b\r\n\r\n0\r\n\r\n";
    assert_eq!(house.exchange(head.as_bytes()).refusal(), (411, "MissingContentLength".into()));
}

#[test]
fn missing_fields_are_named() {
    let house = house();
    for (field, name) in [
        ("key", "key"),
        ("policy", "policy"),
        ("x-amz-signature", "X-Amz-Signature"),
        ("x-amz-algorithm", "X-Amz-Algorithm"),
        ("x-amz-credential", "X-Amz-Credential"),
        ("x-amz-date", "X-Amz-Date"),
    ] {
        let answer = house.send(&signed(&house).without(field).request());
        let said = format!(
            "Bucket POST must contain a field named '{name}'.  If it is specified, please check \
             the order of the fields."
        );
        assert_refused(&answer, 400, "InvalidArgument", &said);
        assert_eq!(answer.element("ArgumentName").as_deref(), Some(name));
        assert_eq!(answer.element("ArgumentValue").as_deref(), Some(""));
    }
    let bare = Upload::new().field("key", "k");
    let denied = "Access Denied";
    assert_refused(&house.send(&bare.request()), 403, "AccessDenied", denied);
    let unsigned = bare.field("policy", "e30=");
    assert_refused(&house.send(&unsigned.request()), 403, "AccessDenied", denied);
    assert_nothing_stored(&house);
}

#[test]
fn a_wrong_signature_shows_the_policy_that_was_signed() {
    let house = house();
    let good = signed(&house);
    let said = "The request signature we calculated does not match the signature you provided. \
        Check your key and signing method.";
    for upload in [good.clone().with("policy", "e30="), good.with("x-amz-signature", "00")] {
        let answer = house.send(&upload.request());
        assert_refused(&answer, 403, "SignatureDoesNotMatch", said);
        assert_eq!(answer.element("AWSAccessKeyId").as_deref(), Some(ACCESS_KEY_ID));
        assert!(answer.element("StringToSign").unwrap().starts_with("e"));
        assert!(answer.element("StringToSignBytes").unwrap().starts_with("65 "));
        assert_eq!(answer.element("CanonicalRequest"), None);
    }
    let stranger = signature::Credentials::new("AKIASTRANGER", SECRET, None);
    let form = policy(&house, "k").sign(&stranger, "us-east-1", house.now());
    let answer = house.send(&Upload::of(&form).request());
    assert_eq!(answer.refusal(), (403, "InvalidAccessKeyId".into()));
    let session = signature::Credentials::new(ACCESS_KEY_ID, SECRET, Some("token"));
    let form = policy(&house, "k").sign(&session, "us-east-1", house.now());
    assert_eq!(house.send(&Upload::of(&form).request()).refusal(), (400, "InvalidToken".into()));
    assert_nothing_stored(&house);
}

#[test]
fn signature_fields_that_cannot_be_read_are_arguments() {
    let house = house();
    let good = signed(&house);
    let elsewhere = policy(&house, "k").sign(&root(), "eu-west-1", house.now());
    for (upload, name, said) in [
        (
            Upload::of(&elsewhere),
            "x-amz-credential",
            "Error parsing the X-Amz-Credential parameter; the region 'eu-west-1' is wrong; \
             expecting 'us-east-1'",
        ),
        (
            good.clone().with("x-amz-date", "today"),
            "x-amz-date",
            "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
        ),
        (
            good.clone().with("x-amz-algorithm", "AWS4"),
            "x-amz-algorithm",
            "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"",
        ),
        (good.field("KEY", "other"), "key", "A form must contain each field once."),
    ] {
        let answer = house.send(&upload.request());
        assert_refused(&answer, 400, "InvalidArgument", said);
        assert_eq!(answer.element("ArgumentName").as_deref(), Some(name));
    }
    assert_nothing_stored(&house);
}

#[test]
fn what_the_policy_does_not_allow_is_refused_with_its_condition() {
    let house = house();
    let against = |upload: Upload, said: &str| {
        let said = format!("Invalid according to Policy: {said}");
        assert_refused(&house.send(&upload.request()), 403, "AccessDenied", &said);
    };
    let failed = |condition: &str| format!("Policy Condition failed: {condition}");
    against(signed(&house).with("key", "other"), &failed(r#"["eq", "$key", "k"]"#));
    against(signed(&house).field("x-amz-meta-a", "1"), "Extra input fields: x-amz-meta-a");
    let folder = Upload::signed(policy(&house, "u/${filename}"), house.now());
    against(folder.with("key", "x/${filename}"), &failed(r#"["starts-with", "$key", "u/"]"#));
    let images = policy(&house, "k").prefix("Content-Type", "image/");
    let images = Upload::signed(images, house.now());
    let condition = failed(r#"["starts-with", "$Content-Type", "image/"]"#);
    against(images.clone(), &condition);
    against(images.clone().field("content-type", "text/html"), &condition);
    let any = images.field("Content-Type", "image/png").field("x-ignore-this", "1");
    assert_eq!(house.send(&any.request()).status, 204);
    house.ok("DELETE", "/bucket/k", b"");
    let other = PostPolicy::new("other", "k", house.now().plus(60));
    against(Upload::signed(other, house.now()), &failed(r#"["eq", "$bucket", "other"]"#));
    let good = signed(&house);
    house.pass(600);
    against(good, "Policy expired.");
    assert_nothing_stored(&house);
}

#[test]
fn what_this_server_does_not_do_is_refused_as_in_headers() {
    let house = house();
    let with = |name: &str, value: &str| {
        let policy = policy(&house, "k").field(name, value);
        house.send(&Upload::signed(policy, house.now()).request()).refusal()
    };
    for (name, value, status, code) in [
        ("acl", "public-read", 400, "AccessControlListNotSupported"),
        ("x-amz-server-side-encryption", "AES256", 501, "NotImplemented"),
        ("x-amz-storage-class", "GLACIER", 400, "InvalidStorageClass"),
        ("x-amz-meta-a", "two\nlines", 400, "InvalidArgument"),
        ("x-amz-trailer", "x-amz-checksum-crc32", 400, "MalformedTrailerError"),
    ] {
        assert_eq!(with(name, value), (status, code.to_owned()), "{name}");
    }
    let long = Upload::signed(policy(&house, &"k".repeat(1025)), house.now());
    assert_eq!(house.send(&long.request()).refusal(), (400, "KeyTooLongError".into()));
    assert_nothing_stored(&house);
}

#[test]
fn a_form_is_signed_in_its_fields_and_nowhere_else() {
    let house = house();
    for upload in [Upload::new().field("key", "k"), signed(&house)] {
        for auth in [Auth::Header, Auth::Presigned(60)] {
            let answer = house.send(&upload.request().auth(auth));
            assert_eq!(answer.refusal(), (400, "InvalidRequest".into()), "{auth:?}");
        }
    }
    let beside = signed(&house).request().unsigned_header("x-amz-meta-a", "1");
    let answer = house.send(&beside);
    assert_eq!(answer.refusal(), (403, "AccessDenied".into()));
    assert_eq!(answer.element("HeadersNotSigned").as_deref(), Some("x-amz-meta-a"));
    assert_nothing_stored(&house);
}

#[test]
fn legacy_forms_are_refused_unless_they_are_allowed() {
    let strict = house();
    let upload = |house: &House| Upload::of(&policy(house, "k").sign_legacy(&root()));
    let answer = strict.send(&upload(&strict).request());
    assert_eq!(answer.refusal(), (400, "InvalidRequest".into()));
    assert_nothing_stored(&strict);
    let house = House::with(Settings { legacy: Legacy::Accept, ..Settings::default() });
    house.ok("PUT", "/bucket", b"");
    for (name, said) in [("signature", "Signature"), ("AWSAccessKeyId", "AWSAccessKeyId")] {
        let answer = house.send(&upload(&house).without(name).request());
        assert_eq!(answer.element("ArgumentName").as_deref(), Some(said));
    }
    let forged = upload(&house).with("signature", "AAAA");
    let answer = house.send(&forged.request());
    assert_eq!(answer.refusal(), (403, "SignatureDoesNotMatch".into()));
    let both = upload(&house).field("x-amz-signature", "00").with("signature", "AAAA");
    let answer = house.send(&both.request());
    let said = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, \
        Signature query string parameter or the Authorization header should be specified";
    assert_refused(&answer, 400, "InvalidArgument", said);
    assert_eq!(answer.element("ArgumentName").as_deref(), Some("Signature"));
    assert_eq!(answer.element("ArgumentValue").as_deref(), Some("AAAA"));
    assert_eq!(house.send(&upload(&house).request()).status, 204);
    assert_stored(&house, "/bucket/k", b"content");
}

#[test]
fn a_form_for_a_bucket_that_is_not_there_is_refused() {
    let house = House::start();
    let answer = house.send(&signed(&house).request());
    assert_eq!(answer.refusal(), (404, "NoSuchBucket".into()));
}
