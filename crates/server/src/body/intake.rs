//! Takes an object's bytes in: into the store, through every check that the request asks for.
//!
//! Hashing and writing happen beside the network: while one piece goes to the disk the next one
//! arrives, and two pieces are all that an upload holds in memory. What is wrong ends in a
//! refusal, and what the store was given so far is gone.

use bytes::Bytes;
use s3::Checksum;
use store::{Content, StoreError, Writer};

use super::Arriving;
use super::checks::Checks;
use super::framing::Framed;
use crate::authorize::Permit;
use crate::house::House;
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
    let mut body = Framed::new(permit, body)?;
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
    let content = content.map_err(stored)?;
    let checksum = checks.settle(&content, body.trailer())?;
    Ok(Taken { content, checksum })
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
