//! The documents themselves: policies and public access blocks.

use testbed::{Auth, House, Request};

use super::{anonymous, house, policy, put_policy, root, statement};

const ALL_ON: &str = "<BlockPublicAcls>true</BlockPublicAcls>\
    <IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>\
    <RestrictPublicBuckets>true</RestrictPublicBuckets>";

fn put(house: &House, text: &str) -> testbed::Answer {
    house.send(&root("PUT", "/bucket?policy").body(text.as_bytes()))
}

#[test]
fn a_policy_is_put_read_as_it_was_put_and_removed() {
    let house = house();
    let none = (404, "NoSuchBucketPolicy".to_owned());
    assert_eq!(house.send(&root("GET", "/bucket?policy")).refusal(), none);
    assert_eq!(house.send(&root("GET", "/bucket?policyStatus")).refusal(), none);
    let text = format!("\n {}\n", policy(&[statement("Allow", "s3:GetObject", "")]));
    assert_eq!(put(&house, &text).status, 204);
    let read = house.ok("GET", "/bucket?policy", b"");
    assert_eq!((read.text(), read.header("content-type")), (text, Some("application/json")));
    assert_eq!(house.ok("DELETE", "/bucket?policy", b"").status, 204);
    assert_eq!(house.ok("DELETE", "/bucket?policy", b"").status, 204);
    assert_eq!(house.send(&root("GET", "/bucket?policy")).refusal(), none);
    for method in ["GET", "PUT", "DELETE"] {
        let absent = root(method, "/absent?policy").body(b"{}");
        assert_eq!(house.send(&absent).refusal(), (404, "NoSuchBucket".into()), "{method}");
    }
}

#[test]
fn what_is_no_policy_is_refused_with_the_place_and_kept_out() {
    let house = house();
    let text = policy(&[statement("Allow", "s3:GetObject", "")]);
    put(&house, &text);
    let elsewhere = text.replace("arn:aws:s3:::bucket", "arn:aws:s3:::other");
    let long = format!("{text}{}", " ".repeat(20 * 1024));
    for (wrong, message) in [
        ("", "Policies must be valid JSON and the first byte must be '{'"),
        (&elsewhere, "Statement[0].Resource[0]: Policy has invalid resource"),
        (&long, "Policy exceeds the maximum allowed size of 20480"),
        (&text.replace("Allow", "Permit"), "Statement[0].Effect: Invalid effect: Permit"),
    ] {
        let answer = put(&house, wrong);
        assert_eq!(answer.refusal(), (400, "MalformedPolicy".into()), "{wrong}");
        assert_eq!(answer.element("Message").as_deref(), Some(message), "{}", answer.text());
    }
    let bytes = house.send(&root("PUT", "/bucket?policy").body(b"{\xff}"));
    assert_eq!(bytes.refusal(), (400, "MalformedPolicy".into()));
    let huge = put(&house, &"x".repeat(70_000));
    assert_eq!(huge.refusal(), (400, "MaxMessageLengthExceeded".into()));
    let wrong_md5 = root("PUT", "/bucket?policy").header("content-md5", "rL0Y20zC+Fzt72VPzMSk2A==");
    assert_eq!(house.send(&wrong_md5.body(b"{}")).refusal(), (400, "BadDigest".into()));
    assert_eq!(house.ok("GET", "/bucket?policy", b"").text(), text);
}

#[test]
fn public_access_is_blocked_until_it_is_allowed() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    let target = "/bucket?publicAccessBlock";
    assert!(house.ok("GET", target, b"").text().contains(ALL_ON));
    let root_tag = "PublicAccessBlockConfiguration";
    let some = format!("<{root_tag}><IgnorePublicAcls>TRUE</IgnorePublicAcls></{root_tag}>");
    house.ok("PUT", target, some.as_bytes());
    let kept = house.ok("GET", target, b"").text();
    assert!(kept.contains("<IgnorePublicAcls>true</IgnorePublicAcls>"), "{kept}");
    assert_eq!(kept.matches("true").count(), 1, "{kept}");
    let wrong = house.send(&root("PUT", target).body(b"<Other/>"));
    assert_eq!(wrong.refusal(), (400, "MalformedXML".into()));
    assert_eq!(house.ok("DELETE", target, b"").status, 204);
    let none = (404, "NoSuchPublicAccessBlockConfiguration".to_owned());
    assert_eq!(house.send(&root("GET", target)).refusal(), none);
    house.ok("DELETE", "/bucket", b"");
    house.ok("PUT", "/bucket", b"");
    assert!(house.ok("GET", target, b"").text().contains(ALL_ON));
}

#[test]
fn a_public_policy_is_refused_while_public_policies_are_blocked() {
    let house = house();
    let all = format!("<PublicAccessBlockConfiguration>{ALL_ON}</PublicAccessBlockConfiguration>");
    house.ok("PUT", "/bucket?publicAccessBlock", all.as_bytes());
    let public = policy(&[statement("Allow", "s3:GetObject", "")]);
    let refused = put(&house, &public);
    assert_eq!(refused.refusal(), (403, "AccessDenied".into()));
    assert_eq!(
        refused.element("Message").unwrap(),
        "User: arn:aws:iam::000000000000:root is not authorized to perform: s3:PutBucketPolicy on \
         resource: \"arn:aws:s3:::bucket\" because public policies are prevented by the \
         BlockPublicPolicy setting in S3 Block Public Access"
    );
    let status = |house: &House| house.ok("GET", "/bucket?policyStatus", b"").element("IsPublic");
    let near = r#""IpAddress": {"aws:SourceIp": "127.0.0.1"}"#;
    put_policy(&house, &[statement("Allow", "s3:GetObject", near)]);
    assert_eq!(status(&house).as_deref(), Some("false"));
    assert_eq!(anonymous(&house, "GET", "/bucket/key").status, 200);
    house.ok("DELETE", "/bucket?publicAccessBlock", b"");
    assert_eq!(put(&house, &public).status, 204);
    assert_eq!(status(&house).as_deref(), Some("true"));
}

#[test]
fn removing_ones_own_access_can_be_confirmed() {
    let house = house();
    let deny = policy(&[statement("Deny", "s3:*", "")]);
    let put = |word: &str| {
        let request = root("PUT", "/bucket?policy").body(deny.as_bytes());
        house.send(&request.header("x-amz-confirm-remove-self-bucket-access", word))
    };
    assert_eq!(put("perhaps").refusal(), (400, "InvalidArgument".into()));
    // The root user can never remove it.
    assert_eq!(put("false").status, 204);
    assert_eq!(put("true").status, 204);
    let signed = Request::new("DELETE", "/bucket?policy").auth(Auth::Presigned(60));
    assert_eq!(house.send(&signed).status, 204);
}
