//! Managed and inline policies: stored, attached, and in force with the next request.

use identity::{
    AttachedPolicy, Entities, EntityName, Holder, IamError, NewGroup, Paging, PolicyScope,
};

use crate::fixture::{
    DENY_ALL, READ_ALL, TRUST_ACCOUNT, add_policy, add_role, at, caller, empty, let_read, may_read,
    with_alice,
};

#[test]
fn inline_policy_is_in_force_with_the_next_request() {
    let (account, key) = with_alice();
    let inline = account.inline(Holder::User("alice"));
    assert!(!may_read(&caller(&account, &key)));
    inline.put("read", READ_ALL).unwrap();
    assert!(may_read(&caller(&account, &key)));
    assert_eq!(inline.get("read").unwrap(), READ_ALL);
    assert_eq!(inline.list(Paging::default()).unwrap().items, ["read"]);
    inline.put("deny", DENY_ALL).unwrap();
    assert!(!may_read(&caller(&account, &key)));
    inline.delete("deny").unwrap();
    inline.delete("READ").unwrap();
    assert!(!may_read(&caller(&account, &key)));
    let missing = inline.get("read").unwrap_err();
    assert_eq!(missing.to_string(), "The user policy with name read cannot be found.");
}

#[test]
fn attached_policy_is_in_force_through_user_group_and_role() {
    let (account, key) = with_alice();
    let arn = add_policy(&account, "read", READ_ALL);
    let user = account.attached(Holder::User("alice"));
    user.attach(&arn).unwrap();
    user.attach(&arn).unwrap();
    let listed = user.list(Paging::default()).unwrap().items;
    assert_eq!(listed, [AttachedPolicy { name: "read".into(), arn: arn.clone() }]);
    assert!(may_read(&caller(&account, &key)));
    user.detach(&arn).unwrap();
    assert!(!may_read(&caller(&account, &key)));
    assert!(matches!(user.detach(&arn), Err(IamError::NoSuchEntity(_))));

    account.groups().create(NewGroup { name: "staff", path: None }, at(0)).unwrap();
    account.groups().add_user("staff", "alice").unwrap();
    account.attached(Holder::Group("staff")).attach(&arn).unwrap();
    assert!(may_read(&caller(&account, &key)));
    account.groups().remove_user("staff", "alice").unwrap();
    assert!(!may_read(&caller(&account, &key)));

    add_role(&account, "reader", TRUST_ACCOUNT);
    account.attached(Holder::Role("reader")).attach(&arn).unwrap();
    assert_eq!(account.policies().get(&arn).unwrap().attachments, 2);
}

#[test]
fn policies_of_a_group_hold_for_its_members() {
    let (account, key) = with_alice();
    account.groups().create(NewGroup { name: "staff", path: None }, at(0)).unwrap();
    account.groups().add_user("staff", "alice").unwrap();
    let_read(&account, Holder::Group("staff"));
    assert!(may_read(&caller(&account, &key)));
}

#[test]
fn policy_is_deleted_only_when_nobody_has_it() {
    let (account, _) = with_alice();
    let arn = add_policy(&account, "read", READ_ALL);
    account.attached(Holder::User("alice")).attach(&arn).unwrap();
    let error = account.policies().delete(&arn).unwrap_err();
    assert_eq!(error.to_string(), "Cannot delete a policy attached to entities.");
    account.attached(Holder::User("alice")).detach(&arn).unwrap();
    account.policies().delete(&arn).unwrap();
    assert!(matches!(account.policies().get(&arn), Err(IamError::NoSuchEntity(_))));
    let error = account.attached(Holder::User("alice")).attach(&arn).unwrap_err();
    assert_eq!(error.to_string(), format!("Policy {arn} does not exist or is not attachable."));
}

#[test]
fn policies_are_listed_by_how_they_are_used() {
    let (account, _) = with_alice();
    let [read, _, bound] =
        ["read", "idle", "bound"].map(|name| add_policy(&account, name, READ_ALL));
    account.attached(Holder::User("alice")).attach(&read).unwrap();
    account.boundary(identity::Actor::User("alice")).put(&bound).unwrap();
    let names = |scope| -> Vec<String> {
        let listed = account.policies().list(scope, Paging::default()).unwrap();
        listed.items.into_iter().map(|policy| policy.name).collect()
    };
    assert_eq!(names(PolicyScope::All), ["bound", "idle", "read"]);
    assert_eq!(names(PolicyScope::Attached), ["bound", "read"]);
    assert_eq!(names(PolicyScope::Boundaries), ["bound"]);
    let id = account.users().get("alice").unwrap().id;
    let alice = vec![EntityName { name: "alice".into(), id }];
    let expected = Entities { users: alice, ..Entities::default() };
    assert_eq!(account.policies().entities(&read, false).unwrap(), expected);
    assert_eq!(account.policies().entities(&bound, true).unwrap(), expected);
    assert_eq!(account.policies().entities(&bound, false).unwrap(), Entities::default());
}

#[test]
fn policy_has_five_versions_and_one_in_force() {
    let (account, key) = with_alice();
    let arn = add_policy(&account, "read", READ_ALL);
    account.attached(Holder::User("alice")).attach(&arn).unwrap();
    let versions = account.versions(&arn);
    let second = versions.create(DENY_ALL, true, at(1)).unwrap();
    assert_eq!((second.id.as_str(), second.is_default), ("v2", true));
    assert!(!may_read(&caller(&account, &key)));
    versions.set_default("v1", at(2)).unwrap();
    assert!(may_read(&caller(&account, &key)));
    for _ in 0..3 {
        versions.create(DENY_ALL, false, at(3)).unwrap();
    }
    assert!(may_read(&caller(&account, &key)));
    assert!(matches!(versions.create(DENY_ALL, false, at(4)), Err(IamError::LimitExceeded(_))));
    assert!(matches!(versions.delete("v1", at(4)), Err(IamError::DeleteConflict(_))));
    assert!(matches!(account.policies().delete(&arn), Err(IamError::DeleteConflict(_))));
    versions.delete("v2", at(5)).unwrap();
    assert_eq!(versions.create(READ_ALL, false, at(6)).unwrap().id, "v6");
    let listed = versions.list(Paging { max_items: Some(4), ..Paging::default() }).unwrap();
    let ids: Vec<_> = listed.items.iter().map(|version| version.id.as_str()).collect();
    assert_eq!(ids, ["v6", "v5", "v4", "v3"]);
    let rest = versions.list(Paging { marker: listed.marker.as_deref(), ..Paging::default() });
    assert_eq!(rest.unwrap().items[0].id, "v1");
    assert_eq!(versions.get("v3").unwrap().document, DENY_ALL);
    assert!(matches!(versions.get("v2"), Err(IamError::NoSuchEntity(_))));
    assert_eq!(account.policies().get(&arn).unwrap().updated, at(6));
}

#[test]
fn arn_of_another_path_is_another_policy() {
    let account = empty();
    let new = identity::NewPolicy {
        name: "read",
        path: Some("/a/"),
        document: READ_ALL,
        description: Some("reads"),
    };
    let policy = account.policies().create(new, at(0)).unwrap();
    assert_eq!(policy.arn, "arn:aws:iam::000000000000:policy/a/read");
    assert!(account.policies().get("arn:aws:iam::000000000000:policy/read").is_err());
    assert!(account.policies().get("arn:aws:iam::111122223333:policy/a/read").is_err());
    let again = account.policies().create(identity::NewPolicy { path: None, ..new }, at(0));
    assert!(matches!(again, Err(IamError::EntityAlreadyExists(_))));
}

#[test]
fn documents_are_counted_without_white_space() {
    let (account, _) = with_alice();
    let inline = account.inline(Holder::User("alice"));
    let padded = READ_ALL.replace(' ', &" ".repeat(1000));
    inline.put("padded", &padded).unwrap();
    let long = |sid: usize| {
        READ_ALL.replace("\"Effect\"", &format!("\"Sid\": \"{}\", \"Effect\"", "x".repeat(sid)))
    };
    assert!(matches!(inline.put("long", &long(2000)), Err(IamError::LimitExceeded(_))));
    inline.put("long", &long(1800)).unwrap();
    assert_eq!(inline.list(Paging::default()).unwrap().items, ["long", "padded"]);
    add_policy(&account, "managed", &long(6000));
    let new = identity::NewPolicy { name: "longer", document: &long(6100), ..Default::default() };
    assert!(matches!(account.policies().create(new, at(0)), Err(IamError::LimitExceeded(_))));
}

#[test]
fn what_is_no_policy_is_told_with_its_place() {
    let (account, _) = with_alice();
    let document = READ_ALL.replace("Allow", "Maybe");
    let error = account.inline(Holder::User("alice")).put("read", &document).unwrap_err();
    assert_eq!(error.code(), "MalformedPolicyDocument");
    assert_eq!(error.to_string(), "Statement.Effect: Invalid effect: Maybe");
}

#[test]
fn ten_policies_are_attached_at_most() {
    let (account, _) = with_alice();
    for number in 0..11 {
        let arn = add_policy(&account, &format!("policy{number}"), READ_ALL);
        let attached = account.attached(Holder::User("alice")).attach(&arn);
        assert_eq!(attached.is_ok(), number < 10, "{attached:?}");
    }
}

#[test]
fn more_than_a_record_holds_is_refused_and_changes_nothing() {
    let (account, _) = with_alice();
    let inline = account.inline(Holder::User("alice"));
    let padded = READ_ALL.replace(' ', &" ".repeat(9_000));
    let put = (0..10).map(|number| inline.put(&format!("policy{number}"), &padded));
    let refused = put.filter_map(Result::err).next().unwrap();
    assert!(matches!(refused, IamError::LimitExceeded(_)), "{refused:?}");
    let kept = inline.list(Paging::default()).unwrap().items.len();
    assert!((1..10).contains(&kept), "{kept}");
    inline.delete("policy0").unwrap();
}
