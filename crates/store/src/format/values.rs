//! The fields that several records share: where content lies, tags, checksums, attributes.

use s3::{Checksum, ChecksumAlgorithm, ETag};

use super::bytes::{Fields, Row};
use super::keys::FileId;

/// Where content lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// Nowhere: it has no bytes.
    Empty,
    /// In the table `inline`, under this number.
    Inline(u64),
    /// In a file of its own.
    File(FileId),
    /// In the parts of a list in the table `blobs`. No part is a list.
    List(FileId),
}

impl Place {
    pub(crate) fn encode(self, row: &mut Row) {
        match self {
            Self::Empty => row.u8(0),
            Self::Inline(number) => {
                row.u8(1);
                row.u64(number);
            }
            Self::File(id) => {
                row.u8(2);
                row.raw(&id.0);
            }
            Self::List(id) => {
                row.u8(3);
                row.raw(&id.0);
            }
        }
    }

    pub(crate) fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        match fields.u8()? {
            0 => Some(Self::Empty),
            1 => fields.u64().map(Self::Inline),
            2 => fields.array().map(FileId).map(Self::File),
            3 => fields.array().map(FileId).map(Self::List),
            _ => None,
        }
    }
}

/// What the store keeps with an object and gives back as it was: names and values, in order. What
/// they mean is the caller's affair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes(pub Vec<(String, Vec<u8>)>);

impl Attributes {
    /// The first value of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_slice())
    }

    pub(crate) fn encode(&self, row: &mut Row) {
        row.length(self.0.len());
        for (name, value) in &self.0 {
            row.bytes(name.as_bytes());
            row.bytes(value);
        }
    }

    pub(crate) fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        let attribute = |f: &mut Fields<'_>| {
            let name = std::str::from_utf8(f.bytes()?).ok()?.to_owned();
            Some((name, f.bytes()?.to_vec()))
        };
        fields.many(attribute).map(Self)
    }
}

/// Whether a checksum covers the bytes or the checksums of the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecksumType {
    /// Over the bytes of the object.
    FullObject,
    /// Over the checksums of its parts.
    Composite,
}

/// The checksum an upload was created with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadChecksum {
    /// How the sums are computed.
    pub algorithm: ChecksumAlgorithm,
    /// What the sum of the object will cover.
    pub kind: ChecksumType,
}

/// The number of an algorithm on the disk.
fn algorithm_number(algorithm: ChecksumAlgorithm) -> u8 {
    match algorithm {
        ChecksumAlgorithm::Crc32 => 1,
        ChecksumAlgorithm::Crc32c => 2,
        ChecksumAlgorithm::Crc64Nvme => 3,
        ChecksumAlgorithm::Sha1 => 4,
        ChecksumAlgorithm::Sha256 => 5,
    }
}

fn algorithm(number: u8) -> Option<ChecksumAlgorithm> {
    ChecksumAlgorithm::ALL.into_iter().find(|&a| algorithm_number(a) == number)
}

pub(crate) fn encode_upload_checksum(checksum: Option<UploadChecksum>, row: &mut Row) {
    let Some(UploadChecksum { algorithm, kind }) = checksum else {
        return row.u8(0);
    };
    row.u8(algorithm_number(algorithm));
    row.u8(match kind {
        ChecksumType::FullObject => 0,
        ChecksumType::Composite => 1,
    });
}

/// The outer option is that of every decoder: none when it is not such a field.
#[expect(clippy::option_option, reason = "absent and unreadable are two things")]
pub(crate) fn decode_upload_checksum(fields: &mut Fields<'_>) -> Option<Option<UploadChecksum>> {
    let number = fields.u8()?;
    if number == 0 {
        return Some(None);
    }
    let kind = match fields.u8()? {
        0 => ChecksumType::FullObject,
        1 => ChecksumType::Composite,
        _ => return None,
    };
    Some(Some(UploadChecksum { algorithm: algorithm(number)?, kind }))
}

/// What content sums up to. Every content has these three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sums {
    /// Length in bytes.
    pub size: u64,
    /// CRC-64/NVME of the bytes.
    pub crc64nvme: u64,
    /// The checksum S3 shows for it.
    pub checksum: Checksum,
}

impl Sums {
    /// Writes the sums; a checksum that repeats `crc64nvme` takes one byte.
    pub(crate) fn encode(&self, row: &mut Row) {
        row.u64(self.size);
        row.u64(self.crc64nvme);
        if self.checksum == crc64nvme_checksum(self.crc64nvme) {
            return row.u8(0);
        }
        row.u8(algorithm_number(self.checksum.algorithm));
        row.u16(self.checksum.parts.unwrap_or(0));
        row.bytes(&self.checksum.value);
    }

    pub(crate) fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        let (size, crc64nvme) = (fields.u64()?, fields.u64()?);
        let checksum = match fields.u8()? {
            0 => crc64nvme_checksum(crc64nvme),
            number => Checksum {
                algorithm: algorithm(number)?,
                parts: Some(fields.u16()?).filter(|&parts| parts != 0),
                value: fields.bytes()?.to_vec(),
            },
        };
        Some(Self { size, crc64nvme, checksum })
    }
}

/// The checksum S3 shows when nobody asked for another.
pub(crate) fn crc64nvme_checksum(sum: u64) -> Checksum {
    Checksum {
        algorithm: ChecksumAlgorithm::Crc64Nvme,
        value: sum.to_be_bytes().to_vec(),
        parts: None,
    }
}

pub(crate) fn encode_etag(etag: ETag, row: &mut Row) {
    row.raw(&etag.md5);
    row.u16(etag.parts.unwrap_or(0));
}

pub(crate) fn decode_etag(fields: &mut Fields<'_>) -> Option<ETag> {
    Some(ETag { md5: fields.array()?, parts: Some(fields.u16()?).filter(|&parts| parts != 0) })
}
