//! CreateMultipartUpload.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html>

use http::HeaderName;
use s3::ChecksumAlgorithm;
use s3::Code;
use s3::xml::Writer;
use store::{ChecksumType, UploadChecksum, UploadOptions};

use super::super::{Outcome, attributes};
use crate::authorize::Permit;
use crate::house::House;
use crate::read::{Call, request_tags};
use crate::refusal::Refusal;

pub(in crate::operate) async fn create(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let (bucket, key) = (permit.bucket()?, permit.key()?);
    let checksum = checksum(permit.call())?;
    let (attributes, tags) = (attributes::of(permit)?, request_tags(permit.call())?);
    let options = UploadOptions { attributes, tags, checksum, started_ms: house.now_ms() };
    let id = house
        .store
        .create_upload(bucket, key.clone(), options)
        .await
        .map_err(|error| Refusal::of_store(error, permit))?;
    let document = Writer::new().root("InitiateMultipartUploadResult", |root| {
        root.text("Bucket", bucket);
        root.text("Key", key);
        root.text("UploadId", id);
    });
    let outcome = Outcome::document(document.finish());
    Ok(match checksum {
        Some(UploadChecksum { algorithm, kind }) => outcome
            .with(HeaderName::from_static("x-amz-checksum-algorithm"), algorithm.word())
            .with(HeaderName::from_static("x-amz-checksum-type"), word(kind)),
        None => outcome,
    })
}

fn word(kind: ChecksumType) -> &'static str {
    match kind {
        ChecksumType::FullObject => "FULL_OBJECT",
        ChecksumType::Composite => "COMPOSITE",
    }
}

/// Which checksum the object will have. Hashes can only be taken of the parts' hashes, and
/// CRC64NVME only of the whole; the other two can be either.
fn checksum(call: &Call) -> Result<Option<UploadChecksum>, Refusal> {
    let Some(text) = call.header("x-amz-checksum-algorithm") else {
        return Ok(None);
    };
    let algorithm = ChecksumAlgorithm::from_word(text).ok_or_else(|| {
        Refusal::new(Code::InvalidRequest).saying(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid \
             types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
        )
    })?;
    let is_hash = matches!(algorithm, ChecksumAlgorithm::Sha1 | ChecksumAlgorithm::Sha256);
    let is_whole = algorithm == ChecksumAlgorithm::Crc64Nvme;
    let kind = match call.header("x-amz-checksum-type") {
        None if is_whole => ChecksumType::FullObject,
        None => ChecksumType::Composite,
        Some("FULL_OBJECT") if !is_hash => ChecksumType::FullObject,
        Some("COMPOSITE") if !is_whole => ChecksumType::Composite,
        Some(other) => {
            return Err(Refusal::new(Code::InvalidRequest).saying(format!(
                "The {other} checksum type cannot be used with the {} checksum algorithm.",
                algorithm.word().to_lowercase()
            )));
        }
    };
    Ok(Some(UploadChecksum { algorithm, kind }))
}
