//! Takes an object's bytes in: into the store, through every check that the request asks for.
//!
//! Hashing and writing happen beside the network: while one piece goes to the disk the next one
//! arrives, and two pieces are all that an upload holds in memory. What is wrong ends in a
//! refusal, and what the store was given so far is gone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use crc_fast::{CrcAlgorithm, Digest as Crc};
use s3::{Checksum, ChecksumAlgorithm, Code};
use sha2::{Digest as _, Sha256};
use signature::Payload;
use store::{Content, StoreError, Writer};

use super::Arriving;
use crate::authorize::Permit;
use crate::house::House;
use crate::limits::CONTENT_BYTES_MAX;
use crate::read::Call;
use crate::refusal::Refusal;

/// Content that came in whole and passed every check.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) content: Content,
    /// The checksum that the client sent along, if it did.
    pub(crate) checksum: Option<Checksum>,
}

/// Takes in the body of a request that writes an object or a part.
pub(crate) async fn take(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Taken, Refusal> {
    let checks = Checks::of(permit)?;
    let length = body.length()?;
    if length > CONTENT_BYTES_MAX {
        return Err(Refusal::new(Code::EntityTooLarge)
            .with("ProposedSize", length)
            .with("MaxSizeAllowed", CONTENT_BYTES_MAX));
    }
    let mut intake = Intake {
        writer: house.store.writer(),
        checks,
    };
    let stored = |error| Refusal::of_store(error, permit);
    let mut piece = body.piece().await?;
    while !piece.is_empty() {
        let size = piece.iter().map(Bytes::len).sum();
        if intake.writer.stays_in_memory(size) {
            intake.take(&piece).map_err(stored)?;
            piece = body.piece().await?;
            continue;
        }
        let work = tokio::task::spawn_blocking(move || {
            intake.take(&piece)?;
            Ok::<_, StoreError>(intake)
        });
        let next = body.piece().await;
        intake = work.await.map_err(Refusal::of_task)?.map_err(stored)?;
        piece = next?;
    }
    let Intake { writer, checks } = intake;
    let content = if writer.stays_in_memory(0) {
        writer.finish()
    } else {
        tokio::task::spawn_blocking(|| writer.finish())
            .await
            .map_err(Refusal::of_task)?
    };
    checks.settle(content.map_err(stored)?)
}

struct Intake {
    writer: Writer,
    checks: Checks,
}

impl Intake {
    fn take(&mut self, piece: &[Bytes]) -> Result<(), StoreError> {
        for bytes in piece {
            self.checks.update(bytes);
            self.writer.write(bytes)?;
        }
        Ok(())
    }
}

/// What the bytes are held to.
struct Checks {
    sha256: Option<(Sha256, [u8; 32])>,
    md5: Option<[u8; 16]>,
    checksum: Option<(Sum, Checksum)>,
}

impl Checks {
    fn of(permit: &Permit) -> Result<Self, Refusal> {
        let call = permit.call();
        let sha256 = match permit.payload() {
            Payload::Unsigned => None,
            Payload::Sha256(expected) => Some((Sha256::new(), expected)),
            Payload::Chunked => {
                return Err(Refusal::not_implemented_header("x-amz-content-sha256")
                    .because("aws-chunked bodies are not supported"));
            }
        };
        if call
            .header("content-encoding")
            .is_some_and(|value| value.contains("aws-chunked"))
        {
            return Err(Refusal::not_implemented_header("Content-Encoding")
                .because("aws-chunked bodies are not supported"));
        }
        let md5 = call.header("content-md5").map(content_md5).transpose()?;
        let checksum = sent_checksum(call)?.map(|sent| (Sum::new(sent.algorithm), sent));
        Ok(Self {
            sha256,
            md5,
            checksum,
        })
    }

    fn update(&mut self, bytes: &[u8]) {
        if let Some((hash, _)) = &mut self.sha256 {
            hash.update(bytes);
        }
        if let Some((sum, _)) = &mut self.checksum {
            sum.update(bytes);
        }
    }

    fn settle(self, content: Content) -> Result<Taken, Refusal> {
        if let Some((hash, expected)) = self.sha256 {
            let computed: [u8; 32] = hash.finalize().into();
            if computed != expected {
                return Err(Refusal::new(Code::XAmzContentSHA256Mismatch)
                    .with("ClientComputedContentSHA256", s3::hex::encode(&expected))
                    .with("S3ComputedContentSHA256", s3::hex::encode(&computed)));
            }
        }
        if let Some(expected) = self.md5
            && expected != content.md5()
        {
            return Err(Refusal::new(Code::BadDigest)
                .with("ExpectedDigest", s3::hex::encode(&expected))
                .with("CalculatedDigest", STANDARD.encode(content.md5())));
        }
        let mut checksum = None;
        if let Some((sum, sent)) = self.checksum {
            if sum.finish() != sent.value {
                return Err(wrong_checksum(sent.algorithm));
            }
            checksum = Some(sent);
        }
        Ok(Taken { content, checksum })
    }
}

fn wrong_checksum(algorithm: ChecksumAlgorithm) -> Refusal {
    let word = algorithm.word();
    Refusal::new(Code::BadDigest).saying(format!(
        "The {word} you specified did not match the calculated checksum."
    ))
}

fn content_md5(text: &str) -> Result<[u8; 16], Refusal> {
    let digest = STANDARD
        .decode(text.trim())
        .ok()
        .and_then(|md5| md5.try_into().ok());
    digest.ok_or_else(|| Refusal::new(Code::InvalidDigest).with("Content-MD5", text))
}

/// The one checksum that the client sent along.
pub(crate) fn sent_checksum(call: &Call) -> Result<Option<Checksum>, Refusal> {
    let mut found = None;
    for algorithm in ChecksumAlgorithm::ALL {
        let Some(text) = call.header(algorithm.header()) else {
            continue;
        };
        if found.is_some() {
            return Err(Refusal::new(Code::InvalidRequest).saying(
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not \
                 allowed.",
            ));
        }
        let checksum = Checksum::parse(algorithm, text).ok_or_else(|| {
            let header = algorithm.header();
            Refusal::new(Code::InvalidRequest)
                .saying(format!("Value for {header} header is invalid."))
        })?;
        found = Some(checksum);
    }
    Ok(found)
}

enum Sum {
    Crc(Crc, usize),
    Sha1(sha1::Sha1),
    Sha256(Sha256),
}

impl Sum {
    fn new(algorithm: ChecksumAlgorithm) -> Self {
        let crc = |kind| Self::Crc(Crc::new(kind), algorithm.value_bytes());
        match algorithm {
            ChecksumAlgorithm::Crc32 => crc(CrcAlgorithm::Crc32IsoHdlc),
            ChecksumAlgorithm::Crc32c => crc(CrcAlgorithm::Crc32Iscsi),
            ChecksumAlgorithm::Crc64Nvme => crc(CrcAlgorithm::Crc64Nvme),
            ChecksumAlgorithm::Sha1 => Self::Sha1(sha1::Sha1::new()),
            ChecksumAlgorithm::Sha256 => Self::Sha256(Sha256::new()),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc(crc, _) => crc.update(bytes),
            Self::Sha1(hash) => hash.update(bytes),
            Self::Sha256(hash) => hash.update(bytes),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Self::Crc(crc, length) => {
                let sum = crc.finalize().to_be_bytes();
                sum.iter().skip(sum.len() - length).copied().collect()
            }
            Self::Sha1(hash) => hash.finalize().to_vec(),
            Self::Sha256(hash) => hash.finalize().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_published_check_values() {
        let known = [
            (ChecksumAlgorithm::Crc32, "cbf43926"),
            (ChecksumAlgorithm::Crc32c, "e3069283"),
            (ChecksumAlgorithm::Crc64Nvme, "ae8b14860a799888"),
            (
                ChecksumAlgorithm::Sha1,
                "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
            ),
            (
                ChecksumAlgorithm::Sha256,
                "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
            ),
        ];
        for (algorithm, hex) in known {
            let mut sum = Sum::new(algorithm);
            sum.update(b"12345");
            sum.update(b"6789");
            assert_eq!(s3::hex::encode(&sum.finish()), hex, "{algorithm:?}");
        }
    }
}
