//! Who gets in, what the others are told, and what the operator is.

use testbed::{Auth, House, Request};

use super::{anonymous, furnish, house, policy, put_policy, root, statement};

#[test]
fn the_public_gets_in_by_a_policy_and_not_while_it_is_kept_out() {
    let house = house();
    assert_eq!(anonymous(&house, "GET", "/bucket/key").refusal(), (403, "AccessDenied".into()));
    put_policy(&house, &[statement("Allow", "s3:GetObject", "")]);
    assert_eq!(anonymous(&house, "GET", "/bucket/key").body, b"content");
    assert_eq!(anonymous(&house, "PUT", "/bucket/key").status, 403);
    assert_eq!(anonymous(&house, "GET", "/bucket").status, 403);
    let restrict = "<PublicAccessBlockConfiguration><RestrictPublicBuckets>true\
                    </RestrictPublicBuckets></PublicAccessBlockConfiguration>";
    house.ok("PUT", "/bucket?publicAccessBlock", restrict.as_bytes());
    assert_eq!(anonymous(&house, "GET", "/bucket/key").status, 403);
    assert_eq!(house.ok("GET", "/bucket/key", b"").body, b"content");
    house.ok("DELETE", "/bucket?publicAccessBlock", b"");
    assert_eq!(anonymous(&house, "GET", "/bucket/key").status, 200);
}

#[test]
fn the_public_may_write_where_a_policy_says_so() {
    let house = house();
    put_policy(&house, &[statement("Allow", "s3:PutObject", "")]);
    assert_eq!(house.send(&Request::new("PUT", "/bucket/new").body(b"public")).status, 200);
    assert_eq!(house.ok("GET", "/bucket/new", b"").body, b"public");
    assert_eq!(anonymous(&house, "GET", "/bucket/new").status, 403);
}

#[test]
fn whether_a_key_is_absent_only_those_learn_who_may_list() {
    let house = house();
    let read = statement("Allow", "s3:GetObject", "");
    put_policy(&house, std::slice::from_ref(&read));
    let hidden = anonymous(&house, "GET", "/bucket/absent");
    assert_eq!(hidden.refusal(), (403, "AccessDenied".into()));
    assert_eq!(hidden.element("Message").as_deref(), Some("Access Denied"));
    let below = r#""StringLike": {"s3:prefix": "a*"}"#;
    put_policy(&house, &[read.clone(), statement("Allow", "s3:ListBucket", below)]);
    let forged = anonymous(&house, "GET", "/bucket/absent?prefix=a");
    assert_eq!(forged.refusal(), (403, "AccessDenied".into()));
    assert_eq!(anonymous(&house, "HEAD", "/bucket?prefix=a").status, 403);
    put_policy(&house, &[read, statement("Allow", "s3:ListBucket", "")]);
    let shown = anonymous(&house, "GET", "/bucket/absent");
    assert_eq!(shown.refusal(), (404, "NoSuchKey".into()));
}

#[test]
fn root_is_bound_by_a_policy_and_can_always_mend_it() {
    let house = house();
    put_policy(&house, &[statement("Deny", "s3:*", "")]);
    for request in [root("GET", "/bucket/key"), root("GET", "/bucket"), root("DELETE", "/bucket")] {
        assert_eq!(house.send(&request).refusal(), (403, "AccessDenied".into()));
    }
    assert_eq!(house.ok("GET", "/bucket?policy", b"").status, 200);
    put_policy(&house, &[statement("Deny", "s3:*", ""), statement("Deny", "s3:GetObject", "")]);
    house.ok("DELETE", "/bucket?policy", b"");
    assert_eq!(house.ok("GET", "/bucket/key", b"").body, b"content");
}

#[test]
fn the_account_is_told_why_and_others_are_not_and_the_operator_is_of_both() {
    let house = house();
    put_policy(&house, &[statement("Allow", "s3:GetObject", ""), statement("Deny", "s3:*", "")]);
    let message = |request: Request| house.send(&request).element("Message").unwrap();
    let denied = "User: arn:aws:iam::000000000000:root is not authorized to perform: s3:GetObject \
                  on resource: \"arn:aws:s3:::bucket/key\" with an explicit deny in a \
                  resource-based policy";
    assert_eq!(message(root("GET", "/bucket/key")), denied);
    assert_eq!(message(Request::new("GET", "/bucket/key")), "Access Denied");
    house.ok("DELETE", "/bucket?policy", b"");
    assert_eq!(message(Request::new("GET", "/bucket/key")), "Access Denied");
    let log = house.stop();
    let on = "s3:GetObject on arn:aws:s3:::bucket/key is denied: ";
    let deciding = "Statement[1] (\"S1\") of the resource-based policy denies it";
    assert_eq!(log.matches(&format!("{on}{deciding}")).count(), 2, "{log}");
    assert!(log.contains(&format!("{on}no resource-based policy allows it")), "{log}");
}

#[test]
fn the_public_and_its_policies_are_not_told_of_the_policy() {
    let house = house();
    put_policy(&house, &[statement("Allow", "s3:*", "")]);
    for (method, body) in [("GET", ""), ("PUT", "{}"), ("DELETE", "")] {
        let answer = house.send(&Request::new(method, "/bucket?policy").body(body.as_bytes()));
        assert_eq!(answer.refusal(), (405, "MethodNotAllowed".into()), "{method}");
        assert_eq!(answer.element("ResourceType").as_deref(), Some("BUCKETPOLICY"));
    }
    assert_eq!(anonymous(&house, "GET", "/bucket?policyStatus").status, 200);
}

#[test]
fn each_object_of_many_is_judged_by_itself() {
    let house = house();
    for key in ["mine", "theirs"] {
        house.ok("PUT", &format!("/bucket/{key}"), b"x");
    }
    let spared = statement("Deny", "s3:DeleteObject", "").replace("bucket/*", "bucket/theirs");
    put_policy(&house, &[statement("Allow", "s3:DeleteObject", ""), spared]);
    let many = b"<Delete><Object><Key>mine</Key></Object><Object><Key>theirs</Key></Object>\
                 </Delete>";
    for auth in [Auth::None, Auth::Header] {
        house.ok("PUT", "/bucket/mine", b"x");
        let request = Request::new("POST", "/bucket?delete").auth(auth);
        let request = request.header("content-md5", "Tm8pIUvCchRDUtBlRM0akA==").body(many);
        let text = house.send(&request).text();
        assert!(text.contains("<Deleted><Key>mine</Key></Deleted>"), "{text}");
        assert!(text.contains("<Error><Key>theirs</Key><Code>AccessDenied</Code>"), "{text}");
        let explained = text.contains("with an explicit deny in a resource-based policy");
        assert_eq!(explained, auth == Auth::Header, "{text}");
    }
    assert_eq!(house.ok("GET", "/bucket/theirs", b"").body, b"x");
}

#[test]
fn a_copy_is_judged_by_the_policies_of_both_buckets() {
    let house = house();
    house.ok("PUT", "/other", b"");
    let copy = || house.send(&root("PUT", "/other/copy").header("x-amz-copy-source", "bucket/key"));
    assert_eq!(copy().status, 200);
    put_policy(&house, &[statement("Deny", "s3:GetObject", "")]);
    let refused = copy();
    assert_eq!(refused.refusal(), (403, "AccessDenied".into()));
    assert!(refused.text().contains("s3:GetObject on resource"), "{}", refused.text());
    house.ok("DELETE", "/bucket?policy", b"");
    let deny = policy(&[statement("Deny", "s3:PutObject", "")]).replace(":::bucket", ":::other");
    house.ok("PUT", "/other?policy", deny.as_bytes());
    assert!(copy().text().contains("s3:PutObject on resource"));
}

#[test]
fn policies_are_there_after_a_restart() {
    let house = House::start();
    furnish(&house);
    put_policy(&house, &[statement("Allow", "s3:GetObject", "")]);
    let house = house.restart();
    assert_eq!(anonymous(&house, "GET", "/bucket/key").body, b"content");
}
