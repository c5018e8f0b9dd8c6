//! What the bytes of a body are held to: the signed hash, Content-MD5, an additional checksum
//! that comes ahead in a header or behind in a trailer.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::{CrcAlgorithm, Digest as Crc};
use s3::{Checksum, ChecksumAlgorithm, Code};
use sha2::{Digest as _, Sha256};
use signature::Payload;

use crate::authorize::Permit;
use crate::read::Call;
use crate::refusal::Refusal;

/// The sums that are taken while a body streams, and what they should be.
pub(super) struct Checks {
    sha256: Option<(Sha256, [u8; 32])>,
    md5: Option<[u8; 16]>,
    checksum: Option<(Sum, Announced)>,
}

/// Where the right value of a checksum comes from.
enum Announced {
    InHeader(Checksum),
    InTrailer(ChecksumAlgorithm),
}

/// Which additional checksum of the headers is the body's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OfTheBody {
    /// The one that is sent.
    Checksum,
    /// None: what is sent is about something else.
    Nothing,
}

impl Checks {
    pub(super) fn of(permit: &Permit, headers: OfTheBody) -> Result<Self, Refusal> {
        let call = permit.call();
        let sha256 = match permit.caller().payload() {
            Payload::Unsigned | Payload::Chunked(_) => None,
            Payload::Sha256(expected) => Some((Sha256::new(), expected)),
        };
        let md5 = call.header("content-md5").map(content_md5).transpose()?;
        let sent = match headers {
            OfTheBody::Checksum => sent_checksum(call)?,
            OfTheBody::Nothing => None,
        };
        let checksum = match (sent, trailing_checksum(call)?) {
            (None, None) => None,
            (Some(sent), None) => Some((Sum::new(sent.algorithm), Announced::InHeader(sent))),
            (None, Some(algorithm)) => Some((Sum::new(algorithm), Announced::InTrailer(algorithm))),
            (Some(_), Some(_)) => return Err(two_checksums()),
        };
        Ok(Self { sha256, md5, checksum })
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        if let Some((hash, _)) = &mut self.sha256 {
            hash.update(bytes);
        }
        if let Some((sum, _)) = &mut self.checksum {
            sum.update(bytes);
        }
    }

    /// Compares everything, and returns the checksum that the client sent along.
    pub(super) fn settle(
        self,
        md5: [u8; 16],
        trailer: &[(String, String)],
    ) -> Result<Option<Checksum>, Refusal> {
        if let Some((hash, expected)) = self.sha256 {
            let computed: [u8; 32] = hash.finalize().into();
            if computed != expected {
                return Err(Refusal::new(Code::XAmzContentSHA256Mismatch)
                    .with("ClientComputedContentSHA256", s3::hex::encode(&expected))
                    .with("S3ComputedContentSHA256", s3::hex::encode(&computed)));
            }
        }
        if let Some(expected) = self.md5
            && expected != md5
        {
            return Err(Refusal::new(Code::BadDigest)
                .with("ExpectedDigest", s3::hex::encode(&expected))
                .with("CalculatedDigest", STANDARD.encode(md5)));
        }
        let trailing = match &self.checksum {
            Some((_, Announced::InTrailer(algorithm))) => Some(*algorithm),
            Some((_, Announced::InHeader(_))) | None => None,
        };
        if trailer.iter().any(|(name, _)| is_unannounced(name, trailing)) {
            return Err(Refusal::new(Code::MalformedTrailerError));
        }
        let Some((sum, announced)) = self.checksum else {
            return Ok(None);
        };
        let sent = match announced {
            Announced::InHeader(sent) => sent,
            Announced::InTrailer(algorithm) => in_trailer(algorithm, trailer)?,
        };
        if sum.finish() == sent.value { Ok(Some(sent)) } else { Err(wrong_checksum(&sent)) }
    }
}

/// Whether a body is held to a digest of the client's beside the signature.
pub(crate) fn has_digest(call: &Call) -> bool {
    let is_digest = |name: &str| {
        ["content-md5", "x-amz-trailer"].contains(&name)
            || ChecksumAlgorithm::from_header(name).is_some()
    };
    call.headers().any(|(name, _)| is_digest(name))
}

/// A checksum that nobody summed for.
fn is_unannounced(name: &str, announced: Option<ChecksumAlgorithm>) -> bool {
    name.starts_with("x-amz-checksum-") && ChecksumAlgorithm::from_header(name) != announced
}

fn in_trailer(
    algorithm: ChecksumAlgorithm,
    trailer: &[(String, String)],
) -> Result<Checksum, Refusal> {
    let header = algorithm.header();
    let text = trailer.iter().find(|(name, _)| name == header).map(|(_, value)| value);
    let text = text.ok_or_else(|| Refusal::new(Code::MalformedTrailerError))?;
    Checksum::parse(algorithm, text).ok_or_else(|| invalid_checksum(header))
}

/// The algorithm of the checksum that `x-amz-trailer` announces.
fn trailing_checksum(call: &Call) -> Result<Option<ChecksumAlgorithm>, Refusal> {
    let Some(name) = call.header("x-amz-trailer") else {
        return Ok(None);
    };
    let algorithm = ChecksumAlgorithm::from_header(name.trim());
    algorithm.map(Some).ok_or_else(|| {
        Refusal::new(Code::InvalidRequest)
            .saying("The value specified in the x-amz-trailer header is not supported")
    })
}

fn wrong_checksum(sent: &Checksum) -> Refusal {
    let word = sent.algorithm.word();
    Refusal::new(Code::BadDigest)
        .saying(format!("The {word} you specified did not match the calculated checksum."))
}

fn content_md5(text: &str) -> Result<[u8; 16], Refusal> {
    let digest = STANDARD.decode(text.trim()).ok().and_then(|md5| md5.try_into().ok());
    digest.ok_or_else(|| Refusal::new(Code::InvalidDigest).with("Content-MD5", text))
}

/// The one checksum of the body that the client sent along.
fn sent_checksum(call: &Call) -> Result<Option<Checksum>, Refusal> {
    sent(call, Checksum::parse)
}

/// The one checksum that the client sent along of an object in parts.
pub(crate) fn sent_checksum_of_whole(call: &Call) -> Result<Option<Checksum>, Refusal> {
    sent(call, Checksum::parse_whole)
}

fn sent(
    call: &Call,
    parse: impl Fn(ChecksumAlgorithm, &str) -> Option<Checksum>,
) -> Result<Option<Checksum>, Refusal> {
    let mut found = None;
    for algorithm in ChecksumAlgorithm::ALL {
        let Some(text) = call.header(algorithm.header()) else {
            continue;
        };
        if found.is_some() {
            return Err(two_checksums());
        }
        let header = algorithm.header();
        let checksum = parse(algorithm, text).ok_or_else(|| invalid_checksum(header))?;
        found = Some(checksum);
    }
    Ok(found)
}

fn two_checksums() -> Refusal {
    Refusal::new(Code::InvalidRequest).saying(
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    )
}

fn invalid_checksum(header: &str) -> Refusal {
    Refusal::new(Code::InvalidRequest).saying(format!("Value for {header} header is invalid."))
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
            (ChecksumAlgorithm::Sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
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
