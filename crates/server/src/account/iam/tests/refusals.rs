//! What is refused, and how it is told.

use super::*;

#[test]
fn unknown_and_absent_actions_are_told_apart() {
    let desk = Desk::new();
    assert_eq!(desk.refused("MakeTea", &[]), fault(400, "InvalidAction"));
    assert_eq!(desk.refused("createuser", &[]), fault(400, "InvalidAction"));
    let (_, code, told) = desk.ask(ROOT, "CreateLoginProfile", &[]).err().unwrap();
    assert_eq!(code, "NotImplemented");
    assert_eq!(
        told.text("Message"),
        "hallpass does not have the action CreateLoginProfile of IAM."
    );
}

#[test]
fn every_action_that_needs_a_parameter_says_which() {
    let desk = Desk::new();
    let alone = [
        "GetUser",
        "ListUsers",
        "CreateAccessKey",
        "ListAccessKeys",
        "ListGroups",
        "ListRoles",
        "ListPolicies",
    ];
    for action in super::super::table::ACTIONS {
        if alone.contains(&action.name) {
            continue;
        }
        let (status, _, told) = desk.ask(ROOT, action.name, &[]).err().expect(action.name);
        assert_eq!(status, 400, "{}", action.name);
        let message = told.text("Message");
        assert!(message.starts_with("The request must contain"), "{}: {message}", action.name);
    }
}

#[test]
fn conflicts_and_limits_have_their_codes() {
    let desk = Desk::new();
    desk.user("alice");
    let alice = ("UserName", "alice");
    assert_eq!(
        desk.refused("CreateUser", &[("UserName", "ALICE")]),
        fault(409, "EntityAlreadyExists")
    );
    assert_eq!(desk.refused("DeleteUser", &[alice]), fault(409, "DeleteConflict"));
    desk.told("CreateAccessKey", &[alice]);
    assert_eq!(desk.refused("CreateAccessKey", &[alice]), fault(409, "LimitExceeded"));
    let long = "x".repeat(65);
    assert_eq!(desk.refused("CreateUser", &[("UserName", &long)]), fault(400, "ValidationError"));
    assert_eq!(desk.refused("CreateUser", &[("UserName", "a/b")]), fault(400, "ValidationError"));
    let large = READ.replace("s3:GetObject", &format!("s3:{}", "x".repeat(2048)));
    let given = [alice, ("PolicyName", "p"), ("PolicyDocument", large.as_str())];
    assert_eq!(desk.refused("PutUserPolicy", &given), fault(409, "LimitExceeded"));
    let tags: Vec<(String, String)> = (1..=51)
        .flat_map(|n| {
            let member = format!("Tags.member.{n}");
            [(format!("{member}.Key"), n.to_string()), (format!("{member}.Value"), "v".into())]
        })
        .collect();
    let mut given = vec![alice];
    given.extend(tags.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    assert_eq!(desk.refused("TagUser", &given), fault(409, "LimitExceeded"));
}

#[test]
fn nothing_that_is_given_becomes_markup() {
    let desk = Desk::new();
    let attack = "</Message><x a=\"1\">&\u{1}\u{fffe}]]>";
    for (action, parameter) in [
        ("GetUser", "UserName"),
        ("GetPolicy", "PolicyArn"),
        ("GetAccessKeyLastUsed", "AccessKeyId"),
        ("SimulatePrincipalPolicy", "PolicySourceArn"),
    ] {
        let (_, _, told) = desk.ask(ROOT, action, &[(parameter, attack)]).err().expect(action);
        assert!(told.0.ends_with("<RequestId>request-id</RequestId></ErrorResponse>"));
        assert!(!told.text("Message").is_empty() && !told.0.contains("<x"), "{}", told.0);
    }
    let given = [("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST), ("Description", attack)];
    desk.told("CreateRole", &given);
    let read = desk.told("GetRole", &given[..1]);
    assert_eq!(read.text("Description"), attack.replace(['\u{1}', '\u{fffe}'], "\u{fffd}"));
    let tag = [("RoleName", "r"), ("Tags.member.1.Key", "<k>"), ("Tags.member.1.Value", "v")];
    assert_eq!(desk.refused("TagRole", &tag), fault(400, "ValidationError"));
    let document = READ.replace("*", "arn:aws:s3:::<&>/\u{e9}");
    let arn = desk.policy("p", &document);
    let read = desk.told("GetPolicyVersion", &[("PolicyArn", &arn), ("VersionId", "v1")]);
    assert_eq!(read.document("Document"), document);
}

#[test]
fn parameters_twice_and_lists_with_gaps_are_refused() {
    let desk = Desk::new();
    let twice = [("UserName", "a"), ("UserName", "b")];
    assert_eq!(desk.refused("CreateUser", &twice), fault(400, "MalformedInput"));
    let gap = [("UserName", "a"), ("Tags.member.2.Key", "k"), ("Tags.member.2.Value", "v")];
    assert_eq!(desk.refused("CreateUser", &gap), fault(400, "MalformedInput"));
}
