//! Users, their keys and groups.

use super::*;

#[test]
fn user_is_made_read_moved_listed_and_deleted() {
    let desk = Desk::new();
    let given = [
        ("UserName", "alice"),
        ("Path", "/a/"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "x y"),
    ];
    let made = desk.told("CreateUser", &given);
    assert_eq!(made.text("Arn"), format!("{ARN}user/a/alice"));
    assert_eq!(made.text("CreateDate"), "2023-11-14T22:13:20Z");
    assert_eq!(made.text("RequestId"), "request-id");
    assert!(made.text("UserId").starts_with("AIDA"));
    assert!(
        made.0.contains("<CreateUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">")
    );
    assert!(made.0.contains("<CreateUserResult><User><Path>/a/</Path>"));
    let read = desk.told("GetUser", &[("UserName", "ALICE")]);
    assert_eq!((read.text("UserName"), read.text("Value")), ("alice".into(), "x y".into()));

    let moved = desk.told("UpdateUser", &[("UserName", "alice"), ("NewPath", "/b/")]);
    assert!(!moved.0.contains("UpdateUserResult"));
    desk.told("CreateUser", &[("UserName", "bob")]);
    assert_eq!(desk.told("ListUsers", &[]).all("UserName"), ["alice", "bob"]);
    let below = desk.told("ListUsers", &[("PathPrefix", "/b/")]);
    assert_eq!(below.all("Arn"), [format!("{ARN}user/b/alice")]);
    // Lists tell no tags.
    assert!(!below.0.contains("Tags"));

    desk.told("DeleteUser", &[("UserName", "alice")]);
    assert_eq!(desk.refused("GetUser", &[("UserName", "alice")]), fault(404, "NoSuchEntity"));
}

#[test]
fn user_is_not_renamed() {
    let desk = Desk::new();
    desk.user("alice");
    let renamed = desk.ask(ROOT, "UpdateUser", &[("UserName", "alice"), ("NewUserName", "bob")]);
    let (status, code, told) = renamed.err().unwrap();
    assert_eq!((status, code), fault(400, "ValidationError"));
    assert!(told.text("Message").contains("cannot be renamed"));
}

#[test]
fn lists_come_in_pages() {
    let desk = Desk::new();
    for name in ["a", "b", "c"] {
        desk.told("CreateUser", &[("UserName", name)]);
    }
    let first = desk.told("ListUsers", &[("MaxItems", "2")]);
    assert_eq!((first.all("UserName"), first.text("IsTruncated")), (vec!["a", "b"], "true".into()));
    let marker = first.text("Marker");
    let last = desk.told("ListUsers", &[("MaxItems", "2"), ("Marker", &marker)]);
    assert_eq!((last.all("UserName"), last.text("IsTruncated")), (vec!["c"], "false".into()));
    assert!(!last.0.contains("<Marker>"));
    for max in ["0", "1001", "-1", "x", "99999999999999999999"] {
        let refused = desk.refused("ListUsers", &[("MaxItems", max)]);
        assert_eq!(refused, fault(400, "ValidationError"), "{max}");
    }
}

#[test]
fn secret_of_a_key_is_told_once() {
    let desk = Desk::new();
    desk.told("CreateUser", &[("UserName", "alice")]);
    let made = desk.told("CreateAccessKey", &[("UserName", "alice")]);
    let (id, secret) = (made.text("AccessKeyId"), made.text("SecretAccessKey"));
    assert_eq!(made.text("Status"), "Active");
    let caller = desk.account.resolve(&id, None, now()).unwrap();
    assert_eq!(caller.secret().expose(), secret);
    let given = [("UserName", "alice"), ("AccessKeyId", id.as_str())];
    let listed = desk.told("ListAccessKeys", &given[..1]);
    assert_eq!(listed.all("AccessKeyId"), [&id]);
    for told in
        [listed, desk.told("GetUser", &given[..1]), desk.told("GetAccessKeyLastUsed", &given[1..])]
    {
        assert!(!told.0.contains(&secret) && !told.0.contains("Secret"));
    }
}

#[test]
fn key_is_made_inactive_and_deleted() {
    let desk = Desk::new();
    let id = desk.user("alice");
    let given = [("UserName", "alice"), ("AccessKeyId", id.as_str()), ("Status", "Inactive")];
    desk.told("UpdateAccessKey", &given);
    assert!(desk.account.resolve(&id, None, now()).is_err());
    assert_eq!(desk.told("ListAccessKeys", &given[..1]).all("Status"), ["Inactive"]);
    let other = [given[0], given[1], ("Status", "Asleep")];
    assert_eq!(desk.refused("UpdateAccessKey", &other), fault(400, "ValidationError"));
    desk.told("DeleteAccessKey", &given[..2]);
    assert_eq!(desk.refused("DeleteAccessKey", &given[..2]), fault(404, "NoSuchEntity"));
    let used = desk.refused("GetAccessKeyLastUsed", &given[1..2]);
    assert_eq!(used, fault(404, "NoSuchEntity"));
}

#[test]
fn last_use_of_a_key_is_told() {
    let desk = Desk::new();
    let id = desk.user("alice");
    let given = [("AccessKeyId", id.as_str())];
    let never = desk.told("GetAccessKeyLastUsed", &given);
    assert_eq!((never.text("UserName"), never.text("ServiceName")), ("alice".into(), "N/A".into()));
    assert!(!never.0.contains("LastUsedDate"));
    let caller = desk.account.resolve(&id, None, now()).unwrap();
    caller.note_use(identity::Service::S3, now());
    let used = desk.told("GetAccessKeyLastUsed", &given);
    assert_eq!(used.text("LastUsedDate"), "2023-11-14T22:13:20Z");
    assert_eq!(used.text("ServiceName"), "s3");
}

#[test]
fn group_has_users() {
    let desk = Desk::new();
    desk.user("alice");
    let group = [("GroupName", "dev"), ("Path", "/g/")];
    assert_eq!(desk.told("CreateGroup", &group).text("Arn"), format!("{ARN}group/g/dev"));
    let both = [("GroupName", "dev"), ("UserName", "alice")];
    desk.told("AddUserToGroup", &both);
    let read = desk.told("GetGroup", &both[..1]);
    assert_eq!((read.text("GroupName"), read.all("UserName")), ("dev".into(), vec!["alice"]));
    assert_eq!(desk.told("ListGroupsForUser", &both[1..]).all("GroupName"), ["dev"]);
    assert_eq!(desk.told("ListGroups", &[]).all("GroupName"), ["dev"]);
    assert_eq!(desk.refused("DeleteGroup", &both[..1]), fault(409, "DeleteConflict"));
    desk.told("RemoveUserFromGroup", &both);
    assert!(desk.told("GetGroup", &both[..1]).all("UserName").is_empty());
    desk.told("DeleteGroup", &both[..1]);
    assert_eq!(desk.refused("GetGroup", &both[..1]), fault(404, "NoSuchEntity"));
}

#[test]
fn tags_of_a_user_are_put_listed_and_removed() {
    let desk = Desk::new();
    desk.user("alice");
    let user = ("UserName", "alice");
    let tags = [
        user,
        ("Tags.member.1.Key", "b"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "a"),
        ("Tags.member.2.Value", ""),
    ];
    desk.told("TagUser", &tags);
    let listed = desk.told("ListUserTags", &[user]);
    assert_eq!((listed.all("Key"), listed.all("Value")), (vec!["a", "b"], vec!["", "1"]));
    desk.told("UntagUser", &[user, ("TagKeys.member.1", "A")]);
    assert_eq!(desk.told("ListUserTags", &[user]).all("Key"), ["b"]);
    let half = [user, ("Tags.member.1.Key", "b")];
    assert_eq!(desk.refused("TagUser", &half), fault(400, "ValidationError"));
}
