//! The folder: whose it is, and buckets in it.

use std::fs;

use s3::BucketName;
use store::{Store, StoreError, UploadOptions};

use crate::fixture::{Fixture, LARGE, key};

#[test]
fn a_folder_of_other_files_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.tex"), "").unwrap();
    let refused = Store::open(dir.path());
    assert!(matches!(refused, Err(StoreError::Foreign(_))));
    assert_eq!(dir.path().read_dir().unwrap().count(), 1);
}

#[test]
fn a_folder_with_credentials_becomes_a_store() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("root-credentials"), "").unwrap();
    Store::open(dir.path()).unwrap();
}

#[test]
fn an_earlier_later_or_unknown_format_is_refused() {
    let house = Fixture::new();
    house.store.close();
    let Fixture { dir, store, .. } = house;
    drop(store);
    let marker = dir.path().join("hallpass-store");
    assert_eq!(fs::read_to_string(&marker).unwrap(), "hallpass store 3\n");
    for earlier in [1, 2] {
        fs::write(&marker, format!("hallpass store {earlier}\n")).unwrap();
        assert!(matches!(Store::open(dir.path()), Err(StoreError::Older(_))));
    }
    fs::write(&marker, "hallpass store 4\n").unwrap();
    assert!(matches!(Store::open(dir.path()), Err(StoreError::Newer(_))));
    fs::write(&marker, "something else\n").unwrap();
    assert!(matches!(Store::open(dir.path()), Err(StoreError::Foreign(_))));
}

#[test]
fn a_creation_that_was_cut_short_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("lock"), "").unwrap();
    fs::write(dir.path().join("hallpass-store.new"), "hall").unwrap();
    Store::open(dir.path()).unwrap();
    fs::remove_dir(dir.path().join("blobs/7f")).unwrap();
    Store::open(dir.path()).unwrap();
    assert!(dir.path().join("blobs/7f").exists());
}

#[test]
fn a_second_opener_is_refused_until_the_first_is_gone() {
    let house = Fixture::new();
    let second = Store::open(house.dir.path());
    assert!(matches!(second, Err(StoreError::Locked(_))));
    house.reopen();
}

#[test]
fn only_the_owner_may_look_inside() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = Fixture::new();
    house.put("k", &[0; LARGE]);
    for path in house.files() {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o077, 0);
        assert_eq!(path.parent().unwrap().metadata().unwrap().permissions().mode() & 0o077, 0);
    }
}

#[test]
fn buckets_are_created_once_listed_in_order_and_deleted_when_empty() {
    let house = Fixture::new();
    let store = &house.store;
    let name = |name: &str| BucketName::parse(name).unwrap();
    for (created_ms, bucket) in (5..).zip(["zoo", "abc", "abd"]) {
        store.create_bucket(&name(bucket), created_ms).wait().unwrap();
    }
    assert!(matches!(store.create_bucket(&name("zoo"), 9).wait(), Err(StoreError::BucketExists)));
    let page = |prefix, after, limit| {
        let page = store.buckets(prefix, after, limit).unwrap();
        let names = page.items.iter().map(|bucket| bucket.name.to_string());
        (names.collect::<Vec<_>>().join(" "), page.more)
    };
    assert_eq!(page("", None, 10), ("abc abd bucket zoo".into(), false));
    assert_eq!(page("", None, 1), ("abc".into(), true));
    assert_eq!(page("ab", Some("abc"), 1), ("abd".into(), false));
    assert_eq!(page("b", Some("a"), 1), ("bucket".into(), false));
    assert_eq!(page("", None, 0), (String::new(), false));
    assert_eq!(store.bucket(&name("zoo")).unwrap().created_ms, 5);

    house.put("k", b"v");
    let delete = || store.delete_bucket(&house.bucket).wait();
    assert!(matches!(delete(), Err(StoreError::BucketNotEmpty { .. })));
    house.delete("k");
    delete().unwrap();
    assert!(matches!(delete(), Err(StoreError::NoSuchBucket)));
    assert!(matches!(house.get("k"), Err(StoreError::NoSuchBucket)));
    assert!(matches!(house.try_put("k", b"v"), Err(StoreError::NoSuchBucket)));
}

#[test]
fn a_bucket_takes_its_uploads_along() {
    let house = Fixture::new();
    let begin = || house.store.create_upload(&house.bucket, key("k"), UploadOptions::default());
    begin().wait().unwrap();
    house.store.delete_bucket(&house.bucket).wait().unwrap();
    house.store.create_bucket(&house.bucket, 2).wait().unwrap();
    assert_eq!(house.store.uploads(&house.bucket, "", None, 9).unwrap().items, []);
}
