//! Completing an upload: its parts become one object, without being read.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>. A second
//! completion finds no upload (S3 answers it with the object for a while; clients that repeat one
//! whose answer was lost look at the object). Checksums of the whole:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html>.

use crc_fast::CrcAlgorithm;
use md5::{Digest as _, Md5};
use s3::{Checksum, ChecksumAlgorithm, ETag, PartNumber};

use crate::commit::pending::Pending;
use crate::commit::transaction::Transaction;
use crate::error::StoreError;
use crate::format::rows::{Blob, BlobRow, ObjectRow, PartRow, Piece, SummaryRow, UploadRow};
use crate::format::values::{ChecksumType, Place, Sums, UploadChecksum, crc64nvme_checksum};
use crate::format::versions::Version;
use crate::format::{FileId, keys};
use crate::index::View;
use crate::limits::{OBJECT_BYTES_MAX, PART_BYTES_MIN};
use crate::object::{Object, Precondition};
use crate::store::Store;
use crate::version::slot::Slot;

use super::{Removal, UploadName, find};

/// A part as the completion lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletedPart {
    /// Its number.
    pub number: PartNumber,
    /// Its tag, quoted or not.
    pub etag: String,
    /// Its checksum, if it was sent.
    pub checksum: Option<Checksum>,
}

/// How an upload is completed.
#[derive(Clone, Debug, Default)]
pub struct CompleteOptions {
    /// The checksum of the whole, if it was sent; `parts` in it does not matter.
    pub checksum: Option<Checksum>,
    /// What must be so.
    pub precondition: Precondition,
    /// The time.
    pub modified_ms: u64,
}

impl Store {
    /// Makes an object of the listed parts; others are dropped. Errors: `NoSuchBucket`,
    /// `NoSuchUpload`, `InvalidPartOrder`, `InvalidPart`, `PartTooSmall`, `TooLarge`,
    /// `ChecksumMismatch`, those of [`Precondition`], `Full`.
    pub fn complete_upload(
        &self,
        name: &UploadName,
        parts: Vec<CompletedPart>,
        options: CompleteOptions,
    ) -> Pending<Object> {
        let name = name.clone();
        self.submit(move |transaction| complete(transaction, name, &parts, options))
    }
}

fn complete(
    transaction: &mut Transaction<'_>,
    name: UploadName,
    listed: &[CompletedPart],
    options: CompleteOptions,
) -> Result<Object, StoreError> {
    let (upload_key, upload) = find(transaction.view(), &name)?;
    let parts = match_parts(transaction.view(), &name, listed)?;
    check_sizes(&parts)?;
    let sums = sum(&parts, upload.checksum)?;
    if options.checksum.is_some_and(|sent| !is_same(&sent, &sums)) {
        return Err(StoreError::ChecksumMismatch);
    }
    let slot = Slot::read(transaction, &name.bucket, name.key, &options.precondition)?;
    let removal = Removal::read(transaction.view(), upload_key, name.id)?;
    let id = FileId::random()?;

    let kept = parts.iter().map(|(_, part)| part.place).collect();
    removal.remove_except(transaction, &kept)?;
    let etag = etag(&parts);
    let pieces = parts.into_iter().map(|(number, part)| Piece {
        number,
        place: part.place,
        sums: part.sums,
    });
    let blob = Blob::List(pieces.collect());
    transaction.put(&id.0, &BlobRow { count: 1, blob })?;
    let (modified_ms, version) = (options.modified_ms, Version::default());
    let summary = SummaryRow { modified_ms, etag, place: Place::List(id), sums, version };
    let UploadRow { attributes, tags, .. } = upload;
    slot.fill(transaction, ObjectRow { summary, attributes, tags })
}

/// The rows of the listed parts.
fn match_parts(
    view: &View<'_>,
    name: &UploadName,
    listed: &[CompletedPart],
) -> Result<Vec<(PartNumber, PartRow)>, StoreError> {
    let ascending = listed.iter().map(|part| part.number).is_sorted_by(|a, b| a < b);
    if listed.is_empty() || !ascending {
        return Err(StoreError::InvalidPartOrder);
    }
    let row = |part: &CompletedPart| {
        let row: Option<PartRow> = view.get(&keys::part(&name.id.0, part.number.get()))?;
        let row = row.filter(|row| {
            ETag { md5: row.md5, parts: None }.matches(&part.etag)
                && part.checksum.as_ref().is_none_or(|sent| is_same(sent, &row.sums))
        });
        Ok((part.number, row.ok_or(StoreError::InvalidPart { part: part.number })?))
    };
    listed.iter().map(row).collect()
}

fn check_sizes(parts: &[(PartNumber, PartRow)]) -> Result<(), StoreError> {
    let Some((_, all_but_last)) = parts.split_last() else {
        return Ok(());
    };
    let size = parts.iter().fold(0_u64, |size, (_, row)| size.saturating_add(row.sums.size));
    if size > OBJECT_BYTES_MAX {
        return Err(StoreError::TooLarge { size });
    }
    match all_but_last.iter().find(|(_, row)| row.sums.size < PART_BYTES_MIN) {
        Some((part, row)) => Err(StoreError::PartTooSmall {
            part: *part,
            size: row.sums.size,
            etag: ETag { md5: row.md5, parts: None },
        }),
        None => Ok(()),
    }
}

/// Whether a checksum that was sent is one of these sums.
fn is_same(sent: &Checksum, sums: &Sums) -> bool {
    let is = |sum: &Checksum| sent.algorithm == sum.algorithm && sent.value == sum.value;
    is(&sums.checksum) || is(&crc64nvme_checksum(sums.crc64nvme))
}

/// The MD5 of the parts' MD5s, and their number.
fn etag(parts: &[(PartNumber, PartRow)]) -> ETag {
    let mut md5 = Md5::new();
    for (_, part) in parts {
        md5.update(part.md5);
    }
    ETag { md5: md5.finalize().into(), parts: Some(count(parts)) }
}

fn count(parts: &[(PartNumber, PartRow)]) -> u16 {
    u16::try_from(parts.len()).unwrap_or(u16::MAX)
}

/// The sums of the whole.
fn sum(parts: &[(PartNumber, PartRow)], asked: Option<UploadChecksum>) -> Result<Sums, StoreError> {
    let size = parts.iter().map(|(_, part)| part.sums.size).sum();
    let crc64nvme = combine(CrcAlgorithm::Crc64Nvme, parts, |sums| Some(sums.crc64nvme));
    let crc64nvme = crc64nvme.map_err(|part| StoreError::InvalidPart { part })?;
    let checksum = match asked {
        None => crc64nvme_checksum(crc64nvme),
        Some(asked) => {
            checksum(parts, asked, crc64nvme).map_err(|part| StoreError::InvalidPart { part })?
        }
    };
    Ok(Sums { size, crc64nvme, checksum })
}

/// The checksum an upload was created for; the first part that lacks it is an error.
fn checksum(
    parts: &[(PartNumber, PartRow)],
    asked: UploadChecksum,
    crc64nvme: u64,
) -> Result<Checksum, PartNumber> {
    let full = |crc| {
        let sum = combine(crc, parts, |sums| {
            let same = sums.checksum.algorithm == asked.algorithm;
            same.then(|| sums.checksum.value.iter().fold(0, |sum, &b| (sum << 8) | u64::from(b)))
        })?;
        Ok(Checksum { algorithm: asked.algorithm, value: crc32_value(sum), parts: None })
    };
    match (asked.algorithm, asked.kind) {
        (ChecksumAlgorithm::Crc64Nvme, _) => Ok(crc64nvme_checksum(crc64nvme)),
        (ChecksumAlgorithm::Crc32, ChecksumType::FullObject) => full(CrcAlgorithm::Crc32IsoHdlc),
        (ChecksumAlgorithm::Crc32c, ChecksumType::FullObject) => full(CrcAlgorithm::Crc32Iscsi),
        (ChecksumAlgorithm::Sha1 | ChecksumAlgorithm::Sha256, _)
        | (ChecksumAlgorithm::Crc32 | ChecksumAlgorithm::Crc32c, ChecksumType::Composite) => {
            composite(parts, asked.algorithm)
        }
    }
}

/// The CRC of the whole from those of the parts.
fn combine(
    algorithm: CrcAlgorithm,
    parts: &[(PartNumber, PartRow)],
    of: impl Fn(&Sums) -> Option<u64>,
) -> Result<u64, PartNumber> {
    let empty = crc_fast::checksum(algorithm, &[]);
    parts.iter().try_fold(empty, |whole, (number, part)| {
        let sum = of(&part.sums).ok_or(*number)?;
        Ok(crc_fast::checksum_combine(algorithm, whole, sum, part.sums.size))
    })
}

/// The checksum of the parts' checksums.
fn composite(
    parts: &[(PartNumber, PartRow)],
    algorithm: ChecksumAlgorithm,
) -> Result<Checksum, PartNumber> {
    let mut sums = Vec::new();
    for (number, part) in parts {
        if part.sums.checksum.algorithm != algorithm {
            return Err(*number);
        }
        sums.extend_from_slice(&part.sums.checksum.value);
    }
    let crc = |crc| crc_fast::checksum(crc, &sums);
    let value = match algorithm {
        ChecksumAlgorithm::Crc32 => crc32_value(crc(CrcAlgorithm::Crc32IsoHdlc)),
        ChecksumAlgorithm::Crc32c => crc32_value(crc(CrcAlgorithm::Crc32Iscsi)),
        ChecksumAlgorithm::Crc64Nvme => crc(CrcAlgorithm::Crc64Nvme).to_be_bytes().to_vec(),
        ChecksumAlgorithm::Sha1 => sha1::Sha1::digest(&sums).to_vec(),
        ChecksumAlgorithm::Sha256 => sha2::Sha256::digest(&sums).to_vec(),
    };
    Ok(Checksum { algorithm, value, parts: Some(count(parts)) })
}

/// The four bytes of a CRC-32, which the library gives as a wider number.
fn crc32_value(sum: u64) -> Vec<u8> {
    let [.., a, b, c, d] = sum.to_be_bytes();
    vec![a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parts of these sizes, without any content.
    fn parts(sizes: impl IntoIterator<Item = u64>) -> Vec<(PartNumber, PartRow)> {
        let row = |size| PartRow {
            modified_ms: 0,
            md5: [0; 16],
            place: Place::Empty,
            sums: Sums { size, crc64nvme: 0, checksum: crc64nvme_checksum(0) },
        };
        let numbers = (1..).map(|number| PartNumber::new(number).unwrap());
        numbers.zip(sizes.into_iter().map(row)).collect()
    }

    #[test]
    fn an_object_has_5_tib_at_most() {
        let part = 5 << 30;
        let most = parts([part; 1024]);
        check_sizes(&most).unwrap();
        assert_eq!(sum(&most, None).unwrap().size, OBJECT_BYTES_MAX);
        let one_more = check_sizes(&parts([part; 1024].into_iter().chain([1])));
        assert!(matches!(one_more, Err(StoreError::TooLarge { size: 0x500_0000_0001 })));
        let endless = check_sizes(&parts([u64::MAX; 10_000]));
        assert!(matches!(endless, Err(StoreError::TooLarge { size: u64::MAX })));
    }
}
