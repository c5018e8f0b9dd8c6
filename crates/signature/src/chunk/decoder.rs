//! Takes the frames off a body.
//!
//! It looks at bytes as they come and holds none of the data back: a chunk's signature is settled
//! when its last byte has passed, so who stores the data must not show it before [`Event::End`].

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use sha2::{Digest as _, Sha256};

use super::{CHUNK_BYTES_MIN, ChunkError, ChunkVerifier, Chunks};
use crate::Short;

/// Longest line of a frame: a size of 16 digits and a signature of 144, with their names.
const LINE_BYTES_MAX: usize = 256;
/// Longest trailer, all lines together.
const TRAILER_BYTES_MAX: usize = 4096;
/// The trailer line that holds the trailer's signature.
const TRAILER_SIGNATURE: &str = "x-amz-trailer-signature";

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
    verifier: Option<ChunkVerifier>,
    state: State,
    line: Short,
    /// Data that is still to come, of the body and of this chunk.
    left: u64,
    chunk_left: u64,
    chunk: u64,
    chunk_size: u64,
    chunk_hash: Sha256,
    claimed: Option<Short>,
    trailer: Vec<(String, String)>,
    trailer_lines: Vec<u8>,
    trailer_signed: bool,
}

impl ChunkDecoder {
    /// A decoder for a body of `length` bytes of data. Without a verifier no signature is right.
    pub(crate) fn new(chunks: Chunks, verifier: Option<ChunkVerifier>, length: u64) -> Self {
        Self {
            chunks,
            verifier,
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
                // Because: some clients put more line breaks there; nothing else may follow.
                let is_blank = rest.iter().all(|byte| b"\r\n".contains(byte));
                return if is_blank {
                    Ok((input.len(), Event::End))
                } else {
                    Err(ChunkError::Malformed)
                };
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
        let (max, fault) = match self.state {
            State::Trailer => (TRAILER_BYTES_MAX, ChunkError::Trailer),
            State::Head | State::Data | State::Break | State::Over => {
                (LINE_BYTES_MAX, ChunkError::Malformed)
            }
        };
        if self.line.len() + piece.len() > max {
            return Err(fault);
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
        let signature = extension.strip_prefix("chunk-signature=").map(str::as_bytes);
        let length = self.verifier.as_ref().map(ChunkVerifier::signature_bytes);
        if signature.is_some() != self.chunks.is_signed() || signature.map(<[u8]>::len) != length {
            return Err(ChunkError::Malformed);
        }
        self.claimed = signature.map(Short::from);
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
        let verifier = self.verifier.as_mut().ok_or(ChunkError::Signature)?;
        verifier.verify(hash.into(), &claimed)
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
        let is_repeated = self.trailer.iter().any(|(other, _)| *other == name);
        if is_repeated || self.trailer_lines.len() + line.len() > TRAILER_BYTES_MAX {
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
        let verifier = self.verifier.as_mut().ok_or(ChunkError::Signature)?;
        verifier.verify_trailer(&self.trailer_lines, claimed.as_bytes())?;
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
