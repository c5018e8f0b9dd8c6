//! `aws-chunked` bodies: frames of a size, perhaps a signature, and data; then perhaps a trailer.
//!
//! The decoder looks at bytes as they come and holds none of the data back: a chunk's signature is
//! settled when its last byte has passed, so who stores the data must not show it before
//! [`Event::End`]. Layout:
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use sha2::{Digest as _, Sha256};

use crate::encode::Sink;
use crate::mac::{hex, matches, sha256_hex};
use crate::presign::scope;
use crate::{SecretKey, Short, SigningKey, Text, Timestamp};

/// Longest line of a frame: a size of 16 digits and a signature of 64, with their names.
const LINE_BYTES_MAX: usize = 256;
/// Longest trailer, all lines together.
const TRAILER_BYTES_MAX: usize = 4096;
/// Least data in a signed chunk, the last but the empty one excepted.
pub const CHUNK_BYTES_MIN: u64 = 8192;
/// SHA-256 of nothing, which every chunk's string to sign holds.
const EMPTY_SHA256: &[u8] = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// The trailer line that holds the trailer's signature.
const TRAILER_SIGNATURE: &str = "x-amz-trailer-signature";

/// How the chunks of a body are covered, by the word in `x-amz-content-sha256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunks {
    /// Each chunk is signed: `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`.
    Signed,
    /// Each chunk and the trailer are signed: `STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER`.
    SignedWithTrailer,
    /// Nothing is signed, and a trailer follows: `STREAMING-UNSIGNED-PAYLOAD-TRAILER`.
    UnsignedWithTrailer,
}

impl Chunks {
    /// The kind that a value of `x-amz-content-sha256` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => Some(Self::Signed),
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => Some(Self::SignedWithTrailer),
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => Some(Self::UnsignedWithTrailer),
            _ => None,
        }
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

/// What signs chunks, one after the other: each signature covers the one before it.
#[derive(Clone)]
pub struct ChunkSigner {
    pub(crate) key: SigningKey,
    pub(crate) timestamp: [u8; 16],
    pub(crate) scope: Short,
    pub(crate) previous: [u8; 64],
}

impl ChunkSigner {
    /// A signer for the body of a request that was signed at `at` for service `s3` in `region`,
    /// and whose own signature is `seed`.
    #[must_use]
    pub fn new(secret: &SecretKey, region: &str, at: Timestamp, seed: [u8; 64]) -> Self {
        Self {
            key: SigningKey::derive(secret, at, region, "s3"),
            timestamp: at.basic(),
            scope: scope(at, region, "s3"),
            previous: seed,
        }
    }

    /// The signature of the next chunk, as 64 hexadecimal digits, from its data's SHA-256.
    pub fn sign(&mut self, data_sha256: [u8; 32]) -> [u8; 64] {
        self.next("AWS4-HMAC-SHA256-PAYLOAD", &[EMPTY_SHA256, &hex(data_sha256)])
    }

    /// The signature of the trailer, whose lines each end in a line feed.
    pub fn sign_trailer(&mut self, lines: &[u8]) -> [u8; 64] {
        self.next("AWS4-HMAC-SHA256-TRAILER", &[&sha256_hex(lines)])
    }

    fn next(&mut self, algorithm: &str, hashes: &[&[u8]]) -> [u8; 64] {
        let mut text = Text::new();
        text.put(algorithm.as_bytes());
        let parts = [&self.timestamp[..], &self.scope, &self.previous];
        for part in parts.iter().chain(hashes) {
            text.put(b"\n");
            text.put(part);
        }
        self.previous = hex(self.key.mac(&text));
        self.previous
    }
}

impl fmt::Debug for ChunkSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChunkSigner(redacted)")
    }
}

/// What the decoder found at the front of its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Data, at this place of the input.
    Data(Range<usize>),
    /// Nothing more in this input.
    NeedMore,
    /// The end: every length and signature was right.
    End,
}

enum State {
    /// In the line that begins a chunk.
    Head,
    /// In a chunk's data.
    Data,
    /// In the line break behind a chunk's data.
    Break,
    /// In the lines behind the last chunk.
    Trailer,
    Over,
}

/// Takes the frames off a body.
pub struct ChunkDecoder {
    chunks: Chunks,
    /// None where nothing is signed.
    signer: Option<ChunkSigner>,
    state: State,
    line: Short,
    /// Data that is still to come, of the body and of this chunk.
    left: u64,
    chunk_left: u64,
    chunk: u64,
    chunk_size: u64,
    chunk_hash: Sha256,
    claimed: Option<[u8; 64]>,
    trailer: Vec<(String, String)>,
    trailer_lines: Vec<u8>,
    trailer_signed: bool,
}

impl ChunkDecoder {
    /// A decoder for a body of `length` bytes of data. Without a signer no signature is right.
    pub(crate) fn new(chunks: Chunks, signer: Option<ChunkSigner>, length: u64) -> Self {
        Self {
            chunks,
            signer,
            state: State::Head,
            line: Short::new(),
            left: length,
            chunk_left: 0,
            chunk: 0,
            chunk_size: u64::MAX,
            chunk_hash: Sha256::new(),
            claimed: None,
            trailer: Vec::new(),
            trailer_lines: Vec::new(),
            trailer_signed: false,
        }
    }

    /// Looks at `input` and says how much of it was used up and what was found.
    ///
    /// # Errors
    /// The body is not good; nothing of it may be used.
    pub fn decode(&mut self, input: &[u8]) -> Result<(usize, Event), ChunkError> {
        let mut used = 0;
        loop {
            let rest = input.get(used..).unwrap_or_default();
            if let State::Over = self.state {
                // Behind the end there is nothing to find.
                return Ok((input.len(), Event::End));
            }
            if rest.is_empty() {
                return Ok((used, Event::NeedMore));
            }
            if let State::Data = self.state {
                let length = self.data(rest)?;
                return Ok((used + length, Event::Data(used..used + length)));
            }
            let (length, is_whole) = self.collect(rest)?;
            used += length;
            if is_whole {
                self.line_ended()?;
            }
        }
    }

    /// The body has no more bytes: settles whether it was whole.
    ///
    /// # Errors
    /// It ended too early.
    pub fn finish(&mut self) -> Result<(), ChunkError> {
        match self.state {
            State::Over => Ok(()),
            State::Trailer => {
                // The line break behind the last line is often left out.
                if !self.line.is_empty() {
                    self.line_ended()?;
                }
                if matches!(self.state, State::Trailer) { self.end() } else { Ok(()) }
            }
            State::Head | State::Data | State::Break => Err(ChunkError::Malformed),
        }
    }

    /// The trailer's lines: names in lower case, and values. Only after [`Event::End`] or
    /// [`ChunkDecoder::finish`] are they proven.
    #[must_use]
    pub fn trailer(&self) -> &[(String, String)] {
        &self.trailer
    }

    fn data(&mut self, rest: &[u8]) -> Result<usize, ChunkError> {
        let length = usize::try_from(self.chunk_left).unwrap_or(usize::MAX).min(rest.len());
        if self.chunks.is_signed() {
            self.chunk_hash.update(rest.get(..length).unwrap_or_default());
        }
        self.chunk_left -= u64::try_from(length).unwrap_or(u64::MAX);
        if self.chunk_left == 0 {
            self.chunk_ended()?;
            self.state = State::Break;
        }
        Ok(length)
    }

    /// Moves bytes up to a line feed into `line`; the line's own end is left out of it.
    fn collect(&mut self, rest: &[u8]) -> Result<(usize, bool), ChunkError> {
        let end = rest.iter().position(|&b| b == b'\n');
        let piece = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let max = match self.state {
            State::Trailer => TRAILER_BYTES_MAX,
            State::Head | State::Data | State::Break | State::Over => LINE_BYTES_MAX,
        };
        if self.line.len() + piece.len() > max {
            return Err(ChunkError::Malformed);
        }
        self.line.extend_from_slice(piece);
        if end.is_some() && self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        Ok((piece.len() + usize::from(end.is_some()), end.is_some()))
    }

    fn line_ended(&mut self) -> Result<(), ChunkError> {
        let line = core::mem::take(&mut self.line);
        match self.state {
            State::Head => self.head(&line),
            State::Break if line.is_empty() => {
                self.state = State::Head;
                Ok(())
            }
            State::Break => Err(ChunkError::Malformed),
            State::Trailer => self.trailer_line(&line),
            State::Data | State::Over => Ok(()),
        }
    }

    /// `size` or `size;chunk-signature=...`, in hexadecimal.
    fn head(&mut self, line: &[u8]) -> Result<(), ChunkError> {
        let line = core::str::from_utf8(line).map_err(|_| ChunkError::Malformed)?;
        let (size, extension) = line.split_once(';').unwrap_or((line, ""));
        let is_size = (1..=16).contains(&size.len()) && size.bytes().all(|b| b.is_ascii_hexdigit());
        let size = u64::from_str_radix(size, 16).ok().filter(|_| is_size);
        let size = size.ok_or(ChunkError::Malformed)?;
        self.claimed = match extension.strip_prefix("chunk-signature=") {
            Some(signature) if self.chunks.is_signed() => {
                Some(signature.as_bytes().try_into().map_err(|_| ChunkError::Malformed)?)
            }
            None if !self.chunks.is_signed() => None,
            Some(_) | None => return Err(ChunkError::Malformed),
        };
        self.check_size(size)?;
        self.chunk += 1;
        (self.chunk_size, self.chunk_left) = (size, size);
        if size > 0 {
            self.state = State::Data;
            return Ok(());
        }
        self.chunk_ended()?;
        self.state = State::Trailer;
        if self.left > 0 { Err(ChunkError::Length) } else { Ok(()) }
    }

    fn check_size(&mut self, size: u64) -> Result<(), ChunkError> {
        if size > 0 && self.chunks.is_signed() && self.chunk_size < CHUNK_BYTES_MIN {
            return Err(ChunkError::TooSmall { chunk: self.chunk, size: self.chunk_size });
        }
        self.left = self.left.checked_sub(size).ok_or(ChunkError::Length)?;
        Ok(())
    }

    fn chunk_ended(&mut self) -> Result<(), ChunkError> {
        let Some(claimed) = self.claimed.take() else {
            return Ok(());
        };
        let hash = core::mem::take(&mut self.chunk_hash).finalize();
        let ours = self.signer.as_mut().map(|signer| signer.sign(hash.into()));
        let is_right = ours.is_some_and(|ours| matches(&ours, &claimed));
        if is_right { Ok(()) } else { Err(ChunkError::Signature) }
    }

    fn trailer_line(&mut self, line: &[u8]) -> Result<(), ChunkError> {
        if line.is_empty() {
            // Because: some clients put an empty line before the trailer's signature.
            let awaits = self.chunks == Chunks::SignedWithTrailer && !self.trailer_signed;
            return if awaits { Ok(()) } else { self.end() };
        }
        let line = core::str::from_utf8(line).map_err(|_| ChunkError::Trailer)?;
        let (name, value) = line.split_once(':').ok_or(ChunkError::Trailer)?;
        let (name, value) = (name.to_ascii_lowercase(), value.trim_matches(' '));
        if self.chunks == Chunks::Signed || self.trailer_signed {
            return Err(ChunkError::Trailer);
        }
        if name == TRAILER_SIGNATURE {
            return self.trailer_signature(value);
        }
        if self.trailer_lines.len() + line.len() > TRAILER_BYTES_MAX {
            return Err(ChunkError::Trailer);
        }
        for piece in [name.as_bytes(), b":", value.as_bytes(), b"\n"] {
            self.trailer_lines.extend_from_slice(piece);
        }
        self.trailer.push((name, value.into()));
        Ok(())
    }

    fn trailer_signature(&mut self, claimed: &str) -> Result<(), ChunkError> {
        if self.chunks != Chunks::SignedWithTrailer {
            return Err(ChunkError::Trailer);
        }
        let ours = self.signer.as_mut().map(|signer| signer.sign_trailer(&self.trailer_lines));
        if !ours.is_some_and(|ours| matches(&ours, claimed.as_bytes())) {
            return Err(ChunkError::Signature);
        }
        self.trailer_signed = true;
        Ok(())
    }

    fn end(&mut self) -> Result<(), ChunkError> {
        if self.chunks == Chunks::SignedWithTrailer && !self.trailer_signed {
            return Err(ChunkError::Trailer);
        }
        self.state = State::Over;
        Ok(())
    }
}

/// Shows how the body is covered and how far it is.
impl fmt::Debug for ChunkDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkDecoder")
            .field("chunks", &self.chunks)
            .field("chunk", &self.chunk)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
