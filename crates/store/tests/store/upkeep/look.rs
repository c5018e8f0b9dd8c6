//! A check finds nothing in a store that is well, whatever goes on in it, and everything that is
//! not as it should be; a scrub names the objects that are damaged.

use std::fs;
use std::thread;

use s3::PartNumber;
use store::{
    Checked, CompleteOptions, CompletedPart, Fault, PartOptions, Scrubbed, UploadName,
    UploadOptions,
};

use crate::fixture::{Done, Findings, Fixture, LARGE, copy, key, look_through, pattern};

/// A store with something of each kind.
fn furnished() -> Fixture {
    let house = Fixture::new();
    house.put("empty", b"");
    house.put("small", &pattern(1, 100));
    house.put("large", &pattern(2, LARGE));
    copy(&house, "small", "small copy");
    copy(&house, "large", "large copy");
    let upload = |name: &str| {
        let options = UploadOptions::default();
        let id = house.store.create_upload(&house.bucket, key(name), options).wait().unwrap();
        UploadName { bucket: house.bucket.clone(), key: key(name), id }
    };
    let put_part = |name: &UploadName, seed| {
        let (number, content) = (PartNumber::new(1).unwrap(), house.content(&pattern(seed, LARGE)));
        house.store.put_part(name, number, content, PartOptions::default()).wait().unwrap()
    };
    let name = upload("parts");
    let part = put_part(&name, 3);
    let part = CompletedPart { number: part.number, etag: part.etag.to_string(), checksum: None };
    house.store.complete_upload(&name, vec![part], CompleteOptions::default()).wait().unwrap();
    put_part(&upload("under way"), 4);
    house
}

fn check(house: &Fixture) -> (Checked, Vec<(Fault, String)>) {
    let mut findings = Findings::default();
    let checked = house.store.inspection().check(&mut findings).unwrap();
    (checked, findings.0.into_iter().map(|found| (found.fault, found.says)).collect())
}

fn scrub(house: &Fixture) -> (Scrubbed, Vec<String>) {
    let mut findings = Findings::default();
    let scrubbed = house.store.inspection().scrub(&mut findings).unwrap();
    (scrubbed, findings.0.iter().map(ToString::to_string).collect())
}

/// The file of the content with this seed.
fn file(house: &Fixture, seed: u64) -> std::path::PathBuf {
    let bytes = pattern(seed, LARGE);
    house.files().into_iter().find(|path| fs::read(path).unwrap() == bytes).unwrap()
}

#[test]
fn what_is_well_is_counted_and_nothing_is_found() {
    let house = furnished();
    house.store.close();
    let (checked, findings) = check(&house);
    assert_eq!(findings, []);
    assert_eq!((checked.files, checked.staged, checked.garbage), (3, 0, 0));
    let (scrubbed, findings) = scrub(&house);
    assert_eq!(findings, [""; 0]);
    let file_bytes = 3 * LARGE as u64;
    assert_eq!(scrubbed, Scrubbed { files: 3, file_bytes, references: 7 });
    let stat = house.store.inspection().stat().unwrap();
    assert_eq!((stat.buckets, stat.objects, stat.uploads, stat.parts), (1, 6, 1, 1));
    assert_eq!((stat.inline, stat.files, stat.file_bytes), (1, 3, file_bytes));
    assert_eq!((stat.object_bytes, stat.part_bytes), (3 * LARGE as u64 + 200, LARGE as u64));
    assert!(stat.index_bytes >= stat.index_bytes_used && stat.index_bytes_used > 0);
}

#[test]
fn a_check_beside_writers_finds_nothing() {
    let house = Fixture::new();
    let done = Done::default();
    thread::scope(|scope| {
        let done_at_the_end = done.guard();
        for writer in 0..3 {
            let (house, done) = (&house, &done);
            scope.spawn(move || {
                for turn in (0..).take_while(|_| !done.is_set()) {
                    let name = format!("{writer}/{}", turn % 5);
                    house.put(&name, &pattern(turn, if turn % 2 == 0 { LARGE } else { 50 }));
                    if turn % 3 == 0 {
                        house.delete(&name);
                    }
                }
            });
        }
        for _ in 0..40 {
            assert_eq!(look_through(&house.store.inspection()), [""; 0]);
        }
        drop(done_at_the_end);
    });
}

#[test]
fn a_missing_file_is_found_and_each_object_of_it_is_named() {
    let house = furnished();
    fs::remove_file(file(&house, 2)).unwrap();
    let (_, findings) = check(&house);
    assert!(matches!(&findings[..], [(Fault::Missing, says)] if says.ends_with("is missing")));
    let (_, findings) = scrub(&house);
    assert_eq!(findings.len(), 2);
    assert!(findings[0].starts_with("s3://bucket/large: the file "), "{findings:?}");
    assert!(findings[1].starts_with("s3://bucket/large copy: the file "), "{findings:?}");
}

#[test]
fn a_file_that_is_too_short_is_found() {
    let house = furnished();
    let file = file(&house, 3);
    fs::OpenOptions::new().write(true).open(file).unwrap().set_len(7).unwrap();
    let (_, findings) = check(&house);
    let expected = format!("has 7 bytes of {LARGE}");
    assert!(matches!(&findings[..], [(Fault::Damaged, says)] if says.ends_with(&expected)));
    let (_, findings) = scrub(&house);
    assert!(findings[0].starts_with("s3://bucket/parts: part 1: the file "), "{findings:?}");
}

#[test]
fn a_damaged_byte_is_found_by_a_scrub_alone() {
    let house = furnished();
    let file = file(&house, 4);
    let mut bytes = fs::read(&file).unwrap();
    bytes[5000] ^= 1;
    fs::write(file, bytes).unwrap();
    assert_eq!(check(&house).1, []);
    let (_, findings) = scrub(&house);
    assert_eq!(findings.len(), 1);
    assert!(findings[0].contains("of the upload") && findings[0].ends_with("are damaged"));
}

#[test]
fn what_nothing_refers_to_is_found() {
    let house = furnished();
    let folder = house.dir.path().join("blobs/ab");
    fs::write(folder.join("ab".repeat(16)), "leftover").unwrap();
    fs::write(folder.join("notes.txt"), "").unwrap();
    let (_, findings) = check(&house);
    let says: Vec<_> = findings.iter().map(|(_, says)| says.as_str()).collect();
    assert!(findings.iter().all(|(fault, _)| *fault == Fault::Unneeded));
    assert!(says[0].contains("`notes.txt`") && says[1].contains(&"ab".repeat(16)), "{says:?}");
}

#[test]
fn a_look_can_be_told_to_stop() {
    struct Impatient;
    impl store::Observer for Impatient {
        fn found(&mut self, _: store::Finding) {}
        fn advanced(&mut self, _: u64, _: u64) -> bool {
            false
        }
    }
    let house = furnished();
    let inspection = house.store.inspection();
    let stopped = inspection.check(&mut Impatient);
    assert!(matches!(stopped, Err(store::StoreError::Closed)));
    assert!(matches!(inspection.scrub(&mut Impatient), Err(store::StoreError::Closed)));
}
