//! Who may do what.

use super::super::table::ACTIONS;
use super::*;

/// Every parameter that an action can need.
fn everything(key: &str) -> Vec<(&'static str, String)> {
    let arn = |rest: &str| format!("{ARN}{rest}");
    vec![
        ("UserName", "bob".into()),
        ("GroupName", "dev".into()),
        ("RoleName", "app".into()),
        ("PolicyName", "p".into()),
        ("PolicyArn", arn("policy/p")),
        ("PolicySourceArn", arn("user/bob")),
        ("AccessKeyId", key.into()),
    ]
}

fn ask(
    desk: &Desk,
    key: &str,
    action: &str,
    given: &[(&str, String)],
) -> Result<Told, (u16, String, Told)> {
    let given: Vec<(&str, &str)> =
        given.iter().map(|(name, value)| (*name, value.as_str())).collect();
    desk.ask(key, action, &given)
}

#[test]
fn user_without_policies_may_do_nothing() {
    let desk = Desk::new();
    let (alice, bob) = (desk.user("alice"), desk.user("bob"));
    for action in ACTIONS {
        let (status, code, told) =
            ask(&desk, &alice, action.name, &everything(&bob)).err().expect(action.name);
        assert_eq!((status, code), fault(403, "AccessDenied"), "{}", action.name);
        let message = told.text("Message");
        let begin = format!(
            "User: {ARN}user/alice is not authorized to perform: iam:{} on resource: ",
            action.name
        );
        assert!(message.starts_with(&begin), "{message}");
        assert!(message.ends_with(&format!(
            "because no identity-based policy allows the iam:{} action",
            action.name
        )));
    }
    // Nothing was done.
    assert_eq!(desk.told("ListUsers", &[]).all("UserName"), ["alice", "bob"]);
    assert!(desk.account.resolve(&bob, None, now()).is_ok());
}

#[test]
fn each_action_is_asked_of_policy_by_its_own_name() {
    let desk = Desk::new();
    let (alice, bob) = (desk.user("alice"), desk.user("bob"));
    let given = everything(&bob);
    let is_denied = |action: &str| {
        let told = ask(&desk, &alice, action, &given);
        told.err().is_some_and(|(_, code, _)| code == "AccessDenied")
    };
    let others = ACTIONS.iter().cycle().skip(1);
    for (action, other) in ACTIONS.iter().zip(others) {
        desk.allow("alice", &format!("iam:{}", action.name), "*");
        assert!(!is_denied(action.name), "{}", action.name);
        assert!(is_denied(other.name), "{}", other.name);
    }
}

#[test]
fn user_may_be_let_to_itself_alone() {
    let desk = Desk::new();
    let (alice, bob) = (desk.user("alice"), desk.user("bob"));
    desk.allow("alice", "iam:*", &format!("{ARN}user/${{aws:username}}"));
    let own = desk.ask(&alice, "GetUser", &[]).ok().unwrap();
    assert_eq!(own.text("UserName"), "alice");
    let own = desk.ask(&alice, "ListAccessKeys", &[]).ok().unwrap();
    assert_eq!(own.all("AccessKeyId"), [&alice]);
    let second = desk.ask(&alice, "CreateAccessKey", &[]).ok().unwrap().text("AccessKeyId");
    desk.ask(&alice, "DeleteAccessKey", &[("AccessKeyId", &second)]).ok().unwrap();
    for action in ["GetUser", "ListAccessKeys", "CreateAccessKey"] {
        let (_, code, told) = desk.ask(&alice, action, &[("UserName", "bob")]).err().expect(action);
        assert_eq!(code, "AccessDenied");
        assert!(told.text("Message").contains(&format!("\"{ARN}user/bob\"")));
    }
    let given = [("AccessKeyId", bob.as_str())];
    assert_eq!(desk.ask(&alice, "GetAccessKeyLastUsed", &given).err().unwrap().1, "AccessDenied");
    // It is not among its own keys.
    assert_eq!(desk.ask(&alice, "DeleteAccessKey", &given).err().unwrap().1, "NoSuchEntity");
}

#[test]
fn permission_is_for_the_path_where_the_user_is() {
    let desk = Desk::new();
    let alice = desk.user("alice");
    desk.told("CreateUser", &[("UserName", "bob"), ("Path", "/hr/")]);
    desk.allow("alice", "iam:*", &format!("{ARN}user/hr/*"));
    let code =
        |action: &str, given: Given<'_>| desk.ask(&alice, action, given).err().map(|it| it.1);
    assert_eq!(code("GetUser", &[("UserName", "bob")]), None);
    assert_eq!(code("ListUsers", &[("PathPrefix", "/hr/")]), None);
    let denied = Some("AccessDenied".to_owned());
    assert_eq!(code("ListUsers", &[]), denied);
    assert_eq!(code("GetUser", &[("UserName", "alice")]), denied);
    assert_eq!(code("CreateUser", &[("UserName", "carol")]), denied);
    assert_eq!(code("CreateUser", &[("UserName", "carol"), ("Path", "/hr/")]), None);
    // Neither out of the path nor into it without a permission for both ends.
    assert_eq!(code("UpdateUser", &[("UserName", "bob"), ("NewPath", "/it/")]), denied);
    assert_eq!(code("UpdateUser", &[("UserName", "alice"), ("NewPath", "/hr/")]), denied);
    assert_eq!(code("UpdateUser", &[("UserName", "bob"), ("NewPath", "/hr/x/")]), None);
    // A name does not spell a path.
    assert_eq!(code("GetUser", &[("UserName", "hr/bob")]), Some("ValidationError".to_owned()));
}

#[test]
fn root_user_is_itself_without_a_name() {
    let desk = Desk::new();
    let told = desk.told("GetUser", &[]);
    assert_eq!(
        (told.text("Arn"), told.text("UserId")),
        (format!("{ARN}root"), "000000000000".into())
    );
    assert!(!told.0.contains("UserName"));
    for action in ["CreateAccessKey", "ListAccessKeys"] {
        assert_eq!(desk.refused(action, &[]), fault(400, "ValidationError"));
    }
}

#[test]
fn sessions_of_a_user_cannot_ask_and_those_of_a_role_can() {
    let desk = Desk::new();
    let alice = desk.user("alice");
    desk.allow("alice", "*", "*");
    let caller = desk.account.resolve(&alice, None, now()).unwrap();
    let session = desk.account.sessions().get_session_token(&caller, None, now()).unwrap();
    let resolve = |session: &identity::SessionCredentials| {
        let token = Some(session.session_token.as_bytes());
        desk.account.resolve(&session.access_key_id, token, now()).unwrap()
    };
    let refused = desk.ask_as(resolve(&session), "CreateAccessKey", &[]).err().unwrap();
    assert_eq!((refused.0, refused.1), fault(403, "InvalidClientTokenId"));

    desk.told("CreateRole", &[("RoleName", "app"), ("AssumeRolePolicyDocument", TRUST)]);
    let asked = identity::AssumeRole {
        role_arn: &format!("{ARN}role/app"),
        session_name: "session",
        duration_seconds: None,
        external_id: None,
        policies: identity::SessionPolicies::default(),
        tags: &[],
        transitive_tag_keys: &[],
        source_identity: None,
        context: &policy::NoContext,
    };
    let assumed = desk.account.sessions().assume_role(&caller, &asked, now()).unwrap();
    let role = || resolve(&assumed.credentials);
    let denied = desk.ask_as(role(), "ListUsers", &[]).err().unwrap();
    assert_eq!((denied.0, denied.1), fault(403, "AccessDenied"));
    let all = r#"{"Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}"#;
    let given = [("RoleName", "app"), ("PolicyName", "p"), ("PolicyDocument", all)];
    desk.told("PutRolePolicy", &given);
    assert_eq!(desk.ask_as(role(), "ListUsers", &[]).ok().unwrap().all("UserName"), ["alice"]);
    // It has no user of its own.
    let nameless = desk.ask_as(role(), "GetUser", &[]).err().unwrap();
    assert_eq!((nameless.0, nameless.1), fault(400, "ValidationError"));
}
