//! Additional checksums: which there are, how they are spelled, how a value looks.
//!
//! The sums themselves are computed where the bytes pass. Spelling:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html>

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An algorithm that a client may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChecksumAlgorithm {
    /// CRC-32 as in ISO 3309.
    Crc32,
    /// CRC-32 with the Castagnoli polynomial.
    Crc32c,
    /// CRC-64 with the NVME polynomial; what S3 computes when nobody asks.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl ChecksumAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 5] =
        [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// The word in `x-amz-checksum-algorithm` and in documents.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The header that carries a value, in lower case.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// The element that carries a value in documents.
    #[must_use]
    pub fn element(self) -> &'static str {
        match self {
            Self::Crc32 => "ChecksumCRC32",
            Self::Crc32c => "ChecksumCRC32C",
            Self::Crc64Nvme => "ChecksumCRC64NVME",
            Self::Sha1 => "ChecksumSHA1",
            Self::Sha256 => "ChecksumSHA256",
        }
    }

    /// Length of a value in bytes.
    #[must_use]
    pub fn value_bytes(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// The algorithm whose values this header carries, whatever its case.
    #[must_use]
    pub fn from_header(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.header().eq_ignore_ascii_case(name))
    }

    /// The algorithm with this word, whatever its case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.word().eq_ignore_ascii_case(word))
    }
}

/// One checksum of an object or a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    /// How it was computed.
    pub algorithm: ChecksumAlgorithm,
    /// The sum, big endian.
    pub value: Vec<u8>,
    /// Number of parts when the sum is one of the parts' sums (type `COMPOSITE`); none when it
    /// covers the bytes themselves (type `FULL_OBJECT`).
    pub parts: Option<u16>,
}

impl Checksum {
    /// Reads a header value: base64 of exactly the algorithm's length.
    #[must_use]
    pub fn parse(algorithm: ChecksumAlgorithm, text: &str) -> Option<Self> {
        let value = STANDARD.decode(text.trim()).ok()?;
        (value.len() == algorithm.value_bytes()).then_some(Self { algorithm, value, parts: None })
    }

    /// Reads the value of an object that may have been uploaded in parts: as [`parse`](Self::parse)
    /// does, with or without `-n` behind it.
    #[must_use]
    pub fn parse_whole(algorithm: ChecksumAlgorithm, text: &str) -> Option<Self> {
        let Some((text, parts)) = text.split_once('-') else {
            return Self::parse(algorithm, text);
        };
        let parts = parts.trim().parse().ok()?;
        Self::parse(algorithm, text).map(|sum| Self { parts: Some(parts), ..sum })
    }

    /// The value as headers and documents spell it: base64, with `-n` when composite.
    #[must_use]
    pub fn text(&self) -> String {
        let sum = STANDARD.encode(&self.value);
        match self.parts {
            Some(parts) => alloc::format!("{sum}-{parts}"),
            None => sum,
        }
    }

    /// The word of `x-amz-checksum-type`.
    #[must_use]
    pub fn type_word(&self) -> &'static str {
        if self.parts.is_some() { "COMPOSITE" } else { "FULL_OBJECT" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_base64_of_the_right_length() {
        let sum = Checksum::parse(ChecksumAlgorithm::Crc32, "AAAAAA==").unwrap();
        assert_eq!((sum.value.as_slice(), sum.text().as_str()), ([0; 4].as_slice(), "AAAAAA=="));
        assert_eq!(Checksum::parse(ChecksumAlgorithm::Crc32, "AAAA"), None);
        assert_eq!(Checksum::parse(ChecksumAlgorithm::Sha1, "%%"), None);
        let composite = Checksum { parts: Some(3), ..sum.clone() };
        let whole = |text| Checksum::parse_whole(ChecksumAlgorithm::Crc32, text);
        assert_eq!((whole("AAAAAA==-3"), whole("AAAAAA==")), (Some(composite.clone()), Some(sum)));
        assert_eq!((whole("AAAAAA==-x"), whole("AAAA-3")), (None, None));
        assert_eq!((composite.text().as_str(), composite.type_word()), ("AAAAAA==-3", "COMPOSITE"));
    }
}
