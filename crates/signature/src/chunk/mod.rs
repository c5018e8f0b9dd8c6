//! `aws-chunked` bodies: frames of a size, perhaps a signature, and data; then perhaps a trailer.
//!
//! Each signature covers the one before it, the first that of the request. With SigV4 it is 64
//! hexadecimal digits; with SigV4A as many as there are, filled up with stars to 144, and what the
//! next one covers are the digits. Layout:
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>

mod decoder;
mod signer;

use core::fmt;

pub use decoder::{ChunkDecoder, Event};
pub use signer::ChunkSigner;
pub(crate) use signer::ChunkVerifier;

use crate::verify::Algorithm;

/// Least data in a signed chunk, the last but the empty one excepted.
pub const CHUNK_BYTES_MIN: u64 = 8192;

/// How the chunks of a body are covered, by the word in `x-amz-content-sha256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunks {
    /// Each chunk is signed: `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`, with SigV4A
    /// `STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD`.
    Signed,
    /// Each chunk and the trailer are signed: these words with `-TRAILER` behind.
    SignedWithTrailer,
    /// Nothing is signed, and a trailer follows: `STREAMING-UNSIGNED-PAYLOAD-TRAILER`.
    UnsignedWithTrailer,
}

impl Chunks {
    /// The kind that a value of `x-amz-content-sha256` names, and how its chunks are signed.
    pub(crate) fn from_word(word: &str) -> Option<(Self, Option<Algorithm>)> {
        Some(match word {
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => (Self::Signed, Some(Algorithm::Hmac)),
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => {
                (Self::SignedWithTrailer, Some(Algorithm::Hmac))
            }
            "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD" => (Self::Signed, Some(Algorithm::Ecdsa)),
            "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER" => {
                (Self::SignedWithTrailer, Some(Algorithm::Ecdsa))
            }
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => (Self::UnsignedWithTrailer, None),
            _ => return None,
        })
    }

    pub(crate) fn is_signed(self) -> bool {
        self != Self::UnsignedWithTrailer
    }
}

/// Why a framed body is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkError {
    /// A frame that cannot be read, or a body that ends inside one.
    Malformed,
    /// The data is longer or shorter than was announced.
    Length,
    /// A signed chunk before the last has fewer bytes than [`CHUNK_BYTES_MIN`].
    TooSmall {
        /// Which chunk, from 1.
        chunk: u64,
        /// Its length in bytes.
        size: u64,
    },
    /// A chunk's or the trailer's signature is another one.
    Signature,
    /// The trailer cannot be read.
    Trailer,
}

impl fmt::Display for ChunkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("a chunk is malformed or cut short"),
            Self::Length => f.write_str("the data is not as long as announced"),
            Self::TooSmall { chunk, size } => write!(f, "chunk {chunk} has only {size} bytes"),
            Self::Signature => f.write_str("a chunk's signature does not match"),
            Self::Trailer => f.write_str("the trailer is malformed"),
        }
    }
}

impl core::error::Error for ChunkError {}
