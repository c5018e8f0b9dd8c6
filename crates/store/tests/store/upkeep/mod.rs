//! What is not needed any more leaves the disk; what is there can be looked at and copied.

mod backup;
mod look;

use std::fs;

use store::StoreError;

use crate::fixture::{Fixture, LARGE, files, pattern};

#[test]
fn replaced_and_deleted_contents_leave() {
    let house = Fixture::new();
    for seed in 0..5 {
        house.put("k", &pattern(seed, LARGE));
    }
    house.put("gone", &pattern(9, LARGE));
    house.put("small", b"v");
    house.delete("gone");
    assert_eq!(house.files().len(), 1);
    let house = house.reopen();
    assert_eq!(house.get("k").unwrap(), pattern(4, LARGE));
    assert_eq!(house.files().len(), 1);
}

#[test]
fn content_that_is_dropped_leaves() {
    let house = Fixture::new();
    drop(house.content(&pattern(1, LARGE)));
    let mut writer = house.store.writer();
    writer.write(&pattern(1, LARGE)).unwrap();
    assert_eq!(files(house.dir.path()).len(), 1);
    drop(writer);
    assert_eq!(files(house.dir.path()).len(), 0);
}

#[test]
fn what_was_in_flight_leaves_at_the_next_start_and_nothing_else() {
    let house = Fixture::new();
    house.put("k", &pattern(1, LARGE));
    let file = house.files().remove(0);
    let staging = house.dir.path().join("staging");
    // As a crash between commit and move leaves it, and one before the commit.
    fs::rename(&file, staging.join(file.file_name().unwrap())).unwrap();
    assert_eq!(house.get("k").unwrap(), pattern(1, LARGE));
    fs::write(staging.join("0123456789abcdef0123456789abcdef"), b"half").unwrap();
    let house = house.reopen();
    assert_eq!(house.files(), [file]);
    assert_eq!(house.get("k").unwrap(), pattern(1, LARGE));
}

#[test]
fn a_reader_keeps_its_content_until_it_ends() {
    let house = Fixture::new();
    house.put("k", &pattern(1, LARGE));
    let opened = house.open("k").unwrap();
    house.delete("k");
    assert!(matches!(house.get("k"), Err(StoreError::NoSuchKey)));
    assert_eq!(house.files().len(), 1);
    let mut reader = opened.reader(0..u64::MAX).unwrap();
    drop(opened);
    let mut bytes = vec![0; LARGE];
    assert_eq!(reader.read(&mut bytes).unwrap(), LARGE);
    assert_eq!(bytes, pattern(1, LARGE));
    drop(reader);
    // The sweeper was gone by then: the next start does its work.
    let house = house.reopen();
    assert_eq!(house.files().len(), 0);
}
