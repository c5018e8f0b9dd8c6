//! Roles.

use super::*;

const ROLE: (&str, &str) = ("RoleName", "app");

fn made(desk: &Desk) -> Told {
    let given = [
        ROLE,
        ("AssumeRolePolicyDocument", TRUST),
        ("Description", "for <x> & y"),
        ("MaxSessionDuration", "7200"),
        ("Path", "/r/"),
    ];
    desk.told("CreateRole", &given)
}

#[test]
fn role_is_made_read_changed_listed_and_deleted() {
    let desk = Desk::new();
    assert_eq!(made(&desk).text("Arn"), format!("{ARN}role/r/app"));
    let read = desk.told("GetRole", &[ROLE]);
    assert_eq!(read.document("AssumeRolePolicyDocument"), TRUST);
    assert_eq!(read.text("Description"), "for <x> & y");
    assert_eq!(read.text("MaxSessionDuration"), "7200");

    let changed = desk.told("UpdateRole", &[ROLE, ("MaxSessionDuration", "3600")]);
    assert!(changed.0.contains("<UpdateRoleResult></UpdateRoleResult>"));
    let told = desk.told("UpdateRoleDescription", &[ROLE, ("Description", "other")]);
    assert_eq!(
        (told.text("Description"), told.text("MaxSessionDuration")),
        ("other".into(), "3600".into())
    );
    let trust = TRUST.replace("Allow", "Deny");
    desk.told("UpdateAssumeRolePolicy", &[ROLE, ("PolicyDocument", &trust)]);
    let listed = desk.told("ListRoles", &[]);
    assert_eq!(listed.document("AssumeRolePolicyDocument"), trust);

    desk.told("DeleteRole", &[ROLE]);
    assert_eq!(desk.refused("GetRole", &[ROLE]), fault(404, "NoSuchEntity"));
}

#[test]
fn role_needs_a_trust_policy_and_a_life_within_bounds() {
    let desk = Desk::new();
    assert_eq!(desk.refused("CreateRole", &[ROLE]).0, 400);
    let wrong = [ROLE, ("AssumeRolePolicyDocument", READ)];
    assert_eq!(desk.refused("CreateRole", &wrong), fault(400, "MalformedPolicyDocument"));
    for seconds in ["3599", "43201", "x"] {
        let given = [ROLE, ("AssumeRolePolicyDocument", TRUST), ("MaxSessionDuration", seconds)];
        assert_eq!(desk.refused("CreateRole", &given), fault(400, "ValidationError"), "{seconds}");
    }
}

#[test]
fn role_has_tags_and_a_boundary() {
    let desk = Desk::new();
    made(&desk);
    let arn = desk.policy("limit", READ);
    desk.told("PutRolePermissionsBoundary", &[ROLE, ("PermissionsBoundary", &arn)]);
    desk.told("TagRole", &[ROLE, ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]);
    let read = desk.told("GetRole", &[ROLE]);
    assert_eq!(read.text("PermissionsBoundaryArn"), arn);
    assert_eq!(read.text("PermissionsBoundaryType"), "Policy");
    assert_eq!((read.text("Key"), read.text("Value")), ("k".into(), "v".into()));
    assert_eq!(desk.told("ListRoleTags", &[ROLE]).all("Key"), ["k"]);
    desk.told("UntagRole", &[ROLE, ("TagKeys.member.1", "k")]);
    desk.told("DeleteRolePermissionsBoundary", &[ROLE]);
    let read = desk.told("GetRole", &[ROLE]);
    assert!(!read.0.contains("Boundary") && !read.0.contains("Tags"));
}
