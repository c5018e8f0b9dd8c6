//! A full index: writes are refused, reads and removals go on, and removals make room.

use std::os::unix::fs::MetadataExt as _;

use store::{Options, StoreError};

use crate::fixture::{Fixture, pattern};

#[test]
fn a_full_store_reads_removes_and_recovers() {
    let house = Fixture::with(Options { index_bytes_max: 4 << 20, ..Options::default() });
    let bytes = pattern(1, 8000);
    let mut put = 0;
    let error = loop {
        match house.try_put(&put.to_string(), &bytes) {
            Ok(_) => put += 1,
            Err(e) => break e,
        }
    };
    assert!(matches!(error, StoreError::Full), "{error}");
    assert!(put > 400, "{put}");
    assert!(matches!(house.try_put("0", b"smaller"), Err(StoreError::Full)));
    for number in 0..put {
        assert_eq!(house.get(&number.to_string()).unwrap(), bytes);
    }
    for number in 0..put {
        assert!(house.delete(&number.to_string()));
    }
    house.put("again", &bytes);
}

/// LMDB writes to it through a map: a page without a block would be a signal.
#[test]
fn readers_need_no_more_of_the_disk_once_the_store_is_open() {
    let house = Fixture::new();
    let readers = house.dir.path().join("index/lock.mdb").metadata().unwrap();
    assert!(readers.len() >= 4096 * 64);
    assert!(readers.blocks() * 512 >= readers.len(), "{readers:?}");
}
