//! Users and groups: made, listed, changed, deleted.

use identity::{Actor, IamError, NewGroup, NewUser, Paging, Tag, UserUpdate};

use crate::fixture::{add_user, at, empty, with_alice};

#[test]
fn user_is_made_as_iam_makes_one() {
    let account = empty();
    let tags = [Tag::new("team", "red")];
    let new = NewUser { name: "Alice", path: Some("/staff/"), boundary: None, tags: &tags };
    let user = account.users().create(new, at(5)).unwrap();
    assert_eq!(user.arn, "arn:aws:iam::000000000000:user/staff/Alice");
    assert!(user.id.starts_with("AIDA") && user.id.len() == 21, "{}", user.id);
    assert_eq!((user.created, &user.tags[..]), (at(5), &tags[..]));
    assert_eq!(account.users().get("alice").unwrap(), user);
}

#[test]
fn names_differ_in_more_than_their_case() {
    let (account, _) = with_alice();
    let error = account.users().create(NewUser { name: "ALICE", ..NewUser::default() }, at(0));
    assert!(matches!(error, Err(IamError::EntityAlreadyExists(_))), "{error:?}");
}

#[test]
fn new_user_of_an_old_name_is_another() {
    let account = empty();
    let new = NewUser { name: "alice", ..NewUser::default() };
    let first = account.users().create(new, at(0)).unwrap();
    account.users().delete("alice").unwrap();
    let second = account.users().create(new, at(0)).unwrap();
    assert_ne!(first.id, second.id);
}

#[test]
fn path_of_a_user_can_be_changed() {
    let (account, key) = with_alice();
    account.users().update("alice", UserUpdate { path: Some("/new/") }).unwrap();
    let caller = account.resolve(&key.key.id, None, at(0)).unwrap();
    assert_eq!(caller.arn(), "arn:aws:iam::000000000000:user/new/alice");
}

#[test]
fn users_are_listed_in_pages_by_path() {
    let account = empty();
    for (name, path) in [("carol", "/a/"), ("Bob", "/a/b/"), ("alice", "/c/")] {
        account
            .users()
            .create(NewUser { name, path: Some(path), ..NewUser::default() }, at(0))
            .unwrap();
    }
    let paging = Paging { max_items: Some(2), ..Paging::default() };
    let first = account.users().list(paging).unwrap();
    let names = |users: &[identity::User]| -> Vec<String> {
        users.iter().map(|user| user.name.clone()).collect()
    };
    assert_eq!(names(&first.items), ["alice", "Bob"]);
    let paging = Paging { marker: first.marker.as_deref(), ..paging };
    let second = account.users().list(paging).unwrap();
    assert_eq!((names(&second.items), second.marker), (vec!["carol".to_owned()], None));
    let of_path = Paging { path_prefix: Some("/a/"), ..Paging::default() };
    assert_eq!(names(&account.users().list(of_path).unwrap().items), ["Bob", "carol"]);
}

#[test]
fn user_with_anything_left_is_not_deleted() {
    let (account, key) = with_alice();
    let refused = || {
        let error = account.users().delete("alice").unwrap_err();
        assert!(matches!(error, IamError::DeleteConflict(_)), "{error:?}");
        error.to_string()
    };
    assert_eq!(refused(), "Cannot delete entity, must delete access keys first.");
    account.access_keys("alice").delete(&key.key.id).unwrap();
    account.groups().create(NewGroup { name: "staff", path: None }, at(0)).unwrap();
    account.groups().add_user("staff", "alice").unwrap();
    assert_eq!(refused(), "Cannot delete entity, must remove users from group first.");
    account.groups().remove_user("staff", "alice").unwrap();
    let inline = account.inline(identity::Holder::User("alice"));
    inline.put("read", crate::fixture::READ_ALL).unwrap();
    assert_eq!(refused(), "Cannot delete entity, must delete policies first.");
    inline.delete("read").unwrap();
    account.users().delete("alice").unwrap();
    assert!(matches!(account.users().get("alice"), Err(IamError::NoSuchEntity(_))));
}

#[test]
fn members_of_a_group_are_listed_on_both_sides() {
    let (account, _) = with_alice();
    add_user(&account, "bob");
    account.groups().create(NewGroup { name: "staff", path: None }, at(0)).unwrap();
    for user in ["bob", "alice", "alice"] {
        account.groups().add_user("Staff", user).unwrap();
    }
    let (group, users) = account.groups().get("staff", Paging::default()).unwrap();
    assert_eq!(group.arn, "arn:aws:iam::000000000000:group/staff");
    assert_eq!(users.items.iter().map(|user| &user.name).collect::<Vec<_>>(), ["alice", "bob"]);
    let of_alice = account.users().groups("alice", Paging::default()).unwrap();
    assert_eq!(of_alice, account.groups().list(Paging::default()).unwrap());
    assert_eq!(of_alice.items, [group]);
    let error = account.groups().delete("staff").unwrap_err();
    assert!(matches!(error, IamError::DeleteConflict(_)));
    for user in ["bob", "alice"] {
        account.groups().remove_user("staff", user).unwrap();
    }
    account.groups().delete("staff").unwrap();
    assert!(matches!(account.groups().add_user("staff", "bob"), Err(IamError::NoSuchEntity(_))));
}

#[test]
fn user_is_in_ten_groups_at_most() {
    let (account, _) = with_alice();
    for number in 0..11 {
        let name = format!("group{number}");
        account.groups().create(NewGroup { name: &name, path: None }, at(0)).unwrap();
        let added = account.groups().add_user(&name, "alice");
        assert_eq!(added.is_ok(), number < 10, "{added:?}");
    }
}

#[test]
fn tags_are_put_listed_and_removed() {
    let (account, _) = with_alice();
    let tags = account.tags(Actor::User("alice"));
    tags.put(&[Tag::new("Team", "red"), Tag::new("site", "a")]).unwrap();
    tags.put(&[Tag::new("team", "blue")]).unwrap();
    let all = tags.list(Paging::default()).unwrap().items;
    assert_eq!(all, [Tag::new("site", "a"), Tag::new("team", "blue")]);
    tags.remove(&["SITE", "absent"]).unwrap();
    assert_eq!(account.users().get("alice").unwrap().tags, [Tag::new("team", "blue")]);
}

#[test]
fn groups_of_the_account_have_a_quota() {
    let account = empty();
    for number in 0..=identity::limits::GROUPS_MAX {
        let name = format!("group{number}");
        let made = account.groups().create(NewGroup { name: &name, path: None }, at(0));
        assert_eq!(made.is_ok(), number < identity::limits::GROUPS_MAX, "{made:?}");
    }
}
