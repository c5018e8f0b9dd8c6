//! Sessions: how long they live, what they may do, and what ends them.

use identity::token::SessionKind;
use identity::{
    Account, AssumeRole, GetFederationToken, Holder, KeyStatus, NewRole, ResolveError, RoleUpdate,
    SessionPolicies, StsError, Tag,
};
use policy::{Context as _, Key, NoContext, Principal};

use crate::fixture::{
    DENY_ALL, READ_ALL, ROOT_KEY, TRUST_ACCOUNT, TRUST_ALICE, add_policy, add_role, assume, at,
    caller, in_session, let_read, may, may_read, with_alice,
};

const HOUR: u64 = 3_600;

/// Alice, and a role that she may assume for twelve hours and that may read.
fn with_role() -> (Account, identity::NewAccessKey, String) {
    let (account, key) = with_alice();
    let new = NewRole {
        name: "reader",
        path: Some("/app/"),
        trust: TRUST_ALICE,
        session_seconds_max: Some(43_200),
        ..NewRole::default()
    };
    let arn = account.roles().create(new, at(0)).unwrap().arn;
    let_read(&account, Holder::Role("reader"));
    (account, key, arn)
}

#[test]
fn session_of_a_user_lives_36_hours_at_most_and_12_by_itself() {
    let (account, key) = with_alice();
    let alice = caller(&account, &key);
    let ask = |seconds| account.sessions().get_session_token(&alice, seconds, at(0));
    for (asked, hours) in [(None, 12), (Some(129_600), 36)] {
        let session = ask(asked).unwrap();
        assert_eq!(session.expires_at, at(hours * HOUR));
        assert!(in_session(&account, &session, at(hours * HOUR - 1)).is_ok());
        let over = in_session(&account, &session, at(hours * HOUR)).unwrap_err();
        assert_eq!(over, ResolveError::TokenExpired(at(hours * HOUR)));
    }
    for seconds in [899, 129_601] {
        assert!(matches!(ask(Some(seconds)), Err(StsError::Validation(_))), "{seconds}");
    }
}

#[test]
fn session_of_the_root_user_lives_an_hour() {
    let (account, _) = with_alice();
    let root = account.resolve(ROOT_KEY, None, at(0)).unwrap();
    let session = account.sessions().get_session_token(&root, None, at(0)).unwrap();
    assert_eq!(session.expires_at, at(HOUR));
    let root_session = in_session(&account, &session, at(1)).unwrap();
    assert!(matches!(root_session.principal(), Principal::Root { .. }) && may_read(&root_session));
    let asked_for_more = account.sessions().get_session_token(&root, Some(129_600), at(0));
    assert_eq!(asked_for_more.unwrap().expires_at, at(HOUR));
}

#[test]
fn session_of_a_user_has_its_rights_of_the_moment() {
    let (account, key) = with_alice();
    let alice = caller(&account, &key);
    let session = account.sessions().get_session_token(&alice, None, at(0)).unwrap();
    let now = || in_session(&account, &session, at(1)).unwrap();
    assert_eq!(now().principal(), alice.principal());
    assert_eq!(now().session(), Some(SessionKind::SessionToken));
    assert_eq!(now().secret().expose(), session.secret.expose());
    assert!(!may_read(&now()));
    let_read(&account, Holder::User("alice"));
    assert!(may_read(&now()));
}

#[test]
fn session_makes_neither_a_session_token_nor_a_federation_token() {
    let (account, key) = with_alice();
    let session = account.sessions().get_session_token(&caller(&account, &key), None, at(0));
    let inside = in_session(&account, &session.unwrap(), at(1)).unwrap();
    let refused = account.sessions().get_session_token(&inside, None, at(1)).unwrap_err();
    assert_eq!(refused.code(), "AccessDenied");
    let refused = account.sessions().get_federation_token(&inside, &federate("bob"), at(1));
    assert_eq!(refused.unwrap_err().code(), "AccessDenied");
}

#[test]
fn session_outlives_its_key_and_dies_with_its_user() {
    let (account, key) = with_alice();
    let session =
        account.sessions().get_session_token(&caller(&account, &key), None, at(0)).unwrap();
    account.access_keys("alice").update(&key.key.id, KeyStatus::Inactive).unwrap();
    assert!(in_session(&account, &session, at(1)).is_ok());
    account.access_keys("alice").delete(&key.key.id).unwrap();
    assert!(in_session(&account, &session, at(1)).is_ok());
    account.users().delete("alice").unwrap();
    assert_eq!(in_session(&account, &session, at(1)).unwrap_err(), ResolveError::Gone);
    // Another user of her name is somebody else.
    crate::fixture::add_user(&account, "alice");
    assert_eq!(in_session(&account, &session, at(1)).unwrap_err(), ResolveError::Gone);
}

#[test]
fn session_of_a_role_lives_as_long_as_the_role_allows() {
    let (account, key, arn) = with_role();
    let alice = caller(&account, &key);
    let ask = |duration_seconds| {
        let asked = AssumeRole { duration_seconds, ..assume(&arn) };
        account.sessions().assume_role(&alice, &asked, at(0))
    };
    assert_eq!(ask(None).unwrap().credentials.expires_at, at(HOUR));
    let longest = ask(Some(43_200)).unwrap().credentials;
    assert!(in_session(&account, &longest, at(12 * HOUR - 1)).is_ok());
    assert!(in_session(&account, &longest, at(12 * HOUR)).is_err());
    account
        .roles()
        .update("reader", RoleUpdate { session_seconds_max: Some(3_600), ..Default::default() })
        .unwrap();
    assert!(matches!(ask(Some(3_601)), Err(StsError::Validation(_))));
    assert!(matches!(ask(Some(899)), Err(StsError::Validation(_))));
}

#[test]
fn session_of_a_role_is_told_by_role_and_name() {
    let (account, key, arn) = with_role();
    let assumed =
        account.sessions().assume_role(&caller(&account, &key), &assume(&arn), at(0)).unwrap();
    assert_eq!(assumed.arn, "arn:aws:sts::000000000000:assumed-role/reader/session");
    let id = account.roles().get("reader").unwrap().id;
    assert_eq!(assumed.id, format!("{id}:session"));
    let inside = in_session(&account, &assumed.credentials, at(1)).unwrap();
    let expected = Principal::Session {
        account: identity::ACCOUNT_ID,
        role_arn: &arn,
        arn: &assumed.arn,
        id: &assumed.id,
    };
    assert_eq!(inside.principal(), expected);
    assert!(may_read(&inside) && !may(&inside, "s3:PutObject"));
    account.inline(Holder::Role("reader")).delete("read").unwrap();
    account.roles().delete("reader").unwrap();
    let gone = in_session(&account, &assumed.credentials, at(1)).unwrap_err();
    assert_eq!(gone, ResolveError::Gone);
}

#[test]
fn chained_session_lives_an_hour_at_most() {
    let (account, key, arn) = with_role();
    let trust = TRUST_ALICE.replace("user/alice", "role/app/reader");
    let new = NewRole {
        name: "second",
        trust: &trust,
        session_seconds_max: Some(43_200),
        ..NewRole::default()
    };
    let second = account.roles().create(new, at(0)).unwrap().arn;
    let first = account.sessions().assume_role(&caller(&account, &key), &assume(&arn), at(0));
    let inside = in_session(&account, &first.unwrap().credentials, at(1)).unwrap();
    let ask = |duration_seconds| {
        let asked = AssumeRole { duration_seconds, ..assume(&second) };
        account.sessions().assume_role(&inside, &asked, at(0))
    };
    let chained = ask(Some(3_600)).unwrap().credentials;
    let in_chain = in_session(&account, &chained, at(HOUR - 1)).unwrap();
    assert_eq!(in_chain.session(), Some(SessionKind::ChainedRole));
    assert!(in_session(&account, &chained, at(HOUR)).is_err());
    assert!(matches!(ask(Some(3_601)), Err(StsError::Validation(_))));
}

#[test]
fn credentials_of_an_instance_live_six_hours() {
    let (account, _) = with_alice();
    let trust = r#"{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "ec2.amazonaws.com"}}}"#;
    let arn = add_role(&account, "instance", trust);
    let made = account.sessions().of_instance(&arn, "i-0123456789", at(0)).unwrap().credentials;
    let inside = in_session(&account, &made, at(6 * HOUR - 1)).unwrap();
    assert_eq!(inside.arn(), "arn:aws:sts::000000000000:assumed-role/instance/i-0123456789");
    assert!(in_session(&account, &made, at(6 * HOUR)).is_err());
    let other = add_role(&account, "other", TRUST_ACCOUNT);
    let refused = account.sessions().of_instance(&other, "i-0123456789", at(0)).unwrap_err();
    assert_eq!(refused.code(), "AccessDenied");
}

#[test]
fn sessions_of_before_are_revoked_by_their_time_of_issue() {
    let (account, key, arn) = with_role();
    let alice = caller(&account, &key);
    let ask = |now| account.sessions().assume_role(&alice, &assume(&arn), now).unwrap().credentials;
    let (before, after) = (ask(at(10)), ask(at(20)));
    // What IAM attaches when the sessions of a role are revoked.
    let revoke = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Action": "*",
        "Resource": "*", "Condition": {{"DateLessThan": {{"aws:TokenIssueTime": "{}"}}}}}}}}"#,
        at(15)
    );
    account.inline(Holder::Role("reader")).put("AWSRevokeOlderSessions", &revoke).unwrap();
    assert!(!may_read(&in_session(&account, &before, at(30)).unwrap()));
    assert!(may_read(&in_session(&account, &after, at(30)).unwrap()));
}

#[test]
fn session_policies_cut_what_the_role_may() {
    let (account, key, arn) = with_role();
    let all = READ_ALL.replace("s3:GetObject", "s3:*");
    account.inline(Holder::Role("reader")).put("all", &all).unwrap();
    let arn_of_policy = add_policy(&account, "read", READ_ALL);
    let managed: &[&str] = &[&arn_of_policy];
    let alice = caller(&account, &key);
    let ask = |policies| {
        let asked = AssumeRole { policies, ..assume(&arn) };
        let made = account.sessions().assume_role(&alice, &asked, at(0)).unwrap();
        in_session(&account, &made.credentials, at(1)).unwrap()
    };
    let inline = ask(SessionPolicies { document: Some(READ_ALL), managed: &[] });
    assert!(may_read(&inline) && !may(&inline, "s3:PutObject"));
    let by_arn = ask(SessionPolicies { document: None, managed });
    assert!(may_read(&by_arn) && !may(&by_arn, "s3:PutObject"));
    let nothing = ask(SessionPolicies { document: Some(DENY_ALL), managed });
    assert!(!may_read(&nothing));
    // One that is deleted while the session lives may have denied anything.
    let asked =
        AssumeRole { policies: SessionPolicies { document: None, managed }, ..assume(&arn) };
    let made = account.sessions().assume_role(&alice, &asked, at(0)).unwrap();
    account.policies().delete(&arn_of_policy).unwrap();
    assert!(!may_read(&in_session(&account, &made.credentials, at(1)).unwrap()));
}

#[test]
fn session_policies_are_bounded() {
    let (account, key, arn) = with_role();
    let alice = caller(&account, &key);
    let ask = |policies| {
        let asked = AssumeRole { policies, ..assume(&arn) };
        account.sessions().assume_role(&alice, &asked, at(0)).unwrap_err()
    };
    let long = format!("{READ_ALL}{}", " ".repeat(2_048));
    assert_eq!(
        ask(SessionPolicies { document: Some(&long), managed: &[] }).code(),
        "ValidationError"
    );
    let no_policy = SessionPolicies { document: Some("{}"), managed: &[] };
    assert_eq!(ask(no_policy).code(), "MalformedPolicyDocument");
    let managed = add_policy(&account, "read", READ_ALL);
    let many = vec![managed.as_str(); 11];
    assert_eq!(ask(SessionPolicies { document: None, managed: &many }).code(), "ValidationError");
}

#[test]
fn more_than_a_token_holds_is_refused() {
    let (account, key) = with_alice();
    let tags: Vec<Tag> = (0..50)
        .map(|number| Tag::new(&format!("{number}{}", "k".repeat(100)), &"v".repeat(256)))
        .collect();
    account
        .inline(Holder::User("alice"))
        .put("all", &READ_ALL.replace("s3:GetObject", "sts:*"))
        .unwrap();
    let asked = GetFederationToken { tags: &tags, ..federate("bob") };
    let refused = account.sessions().get_federation_token(&caller(&account, &key), &asked, at(0));
    assert_eq!(refused.unwrap_err().code(), "PackedPolicyTooLarge");
}

fn federate(name: &str) -> GetFederationToken<'_> {
    GetFederationToken {
        name,
        duration_seconds: None,
        policies: SessionPolicies::default(),
        tags: &[],
        context: &NoContext,
    }
}

#[test]
fn federated_user_may_what_both_user_and_session_policies_allow() {
    let (account, key) = with_alice();
    let all = r#"{"Statement": {"Effect": "Allow", "Action": ["s3:*", "sts:*"], "Resource": "*"}}"#;
    account.inline(Holder::User("alice")).put("all", all).unwrap();
    let alice = caller(&account, &key);
    let ask = |policies| {
        let asked = GetFederationToken { policies, ..federate("bob") };
        account.sessions().get_federation_token(&alice, &asked, at(0)).unwrap()
    };
    let made = ask(SessionPolicies { document: Some(READ_ALL), managed: &[] });
    assert_eq!(made.arn, "arn:aws:sts::000000000000:federated-user/bob");
    assert_eq!(
        (made.id.as_str(), made.credentials.expires_at),
        ("000000000000:bob", at(12 * HOUR))
    );
    let bob = in_session(&account, &made.credentials, at(1)).unwrap();
    assert_eq!((bob.arn(), bob.user_name()), (&*made.arn, None));
    assert!(may_read(&bob) && !may(&bob, "s3:PutObject"));
    let bare = ask(SessionPolicies::default()).credentials;
    assert!(!may_read(&in_session(&account, &bare, at(1)).unwrap()));
    let refused = account.sessions().assume_role(&bob, &assume("arn:none/x"), at(0));
    assert_eq!(refused.unwrap_err().code(), "AccessDenied");
    account.inline(Holder::User("alice")).delete("all").unwrap();
    assert!(!may_read(&in_session(&account, &made.credentials, at(1)).unwrap()));
    let denied =
        account.sessions().get_federation_token(&caller(&account, &key), &federate("bob"), at(0));
    assert_eq!(denied.unwrap_err().code(), "AccessDenied");
}

#[test]
fn federated_user_of_the_root_user_has_its_session_policies_alone() {
    let (account, _) = with_alice();
    let root = account.resolve(ROOT_KEY, None, at(0)).unwrap();
    let policies = SessionPolicies { document: Some(READ_ALL), managed: &[] };
    let asked = GetFederationToken { policies, ..federate("bob") };
    let made = account.sessions().get_federation_token(&root, &asked, at(0)).unwrap();
    assert_eq!(made.credentials.expires_at, at(HOUR));
    let bob = in_session(&account, &made.credentials, at(1)).unwrap();
    assert!(may_read(&bob) && !may(&bob, "s3:PutObject"));
}

#[test]
fn facts_of_a_session_are_told() {
    let (account, key, _) = with_role();
    let trust = TRUST_ALICE.replace("sts:AssumeRole", "sts:*");
    account.roles().update_trust("reader", &trust).unwrap();
    account
        .tags(identity::Actor::Role("reader"))
        .put(&[Tag::new("team", "red"), Tag::new("site", "a")])
        .unwrap();
    let tags = [Tag::new("Team", "blue")];
    let asked = AssumeRole {
        tags: &tags,
        source_identity: Some("alice@home"),
        ..assume("arn:aws:iam::000000000000:role/app/reader")
    };
    let made = account.sessions().assume_role(&caller(&account, &key), &asked, at(0)).unwrap();
    let inside = in_session(&account, &made.credentials, at(1)).unwrap();
    let values = |key: &str| {
        let mut values = Vec::new();
        inside.values(&Key::parse(key).unwrap(), &mut |value| values.push(value.to_owned()));
        values
    };
    assert_eq!(values("aws:TokenIssueTime"), [at(0).to_string()]);
    assert_eq!(values("aws:PrincipalTag/team"), ["blue"]);
    assert_eq!(values("aws:PrincipalTag/site"), ["a"]);
    assert_eq!(values("aws:SourceIdentity"), ["alice@home"]);
    assert_eq!(values("aws:MultiFactorAuthPresent"), ["false"]);
}

#[test]
fn session_serves_no_other_session() {
    let (account, key) = with_alice();
    let alice = caller(&account, &key);
    let ask = || account.sessions().get_session_token(&alice, None, at(0)).unwrap();
    let (one, other) = (ask(), ask());
    assert_ne!(one.secret.expose(), other.secret.expose());
    let token = other.session_token.as_bytes();
    let mixed = account.resolve(&one.access_key_id, Some(token), at(1)).unwrap_err();
    assert_eq!(mixed, ResolveError::TokenInvalid);
    let alone = account.resolve(&one.access_key_id, None, at(1)).unwrap_err();
    assert_eq!(alone, ResolveError::TokenMissing);
}
