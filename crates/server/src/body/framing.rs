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
    /// The body's length is known before the first byte, and within bounds.
    pub(super) fn new(permit: &Permit, body: &'b mut Arriving) -> Result<Self, Refusal> {
        let is_chunked = matches!(permit.caller().payload(), Payload::Chunked(_));
        let length = if is_chunked {
            decoded_length(permit)?
        } else {
            body.length()?
        };
        if length > CONTENT_BYTES_MAX {
            return Err(Refusal::new(Code::EntityTooLarge)
                .with("ProposedSize", length)
                .with("MaxSizeAllowed", CONTENT_BYTES_MAX));
        }
        let decoder = permit.caller().chunks(length).filter(|_| is_chunked);
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
