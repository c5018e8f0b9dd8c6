//! The account's door: for whom it opens, and in which words it does not.

use sha2::{Digest as _, Sha256};

use server::Settings;
use testbed::Answer;

use super::*;

const WHO: [(&str, &str); 1] = [("Action", "GetCallerIdentity")];
const MISMATCH: (u16, &str) = (403, "SignatureDoesNotMatch");

#[track_caller]
fn assert_said(answer: &Answer, (status, code): (u16, &str)) {
    assert_eq!(answer.refusal(), (status, code.to_owned()), "{}", answer.text());
    let begins = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ErrorResponse xmlns=\"https://";
    assert!(answer.text().starts_with(begins), "{}", answer.text());
    let kind = if status < 500 { "Sender" } else { "Receiver" };
    assert_eq!(answer.element("Type").as_deref(), Some(kind));
    assert_eq!(answer.header("content-type"), Some("text/xml"));
    assert_eq!(answer.header("x-amzn-requestid"), answer.element("RequestId").as_deref());
}

fn signed(request: Request) -> Request {
    request.auth(Auth::Header)
}

#[test]
fn a_signature_for_the_service_opens() {
    let house = house();
    let answer = house.send(&signed(Request::to_sts(&WHO)));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.element("RequestId").is_some());
}

#[test]
fn a_signature_for_another_service_does_not() {
    let house = house();
    let form = |service| Request::to_sts(&WHO).service(service);
    assert_eq!(house.send(&signed(form("s3"))).refusal(), (405, "MethodNotAllowed".into()));
    let malformed = (400, "AuthorizationHeaderMalformed".into());
    assert_eq!(house.send(&signed(form("ec2"))).refusal(), malformed);
    // Signed for IAM, it asks IAM, which has no such action.
    assert_said(&house.send(&signed(form("iam"))), (400, "InvalidAction"));
    let users = Request::to_account("sts", &[("Action", "ListUsers"), ("Version", "2010-05-08")]);
    assert_said(&house.send(&signed(users)), (400, "InvalidAction"));
}

#[test]
fn a_signature_for_the_account_opens_no_object() {
    let house = house();
    for service in ["iam", "sts"] {
        for auth in [Auth::Header, Auth::Presigned(60)] {
            let get = Request::new("GET", "/bucket/key").service(service).auth(auth);
            assert_eq!(house.send(&get).status, 400, "{service} {auth:?}");
            let list = Request::new("GET", "/?list-type=2").service(service).auth(auth);
            let answer = house.send(&list);
            assert_said(&answer, (400, "MissingAction"));
        }
    }
}

#[test]
fn buckets_are_listed_whatever_the_query_says() {
    let house = house();
    let target = "/?Action=GetCallerIdentity&Version=2011-06-15";
    let list = house.send(&Request::new("GET", target).auth(Auth::Header));
    assert!(list.text().contains("<ListAllMyBucketsResult"), "{}", list.text());
}

#[test]
fn without_a_signature_nobody_is_answered() {
    let house = house();
    let missing = (403, "MissingAuthenticationToken");
    assert_said(&house.send(&Request::to_sts(&WHO)), missing);
    assert_said(&house.send(&Request::to_sts(&[])), missing);
    assert_said(&house.send(&Request::to_sts(&[("Action", "No<such>")])), missing);
    let get = Request::new("GET", "/?Action=GetCallerIdentity&Version=2011-06-15");
    assert_said(&house.send(&get), missing);
}

#[test]
fn whoever_does_not_prove_who_they_are_is_refused() {
    let house = house();
    let ask = |by: &Credentials| house.sts(by, &WHO);
    assert_said(&ask(&Credentials::new(ACCESS_KEY_ID, "wrong", None)), MISMATCH);
    let invalid = (403, "InvalidClientTokenId");
    assert_said(&ask(&Credentials::new("AKIANOBODY", SECRET, None)), invalid);
    assert_said(&ask(&Credentials::new(ACCESS_KEY_ID, SECRET, Some("token"))), invalid);
    let alice = house.user("alice", None);
    let session = house.session(&alice, &[("Action", "GetSessionToken")]);
    let (id, secret) = (session.access_key_id(), session.secret().expose());
    assert_said(&ask(&Credentials::new(id, secret, None)), invalid);
    assert_eq!(ask(&session).status, 200);
    let ended = signed(Request::to_sts(&WHO)).signed_by(&session);
    house.pass(12 * 3600);
    assert_said(&house.send(&ended), (403, "ExpiredToken"));
    let keys = house.account().access_keys("alice");
    keys.update(alice.access_key_id(), identity::KeyStatus::Inactive).unwrap();
    assert_said(&ask(&alice), invalid);
}

#[test]
fn what_was_not_signed_is_not_obeyed() {
    let house = house();
    let asked = signed(Request::to_sts(&WHO));
    let text = String::from_utf8(asked.bytes(&house.authority(), house.now())).unwrap();
    assert_eq!(house.exchange(text.as_bytes()).status, 200);
    let other = text.replace("GetCallerIdentity", "getCallerIdentity");
    assert_said(&house.exchange(other.as_bytes()), MISMATCH);
    let other = text.replace("POST / ", "POST /?DurationSeconds=900 ");
    assert_said(&house.exchange(other.as_bytes()), MISMATCH);
    for said in ["UNSIGNED-PAYLOAD", &"0".repeat(64)] {
        let asked = signed(Request::to_sts(&WHO)).payload_hash(said);
        assert_said(&house.send(&asked), MISMATCH);
    }
}

#[test]
fn a_signature_is_good_for_a_quarter_of_an_hour() {
    let house = house();
    for (ago, status) in [(900, 200), (901, 403), (-900, 200), (-901, 403)] {
        let answer = house.send(&signed(Request::to_sts(&WHO)).signed_ago(ago));
        assert_eq!(answer.status, status, "{ago}: {}", answer.text());
    }
    assert_said(&house.send(&signed(Request::to_sts(&WHO)).signed_ago(901)), MISMATCH);
}

#[test]
fn it_is_signed_for_the_region_of_the_server_or_the_global_one() {
    let house = House::with(Settings { region: "eu-west-1".into(), ..Settings::default() });
    for service in ["iam", "sts"] {
        let ask = |region| {
            let who = [("Action", "None"), WHO[0]];
            let form = Request::to_account(service, &who[1..]);
            house.send(&signed(form).region(region))
        };
        assert!([200, 400].contains(&ask("eu-west-1").status), "{service}");
        assert!([200, 400].contains(&ask("us-east-1").status), "{service}");
        assert_said(&ask("us-west-2"), MISMATCH);
    }
}

#[test]
fn a_url_asks_who_signed_it() {
    let house = house();
    let target = "/?Action=GetCallerIdentity&Version=2011-06-15";
    let get = Request::new("GET", target).service("sts").auth(Auth::Presigned(60));
    let url = get.target(&house.authority(), house.now());
    let answer = house.send(&Request::new("GET", &url));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_said(&house.send(&Request::new("GET", &url).body(b"Version=2011-06-15")), MISMATCH);
    house.pass(60);
    assert_said(&house.send(&Request::new("GET", &url)), MISMATCH);
}

#[test]
fn an_action_that_is_not_there_is_named() {
    let house = house();
    for parameters in [
        &[("Action", "GetCallerIdentity"), ("Version", "2010-05-08")][..],
        &[("Action", "NoSuchAction"), ("Version", "2011-06-15")],
        &[("Action", "A<b>&"), ("Version", "2011-06-15")],
    ] {
        let answer = house.send(&signed(Request::to_account("sts", parameters)));
        assert_said(&answer, (400, "InvalidAction"));
    }
    assert_said(&house.sts(&root(), &[]), (400, "MissingAction"));
    let twice = [("Action", "GetCallerIdentity"), ("Action", "GetSessionToken")];
    assert_said(&house.sts(&root(), &twice), (400, "MalformedInput"));
}

#[test]
fn a_form_has_an_end() {
    let house = house();
    let long = "x".repeat(256 * 1024);
    let answer = house.sts(&root(), &[WHO[0], ("Policy", &long)]);
    assert_eq!(answer.refusal(), (400, "MaxMessageLengthExceeded".into()));
    assert_eq!(house.sts(&root(), &[WHO[0], ("Policy", &long[..250_000])]).status, 200);
}

#[test]
fn sigv2_does_not_open_it() {
    use signature::Legacy;
    let house = House::with(Settings { legacy: Legacy::Accept, ..Settings::default() });
    let asked = Request::new("POST", "/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(b"Action=GetCallerIdentity&Version=2011-06-15")
        .auth(Auth::LegacyHeader);
    assert_eq!(house.send(&asked).refusal(), (405, "MethodNotAllowed".into()));
}

/// As clients other than those for S3 do, which sign the hash of the body and do not send it.
#[test]
fn the_hash_of_the_body_need_not_be_sent() {
    let house = house();
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let (hash, host) = (hex(&Sha256::digest(form)), house.authority());
    let (date, day) = ("20260101T000000Z", "20260101");
    let canonical = format!("POST\n/\n\nhost:{host}\nx-amz-date:{date}\n\nhost;x-amz-date\n{hash}");
    let scope = format!("{day}/us-east-1/sts/aws4_request");
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let start = format!("AWS4{SECRET}").into_bytes();
    let key = [day, "us-east-1", "sts", "aws4_request"]
        .iter()
        .fold(start, |key, part| hmac(&key, part.as_bytes()));
    let signature = hex(&hmac(&key, to_sign.as_bytes()));
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={ACCESS_KEY_ID}/{scope}, SignedHeaders=host;x-amz-date, \
         Signature={signature}"
    );
    let ask = |form: &str| {
        let request = Request::new("POST", "/")
            .unsigned_header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .unsigned_header("x-amz-date", date)
            .unsigned_header("authorization", &authorization);
        house.send(&request.body(form.as_bytes()))
    };
    assert_eq!(ask(form).status, 200, "{}", ask(form).text());
    assert_said(&ask(&form.replace("Get", "get")), MISMATCH);
}

/// <https://www.rfc-editor.org/rfc/rfc2104>
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = key.to_vec();
    block.resize(64, 0);
    let pad = |with: u8| block.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let inner = Sha256::digest([pad(0x36), message.to_vec()].concat());
    Sha256::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
}
