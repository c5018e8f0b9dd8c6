//! Roles: made, listed, changed, deleted.

use identity::{Holder, IamError, NewRole, Paging, RoleUpdate};

use crate::fixture::{TRUST_ACCOUNT, TRUST_ALICE, add_role, at, empty, let_read};

#[test]
fn role_is_made_as_iam_makes_one() {
    let account = empty();
    let new = NewRole {
        name: "Reader",
        path: Some("/app/"),
        trust: TRUST_ACCOUNT,
        description: Some("reads"),
        session_seconds_max: Some(43_200),
        ..NewRole::default()
    };
    let role = account.roles().create(new, at(3)).unwrap();
    assert_eq!(role.arn, "arn:aws:iam::000000000000:role/app/Reader");
    assert!(role.id.starts_with("AROA") && role.id.len() == 21);
    assert_eq!((role.trust.as_str(), role.session_seconds_max), (TRUST_ACCOUNT, 43_200));
    assert_eq!(account.roles().get("reader").unwrap(), role);
    assert_eq!(account.roles().list(Paging::default()).unwrap().items, [role]);
}

#[test]
fn sessions_of_a_role_live_one_to_twelve_hours() {
    let account = empty();
    for (seconds, is_fine) in [(3_599, false), (3_600, true), (43_200, true), (43_201, false)] {
        let name = format!("role{seconds}");
        let session_seconds_max = Some(seconds);
        let new = NewRole {
            name: &name,
            trust: TRUST_ACCOUNT,
            session_seconds_max,
            ..NewRole::default()
        };
        let made = account.roles().create(new, at(0));
        assert_eq!(made.is_ok(), is_fine, "{made:?}");
    }
}

#[test]
fn role_is_updated_in_what_is_named() {
    let account = empty();
    add_role(&account, "reader", TRUST_ACCOUNT);
    let update = |update| account.roles().update("reader", update);
    update(RoleUpdate { description: Some("reads"), session_seconds_max: None }).unwrap();
    update(RoleUpdate { description: None, session_seconds_max: Some(7_200) }).unwrap();
    account.roles().update_trust("reader", TRUST_ALICE).unwrap();
    let role = account.roles().get("reader").unwrap();
    assert_eq!(role.description.as_deref(), Some("reads"));
    assert_eq!((role.session_seconds_max, role.trust.as_str()), (7_200, TRUST_ALICE));
    let error = account.roles().update_trust("reader", "{}").unwrap_err();
    assert_eq!(error.code(), "MalformedPolicyDocument");
}

#[test]
fn role_with_policies_is_not_deleted() {
    let account = empty();
    add_role(&account, "reader", TRUST_ACCOUNT);
    let_read(&account, Holder::Role("reader"));
    assert!(matches!(account.roles().delete("reader"), Err(IamError::DeleteConflict(_))));
    account.inline(Holder::Role("reader")).delete("read").unwrap();
    account.roles().delete("reader").unwrap();
    assert!(matches!(account.roles().get("reader"), Err(IamError::NoSuchEntity(_))));
}
