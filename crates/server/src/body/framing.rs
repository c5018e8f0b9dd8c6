//! The data of a body, bare or in `aws-chunked` frames.
//!
//! Frames are taken off as they come; their signatures are settled chunk by chunk, and the end of
//! the body is good only when every one was right.

use bytes::Bytes;
use s3::Code;
use signature::chunk::Event;
use signature::{ChunkDecoder, ChunkError, Payload};

use super::Arriving;
use crate::authorize::Permit;
use crate::limits::CONTENT_BYTES_MAX;
use crate::refusal::Refusal;

/// A body whose data is taken in.
pub(super) struct Framed<'b> {
    body: &'b mut Arriving,
    decoder: Option<ChunkDecoder>,
}

impl<'b> Framed<'b> {
    /// A body whose length is known before its first byte, and within bounds.
    pub(super) fn with_length(permit: &Permit, body: &'b mut Arriving) -> Result<Self, Refusal> {
        let length = if is_chunked(permit) { decoded_length(permit)? } else { body.length()? };
        if length > CONTENT_BYTES_MAX {
            return Err(Refusal::new(Code::EntityTooLarge)
                .with("ProposedSize", length)
                .with("MaxSizeAllowed", CONTENT_BYTES_MAX));
        }
        Self::new(permit, body)
    }

    /// A body that is bounded as it comes.
    pub(super) fn new(permit: &Permit, body: &'b mut Arriving) -> Result<Self, Refusal> {
        let decoder = if is_chunked(permit) {
            permit.caller().chunks(decoded_length(permit)?)
        } else {
            check_bare(permit)?;
            None
        };
        Ok(Self { body, decoder })
    }

    /// About as much more data as is handed to the disk at a time; nothing at the end.
    pub(super) async fn piece(&mut self) -> Result<Vec<Bytes>, Refusal> {
        loop {
            let piece = self.body.piece().await?;
            let Some(decoder) = &mut self.decoder else {
                return Ok(piece);
            };
            if piece.is_empty() {
                decoder.finish().map_err(Refusal::of_chunk)?;
                return Ok(piece);
            }
            let mut data = Vec::with_capacity(piece.len());
            for bytes in piece {
                decode(decoder, &bytes, &mut data).map_err(Refusal::of_chunk)?;
            }
            if !data.is_empty() {
                return Ok(data);
            }
        }
    }

    /// The lines behind the last chunk.
    pub(super) fn trailer(&self) -> &[(String, String)] {
        self.decoder.as_ref().map_or(&[], ChunkDecoder::trailer)
    }
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

fn decode(
    decoder: &mut ChunkDecoder,
    bytes: &Bytes,
    data: &mut Vec<Bytes>,
) -> Result<(), ChunkError> {
    let mut rest = bytes.clone();
    while !rest.is_empty() {
        let (used, event) = decoder.decode(&rest)?;
        if let Event::Data(range) = event {
            data.push(rest.slice(range));
        }
        rest = rest.slice(used..);
    }
    Ok(())
}

fn decoded_length(permit: &Permit) -> Result<u64, Refusal> {
    let text = permit.call().header("x-amz-decoded-content-length");
    let length = text.and_then(|text| text.parse().ok());
    length.ok_or_else(|| Refusal::new(Code::MissingContentLength))
}
