//! Simulations.

use super::*;

const DENY: &str = "{\"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"},\n  {\"Effect\": \"Deny\", \"Action\": \"s3:PutObject\", \"Resource\": \"*\"}\n]}";

fn custom(desk: &Desk, policy: &str, more: Given<'_>) -> Told {
    let mut given = vec![("PolicyInputList.member.1", policy)];
    given.extend(more);
    desk.told("SimulateCustomPolicy", &given)
}

#[test]
fn actions_and_resources_are_decided_one_by_one() {
    let desk = Desk::new();
    let document = READ.replace("\"*\"", "\"arn:aws:s3:::b/*\"");
    let told = custom(
        &desk,
        &document,
        &[
            ("ActionNames.member.1", "s3:GetObject"),
            ("ActionNames.member.2", "s3:PutObject"),
            ("ResourceArns.member.1", "arn:aws:s3:::b/k"),
            ("ResourceArns.member.2", "arn:aws:s3:::c/k"),
        ],
    );
    let no = "implicitDeny";
    assert_eq!(told.all("EvalDecision"), ["allowed", no, no, no]);
    assert_eq!(told.all("EvalActionName")[..2], ["s3:GetObject"; 2]);
    assert_eq!(told.all("EvalResourceName")[..2], ["arn:aws:s3:::b/k", "arn:aws:s3:::c/k"]);
    assert_eq!(told.all("SourcePolicyId"), ["PolicyInputList.1"]);
    assert_eq!(told.text("IsTruncated"), "false");
}

#[test]
fn statement_that_decided_is_told_with_its_place() {
    let desk = Desk::new();
    let told = custom(
        &desk,
        DENY,
        &[("ActionNames.member.1", "s3:PutObject"), ("ActionNames.member.2", "s3:GetObject")],
    );
    assert_eq!(told.all("EvalDecision"), ["explicitDeny", "allowed"]);
    assert_eq!(told.all("EvalResourceName"), ["*", "*"]);
    // Begin and end of the Deny, then of the Allow.
    assert_eq!(told.all("Line"), ["3", "3", "2", "2"]);
    assert_eq!(told.all("Column"), ["3", "63", "3", "56"]);
}

#[test]
fn user_is_simulated_with_its_groups_and_its_boundary() {
    let desk = Desk::new();
    desk.user("alice");
    desk.allow("alice", "s3:GetObject", "*");
    desk.told("CreateGroup", &[("GroupName", "dev")]);
    desk.told("AddUserToGroup", &[("GroupName", "dev"), ("UserName", "alice")]);
    let arn = desk.policy("put", &READ.replace("Get", "Put"));
    desk.told("AttachGroupPolicy", &[("GroupName", "dev"), ("PolicyArn", &arn)]);
    let source = format!("{ARN}user/alice");
    let given = [
        ("PolicySourceArn", source.as_str()),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ActionNames.member.2", "s3:PutObject"),
    ];
    let told = desk.told("SimulatePrincipalPolicy", &given);
    assert_eq!(told.all("EvalDecision"), ["allowed", "allowed"]);
    assert_eq!(told.all("SourcePolicyId"), ["user_alice_allow", "put"]);
    assert_eq!(told.all("SourcePolicyType"), ["user", "user-managed"]);
    assert!(!told.0.contains("Boundary"));

    let limit = desk.policy("limit", READ);
    let bounds = [("UserName", "alice"), ("PermissionsBoundary", limit.as_str())];
    desk.told("PutUserPermissionsBoundary", &bounds);
    let told = desk.told("SimulatePrincipalPolicy", &given);
    assert_eq!(told.all("EvalDecision"), ["allowed", "implicitDeny"]);
    assert_eq!(told.all("AllowedByPermissionsBoundary"), ["true", "false"]);
    assert_eq!(told.all("SourcePolicyId"), ["user_alice_allow"]);
    // One of the parameters is in its place.
    let wide = READ.replace("s3:GetObject", "*");
    let mut given = given.to_vec();
    given.push(("PermissionsBoundaryPolicyInputList.member.1", &wide));
    let told = desk.told("SimulatePrincipalPolicy", &given);
    assert_eq!(told.all("EvalDecision"), ["allowed", "allowed"]);
}

#[test]
fn simulation_says_what_the_real_request_gets() {
    let desk = Desk::new();
    let alice = desk.user("alice");
    desk.allow("alice", "iam:GetUser", &format!("{ARN}user/${{aws:username}}"));
    for name in ["alice", "bob"] {
        let arn = format!("{ARN}user/{name}");
        let given = [
            ("PolicySourceArn", &*format!("{ARN}user/alice")),
            ("ActionNames.member.1", "iam:GetUser"),
            ("ResourceArns.member.1", arn.as_str()),
        ];
        let simulated = desk.told("SimulatePrincipalPolicy", &given).text("EvalDecision");
        let real = desk.ask(&alice, "GetUser", &[("UserName", name)]).is_ok();
        assert_eq!((simulated == "allowed", real), (name == "alice", name == "alice"), "{name}");
    }
}

#[test]
fn groups_and_roles_are_simulated_too() {
    let desk = Desk::new();
    desk.told("CreateGroup", &[("GroupName", "dev")]);
    desk.told("CreateRole", &[("RoleName", "app"), ("AssumeRolePolicyDocument", TRUST)]);
    for (word, parameter, name) in [("Group", "GroupName", "dev"), ("Role", "RoleName", "app")] {
        let given = [(parameter, name), ("PolicyName", "p"), ("PolicyDocument", READ)];
        desk.told(&format!("Put{word}Policy"), &given);
        let sort = word.to_lowercase();
        let arn = format!("{ARN}{sort}/{name}");
        let given = [("PolicySourceArn", arn.as_str()), ("ActionNames.member.1", "s3:GetObject")];
        let told = desk.told("SimulatePrincipalPolicy", &given);
        assert_eq!(told.all("EvalDecision"), ["allowed"]);
        assert_eq!(told.all("SourcePolicyId"), [format!("{sort}_{name}_p")]);
    }
    for arn in ["user/nobody", "group/x/dev", "role/nobody"] {
        let arn = format!("{ARN}{arn}");
        let given = [("PolicySourceArn", arn.as_str()), ("ActionNames.member.1", "s3:GetObject")];
        let refused = desk.refused("SimulatePrincipalPolicy", &given);
        assert_eq!(refused, fault(404, "NoSuchEntity"), "{arn}");
    }
}

#[test]
fn keys_that_are_missed_are_told_and_those_given_count() {
    let desk = Desk::new();
    let document = r#"{"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringEquals": {"s3:prefix": "${aws:username}/"}}}}"#;
    let action = ("ActionNames.member.1", "s3:ListBucket");
    let told = custom(&desk, document, &[action]);
    assert_eq!(told.text("EvalDecision"), "implicitDeny");
    assert!(told.0.contains("<MissingContextValues><member>s3:prefix</member>"));
    let entries = [
        action,
        ("ContextEntries.member.1.ContextKeyName", "aws:username"),
        ("ContextEntries.member.1.ContextKeyValues.member.1", "alice"),
        ("ContextEntries.member.1.ContextKeyType", "string"),
        ("ContextEntries.member.2.ContextKeyName", "S3:Prefix"),
        ("ContextEntries.member.2.ContextKeyValues.member.1", "alice/"),
        ("ContextEntries.member.2.ContextKeyType", "string"),
    ];
    let told = custom(&desk, document, &entries);
    assert_eq!(told.text("EvalDecision"), "allowed");
    assert!(told.0.contains("<MissingContextValues></MissingContextValues>"));
}

#[test]
fn policy_of_a_bucket_takes_part() {
    let desk = Desk::new();
    desk.user("alice");
    let arn = format!("{ARN}user/alice");
    let bucket = format!(
        r#"{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": "{arn}"}},
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}}}}"#
    );
    let given = [
        ("PolicySourceArn", arn.as_str()),
        ("ActionNames.member.1", "s3:PutObject"),
        ("ResourceArns.member.1", "arn:aws:s3:::b/k"),
        ("ResourcePolicy", bucket.as_str()),
    ];
    let told = desk.told("SimulatePrincipalPolicy", &given);
    assert_eq!(told.text("EvalDecision"), "allowed");
    assert_eq!(told.text("SourcePolicyType"), "resource");
    let two =
        [given[0], given[1], given[2], ("ResourceArns.member.2", "arn:aws:s3:::c/k"), given[3]];
    assert_eq!(desk.refused("SimulatePrincipalPolicy", &two), fault(400, "InvalidInput"));
}

#[test]
fn results_come_in_pages() {
    let desk = Desk::new();
    let actions = [
        ("ActionNames.member.1", "s3:GetObject"),
        ("ActionNames.member.2", "s3:PutObject"),
        ("ActionNames.member.3", "s3:DeleteObject"),
        ("MaxItems", "2"),
    ];
    let first = custom(&desk, READ, &actions);
    assert_eq!(first.all("EvalActionName"), ["s3:GetObject", "s3:PutObject"]);
    let marker = first.text("Marker");
    let mut given = actions.to_vec();
    given.push(("Marker", &marker));
    let last = custom(&desk, READ, &given);
    assert_eq!(last.all("EvalActionName"), ["s3:DeleteObject"]);
    assert_eq!(last.text("IsTruncated"), "false");
}

#[test]
fn what_cannot_be_simulated_is_refused() {
    let desk = Desk::new();
    let action = ("ActionNames.member.1", "s3:GetObject");
    for (given, code) in [
        ([("PolicyInputList.member.1", "{}"), action], "InvalidInput"),
        (
            [("PolicyInputList.member.1", READ), ("ActionNames.member.1", "GetObject")],
            "InvalidInput",
        ),
        ([("PolicyInputList.member.1", READ), ("Marker", "1")], "ValidationError"),
        ([action, ("Marker", "x")], "ValidationError"),
    ] {
        assert_eq!(desk.refused("SimulateCustomPolicy", &given), fault(400, code), "{given:?}");
    }
    let given = [
        ("PolicyInputList.member.1", READ),
        action,
        ("ContextEntries.member.1.ContextKeyName", "no key"),
    ];
    assert_eq!(desk.refused("SimulateCustomPolicy", &given), fault(400, "InvalidInput"));
}
