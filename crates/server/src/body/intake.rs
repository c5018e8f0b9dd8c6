//! Takes an object's bytes in: into the store, through every check that the request asks for.
//!
//! Hashing and writing happen beside the network and beside each other: while one piece is hashed,
//! and goes to the disk, the next one arrives, and two pieces are all that an upload holds in
//! memory. What is wrong ends in a refusal, and what the store was given so far is gone.

use bytes::Bytes;
use md5::{Digest as _, Md5};
use s3::{Checksum, Code};
use store::{Content, StoreError, Summing, Writer};
use tokio::task::spawn_blocking;

use super::Arriving;
use super::checks::{Checks, OfTheBody};
use super::framing::Framed;
use crate::authorize::Permit;
use crate::house::House;
use crate::limits::{DOCUMENT_BYTES_MAX, PIECE_BYTES};
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
    let checks = Checks::of(permit, OfTheBody::Checksum)?;
    let mut body = Framed::with_length(permit, body)?;
    let mut intake = Intake { writer: house.store.writer(), checks };
    let stored = |error| Refusal::of_store(error, permit);
    let share = house.pieces.share();
    let mut piece = body.piece(share.piece_bytes()).await?;
    while !piece.is_empty() {
        let size = piece.iter().map(Bytes::len).sum();
        if intake.writer.stays_in_memory(size) {
            intake.take(&piece).map_err(stored)?;
            piece = body.piece(share.piece_bytes()).await?;
            continue;
        }
        let work = intake.take_aside(piece);
        let (taken, next) = tokio::join!(work, body.piece(share.piece_bytes()));
        intake = taken?.map_err(stored)?;
        piece = next?;
    }
    let Intake { writer, checks } = intake;
    let content = if writer.stays_in_memory(0) {
        writer.finish()
    } else {
        spawn_blocking(|| writer.finish()).await.map_err(Refusal::of_task)?
    };
    let content = content.map_err(stored)?;
    let checksum = checks.settle(content.md5(), body.trailer())?;
    Ok(Taken { content, checksum })
}

/// Takes in the body of a request that is a document, held to the same checks.
pub(crate) async fn take_document(
    permit: &Permit,
    body: &mut Arriving,
    headers: OfTheBody,
) -> Result<String, Refusal> {
    let text = take_text(permit, body, headers, DOCUMENT_BYTES_MAX).await?;
    String::from_utf8(text).map_err(|_| Refusal::new(Code::MalformedXML))
}

/// Takes in the body of a request that is a text of `bytes_max` at most, held to the same checks.
pub(crate) async fn take_text(
    permit: &Permit,
    body: &mut Arriving,
    headers: OfTheBody,
    bytes_max: usize,
) -> Result<Vec<u8>, Refusal> {
    let mut checks = Checks::of(permit, headers)?;
    let mut body = Framed::new(permit, body)?;
    let mut text = Vec::new();
    loop {
        let piece = body.piece(PIECE_BYTES).await?;
        if piece.is_empty() {
            break;
        }
        for bytes in piece {
            checks.update(&bytes);
            text.extend_from_slice(&bytes);
        }
        if text.len() > bytes_max {
            return Err(Refusal::new(Code::MaxMessageLengthExceeded)
                .with("MaxMessageLengthBytes", bytes_max));
        }
    }
    checks.settle(Md5::digest(&text).into(), body.trailer())?;
    Ok(text)
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

    /// The same on two threads that may wait, one of them for the disk.
    async fn take_aside(self, piece: Vec<Bytes>) -> Result<Result<Self, StoreError>, Refusal> {
        let Self { writer, mut checks } = self;
        let (mut summing, mut storing) = writer.halves();
        let same = piece.clone();
        let summed = spawn_blocking(move || {
            hash(&same, &mut checks, &mut summing);
            (checks, summing)
        });
        let stored = spawn_blocking(move || {
            piece.iter().try_for_each(|bytes| storing.write(bytes))?;
            Ok(storing)
        });
        let (summed, stored) = tokio::join!(summed, stored);
        let ((checks, summing), stored) =
            (summed.map_err(Refusal::of_task)?, stored.map_err(Refusal::of_task)?);
        Ok(stored.map(|storing| Self { writer: Writer::of((summing, storing)), checks }))
    }
}

fn hash(piece: &[Bytes], checks: &mut Checks, summing: &mut Summing) {
    for bytes in piece {
        checks.update(bytes);
        summing.write(bytes);
    }
}
