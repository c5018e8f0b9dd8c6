//! A row: the version u64, the value, and the CRC-32C of key and both, big endian. LMDB does not
//! check its pages, and one that is read in another's place has the wrong key.

use crc_fast::{CrcAlgorithm, Digest};

use crate::contract::Record;
use crate::error::LedgerError;
use crate::version::Version;

/// The bytes of a row.
pub(super) fn seal(key: &[u8], version: u64, value: &[u8]) -> Vec<u8> {
    let mut row = version.to_be_bytes().to_vec();
    row.extend_from_slice(value);
    let sum = sum(key, &row);
    row.extend_from_slice(&sum);
    row
}

/// The record of a row, unless it is damaged.
pub(super) fn unseal(key: &[u8], row: &[u8]) -> Result<Record, LedgerError> {
    let record = row.split_last_chunk::<4>().and_then(|(fields, found)| {
        let (version, value) = fields.split_first_chunk::<8>()?;
        let version = Version::from_number(u64::from_be_bytes(*version));
        (sum(key, fields) == *found).then(|| Record { value: value.into(), version })
    });
    record.ok_or_else(|| LedgerError::Corrupt { at: key.escape_ascii().to_string() })
}

fn sum(key: &[u8], fields: &[u8]) -> [u8; 4] {
    let mut digest = Digest::new(CrcAlgorithm::Crc32Iscsi);
    digest.update(key);
    digest.update(fields);
    let [.., a, b, c, d] = digest.finalize().to_be_bytes();
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum was computed by another implementation.
    #[test]
    fn a_row_is_as_it_is_documented() {
        let row = seal(b"key", 0x0102_0304_0506_0708, b"value");
        assert_eq!(row, b"\x01\x02\x03\x04\x05\x06\x07\x08value\xc7\x0e\xcb\x6b");
        let record = unseal(b"key", &row).unwrap();
        assert_eq!(record.value, b"value");
        assert_eq!(record.version.number(), Some(0x0102_0304_0506_0708));
    }

    #[test]
    fn no_bit_may_flip_no_byte_be_missing_and_no_key_be_another() {
        let row = seal(b"key", 7, b"value");
        let is_corrupt = |key: &[u8], row: &[u8]| {
            assert!(matches!(unseal(key, row), Err(LedgerError::Corrupt { .. })));
        };
        for bit in 0..row.len() * 8 {
            let mut flipped = row.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            is_corrupt(b"key", &flipped);
        }
        (0..row.len()).for_each(|len| is_corrupt(b"key", &row[..len]));
        is_corrupt(b"kez", &row);
    }
}
