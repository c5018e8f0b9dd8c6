//! Multipart uploads: from the first part to one object, or to nothing.

use s3::{Checksum, ChecksumAlgorithm, PartNumber};
use store::limits::PART_BYTES_MIN;
use store::{
    ChecksumType, CompleteOptions, CompletedPart, Object, Part, PartOptions, Precondition,
    StoreError, UploadChecksum, UploadId, UploadName, UploadOptions,
};

use crate::fixture::{Fixture, LARGE, attributes, key, pattern, read_all};

fn number(number: u16) -> PartNumber {
    PartNumber::new(number).unwrap()
}

fn begin(house: &Fixture, name: &str, checksum: Option<UploadChecksum>) -> UploadName {
    let options =
        UploadOptions { attributes: attributes(7), checksum, started_ms: 5, ..Default::default() };
    let id = house.store.create_upload(&house.bucket, key(name), options).wait().unwrap();
    UploadName { bucket: house.bucket.clone(), key: key(name), id }
}

fn put(house: &Fixture, upload: &UploadName, part: u16, bytes: &[u8]) -> Part {
    let content = house.content(bytes);
    let put = house.store.put_part(upload, number(part), content, PartOptions::default());
    put.wait().unwrap()
}

fn listed(part: &Part) -> CompletedPart {
    CompletedPart { number: part.number, etag: part.etag.quoted(), checksum: None }
}

fn complete(house: &Fixture, upload: &UploadName, parts: &[Part]) -> Result<Object, StoreError> {
    let parts = parts.iter().map(listed).collect();
    house.store.complete_upload(upload, parts, CompleteOptions::default()).wait()
}

#[test]
fn parts_become_one_object() {
    let mut house = Fixture::new();
    let sizes = [PART_BYTES_MIN, PART_BYTES_MIN + 1, 100].map(|n| usize::try_from(n).unwrap());
    let whole: Vec<u8> = (1..).zip(sizes).flat_map(|(seed, n)| pattern(seed, n)).collect();
    let upload = begin(&house, "k", None);
    let parts: Vec<_> = [3, 700, 10_000]
        .into_iter()
        .zip((1..).zip(sizes))
        .map(|(part, (seed, size))| put(&house, &upload, part, &pattern(seed, size)))
        .collect();
    put(&house, &upload, 9, &pattern(99, LARGE));
    assert!(matches!(house.get("k"), Err(StoreError::NoSuchKey)));
    let object = complete(&house, &upload, &parts).unwrap();
    assert_eq!(object.attributes, attributes(7));
    assert_eq!(object.summary.size, whole.len() as u64);
    assert_eq!(object.summary.etag.parts, Some(3));
    let crc = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, &whole);
    assert_eq!(object.summary.checksum.value, crc.to_be_bytes());

    house = house.reopen();
    let opened = house.open("k").unwrap();
    assert_eq!(read_all(&opened).1.unwrap(), whole);
    let numbers: Vec<_> = opened.parts().map(|part| (part.number.get(), part.size)).collect();
    assert_eq!(numbers, [(3, 5 << 20), (700, (5 << 20) + 1), (10_000, 100)]);
    let across = PART_BYTES_MIN - 10;
    let mut reader = opened.reader(across..across + 20).unwrap();
    let (mut bytes, mut buffer) = (Vec::new(), [0; 64]);
    while reader.left() > 0 {
        let read = reader.read(&mut buffer).unwrap();
        bytes.extend_from_slice(&buffer[..read]);
    }
    let across = usize::try_from(across).unwrap();
    assert_eq!(bytes, whole[across..across + 20]);
    drop((opened, reader));

    assert!(matches!(complete(&house, &upload, &parts), Err(StoreError::NoSuchUpload)));
    house.delete("k");
    assert_eq!(house.files().len(), 0);
}

#[test]
fn an_object_in_parts_is_read_to_its_end_though_deleted() {
    let house = Fixture::new();
    let upload = begin(&house, "k", None);
    let large = usize::try_from(PART_BYTES_MIN).unwrap();
    let parts = [put(&house, &upload, 1, &pattern(1, large)), put(&house, &upload, 2, b"end")];
    complete(&house, &upload, &parts).unwrap();
    let opened = house.open("k").unwrap();
    house.delete("k");
    let bytes = read_all(&opened).1.unwrap();
    assert_eq!(bytes[..large], pattern(1, large));
    assert_eq!(&bytes[large..], b"end");
    drop(opened);
    assert_eq!(house.files().len(), 0);
}

#[test]
fn a_wrong_list_is_refused_and_the_upload_goes_on() {
    let house = Fixture::new();
    let upload = begin(&house, "k", None);
    let parts = [put(&house, &upload, 1, b"small"), put(&house, &upload, 2, b"last")];
    let refused = |parts: &[Part]| complete(&house, &upload, parts).unwrap_err();
    assert!(matches!(refused(&[]), StoreError::InvalidPartOrder));
    let [first, last] = parts.clone();
    assert!(matches!(refused(&[last.clone(), first.clone()]), StoreError::InvalidPartOrder));
    assert!(matches!(refused(&[first.clone(), first.clone()]), StoreError::InvalidPartOrder));
    let absent = Part { number: number(3), ..last.clone() };
    let wrong = Part { etag: first.etag, ..last.clone() };
    for invalid in [absent, wrong] {
        let error = refused(std::slice::from_ref(&invalid));
        assert!(matches!(error, StoreError::InvalidPart { part } if part == invalid.number));
    }
    let small = refused(&parts);
    assert!(matches!(small, StoreError::PartTooSmall { size: 5, etag, .. } if etag == first.etag));
    let options = CompleteOptions { checksum: Some(last.checksum.clone()), ..Default::default() };
    let wrong = house.store.complete_upload(&upload, vec![listed(&first)], options.clone());
    assert!(matches!(wrong.wait(), Err(StoreError::ChecksumMismatch)));
    house.store.complete_upload(&upload, vec![listed(&last)], options).wait().unwrap();
    assert_eq!(house.get("k").unwrap(), b"last");
}

#[test]
fn a_condition_is_judged_at_the_end() {
    let house = Fixture::new();
    let upload = begin(&house, "k", None);
    let part = put(&house, &upload, 1, b"part");
    house.put("k", b"meanwhile");
    let finish = |precondition| {
        let options = CompleteOptions { precondition, ..CompleteOptions::default() };
        house.store.complete_upload(&upload, vec![listed(&part)], options).wait()
    };
    let refused = finish(Precondition::IfNoneMatchAny);
    assert!(matches!(refused, Err(StoreError::PreconditionFailed)));
    assert_eq!(house.get("k").unwrap(), b"meanwhile");
    finish(Precondition::IfMatch("*".into())).unwrap();
    assert_eq!(house.get("k").unwrap(), b"part");
}

/// Puts two parts with checksums of one algorithm, and completes.
fn with_checksums(algorithm: ChecksumAlgorithm, kind: ChecksumType) -> Checksum {
    let house = Fixture::new();
    let upload = begin(&house, "k", Some(UploadChecksum { algorithm, kind }));
    let large = usize::try_from(PART_BYTES_MIN).unwrap();
    let parts: Vec<_> = [(1, vec![0; large]), (2, b"123456789".to_vec())]
        .into_iter()
        .map(|(part, bytes)| {
            let checksum = Some(Checksum { algorithm, value: sum(algorithm, &bytes), parts: None });
            let options = PartOptions { checksum, modified_ms: 0 };
            let content = house.content(&bytes);
            house.store.put_part(&upload, number(part), content, options).wait().unwrap()
        })
        .collect();
    complete(&house, &upload, &parts).unwrap().summary.checksum
}

fn sum(algorithm: ChecksumAlgorithm, bytes: &[u8]) -> Vec<u8> {
    use sha2::Digest as _;
    let crc = |crc| crc_fast::checksum(crc, bytes).to_be_bytes()[4..].to_vec();
    match algorithm {
        ChecksumAlgorithm::Crc32 => crc(crc_fast::CrcAlgorithm::Crc32IsoHdlc),
        ChecksumAlgorithm::Crc32c => crc(crc_fast::CrcAlgorithm::Crc32Iscsi),
        ChecksumAlgorithm::Sha1 => sha1::Sha1::digest(bytes).to_vec(),
        ChecksumAlgorithm::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
        ChecksumAlgorithm::Crc64Nvme => panic!("not asked for here"),
    }
}

#[test]
fn the_checksum_of_the_whole_is_the_one_the_upload_was_begun_with() {
    let large = usize::try_from(PART_BYTES_MIN).unwrap();
    let (first, second) = (vec![0; large], b"123456789".to_vec());
    for algorithm in [ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Crc32c] {
        let full = with_checksums(algorithm, ChecksumType::FullObject);
        let whole = [first.clone(), second.clone()].concat();
        assert_eq!((full.value, full.parts), (sum(algorithm, &whole), None));
    }
    for algorithm in [ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Sha1, ChecksumAlgorithm::Sha256]
    {
        let composite = with_checksums(algorithm, ChecksumType::Composite);
        let sums = [sum(algorithm, &first), sum(algorithm, &second)].concat();
        assert_eq!((composite.value, composite.parts), (sum(algorithm, &sums), Some(2)));
    }
}

#[test]
fn a_part_without_the_asked_checksum_is_invalid() {
    let house = Fixture::new();
    let algorithm = ChecksumAlgorithm::Sha256;
    let asked = UploadChecksum { algorithm, kind: ChecksumType::Composite };
    let upload = begin(&house, "k", Some(asked));
    let part = put(&house, &upload, 1, b"x");
    let refused = complete(&house, &upload, &[part]);
    assert!(matches!(refused, Err(StoreError::InvalidPart { .. })));
}

#[test]
fn uploads_and_parts_are_listed_in_order_and_pages() {
    let house = Fixture::new();
    let mut names = Vec::new();
    for name in ["a", "a", "a/b", "b"] {
        names.push(begin(&house, name, None));
    }
    names.sort_by(|x, y| (x.key.as_str(), x.id).cmp(&(y.key.as_str(), y.id)));
    let list = |prefix, after, limit| {
        let page = house.store.uploads(&house.bucket, prefix, after, limit).unwrap();
        (page.items.into_iter().map(|upload| upload.id).collect::<Vec<_>>(), page.more)
    };
    let ids = |range: std::ops::Range<usize>| -> Vec<UploadId> {
        names[range].iter().map(|name| name.id).collect()
    };
    assert_eq!(list("", None, 9), (ids(0..4), false));
    assert_eq!(list("", None, 1), (ids(0..1), true));
    assert_eq!(list("", Some(("a", Some(names[0].id))), 1), (ids(1..2), true));
    assert_eq!(list("", Some(("a", None)), 9), (ids(2..4), false));
    assert_eq!(list("a/", Some(("a", None)), 9), (ids(2..3), false));
    let upload = house.store.upload(&names[3]).unwrap();
    assert_eq!((upload.started_ms, upload.attributes), (5, attributes(7)));
    assert_eq!(UploadId::parse(&upload.id.to_string()), Some(upload.id));

    for part in [2, 300, 4] {
        put(&house, &names[0], part, b"x");
    }
    let parts = |after, limit| {
        let page = house.store.parts(&names[0], after, limit).unwrap();
        (page.items.iter().map(|part| part.number.get()).collect::<Vec<_>>(), page.more)
    };
    assert_eq!(parts(0, 9), (vec![2, 4, 300], false));
    assert_eq!(parts(2, 1), (vec![4], true));
}

#[test]
fn ten_thousand_parts_in_any_order_are_listed_in_theirs() {
    let house = Fixture::new();
    let upload = begin(&house, "k", None);
    // 7919 is prime to 10,000, so that each number comes once, and every tenth comes again.
    let order: Vec<u16> = (0..10_000_u32).map(|n| number_of(n * 7919 % 10_000)).collect();
    let again = order.iter().step_by(10);
    for batch in order.iter().chain(again).copied().collect::<Vec<_>>().chunks(1000) {
        let pending: Vec<_> = batch
            .iter()
            .map(|&part| {
                let content = house.content(&part.to_be_bytes());
                house.store.put_part(&upload, number(part), content, PartOptions::default())
            })
            .collect();
        for part in pending {
            part.wait().unwrap();
        }
    }
    let mut listed: Vec<Part> = Vec::new();
    loop {
        let after = listed.last().map_or(0, |part| part.number.get());
        let page = house.store.parts(&upload, after, 1000).unwrap();
        listed.extend(page.items);
        if !page.more {
            break;
        }
    }
    let numbers: Vec<u16> = listed.iter().map(|part| part.number.get()).collect();
    assert_eq!(numbers, (1..=10_000).collect::<Vec<_>>());
    // All but the last are too small to be completed, and the upload survives that.
    let refused = complete(&house, &upload, &listed);
    assert!(matches!(refused, Err(StoreError::PartTooSmall { .. })));
    let last = &listed[9999..];
    complete(&house, &upload, last).unwrap();
    assert_eq!(house.get("k").unwrap(), 10_000_u16.to_be_bytes());
}

fn number_of(zero_based: u32) -> u16 {
    u16::try_from(zero_based + 1).unwrap()
}

#[test]
fn an_upload_is_found_under_its_own_name_alone() {
    let house = Fixture::new();
    let upload = begin(&house, "k", None);
    let elsewhere = UploadName { key: key("k2"), ..upload.clone() };
    assert!(matches!(house.store.upload(&elsewhere), Err(StoreError::NoSuchUpload)));
    let refused =
        house.store.put_part(&elsewhere, number(1), house.content(b"x"), PartOptions::default());
    assert!(matches!(refused.wait(), Err(StoreError::NoSuchUpload)));
    let aborted = house.store.abort_upload(&elsewhere);
    assert!(matches!(aborted.wait(), Err(StoreError::NoSuchUpload)));
    house.store.upload(&upload).unwrap();
}

#[test]
fn replaced_and_aborted_parts_leave_the_disk() {
    let house = Fixture::new();
    let upload = begin(&house, "k", None);
    for seed in 0..3 {
        put(&house, &upload, 1, &pattern(seed, LARGE));
    }
    put(&house, &upload, 2, &pattern(9, LARGE));
    put(&house, &upload, 3, b"inline");
    house.store.abort_upload(&upload).wait().unwrap();
    assert!(matches!(house.store.upload(&upload), Err(StoreError::NoSuchUpload)));
    assert_eq!(house.files().len(), 0);
}
