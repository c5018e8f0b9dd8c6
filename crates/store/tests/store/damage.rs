//! Damage on the disk ends in `Corrupt`: never in wrong bytes passing as whole, never in "not
//! found".

use std::fs;
use std::path::Path;

use store::{Inspection, Options, Step, Store, StoreError};

use crate::fixture::{Fixture, LARGE, attributes, key, pattern, read_all};
use store::PutOptions;

fn only_file(house: &Fixture) -> std::path::PathBuf {
    let mut files = house.files();
    assert_eq!(files.len(), 1);
    files.remove(0)
}

/// Flips a bit of the first place where `needle` is found.
pub(crate) fn damage(path: &Path, needle: &[u8]) {
    let mut bytes = fs::read(path).unwrap();
    let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn assert_corrupt<T>(result: Result<T, StoreError>) {
    assert!(matches!(result.err(), Some(StoreError::Corrupt { .. })));
}

#[test]
fn a_damaged_file_is_never_read_as_whole() {
    let bytes = pattern(1, 100_000);
    for at in [0, 50_000, 99_999] {
        let house = Fixture::new();
        house.put("k", &bytes);
        damage(&only_file(&house), &bytes[at..(at + 16).min(bytes.len())]);
        let opened = house.open("k").unwrap();
        let (handed_out, result) = read_all(&opened);
        assert!(handed_out < bytes.len());
        assert_corrupt(result);
    }
}

#[test]
fn after_damage_a_reader_has_no_good_end() {
    let house = Fixture::new();
    let bytes = pattern(1, LARGE);
    house.put("k", &bytes);
    damage(&only_file(&house), &bytes[10..30]);
    let mut reader = house.open("k").unwrap().reader(0..u64::MAX).unwrap();
    let mut buffer = vec![0; 2 * LARGE];
    assert_corrupt(reader.read(&mut buffer));
    assert_corrupt(reader.read(&mut buffer));
    assert_corrupt::<Step>(reader.read_ready(&mut buffer));
}

#[test]
fn a_short_or_missing_file_is_damage() {
    let house = Fixture::new();
    house.put("k", &pattern(1, LARGE));
    let file = only_file(&house);
    fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(100).unwrap();
    assert_corrupt(house.get("k"));
    let opened = house.open("k").unwrap();
    let mut last = opened.reader(LARGE as u64 - 1..LARGE as u64).unwrap();
    assert_corrupt(last.read(&mut [0]));
    fs::remove_file(file).unwrap();
    assert_corrupt(house.get("k"));
}

/// What a crash leaves of a store whose last two commits are in the log alone.
fn left_with_a_log() -> (Fixture, tempfile::TempDir) {
    let house = Fixture::with(Options::default());
    house.put("a", &pattern(1, 5000));
    house.put("b", &pattern(2, 5000));
    let dir = house.left_by_a_crash();
    (house, dir)
}

#[test]
fn a_damaged_commit_with_others_behind_it_is_refused() {
    let (_house, dir) = left_with_a_log();
    damage(&dir.path().join("index/log.0"), &pattern(1, 100));
    assert_corrupt(Store::open(dir.path()));
    assert_corrupt(Inspection::open(dir.path()));
}

#[test]
fn a_last_commit_that_is_not_whole_is_none() {
    let (house, dir) = left_with_a_log();
    damage(&dir.path().join("index/log.0"), &pattern(2, 100));
    let store = Store::open(dir.path()).unwrap();
    store.object(&house.bucket, &key("a")).unwrap();
    assert!(matches!(store.object(&house.bucket, &key("b")), Err(StoreError::NoSuchKey)));
}

#[test]
fn a_log_that_is_missing_was_lost() {
    let (_house, dir) = left_with_a_log();
    fs::remove_file(dir.path().join("index/log.0")).unwrap();
    assert_corrupt(Store::open(dir.path()));
    assert_corrupt(Inspection::open(dir.path()));
}

#[test]
fn damaged_inline_content_is_not_handed_out() {
    let house = Fixture::new();
    house.put("k", &pattern(1, 5000));
    let Fixture { dir, store, bucket } = house;
    drop(store);
    damage(&dir.path().join("index/data.mdb"), &pattern(1, 5000));
    let store = Store::open(dir.path()).unwrap();
    assert_corrupt(store.open_object(&bucket, &key("k")));
    store.object(&bucket, &key("k")).unwrap();
}

#[test]
fn a_damaged_record_is_corrupt_and_not_missing() {
    let house = Fixture::new();
    let options = PutOptions { attributes: attributes(31_415_926), ..PutOptions::default() };
    let content = house.content(b"v");
    house.store.put(&house.bucket, key("k"), content, options).wait().unwrap();
    house.put("z", b"v");
    let Fixture { dir, store, bucket } = house;
    drop(store);
    let data = dir.path().join("index/data.mdb");
    while fs::read(&data).unwrap().windows(8).any(|window| window == b"31415926") {
        damage(&data, b"31415926");
    }
    let store = Store::open(dir.path()).unwrap();
    assert_corrupt(store.object(&bucket, &key("k")));
    assert_corrupt(store.list(&bucket, &store::ListQuery { limit: 9, ..Default::default() }));
    assert_corrupt(store.delete(&bucket, &key("k"), store::DeleteOptions::default()).wait());
    // The others go on.
    store.object(&bucket, &key("z")).unwrap();
    store.delete(&bucket, &key("z"), store::DeleteOptions::default()).wait().unwrap();
}
