//! Bytes that are lent where they lie: only what was summed lately, or is not to be summed, and
//! always those that were written.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::os::unix::net::UnixStream;

use store::{Reader, StoreError, Stretch};

use crate::fixture::{Fixture, pattern, read_all};

const BLOCK: usize = 1 << 20;
const SIZE: usize = 3 * BLOCK + 100;

/// An object that nothing is known of, for the store was closed since.
fn stored() -> (Fixture, Vec<u8>) {
    let (house, bytes) = (Fixture::new(), pattern(3, SIZE));
    house.put("k", &bytes);
    (house.reopen(), bytes)
}

fn reader(house: &Fixture) -> Reader {
    house.open("k").unwrap().reader(0..u64::MAX).unwrap()
}

/// What the kernel sends of a stretch.
fn sent(mut stretch: Stretch) -> Vec<u8> {
    let (to, mut from) = UnixStream::pair().unwrap();
    let mut bytes = Vec::new();
    while stretch.left() > 0 {
        let mut some = vec![0; stretch.send(&to, 10_000).unwrap()];
        from.read_exact(&mut some).unwrap();
        bytes.extend(some);
    }
    bytes
}

fn read(reader: &mut Reader, length: usize) -> Result<Vec<u8>, StoreError> {
    let (mut bytes, mut filled) = (vec![0; length], 0);
    while filled < length {
        filled += reader.read(&mut bytes[filled..])?;
    }
    Ok(bytes)
}

#[test]
fn what_was_not_summed_is_not_lent() {
    let (house, bytes) = stored();
    let mut reader = reader(&house);
    assert!(reader.lend().is_none());
    assert_eq!(read(&mut reader, BLOCK).unwrap(), bytes[..BLOCK]);
    assert!(reader.lend().is_none());
}

#[test]
fn what_was_just_written_is_lent() {
    for size in [SIZE, 2 * BLOCK, 10_000] {
        let (house, bytes) = (Fixture::new(), pattern(3, size));
        house.put("k", &bytes);
        let mut reader = reader(&house);
        let lent: Vec<_> = std::iter::from_fn(|| reader.lend()).flat_map(sent).collect();
        assert!(lent == bytes);
        // In pieces, each held against the sums from writing.
        assert_eq!(house.get("k").unwrap(), bytes);
    }
}

#[test]
fn what_was_summed_is_lent_block_by_block() {
    let (house, bytes) = stored();
    assert_eq!(house.get("k").unwrap(), bytes);
    let mut reader = reader(&house);
    let lent: Vec<_> = std::iter::from_fn(|| reader.lend()).map(sent).collect();
    assert_eq!(lent.iter().map(Vec::len).collect::<Vec<_>>(), [BLOCK, BLOCK, BLOCK, 100]);
    assert_eq!((lent.concat(), reader.left()), (bytes, 0));
}

#[test]
fn a_range_is_lent_unsummed() {
    let (house, bytes) = stored();
    let mut reader = house.open("k").unwrap().reader(5..BLOCK as u64 + 9).unwrap();
    let lent: Vec<_> = std::iter::from_fn(|| reader.lend()).flat_map(sent).collect();
    assert_eq!(lent, bytes[5..BLOCK + 9]);
}

#[test]
fn a_range_that_was_read_from_the_disk_puts_all_in_doubt() {
    let (house, bytes) = stored();
    assert_eq!(house.get("k").unwrap(), bytes);
    let mut range = house.open("k").unwrap().reader(5..9).unwrap();
    assert_eq!(read(&mut range, 4).unwrap(), bytes[5..9]);
    assert!(reader(&house).lend().is_none());
}

#[test]
fn what_is_read_after_all_is_held_against_what_is_known() {
    let (house, bytes) = stored();
    assert_eq!(house.get("k").unwrap(), bytes);
    let mut reader = reader(&house);
    let mut all = sent(reader.lend().unwrap());
    all.extend(read(&mut reader, BLOCK).unwrap());
    all.extend(sent(reader.lend().unwrap()));
    all.extend(read(&mut reader, 100).unwrap());
    assert_eq!(all, bytes);
}

#[test]
fn a_file_that_somebody_wrote_to_is_not_lent_and_its_damage_is_found() {
    let (house, bytes) = stored();
    assert_eq!(house.get("k").unwrap(), bytes);
    let file = fs::OpenOptions::new().write(true).open(&house.files()[0]).unwrap();
    file.write_all_at(&[!bytes[BLOCK + 7]], BLOCK as u64 + 7).unwrap();
    let mut reader = reader(&house);
    assert!(reader.lend().is_none());
    assert_eq!(read(&mut reader, BLOCK).unwrap(), bytes[..BLOCK]);
    assert!(matches!(read(&mut reader, BLOCK), Err(StoreError::Corrupt { .. })));
    assert!(reader.lend().is_none());
    let (_, result) = read_all(&house.open("k").unwrap());
    assert!(matches!(result, Err(StoreError::Corrupt { .. })));
}

#[test]
fn a_file_that_was_cut_off_ends_in_an_error() {
    let (house, bytes) = stored();
    assert_eq!(house.get("k").unwrap(), bytes);
    let mut stretch = reader(&house).lend().unwrap();
    let file = fs::OpenOptions::new().write(true).open(&house.files()[0]).unwrap();
    file.set_len(10).unwrap();
    let (to, _from) = UnixStream::pair().unwrap();
    assert_eq!(stretch.send(&to, BLOCK).unwrap(), 10);
    assert!(stretch.send(&to, BLOCK).is_err());
    assert!(reader(&house).lend().is_none());
}
