//! Condition keys of IAM.

use super::*;

/// Lets alice do an action where a condition holds.
fn desk(action: &str, condition: &str) -> (Desk, String) {
    let desk = Desk::new();
    let alice = desk.user("alice");
    let document = format!(
        r#"{{"Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*",
            "Condition": {condition}}}}}"#
    );
    let given = [("UserName", "alice"), ("PolicyName", "p"), ("PolicyDocument", document.as_str())];
    desk.told("PutUserPolicy", &given);
    (desk, alice)
}

fn is_allowed(desk: &Desk, key: &str, action: &str, given: Given<'_>) -> bool {
    match desk.ask(key, action, given) {
        Ok(_) => true,
        Err((_, code, told)) => {
            assert_eq!(code, "AccessDenied", "{}", told.0);
            false
        }
    }
}

#[test]
fn users_may_have_to_be_made_with_a_boundary() {
    let arn = format!("{ARN}policy/limit");
    let condition = format!(r#"{{"StringEquals": {{"iam:PermissionsBoundary": "{arn}"}}}}"#);
    let (desk, alice) = desk("iam:*", &condition);
    desk.policy("limit", READ);
    desk.policy("other", READ);
    let other = format!("{ARN}policy/other");
    let create = |name, boundary: &str| {
        let given = [("UserName", name), ("PermissionsBoundary", boundary)];
        is_allowed(&desk, &alice, "CreateUser", &given)
    };
    assert!(!is_allowed(&desk, &alice, "CreateUser", &[("UserName", "bob")]));
    assert!(!create("bob", &other));
    assert!(create("bob", &arn));
    // Of whom is there it is the boundary that he has, whatever the parameters say.
    let attach = |name| {
        let given = [("UserName", name), ("PolicyArn", &*other), ("PermissionsBoundary", &*arn)];
        is_allowed(&desk, &alice, "AttachUserPolicy", &given)
    };
    assert!(attach("bob"));
    assert!(!attach("alice"));
    let loosen = [("UserName", "bob"), ("PermissionsBoundary", other.as_str())];
    assert!(!is_allowed(&desk, &alice, "PutUserPermissionsBoundary", &loosen));
}

#[test]
fn policies_that_may_be_attached_can_be_named() {
    let arn = format!("{ARN}policy/read");
    let (desk, alice) = desk("iam:*", &format!(r#"{{"ArnEquals": {{"iam:PolicyARN": "{arn}"}}}}"#));
    desk.policy("read", READ);
    let other = desk.policy("other", READ);
    for (action, is_there) in [("AttachUserPolicy", true), ("DetachUserPolicy", true)] {
        let given = |arn| [("UserName", "alice"), ("PolicyArn", arn)];
        assert_eq!(is_allowed(&desk, &alice, action, &given(&arn)), is_there);
        assert!(!is_allowed(&desk, &alice, action, &given(&other)));
    }
    // The key is not there where nothing is attached.
    assert!(!is_allowed(&desk, &alice, "GetPolicy", &[("PolicyArn", &arn)]));
}

#[test]
fn tags_of_the_request_and_of_the_user_count() {
    let condition = r#"{"StringEquals": {"aws:RequestTag/team": "x"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}"#;
    let (desk, alice) = desk("iam:TagUser", condition);
    let tag = |key, value, more: Given<'_>| {
        let mut given =
            vec![("UserName", "alice"), ("Tags.member.1.Key", key), ("Tags.member.1.Value", value)];
        given.extend(more);
        is_allowed(&desk, &alice, "TagUser", &given)
    };
    assert!(tag("team", "x", &[]));
    assert!(!tag("team", "y", &[]));
    assert!(!tag("site", "x", &[]));
    assert!(!tag("team", "x", &[("Tags.member.2.Key", "site"), ("Tags.member.2.Value", "x")]));
    for key in ["aws:ResourceTag/team", "iam:ResourceTag/Team"] {
        let (desk, alice) =
            conditions::desk("iam:*", &format!(r#"{{"StringEquals": {{"{key}": "x"}}}}"#));
        let get = |name| is_allowed(&desk, &alice, "GetUser", &[("UserName", name)]);
        assert!(!get("alice"));
        let tags = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "x")];
        desk.told("TagUser", &[("UserName", "alice"), tags[0], tags[1]]);
        assert!(get("alice"), "{key}");
    }
}

#[test]
fn where_a_request_comes_from_counts() {
    let from = |address| format!(r#"{{"IpAddress": {{"aws:SourceIp": "{address}"}}}}"#);
    for (address, is_there) in [("127.0.0.0/8", true), ("10.0.0.0/8", false)] {
        let (desk, alice) = desk("iam:ListUsers", &from(address));
        assert_eq!(is_allowed(&desk, &alice, "ListUsers", &[]), is_there, "{address}");
    }
    let (desk, alice) =
        desk("iam:ListUsers", r#"{"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}"#);
    assert!(!is_allowed(&desk, &alice, "ListUsers", &[]));
}
