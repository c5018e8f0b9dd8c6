//! Versions and tags: what stays, what goes, and what both cost. The model tries all else.

use std::fs;

use s3::Tags;
use store::{
    DeleteOptions, Deleted, Deletion, ListQuery, Options, Precondition, Store, StoreError,
    TagOptions, VersionEntry, VersionId, VersionQuery, Versioning,
};

use crate::damage::damage;
use crate::fixture::{Fixture, LARGE, key, pattern, read_all};

fn house() -> Fixture {
    let house = Fixture::new();
    enable(&house);
    house
}

fn enable(house: &Fixture) {
    house.store.set_versioning(&house.bucket, Versioning::Enabled).wait().unwrap();
}

fn put(house: &Fixture, name: &str, bytes: &[u8]) -> VersionId {
    house.put(name, bytes).version.unwrap()
}

fn delete(house: &Fixture, name: &str, version: Option<VersionId>) -> Result<Deleted, StoreError> {
    let options = DeleteOptions { version, ..DeleteOptions::default() };
    house.store.delete(&house.bucket, &key(name), options).wait()
}

fn all(house: &Fixture) -> Vec<VersionEntry> {
    let query = VersionQuery { limit: 1000, ..VersionQuery::default() };
    house.store.versions(&house.bucket, &query).unwrap().entries
}

#[test]
fn only_what_is_deleted_gives_its_space_back() {
    let house = house();
    let ids: Vec<_> = (0..3).map(|seed| put(&house, "k", &pattern(seed, LARGE))).collect();
    delete(&house, "k", None).unwrap();
    delete(&house, "k", Some(ids[1])).unwrap();
    assert_eq!(house.files().len(), 2);
    let house = house.reopen();
    for (seed, id) in [(0, ids[0]), (2, ids[2])] {
        let opened = house.store.open_version(&house.bucket, &key("k"), Some(id)).unwrap();
        assert_eq!(read_all(&opened).1.unwrap(), pattern(seed, LARGE));
    }
    for entry in all(&house) {
        delete(&house, "k", entry.marker().1).unwrap();
    }
    assert_eq!(house.files().len(), 0);
}

#[test]
fn a_version_that_is_read_is_read_to_its_end_though_deleted() {
    let house = house();
    let id = put(&house, "k", &pattern(1, LARGE));
    let opened = house.store.open_version(&house.bucket, &key("k"), Some(id)).unwrap();
    put(&house, "k", b"new");
    delete(&house, "k", Some(id)).unwrap();
    assert_eq!(read_all(&opened).1.unwrap(), pattern(1, LARGE));
}

#[test]
fn versions_are_in_the_order_of_their_writes_whatever_the_clock_says() {
    let house = house();
    let ids: Vec<_> = (0..5_u8).map(|byte| put(&house, "k", &[byte])).collect();
    let listed: Vec<_> = all(&house).iter().filter_map(|entry| entry.marker().1).collect();
    assert!(listed.iter().eq(ids.iter().rev()));
    let house = house.reopen();
    let after = put(&house, "k", b"after");
    assert!(!ids.contains(&after));
    assert_eq!(all(&house)[0].marker().1, Some(after));
}

#[test]
fn an_id_of_another_key_or_with_other_random_bits_finds_nothing() {
    let house = house();
    let id = put(&house, "k", b"v");
    put(&house, "other", b"v");
    let find = |name: &str, id| house.store.object_version(&house.bucket, &key(name), Some(id));
    assert!(find("k", id).is_ok());
    assert!(matches!(find("other", id), Err(StoreError::NoSuchVersion)));
    put(&house, "k", b"new");
    let text = id.to_string();
    let last = if text.ends_with('0') { "1" } else { "0" };
    let forged = VersionId::parse(&[text.get(..31).unwrap(), last].concat()).unwrap();
    assert!(matches!(find("k", forged), Err(StoreError::NoSuchVersion)));
    assert!(!delete(&house, "k", Some(forged)).unwrap().existed);
    assert_eq!(all(&house).len(), 3);
}

#[test]
fn a_full_store_takes_no_marker_and_is_emptied_by_versions() {
    let house = Fixture::with(Options { index_bytes_max: 8 << 20, ..Options::default() });
    enable(&house);
    let bytes = pattern(1, 8000);
    while house.try_put("k", &bytes).is_ok() {}
    assert!(matches!(delete(&house, "k", None), Err(StoreError::Full)));
    let tags = Tags::known(vec![("a".into(), "b".into())]);
    let tagged = |tags| {
        let options = TagOptions { tags, ..TagOptions::default() };
        house.store.set_tags(&house.bucket, &key("k"), options).wait()
    };
    assert!(matches!(tagged(tags.clone()), Err(StoreError::Full)));
    let ids: Vec<_> = all(&house).iter().filter_map(|entry| entry.marker().1).collect();
    assert!(ids.len() > 400, "{}", ids.len());
    for some in ids.chunks(8) {
        let deletions = some.iter().map(|id| Deletion {
            key: key("k"),
            version: Some(*id),
            precondition: Precondition::None,
        });
        let deletions = deletions.collect();
        let deleted = house.store.delete_many(&house.bucket, deletions, 0).wait().unwrap();
        assert!(deleted.into_iter().all(|deleted| deleted.is_ok_and(|deleted| deleted.existed)));
    }
    house.put("k", &bytes);
    assert!(tagged(tags).is_ok());
}

#[test]
fn each_of_many_deletions_is_answered_alone() {
    let house = Fixture::new();
    house.put("a", b"v");
    house.put("b", b"v");
    let of = |name, precondition| Deletion { key: key(name), version: None, precondition };
    let other = Precondition::IfMatch("ab".repeat(16));
    let deletions = vec![
        of("a", Precondition::None),
        of("b", other),
        of("a", Precondition::IfMatch("*".into())),
        of("absent", Precondition::None),
    ];
    let answers = house.store.delete_many(&house.bucket, deletions, 0).wait().unwrap();
    assert!(matches!(answers[0], Ok(Deleted { existed: true, marker: None })));
    assert!(matches!(answers[1], Err(StoreError::PreconditionFailed)));
    assert!(matches!(answers[2], Err(StoreError::NoSuchKey)));
    assert!(matches!(answers[3], Ok(Deleted { existed: false, marker: None })));
    assert!(house.open("a").is_err() && house.open("b").is_ok());
    let nowhere = s3::BucketName::parse("nowhere").unwrap();
    let none = house.store.delete_many(&nowhere, vec![], 0).wait();
    assert!(matches!(none, Err(StoreError::NoSuchBucket)));
}

#[test]
fn a_bucket_of_delete_markers_is_listed_without_looking_at_them() {
    // Bytes that are nowhere else; what is damaged is noticed by who looks at it.
    const TIME: u64 = 0x0031_4159_2653_5897;
    let house = house();
    for number in 0..200 {
        let options = DeleteOptions { modified_ms: TIME, ..DeleteOptions::default() };
        let gone = key(&format!("gone/{number}"));
        house.store.delete(&house.bucket, &gone, options).wait().unwrap();
    }
    put(&house, "there", b"v");
    let Fixture { dir, store, bucket } = house;
    drop(store);
    let data = dir.path().join("index/data.mdb");
    let is_time = |window: &[u8]| window == TIME.to_be_bytes();
    while fs::read(&data).unwrap().windows(8).any(is_time) {
        damage(&data, &TIME.to_be_bytes());
    }
    let store = Store::open(dir.path()).unwrap();
    for delimiter in [None, Some("/".to_owned())] {
        let query = ListQuery { limit: 1000, delimiter, ..ListQuery::default() };
        assert_eq!(store.list(&bucket, &query).unwrap().entries.len(), 1);
    }
    let query = VersionQuery { limit: 1000, ..VersionQuery::default() };
    assert!(matches!(store.versions(&bucket, &query), Err(StoreError::Corrupt { .. })));
    let gone = store.object(&bucket, &key("gone/1"));
    assert!(matches!(gone, Err(StoreError::Corrupt { .. })), "damaged is not absent");
}
