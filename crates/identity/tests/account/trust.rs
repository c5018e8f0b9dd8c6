//! Who may assume a role: what the trust policy has to say, and the caller's own policies.

use identity::{Account, AssumeRole, Holder, StsError, Tag};
use policy::Values;

use crate::fixture::{
    ROOT_KEY, TRUST_ACCOUNT, TRUST_ALICE, add_role, add_user, assume, at, caller, in_session,
    with_alice,
};

const MAY_ASSUME: &str = r#"{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
    "Resource": "arn:aws:iam::000000000000:role/*"}}"#;

fn code<T>(answer: Result<T, StsError>) -> Result<(), &'static str> {
    answer.map(drop).map_err(|error| error.code())
}

#[test]
fn trust_in_a_user_is_enough() {
    let (account, alice) = with_alice();
    let bob = add_user(&account, "bob");
    let arn = add_role(&account, "role", TRUST_ALICE);
    let ask = |key| account.sessions().assume_role(&caller(&account, key), &assume(&arn), at(0));
    assert_eq!(code(ask(&alice)), Ok(()));
    assert_eq!(code(ask(&bob)), Err("AccessDenied"));
}

#[test]
fn trust_in_the_account_needs_a_policy_of_the_user() {
    let (account, key) = with_alice();
    let arn = add_role(&account, "role", TRUST_ACCOUNT);
    let ask = || account.sessions().assume_role(&caller(&account, &key), &assume(&arn), at(0));
    assert_eq!(code(ask()), Err("AccessDenied"));
    account.inline(Holder::User("alice")).put("assume", MAY_ASSUME).unwrap();
    assert_eq!(code(ask()), Ok(()));
}

#[test]
fn a_policy_of_the_user_is_not_enough() {
    let (account, key) = with_alice();
    let all = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    account.inline(Holder::User("alice")).put("all", all).unwrap();
    let alice = caller(&account, &key);
    let others = TRUST_ALICE.replace("user/alice", "user/bob");
    let conditional = TRUST_ACCOUNT.replace(
        r#""Action""#,
        r#""Condition": {"StringEquals": {"sts:ExternalId": "42"}}, "Action""#,
    );
    for (name, trust) in [("of-others", others.as_str()), ("conditional", &conditional)] {
        let role = add_role(&account, name, trust);
        let answer = account.sessions().assume_role(&alice, &assume(&role), at(0));
        assert_eq!(code(answer), Err("AccessDenied"), "{name}");
    }
    let role = add_role(&account, "of-the-account", TRUST_ACCOUNT);
    let answer = account.sessions().assume_role(&alice, &assume(&role), at(0));
    assert_eq!(code(answer), Ok(()));
}

#[test]
fn deny_of_the_user_outweighs_trust() {
    let (account, key) = with_alice();
    let arn = add_role(&account, "role", TRUST_ALICE);
    account.inline(Holder::User("alice")).put("deny", crate::fixture::DENY_ALL).unwrap();
    let ask = account.sessions().assume_role(&caller(&account, &key), &assume(&arn), at(0));
    assert_eq!(code(ask), Err("AccessDenied"));
}

#[test]
fn role_that_is_not_there_is_refused_as_one_that_may_not_be_assumed() {
    let (account, key) = with_alice();
    let there = add_role(&account, "role", TRUST_ACCOUNT);
    let absent = there.replace("/role", "/elor");
    let message = |arn: &str| {
        let asked = AssumeRole { duration_seconds: Some(43_200), ..assume(arn) };
        let refused = account.sessions().assume_role(&caller(&account, &key), &asked, at(0));
        refused.unwrap_err().to_string().replace(arn, "")
    };
    assert_eq!(message(&there), message(&absent));
}

#[test]
fn root_user_assumes_no_role() {
    let (account, _) = with_alice();
    let arn = add_role(&account, "role", TRUST_ACCOUNT);
    let root = account.resolve(ROOT_KEY, None, at(0)).unwrap();
    let refused = account.sessions().assume_role(&root, &assume(&arn), at(0)).unwrap_err();
    assert_eq!(refused.to_string(), "Roles may not be assumed by root accounts.");
}

#[test]
fn external_id_has_to_be_the_one_agreed_on() {
    let (account, key) = with_alice();
    let trust = TRUST_ALICE.replace(
        "\"Action\"",
        r#""Condition": {"StringEquals": {"sts:ExternalId": "agreed"}}, "Action""#,
    );
    let arn = add_role(&account, "role", &trust);
    let ask = |external_id| {
        let asked = AssumeRole { external_id, ..assume(&arn) };
        code(account.sessions().assume_role(&caller(&account, &key), &asked, at(0)))
    };
    assert_eq!(ask(Some("agreed")), Ok(()));
    assert_eq!(ask(Some("other")), Err("AccessDenied"));
    assert_eq!(ask(None), Err("AccessDenied"));
    assert_eq!(ask(Some("no blanks")), Err("ValidationError"));
}

#[test]
fn context_of_the_request_is_asked_too() {
    let (account, key) = with_alice();
    let trust = TRUST_ALICE.replace(
        "\"Action\"",
        r#""Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "Action""#,
    );
    let arn = add_role(&account, "role", &trust);
    let ask = |address: &str| {
        let context = Values::new().with("aws:SourceIp", address);
        let asked = AssumeRole { context: &context, ..assume(&arn) };
        code(account.sessions().assume_role(&caller(&account, &key), &asked, at(0)))
    };
    assert_eq!(ask("10.1.2.3"), Ok(()));
    assert_eq!(ask("192.0.2.1"), Err("AccessDenied"));
}

#[test]
fn names_of_sessions_are_of_some_characters_alone() {
    let (account, key) = with_alice();
    let arn = add_role(&account, "role", TRUST_ALICE);
    let long = "x".repeat(65);
    for (session_name, is_fine) in
        [("a", false), ("a b", false), ("a/b", false), (&long, false), ("a.b@c,d=e+f-g_h", true)]
    {
        let asked = AssumeRole { session_name, ..assume(&arn) };
        let made = account.sessions().assume_role(&caller(&account, &key), &asked, at(0));
        assert_eq!(made.is_ok(), is_fine, "{session_name}");
    }
}

#[test]
fn tags_and_source_identity_need_permissions_of_their_own() {
    let (account, key) = with_alice();
    let arn = add_role(&account, "role", TRUST_ALICE);
    let tags = [Tag::new("team", "red")];
    let tagged = AssumeRole { tags: &tags, ..assume(&arn) };
    let named = AssumeRole { source_identity: Some("alice"), ..assume(&arn) };
    let ask = |asked| code(account.sessions().assume_role(&caller(&account, &key), asked, at(0)));
    assert_eq!(ask(&tagged), Err("AccessDenied"));
    assert_eq!(ask(&named), Err("AccessDenied"));
    let trust = TRUST_ALICE.replace(
        "\"sts:AssumeRole\"",
        r#"["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]"#,
    );
    account.roles().update_trust("role", &trust).unwrap();
    assert_eq!(ask(&tagged), Ok(()));
    assert_eq!(ask(&named), Ok(()));
}

/// Two roles, of which the second trusts the first; and a session of the first with two tags, of
/// which one goes on, and with a source identity.
fn chain() -> (Account, identity::Caller, String) {
    let (account, key) = with_alice();
    let all = TRUST_ALICE.replace("sts:AssumeRole", "sts:*");
    let first = add_role(&account, "first", &all);
    let second = add_role(&account, "second", &all.replace("user/alice", "role/first"));
    let tags = [Tag::new("team", "red"), Tag::new("site", "a")];
    let asked = AssumeRole {
        tags: &tags,
        transitive_tag_keys: &["team"],
        source_identity: Some("alice"),
        ..assume(&first)
    };
    let made = account.sessions().assume_role(&caller(&account, &key), &asked, at(0)).unwrap();
    let inside = in_session(&account, &made.credentials, at(1)).unwrap();
    (account, inside, second)
}

#[test]
fn transitive_tags_and_source_identity_go_on_in_a_chain() {
    let (account, first, second) = chain();
    let tags = [Tag::new("site", "b")];
    let asked = AssumeRole { tags: &tags, ..assume(&second) };
    let made = account.sessions().assume_role(&first, &asked, at(1)).unwrap();
    assert_eq!(made.source_identity.as_deref(), Some("alice"));
    let inside = in_session(&account, &made.credentials, at(2)).unwrap();
    let claims = inside.claims().unwrap();
    assert_eq!(claims.tags, [Tag::new("team", "red"), Tag::new("site", "b")]);
    assert_eq!(claims.transitive, ["team"]);
}

#[test]
fn what_goes_on_in_a_chain_cannot_be_replaced() {
    let (account, first, second) = chain();
    let tags = [Tag::new("TEAM", "blue")];
    let retagged = AssumeRole { tags: &tags, ..assume(&second) };
    let renamed = AssumeRole { source_identity: Some("bob"), ..assume(&second) };
    let ask = |asked| code(account.sessions().assume_role(&first, asked, at(1)));
    assert_eq!(ask(&retagged), Err("ValidationError"));
    assert_eq!(ask(&renamed), Err("AccessDenied"));
    let unknown = AssumeRole { transitive_tag_keys: &["absent"], ..assume(&second) };
    assert_eq!(ask(&unknown), Err("ValidationError"));
}
