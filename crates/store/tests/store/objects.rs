//! Objects: what was put is got, under every condition.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use s3::{Checksum, ChecksumAlgorithm};
use store::{CopySource, DeleteOptions, Precondition, PutOptions, Step, StoreError};

use crate::fixture::{Fixture, LARGE, attributes, key, pattern, read_all};

#[test]
fn content_of_any_size_survives_a_restart() {
    let mut house = Fixture::new();
    let sizes = [0, 1, LARGE - 1, LARGE, 1 << 20];
    for (seed, size) in (1..).zip(sizes) {
        house.put(&size.to_string(), &pattern(seed, size));
    }
    for _ in 0..2 {
        for (seed, size) in (1..).zip(sizes) {
            assert_eq!(house.get(&size.to_string()).unwrap(), pattern(seed, size));
        }
        house = house.reopen();
    }
}

#[test]
fn an_object_tells_what_it_was_put_with() {
    let house = Fixture::new();
    let checksum = Checksum::parse(ChecksumAlgorithm::Crc32, "AAAAAA==");
    let options = PutOptions {
        attributes: attributes(5),
        checksum: checksum.clone(),
        modified_ms: 99,
        ..PutOptions::default()
    };
    let put = house.store.put(&house.bucket, key("k"), house.content(b"hello"), options);
    let put = put.wait().unwrap();
    let got = house.store.object(&house.bucket, &key("k")).unwrap();
    assert_eq!(got, put);
    assert_eq!(got.summary.etag.to_string(), "5d41402abc4b2a76b9719d911017c592");
    assert_eq!((got.summary.size, got.summary.modified_ms), (5, 99));
    assert_eq!(Some(got.summary.checksum), checksum);
    assert_eq!(got.attributes.get("number"), Some(b"5".as_slice()));
}

#[test]
fn without_a_checksum_an_object_has_its_crc64nvme() {
    let object = Fixture::new().put("k", b"123456789");
    assert_eq!(object.summary.checksum.text(), "rosUhgp5mIg=");
}

#[test]
fn conditions_hold_or_refuse() {
    let house = Fixture::new();
    let any = || Precondition::IfMatch("*".into());
    assert!(matches!(house.put_if("k", any()), Err(StoreError::NoSuchKey)));
    let object = house.put_if("k", Precondition::IfNoneMatchAny).unwrap();
    let again = house.put_if("k", Precondition::IfNoneMatchAny);
    assert!(matches!(again, Err(StoreError::PreconditionFailed)));
    let other = Precondition::IfMatch("\"00000000000000000000000000000000\"".into());
    assert!(matches!(house.put_if("k", other.clone()), Err(StoreError::PreconditionFailed)));
    house.put_if("k", any()).unwrap();
    house.put_if("k", Precondition::IfMatch(object.summary.etag.quoted())).unwrap();

    let delete = |name, precondition| {
        let options = DeleteOptions { precondition, ..DeleteOptions::default() };
        house.store.delete(&house.bucket, &key(name), options).wait()
    };
    assert!(matches!(delete("k", other), Err(StoreError::PreconditionFailed)));
    assert!(matches!(delete("none", any()), Err(StoreError::NoSuchKey)));
    assert!(delete("k", any()).unwrap().existed);
    assert!(!delete("k", Precondition::None).unwrap().existed);
    assert!(matches!(house.get("k"), Err(StoreError::NoSuchKey)));
}

#[test]
fn of_many_who_create_one_key_exactly_one_wins() {
    let house = Fixture::new();
    let won = thread::scope(|scope| {
        let put = || house.put_if("k", Precondition::IfNoneMatchAny).is_ok();
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(put)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).filter(|won| *won).count()
    });
    assert_eq!(won, 1);
}

#[test]
fn a_refused_put_leaves_no_trace() {
    let house = Fixture::new();
    house.put("k", &pattern(1, LARGE));
    let options = PutOptions { precondition: Precondition::IfNoneMatchAny, ..Default::default() };
    let content = house.content(&pattern(2, LARGE));
    let refused = house.store.put(&house.bucket, key("k"), content, options).wait();
    assert!(matches!(refused, Err(StoreError::PreconditionFailed)));
    assert_eq!(house.get("k").unwrap(), pattern(1, LARGE));
    assert_eq!(house.files().len(), 1);
}

#[test]
fn a_copy_lives_longer_than_its_source() {
    for size in [0, 10, LARGE] {
        let mut house = Fixture::new();
        let etag = house.put("from", &pattern(1, size)).summary.etag;
        let bucket = &house.bucket;
        let source = CopySource { bucket: bucket.clone(), key: key("from"), version: None, etag };
        let options = PutOptions { attributes: attributes(2), ..PutOptions::default() };
        for to in ["to", "from", "to"] {
            let copy = house.store.copy(source.clone(), bucket, key(to), options.clone());
            assert_eq!(copy.wait().unwrap().attributes, attributes(2));
        }
        assert!(house.delete("from"));
        house = house.reopen();
        assert_eq!(house.get("to").unwrap(), pattern(1, size));
        assert!(house.delete("to"));
        assert_eq!(house.files().len(), 0);
    }
}

#[test]
fn a_source_that_changed_is_not_copied() {
    let house = Fixture::new();
    let etag = house.put("from", b"old").summary.etag;
    house.put("from", b"new");
    let (bucket, key_of_source) = (house.bucket.clone(), key("from"));
    let source = CopySource { bucket, key: key_of_source, version: None, etag };
    let copy = house.store.copy(source, &house.bucket, key("to"), PutOptions::default());
    assert!(matches!(copy.wait(), Err(StoreError::Changed)));
}

#[test]
fn a_replaced_object_is_read_to_its_end() {
    let house = Fixture::new();
    house.put("k", &pattern(1, LARGE));
    let opened = house.open("k").unwrap();
    house.put("k", &pattern(2, LARGE));
    house.delete("k");
    house.put("other", b"so that the sweeper had its turn");
    assert_eq!(read_all(&opened).1.unwrap(), pattern(1, LARGE));
    drop(opened);
    assert_eq!(house.files().len(), 0);
}

#[test]
fn any_range_is_read_with_and_without_waiting() {
    let house = Fixture::new();
    let bytes = pattern(1, 100_000);
    house.put("k", &bytes);
    let opened = house.open("k").unwrap();
    for range in [0..100_000, 0..1, 99_999..100_000, 5_000..70_000, 100_000..200_000, 7..7] {
        let mut reader = opened.reader(range.clone()).unwrap();
        let (mut got, mut buffer) = (Vec::new(), [0; 3000]);
        loop {
            let read = match reader.read_ready(&mut buffer).unwrap() {
                Step::Read(read) => read,
                Step::WouldBlock => reader.read(&mut buffer).unwrap(),
                Step::End => break,
            };
            got.extend_from_slice(&buffer[..read]);
        }
        let end = usize::try_from(range.end).unwrap().min(bytes.len());
        assert_eq!(got, bytes[usize::try_from(range.start).unwrap()..end]);
        assert_eq!(reader.left(), 0);
    }
}

#[test]
fn a_closed_store_refuses_writes_and_serves_reads() {
    let house = Fixture::new();
    house.put("k", b"v");
    house.store.close();
    assert!(matches!(house.try_put("k", b"w"), Err(StoreError::Closed)));
    assert_eq!(house.get("k").unwrap(), b"v");
}

#[test]
fn who_reads_a_key_that_is_replaced_all_the_time_gets_one_content_whole() {
    let house = Fixture::new();
    let contents = [pattern(1, LARGE), pattern(2, 50_000), pattern(3, 10)];
    house.put("k", &contents[0]);
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let read = || {
            let mut reads = 0;
            while !ended.load(Ordering::Relaxed) {
                assert!(contents.contains(&house.get("k").unwrap()));
                reads += 1;
            }
            reads
        };
        let readers: Vec<_> = (0..3).map(|_| scope.spawn(read)).collect();
        let write = || (0..60).for_each(|turn| drop(house.put("k", &contents[turn % 3])));
        let writers: Vec<_> = (0..3).map(|_| scope.spawn(write)).collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        ended.store(true, Ordering::Relaxed);
        let reads = readers.into_iter().map(|reader| reader.join().unwrap());
        assert!(reads.sum::<u64>() > 0);
    });
}
