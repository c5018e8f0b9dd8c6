//! The data of a body: bare, in `aws-chunked` frames, or the file of a form.
//!
//! Frames are taken off as they come; their signatures are settled chunk by chunk, and the end of
//! the body is good only when every one was right. The file of a form is held to the lengths that
//! its policy allows; it ends at a delimiter, and the body has to come to its own end behind it.

use std::ops::RangeInclusive;

use bytes::Bytes;
use s3::Code;
use signature::chunk::Event;
use signature::{ChunkDecoder, ChunkError, Payload};

use super::Arriving;
use super::form::FileEnd;
use crate::authorize::Permit;
use crate::limits::CONTENT_BYTES_MAX;
use crate::read::ReceivedForm;
use crate::refusal::Refusal;

/// A body whose data is taken in.
pub(super) struct Framed<'b> {
    body: &'b mut Arriving,
    frame: Frame,
}

/// What stands around the data.
#[expect(clippy::large_enum_variant, reason = "there is one, for as long as a body comes in")]
enum Frame {
    Nothing,
    Chunks(ChunkDecoder),
    Form(File),
}

/// The file of a form.
struct File {
    end: FileEnd,
    allowed: RangeInclusive<u64>,
    /// How long it seems to be.
    announced: u64,
    received: u64,
}

impl<'b> Framed<'b> {
    /// A body whose length is known before its first byte, and within bounds.
    pub(super) fn with_length(permit: &Permit, body: &'b mut Arriving) -> Result<Self, Refusal> {
        let length = match permit.call().form() {
            Some(form) => form.file_bytes,
            None if is_chunked(permit) => decoded_length(permit)?,
            None => body.length()?,
        };
        if length > CONTENT_BYTES_MAX {
            return Err(too_large(length, CONTENT_BYTES_MAX));
        }
        Self::new(permit, body)
    }

    /// A body that is bounded as it comes.
    pub(super) fn new(permit: &Permit, body: &'b mut Arriving) -> Result<Self, Refusal> {
        let frame = match (permit.caller().payload(), permit.call().form()) {
            (_, Some(form)) => {
                check_bare(permit)?;
                Frame::Form(File::new(form, permit.caller().file_bytes()))
            }
            (Payload::Chunked(_), None) => {
                let chunks = permit.caller().chunks(decoded_length(permit)?);
                chunks.map_or(Frame::Nothing, Frame::Chunks)
            }
            (Payload::Unsigned | Payload::Sha256(_), None) => {
                check_bare(permit)?;
                Frame::Nothing
            }
        };
        Ok(Self { body, frame })
    }

    /// About `length` bytes more of data; nothing at the end.
    pub(super) async fn piece(&mut self, length: usize) -> Result<Vec<Bytes>, Refusal> {
        loop {
            let piece = self.body.piece(length).await?;
            let is_end = piece.is_empty();
            let data = match &mut self.frame {
                Frame::Nothing => return Ok(piece),
                Frame::Chunks(decoder) if is_end => {
                    decoder.finish().map_err(Refusal::of_chunk)?;
                    return Ok(piece);
                }
                Frame::Form(file) if is_end => {
                    file.settle()?;
                    return Ok(piece);
                }
                Frame::Chunks(decoder) => decoded(decoder, &piece).map_err(Refusal::of_chunk)?,
                Frame::Form(file) => file.take(&piece)?,
            };
            if !data.is_empty() {
                return Ok(data);
            }
        }
    }

    /// The lines behind the last chunk.
    pub(super) fn trailer(&self) -> &[(String, String)] {
        match &self.frame {
            Frame::Chunks(decoder) => decoder.trailer(),
            Frame::Nothing | Frame::Form(_) => &[],
        }
    }
}

impl File {
    fn new(form: &ReceivedForm, allowed: RangeInclusive<u64>) -> Self {
        let end = FileEnd::new(form.delimiter.clone());
        Self { end, allowed, announced: form.file_bytes, received: 0 }
    }

    /// The part of `piece` that is the file's. A file is too large as soon as it is.
    fn take(&mut self, piece: &[Bytes]) -> Result<Vec<Bytes>, Refusal> {
        let mut data = Vec::with_capacity(piece.len());
        for bytes in piece {
            self.end.take(bytes, &mut data);
        }
        let length: usize = data.iter().map(Bytes::len).sum();
        self.received += u64::try_from(length).unwrap_or(u64::MAX);
        if self.received > *self.allowed.end() {
            return Err(too_large(self.announced.max(self.received), *self.allowed.end()));
        }
        Ok(data)
    }

    fn settle(&self) -> Result<(), Refusal> {
        if !self.end.is_reached() {
            return Err(Refusal::new(Code::MalformedPOSTRequest));
        }
        if self.received < *self.allowed.start() {
            return Err(Refusal::new(Code::EntityTooSmall)
                .with("ProposedSize", self.received)
                .with("MinSizeAllowed", *self.allowed.start()));
        }
        Ok(())
    }
}

fn too_large(proposed: u64, max: u64) -> Refusal {
    Refusal::new(Code::EntityTooLarge).with("ProposedSize", proposed).with("MaxSizeAllowed", max)
}

fn is_chunked(permit: &Permit) -> bool {
    matches!(permit.caller().payload(), Payload::Chunked(_))
}

/// A body that says it is framed, and by its signature is not, would be stored with its frames.
fn check_bare(permit: &Permit) -> Result<(), Refusal> {
    let encoding = permit.call().header("content-encoding").unwrap_or("");
    if encoding.split(',').any(|word| word.trim().eq_ignore_ascii_case("aws-chunked")) {
        return Err(Refusal::not_implemented_header("Content-Encoding")
            .because("aws-chunked without a STREAMING word in x-amz-content-sha256"));
    }
    Ok(())
}

fn decoded(decoder: &mut ChunkDecoder, piece: &[Bytes]) -> Result<Vec<Bytes>, ChunkError> {
    let mut data = Vec::with_capacity(piece.len());
    for bytes in piece {
        let mut rest = bytes.clone();
        while !rest.is_empty() {
            let (used, event) = decoder.decode(&rest)?;
            if let Event::Data(range) = event {
                data.push(rest.slice(range));
            }
            rest = rest.slice(used..);
        }
    }
    Ok(data)
}

fn decoded_length(permit: &Permit) -> Result<u64, Refusal> {
    let text = permit.call().header("x-amz-decoded-content-length");
    let digits = text.filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    let length = digits.and_then(|text| text.parse().ok());
    length.ok_or_else(|| Refusal::new(Code::MissingContentLength))
}
