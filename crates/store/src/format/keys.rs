//! Keys of the index, made so that their order is the order in which S3 lists.

use std::io;

use s3::{BucketName, PartNumber};

use crate::error::StoreError;

/// The key of the one row of counters.
pub(crate) const COUNTERS: &[u8] = b"counters";

/// The key of the row that says how much of the log is in the tree.
pub(crate) const APPLIED: &[u8] = b"applied";

/// Names a file of content, or a list of them: 128 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FileId(pub(crate) [u8; 16]);

impl FileId {
    pub(crate) fn random() -> Result<Self, StoreError> {
        random_bits().map(Self)
    }

    /// The name of its file.
    pub(crate) fn name(self) -> String {
        s3::hex::encode(&self.0)
    }

    /// The id whose file has this name. Only lower case names one.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        s3::hex::decode(name).map(Self).filter(|id| id.name() == name)
    }

    /// The folder its file is in: the first byte of the id.
    pub(crate) fn folder(self) -> u8 {
        let [first, ..] = self.0;
        first
    }
}

/// Bits nobody can guess.
pub(crate) fn random_bits<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bits = [0; N];
    getrandom::fill(&mut bits)
        .map_err(|e| StoreError::io("drawing random bits", io::Error::other(e)))?;
    Ok(bits)
}

/// Of a bucket, in `buckets`.
pub(crate) fn bucket(name: &BucketName) -> &[u8] {
    name.as_str().as_bytes()
}

/// Of a configuration of a bucket, in `meta`.
pub(crate) fn configuration(bucket: u64, which: u8) -> Vec<u8> {
    [bucket.to_be_bytes().as_slice(), &[which]].concat()
}

/// The bucket number within a key of `meta`; none in that of the counters.
pub(crate) fn configured_bucket(key: &[u8]) -> Option<u64> {
    let (number, [_which]) = key.split_first_chunk()? else {
        return None;
    };
    Some(u64::from_be_bytes(*number))
}

/// Of an object, in `objects`; with a prefix for `key`, where the keys with it begin.
pub(crate) fn object(bucket: u64, key: &str) -> Vec<u8> {
    [&bucket.to_be_bytes(), key.as_bytes()].concat()
}

/// The object key within a key of `objects`.
pub(crate) fn object_key(key: &[u8]) -> Option<&str> {
    let (_, key) = key.split_first_chunk::<8>()?;
    std::str::from_utf8(key).ok()
}

/// Of all rows of `bucket`, in `versions` and `uploads`, whose keys begin with `prefix`. Each byte
/// of the key is kept plus one (UTF-8 has no 0xff), so that the 0 that ends it sorts before all
/// keys that go on.
pub(crate) fn many(bucket: u64, prefix: &str) -> Vec<u8> {
    let mut key = bucket.to_be_bytes().to_vec();
    key.extend(prefix.bytes().map(|b| b.wrapping_add(1)));
    key
}

/// Of all rows of one key, in the same.
pub(crate) fn many_of(bucket: u64, key: &str) -> Vec<u8> {
    let mut row = many(bucket, key);
    row.push(0);
    row
}

/// The object key within a key of the same, and what tells one row of it from the next.
fn one_of_many<const N: usize>(row: &[u8]) -> Option<(String, [u8; N])> {
    let (_, row) = row.split_first_chunk::<8>()?;
    let (row, one) = row.split_last_chunk::<N>()?;
    let (0, key) = row.split_last()? else {
        return None;
    };
    let key = key.iter().map(|b| b.wrapping_sub(1)).collect();
    Some((String::from_utf8(key).ok()?, *one))
}

/// Of an upload, in `uploads`.
pub(crate) fn upload(bucket: u64, key: &str, id: &[u8; 24]) -> Vec<u8> {
    [many_of(bucket, key).as_slice(), id].concat()
}

/// The object key and the upload id within a key of `uploads`.
pub(crate) fn upload_key(key: &[u8]) -> Option<(String, [u8; 24])> {
    one_of_many(key)
}

/// Of the version of a key with this number, in `versions`; none is the null version. Later ones
/// come first, but the null version, which is not found by its number, before all.
pub(crate) fn version(bucket: u64, key: &str, number: Option<u64>) -> Vec<u8> {
    let slot = number.map_or(0, |number| !number);
    [many_of(bucket, key).as_slice(), &slot.to_be_bytes()].concat()
}

/// The object key within a key of `versions`.
pub(crate) fn version_key(key: &[u8]) -> Option<String> {
    one_of_many::<8>(key).map(|(key, _)| key)
}

/// Of a part, in `parts`; with 0 for `number`, before all parts of the upload.
pub(crate) fn part(upload: &[u8; 24], number: u16) -> Vec<u8> {
    [upload.as_slice(), &number.to_be_bytes()].concat()
}

/// The number within a key of `parts`.
pub(crate) fn part_number(key: &[u8]) -> Option<PartNumber> {
    let (_, number) = key.split_last_chunk()?;
    PartNumber::new(u16::from_be_bytes(*number)).ok()
}

/// The first key after all that begin with `prefix`; none when there is no such key.
pub(crate) fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|&b| b != 0xff)?;
    let mut key = prefix.get(..=last)?.to_vec();
    *key.last_mut()? += 1;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_sort_by_key_then_by_id_whatever_the_bytes() {
        let keys = ["a", "a\u{0}", "a\u{0}b", "a\u{1}", "ab", "\u{10ffff}"];
        let rows: Vec<_> = keys
            .iter()
            .flat_map(|key| [[0; 24], [0xff; 24]].map(|id| upload(7, key, &id)))
            .collect();
        assert!(rows.is_sorted(), "{rows:?}");
        for (row, key) in rows.iter().step_by(2).zip(keys) {
            assert_eq!(upload_key(row), Some((key.to_owned(), [0; 24])));
            assert!(row.starts_with(&many(7, key)));
        }
    }

    #[test]
    fn versions_sort_by_key_then_null_then_the_latest_first() {
        let keys = ["a", "a\u{0}", "ab"];
        let numbers = [None, Some(u64::MAX - 1), Some(2), Some(1), Some(0)];
        let rows: Vec<_> =
            keys.iter().flat_map(|key| numbers.map(|number| version(7, key, number))).collect();
        assert!(rows.is_sorted_by(|a, b| a < b), "{rows:?}");
        for (row, key) in rows.iter().step_by(numbers.len()).zip(keys) {
            assert_eq!(version_key(row).as_deref(), Some(key));
        }
    }

    #[test]
    fn the_successor_follows_all_with_the_prefix_and_nothing_else() {
        assert_eq!(successor(b"ab"), Some(b"ac".to_vec()));
        assert_eq!(successor(&[1, 0xff, 0xff]), Some(vec![2]));
        assert_eq!(successor(&[0xff]), None);
    }

    #[test]
    fn file_names_are_lower_case_digits() {
        let id = FileId([0xab; 16]);
        assert_eq!(FileId::parse(&id.name()), Some(id));
        assert_eq!(FileId::parse(&id.name().to_uppercase()), None);
        assert_eq!(FileId::parse("index.tmp"), None);
    }
}
