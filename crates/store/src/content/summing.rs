//! The sum of a piece while it is read in full, and what it need not be computed for.

use std::sync::Arc;

use crc_fast::{CrcAlgorithm, Digest};

use super::lately::{Begun, Lately, Sums};
use super::source::{SourceBytes, SourcePiece};
use crate::disk::{BlobFile, Stamp};
use crate::limits::BLOCK_BYTES;

/// What is done about the sum of a piece.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "a reader has one, which moves seldom")]
pub(super) enum Summing {
    /// Nothing: not all of it is read.
    Without,
    /// It is computed.
    With(Sum),
    /// The file was summed lately; so far, all that left was in memory.
    Known(Arc<Sums>),
}

/// A sum on its way.
#[derive(Debug)]
pub(super) struct Sum {
    digest: Digest,
    /// What it becomes when it ends well, if it began with the first block.
    before: Option<Before>,
    /// What was known before bytes had to be read after all.
    known: Option<Arc<Sums>>,
}

/// What will be known of a file.
#[derive(Debug)]
struct Before {
    begun: Begun,
    /// Of the file when its first bytes had been read.
    stamp: Option<Stamp>,
    /// The state in front of each block.
    states: Vec<u64>,
}

/// The piece is not what was written.
#[derive(Debug)]
pub(super) struct IsDamaged;

impl Summing {
    /// Of a piece that is to be read in full.
    pub(super) fn begin(piece: &SourcePiece, lately: &Lately) -> Self {
        let SourceBytes::File(id) = &piece.bytes else {
            return Self::With(Sum { digest: digest(), before: None, known: None });
        };
        if let Some(sums) = lately.sums(*id) {
            return Self::Known(sums);
        }
        let digest = digest();
        let states = vec![digest.get_state()];
        let before = Some(Before { begun: lately.begin(*id), stamp: None, states });
        Self::With(Sum { digest, before, known: None })
    }

    /// Whether a block of `file` may leave unsummed, if it is in memory.
    pub(super) fn allows_lending(&self, file: &BlobFile) -> bool {
        match self {
            Self::Without => true,
            Self::With(_) => false,
            Self::Known(sums) => sums.are_fresh() && sums.are_of(file.stamp()),
        }
    }

    /// Takes in what was read, of `file` if it is one, and ends at `end`.
    pub(super) fn take(
        &mut self,
        (read, file): (&[u8], Option<&BlobFile>),
        end: u64,
        piece: &SourcePiece,
        lately: &Lately,
    ) -> Result<(), IsDamaged> {
        if let Self::Known(sums) = self {
            *self = Self::With(Sum::resumed(sums, end - read.len() as u64)?);
        }
        let Self::With(sum) = self else { return Ok(()) };
        if let Some(before) = &mut sum.before {
            before.stamp = before.stamp.or_else(|| file.and_then(BlobFile::stamp));
        }
        sum.digest.update(read);
        if end == piece.size {
            return sum.finish(piece, lately);
        }
        if !end.is_multiple_of(BLOCK_BYTES) {
            return Ok(());
        }
        if let Some(sums) = sum.at_block(end)? {
            *self = Self::Known(sums);
        }
        Ok(())
    }
}

impl Sum {
    /// A sum that goes on at the beginning of a block.
    fn resumed(sums: &Arc<Sums>, offset: u64) -> Result<Self, IsDamaged> {
        let state = sums.before(offset).ok_or(IsDamaged)?;
        let digest = Digest::new_with_init_state(CrcAlgorithm::Crc64Nvme, state);
        Ok(Self { digest, before: None, known: Some(Arc::clone(sums)) })
    }

    /// Compares with what is known, or notes, the state in front of a block. What is known holds
    /// for the next ones as well, while it is fresh.
    fn at_block(&mut self, offset: u64) -> Result<Option<Arc<Sums>>, IsDamaged> {
        let state = self.digest.get_state();
        if let Some(before) = &mut self.before {
            before.states.push(state);
        }
        match self.known.take_if(|sums| sums.are_fresh()) {
            Some(sums) if sums.before(offset) == Some(state) => Ok(Some(sums)),
            Some(_) => Err(IsDamaged),
            None => Ok(None),
        }
    }

    fn finish(&mut self, piece: &SourcePiece, lately: &Lately) -> Result<(), IsDamaged> {
        if self.digest.finalize() != piece.crc64nvme {
            return Err(IsDamaged);
        }
        if let (SourceBytes::File(id), Some(before)) = (&piece.bytes, self.before.take())
            && let Before { begun, stamp: Some(stamp), states } = before
        {
            lately.confirm(*id, (begun, stamp), states);
        }
        Ok(())
    }
}

fn digest() -> Digest {
    Digest::new(CrcAlgorithm::Crc64Nvme)
}
