//! Policies: inline, managed, their versions, and whom they are attached to.

use super::*;

const HOLDERS: [(&str, &str, &str); 3] =
    [("User", "UserName", "alice"), ("Group", "GroupName", "dev"), ("Role", "RoleName", "app")];

fn desk() -> Desk {
    let desk = Desk::new();
    desk.user("alice");
    desk.told("CreateGroup", &[("GroupName", "dev")]);
    desk.told("CreateRole", &[("RoleName", "app"), ("AssumeRolePolicyDocument", TRUST)]);
    desk
}

#[test]
fn inline_policies_are_put_read_listed_and_deleted() {
    let desk = desk();
    for (word, parameter, name) in HOLDERS {
        let of = (parameter, name);
        let policy = ("PolicyName", "read");
        desk.told(&format!("Put{word}Policy"), &[of, policy, ("PolicyDocument", READ)]);
        let read = desk.told(&format!("Get{word}Policy"), &[of, policy]);
        assert_eq!(read.document("PolicyDocument"), READ);
        assert_eq!((read.text(parameter), read.text("PolicyName")), (name.into(), "read".into()));
        let listed = desk.told(&format!("List{word}Policies"), &[of]);
        assert!(listed.0.contains("<PolicyNames><member>read</member></PolicyNames>"));
        let wrong = [of, policy, ("PolicyDocument", "{}")];
        let refused = desk.refused(&format!("Put{word}Policy"), &wrong);
        assert_eq!(refused, fault(400, "MalformedPolicyDocument"));
        desk.told(&format!("Delete{word}Policy"), &[of, policy]);
        let gone = desk.refused(&format!("Get{word}Policy"), &[of, policy]);
        assert_eq!(gone, fault(404, "NoSuchEntity"));
    }
}

#[test]
fn managed_policies_are_attached_listed_and_detached() {
    let desk = desk();
    let arn = desk.policy("read", READ);
    let policy = ("PolicyArn", arn.as_str());
    for (word, parameter, name) in HOLDERS {
        let both = [(parameter, name), policy];
        desk.told(&format!("Attach{word}Policy"), &both);
        let listed = desk.told(&format!("ListAttached{word}Policies"), &both[..1]);
        assert_eq!(
            (listed.all("PolicyName"), listed.all("PolicyArn")),
            (vec!["read"], vec![arn.as_str()])
        );
    }
    assert_eq!(desk.told("GetPolicy", &[policy]).text("AttachmentCount"), "3");
    assert_eq!(desk.refused("DeletePolicy", &[policy]), fault(409, "DeleteConflict"));
    let entities = desk.told("ListEntitiesForPolicy", &[policy]);
    for (_, parameter, name) in HOLDERS {
        assert_eq!(entities.all(parameter), [name]);
    }
    for (word, parameter, name) in HOLDERS {
        desk.told(&format!("Detach{word}Policy"), &[(parameter, name), policy]);
        let again = desk.refused(&format!("Detach{word}Policy"), &[(parameter, name), policy]);
        assert_eq!(again, fault(404, "NoSuchEntity"));
    }
    desk.told("DeletePolicy", &[policy]);
    assert_eq!(desk.refused("GetPolicy", &[policy]), fault(404, "NoSuchEntity"));
}

#[test]
fn entities_of_a_policy_come_in_pages_by_sort_path_and_usage() {
    let desk = desk();
    let arn = desk.policy("read", READ);
    let policy = ("PolicyArn", arn.as_str());
    desk.told("AttachRolePolicy", &[("RoleName", "app"), policy]);
    desk.told("AttachGroupPolicy", &[("GroupName", "dev"), policy]);
    let user = ("UserName", "alice");
    desk.told("PutUserPermissionsBoundary", &[user, ("PermissionsBoundary", &arn)]);
    let mut marker = String::new();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let given = [policy, ("MaxItems", "1"), ("Marker", marker.as_str())];
        let told = desk.told("ListEntitiesForPolicy", &given);
        let names = ["GroupName", "RoleName", "UserName"].map(|name| told.all(name).concat());
        seen.push(names.concat());
        marker = read_element(&told.0, "Marker").unwrap_or_default();
    }
    assert_eq!((seen, marker.as_str()), (vec!["dev".into(), "app".into(), "alice".into()], ""));
    for (name, value, expected) in [
        ("PolicyUsageFilter", "PermissionsBoundary", vec!["alice"]),
        ("PolicyUsageFilter", "PermissionsPolicy", vec![]),
        ("EntityFilter", "User", vec!["alice"]),
        ("EntityFilter", "Role", vec![]),
        ("PathPrefix", "/x/", vec![]),
        ("PathPrefix", "/", vec!["alice"]),
    ] {
        let told = desk.told("ListEntitiesForPolicy", &[policy, (name, value)]);
        assert_eq!(told.all("UserName"), expected, "{name}={value}");
    }
    for wrong in [("EntityFilter", "X"), ("PolicyUsageFilter", "X"), ("MaxItems", "0")] {
        let refused = desk.refused("ListEntitiesForPolicy", &[policy, wrong]);
        assert_eq!(refused, fault(400, "ValidationError"), "{wrong:?}");
    }
}

#[test]
fn policies_are_listed_by_scope_and_usage() {
    let desk = desk();
    let (attached, bounding) = (desk.policy("a", READ), desk.policy("b", READ));
    desk.policy("c", READ);
    desk.told("AttachUserPolicy", &[("UserName", "alice"), ("PolicyArn", &attached)]);
    let bounds = [("UserName", "alice"), ("PermissionsBoundary", bounding.as_str())];
    desk.told("PutUserPermissionsBoundary", &bounds);
    for (name, value, expected) in [
        ("Scope", "All", vec!["a", "b", "c"]),
        ("Scope", "Local", vec!["a", "b", "c"]),
        ("Scope", "AWS", vec![]),
        ("OnlyAttached", "true", vec!["a", "b"]),
        ("OnlyAttached", "false", vec!["a", "b", "c"]),
        ("PolicyUsageFilter", "PermissionsPolicy", vec!["a"]),
        ("PolicyUsageFilter", "PermissionsBoundary", vec!["b"]),
        ("PathPrefix", "/x/", vec![]),
    ] {
        let told = desk.told("ListPolicies", &[(name, value)]);
        assert_eq!(told.all("PolicyName"), expected, "{name}={value}");
    }
    for wrong in [("Scope", "X"), ("OnlyAttached", "X"), ("PolicyUsageFilter", "X")] {
        assert_eq!(desk.refused("ListPolicies", &[wrong]), fault(400, "ValidationError"));
    }
    desk.told("DeleteUserPermissionsBoundary", &[("UserName", "alice")]);
    let again = desk.refused("DeleteUserPermissionsBoundary", &[("UserName", "alice")]);
    assert_eq!(again, fault(404, "NoSuchEntity"));
}

#[test]
fn versions_are_made_read_put_into_force_and_deleted() {
    let desk = Desk::new();
    let given =
        [("PolicyName", "p"), ("PolicyDocument", READ), ("Description", "<d>"), ("Path", "/x/")];
    let made = desk.told("CreatePolicy", &given);
    let arn = made.text("Arn");
    assert_eq!(
        (arn.as_str(), made.text("Description").as_str()),
        ("arn:aws:iam::000000000000:policy/x/p", "<d>")
    );
    let policy = ("PolicyArn", arn.as_str());
    let other = READ.replace("Allow", "Deny");
    let document = ("PolicyDocument", other.as_str());
    let second = desk.told("CreatePolicyVersion", &[policy, document]);
    assert_eq!(
        (second.text("VersionId"), second.text("IsDefaultVersion")),
        ("v2".into(), "false".into())
    );
    let third = desk.told("CreatePolicyVersion", &[policy, document, ("SetAsDefault", "true")]);
    assert_eq!(
        (third.text("VersionId"), third.text("IsDefaultVersion")),
        ("v3".into(), "true".into())
    );
    let read = desk.told("GetPolicyVersion", &[policy, ("VersionId", "v2")]);
    assert_eq!(read.document("Document"), other);
    assert_eq!(desk.told("ListPolicyVersions", &[policy]).all("VersionId"), ["v3", "v2", "v1"]);
    desk.told("SetDefaultPolicyVersion", &[policy, ("VersionId", "v1")]);
    assert_eq!(desk.told("GetPolicy", &[policy]).text("DefaultVersionId"), "v1");
    let in_force = desk.refused("DeletePolicyVersion", &[policy, ("VersionId", "v1")]);
    assert_eq!(in_force, fault(409, "DeleteConflict"));
    desk.told("DeletePolicyVersion", &[policy, ("VersionId", "v3")]);
    assert_eq!(desk.told("ListPolicyVersions", &[policy]).all("VersionId"), ["v2", "v1"]);
    let gone = desk.refused("GetPolicyVersion", &[policy, ("VersionId", "v3")]);
    assert_eq!(gone, fault(404, "NoSuchEntity"));
}

#[test]
fn tags_of_a_policy_are_refused_and_not_dropped() {
    let desk = Desk::new();
    let given = [
        ("PolicyName", "p"),
        ("PolicyDocument", READ),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
    ];
    assert_eq!(desk.refused("CreatePolicy", &given), fault(400, "ValidationError"));
    assert_eq!(desk.refused("TagPolicy", &[]), fault(400, "NotImplemented"));
}
