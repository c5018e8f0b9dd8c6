//! Fields into bytes and back, and the seal at the end of each value.
//!
//! Reading never panics and never trusts a length: what does not fit is `None`, which the index
//! reports as damage.

use crc_fast::{CrcAlgorithm, Digest};

/// The tables of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// Counters; bucket number and kind to configuration.
    Meta,
    /// Bucket name to bucket.
    Buckets,
    /// Bucket number and key to current object.
    Objects,
    /// Bucket number, key and slot to the versions that are not the current object.
    Versions,
    /// Number to small content.
    Inline,
    /// Id to file or list of parts.
    Blobs,
    /// Bucket number, key and upload id to upload.
    Uploads,
    /// Upload id and number to part.
    Parts,
    /// Id to files that are to be removed.
    Garbage,
}

impl Table {
    /// All of them, those of uploads before those of their parts.
    pub(crate) const ALL: [Self; 9] = [
        Self::Meta,
        Self::Buckets,
        Self::Objects,
        Self::Versions,
        Self::Inline,
        Self::Blobs,
        Self::Uploads,
        Self::Parts,
        Self::Garbage,
    ];

    /// Its number in the log, from 0 to 8.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Meta => 0,
            Self::Buckets => 1,
            Self::Objects => 2,
            Self::Versions => 3,
            Self::Inline => 4,
            Self::Blobs => 5,
            Self::Uploads => 6,
            Self::Parts => 7,
            Self::Garbage => 8,
        }
    }
}

/// One kind of value in one table.
pub(crate) trait Record: Sized {
    /// Where it is kept.
    const TABLE: Table;
    /// What it is called when it is damaged.
    const WHAT: &'static str;

    /// Writes the fields.
    fn encode(&self, row: &mut Row);
    /// Reads the fields; none when they are not such a record.
    fn decode(fields: &mut Fields<'_>) -> Option<Self>;

    /// The sealed value under `key`.
    fn seal(&self, key: &[u8]) -> Vec<u8> {
        let mut row = Row(Vec::new());
        self.encode(&mut row);
        let sum = crc32c(key, &row.0);
        row.0.extend_from_slice(&sum.to_be_bytes());
        row.0
    }

    /// Checks the seal and reads the fields.
    fn unseal(key: &[u8], value: &[u8]) -> Option<Self> {
        let (fields, sum) = value.split_last_chunk()?;
        if crc32c(key, fields) != u32::from_be_bytes(*sum) {
            return None;
        }
        Self::decode(&mut Fields(fields))
    }
}

pub(super) fn crc32c(key: &[u8], fields: &[u8]) -> u32 {
    let mut digest = Digest::new(CrcAlgorithm::Crc32Iscsi);
    digest.update(key);
    digest.update(fields);
    let [.., a, b, c, d] = digest.finalize().to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// A value while it is written.
#[derive(Debug)]
pub(crate) struct Row(pub(super) Vec<u8>);

impl Row {
    pub(crate) fn u8(&mut self, n: u8) {
        self.0.push(n);
    }

    pub(crate) fn u16(&mut self, n: u16) {
        self.0.extend_from_slice(&n.to_be_bytes());
    }

    pub(crate) fn u64(&mut self, n: u64) {
        self.0.extend_from_slice(&n.to_be_bytes());
    }

    /// Bytes whose length the reader knows.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// A length: seven bits a byte, lowest first, the high bit on all but the last.
    pub(crate) fn length(&mut self, length: usize) {
        let mut rest = length as u64;
        while rest >= 0x80 {
            let [low, ..] = rest.to_le_bytes();
            self.0.push(low | 0x80);
            rest >>= 7;
        }
        let [low, ..] = rest.to_le_bytes();
        self.0.push(low);
    }

    /// Bytes after their length.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.raw(bytes);
    }
}

/// A value while it is read.
#[derive(Debug)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[n]| n)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn raw(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    pub(crate) fn length(&mut self) -> Option<usize> {
        let mut length = 0_usize;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.u8()?;
            length |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(length);
            }
        }
        None
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        self.raw(length)
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    /// `count` of what `read` reads. A count over the bytes that are left is a lie.
    pub(crate) fn many<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let count = self.length()?;
        if count > self.0.len() {
            return None;
        }
        (0..count).map(|_| read(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Words(Vec<Vec<u8>>);

    impl Record for Words {
        const TABLE: Table = Table::Meta;
        const WHAT: &'static str = "words";

        fn encode(&self, row: &mut Row) {
            row.length(self.0.len());
            for word in &self.0 {
                row.bytes(word);
            }
        }

        fn decode(fields: &mut Fields<'_>) -> Option<Self> {
            fields.many(|f| f.bytes().map(<[u8]>::to_vec)).map(Words)
        }
    }

    #[test]
    fn what_is_sealed_unseals_under_its_own_key_alone() {
        let words = Words(vec![vec![], vec![7; 127], vec![8; 128], vec![9; 70_000]]);
        let value = words.seal(b"key");
        assert_eq!(Words::unseal(b"key", &value), Some(words));
        assert_eq!(Words::unseal(b"kez", &value), None);
    }

    #[test]
    fn a_changed_or_cut_value_does_not_unseal() {
        let value = Words(vec![b"abc".to_vec()]).seal(b"k");
        for at in 0..value.len() {
            let mut damaged = value.clone();
            damaged[at] ^= 1;
            assert_eq!(Words::unseal(b"k", &damaged), None);
            assert_eq!(Words::unseal(b"k", &value[..at]), None);
        }
    }

    #[test]
    fn lengths_that_lie_are_refused() {
        assert_eq!(Fields(&[0x80; 11]).length(), None);
        assert_eq!(Fields(&[5, 1, 2]).bytes(), None);
        assert_eq!(Fields(&[0xff, 0xff, 0x03]).many(Fields::u8), None);
    }

    #[test]
    fn the_sum_is_crc32c() {
        assert_eq!(crc32c(b"1234", b"56789"), 0xe306_9283);
    }
}
