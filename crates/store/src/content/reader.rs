//! Reading content: any range, across parts, with or without waiting for the disk.
//!
//! Each piece (a whole object, or a part of one uploaded in parts) that is read in full is summed
//! on the way, and its last bytes are handed out only when the sum is right: a damaged object ends
//! in an error, never in wrong bytes passing as whole. What was summed lately and is in the page
//! cache may be lent instead, for the kernel to send.

use std::ops::Range;
use std::sync::Arc;

use crate::disk::{BlobFile, Disk};
use crate::error::StoreError;
use crate::format::FileId;

use super::lately::Lately;
use super::source::{Source, SourceBytes, SourcePiece};
use super::stretch::Stretch;
use super::summing::Summing;
use crate::limits::BLOCK_BYTES;

/// Reads a range of an object's content.
#[derive(Debug)]
pub struct Reader {
    disk: Arc<Disk>,
    source: Arc<Source>,
    /// The piece being read, the next byte within it, and the bytes still wanted.
    piece: usize,
    offset: u64,
    left: u64,
    file: Option<BlobFile>,
    summing: Summing,
    failed: Option<StoreError>,
}

/// What a reader that does not wait came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many bytes were read, at least one.
    Read(usize),
    /// The disk would have to be waited for: call [`Reader::read`] where that is fine.
    WouldBlock,
    /// All was read.
    End,
}

/// Whether the disk may be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    Allowed,
    Forbidden,
}

impl Reader {
    /// A reader of `range`, cut to the content's length. Opens the first file.
    pub(crate) fn open(
        disk: Arc<Disk>,
        source: Arc<Source>,
        range: Range<u64>,
    ) -> Result<Self, StoreError> {
        let size = source.pieces.iter().map(|piece| piece.size).sum::<u64>();
        let left = range.end.min(size).saturating_sub(range.start);
        let (mut piece, mut offset) = (0, range.start);
        for skipped in &source.pieces {
            if offset < skipped.size {
                break;
            }
            offset -= skipped.size;
            piece += 1;
        }
        let (file, summing, failed) = (None, Summing::Without, None);
        let mut reader = Self { disk, source, piece, offset, left, file, summing, failed };
        reader.begin_piece();
        if left > 0
            && let Some(SourceBytes::File(id)) = reader.current().map(|piece| &piece.bytes)
        {
            reader.file = Some(open_file(&reader.disk, *id)?);
        }
        Ok(reader)
    }

    /// Bytes that are still to be read.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Reads some bytes into `into`, which has room, waiting for the disk; 0 when all was read.
    pub fn read(&mut self, into: &mut [u8]) -> Result<usize, StoreError> {
        match self.step(into, Waiting::Allowed)? {
            Step::Read(read) => Ok(read),
            Step::WouldBlock | Step::End => Ok(0),
        }
    }

    /// Reads some bytes into `into`, which has room, if they are in memory. Never waits for the
    /// disk.
    pub fn read_ready(&mut self, into: &mut [u8]) -> Result<Step, StoreError> {
        self.step(into, Waiting::Forbidden)
    }

    /// Lends the next bytes where they lie, up to the end of a block, if they are in memory and
    /// need not be summed now. None says nothing of what reading will come to.
    pub fn lend(&mut self) -> Option<Stretch> {
        if self.failed.is_some() || self.left == 0 {
            return None;
        }
        self.enter_piece();
        let most = self.most()?;
        if self.file.is_none()
            && let Some(SourceBytes::File(id)) = self.current().map(|piece| &piece.bytes)
        {
            // Because: whose content is in memory, its name is as well.
            self.file = self.disk.open_blob(*id).ok().flatten();
        }
        let file = self.file.as_ref().filter(|file| self.summing.allows_lending(file))?;
        let file = Some(file).filter(|file| file.is_resident(self.offset, most))?;
        let stretch = Stretch::new(file.clone(), self.offset, most);
        self.offset += most as u64;
        self.left -= most as u64;
        Some(stretch)
    }

    /// One step. After an error there is no other answer, so that no caller takes the end for a
    /// good one.
    fn step(&mut self, into: &mut [u8], waiting: Waiting) -> Result<Step, StoreError> {
        if let Some(e) = &self.failed {
            return Err(e.clone());
        }
        let step = self.try_step(into, waiting);
        self.failed = step.as_ref().err().cloned();
        step
    }

    fn try_step(&mut self, into: &mut [u8], waiting: Waiting) -> Result<Step, StoreError> {
        if self.left == 0 {
            return Ok(Step::End);
        }
        if into.is_empty() {
            return Ok(Step::Read(0));
        }
        self.enter_piece();
        let most = self.most().unwrap_or_default().min(into.len());
        let (Some(piece), Some(into)) = (self.source.pieces.get(self.piece), into.get_mut(..most))
        else {
            return Ok(Step::End);
        };
        let read = match &piece.bytes {
            SourceBytes::Memory(bytes) => Some(copy(bytes, self.offset, into)),
            SourceBytes::File(id) => {
                let read =
                    read_file(&self.disk, (&mut self.file, *id), self.offset, into, waiting)?;
                if waiting == Waiting::Allowed && matches!(self.summing, Summing::Without) {
                    self.disk.lately().doubt(*id);
                }
                read
            }
        };
        let Some(read) = read else {
            return Ok(Step::WouldBlock);
        };
        self.account(into.get(..read).unwrap_or_default())
    }

    /// Goes on with the next piece where one has ended.
    fn enter_piece(&mut self) {
        while self.current().is_some_and(|piece| self.offset == piece.size) {
            self.piece += 1;
            self.offset = 0;
            self.file = None;
            self.begin_piece();
        }
    }

    /// How much may be read or lent at once: to the end of the block, the piece and the range.
    fn most(&self) -> Option<usize> {
        let in_piece = self.current()?.size - self.offset;
        let in_block = BLOCK_BYTES - self.offset % BLOCK_BYTES;
        usize::try_from(self.left.min(in_piece).min(in_block)).ok()
    }

    /// Counts and sums what was read.
    fn account(&mut self, read: &[u8]) -> Result<Step, StoreError> {
        let Some(piece) = self.source.pieces.get(self.piece) else {
            return Ok(Step::End);
        };
        self.offset += read.len() as u64;
        self.left -= read.len() as u64;
        let (read_of, lately) = ((read, self.file.as_ref()), self.disk.lately());
        let summed = self.summing.take(read_of, self.offset, piece, lately);
        // Or the file ended early.
        if summed.is_err() || read.is_empty() {
            return Err(damaged(piece, self.disk.lately()));
        }
        Ok(Step::Read(read.len()))
    }

    fn current(&self) -> Option<&SourcePiece> {
        self.source.pieces.get(self.piece)
    }

    /// Sums the piece if all of it is wanted.
    fn begin_piece(&mut self) {
        let whole = self.current().filter(|p| self.offset == 0 && self.left >= p.size);
        let lately = self.disk.lately();
        self.summing = whole.map_or(Summing::Without, |piece| Summing::begin(piece, lately));
    }
}

fn copy(bytes: &[u8], offset: u64, into: &mut [u8]) -> usize {
    let from = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..));
    let from = from.unwrap_or_default();
    let length = from.len().min(into.len());
    if let (Some(into), Some(from)) = (into.get_mut(..length), from.get(..length)) {
        into.copy_from_slice(from);
    }
    length
}

fn read_file(
    disk: &Disk,
    (file, id): (&mut Option<BlobFile>, FileId),
    offset: u64,
    into: &mut [u8],
    waiting: Waiting,
) -> Result<Option<usize>, StoreError> {
    match (file, waiting) {
        (Some(file), Waiting::Forbidden) => file.read_ready(into, offset),
        (Some(file), Waiting::Allowed) => file.read(into, offset).map(Some),
        (None, Waiting::Forbidden) => Ok(None),
        (none, Waiting::Allowed) => none.insert(open_file(disk, id)?).read(into, offset).map(Some),
    }
}

fn open_file(disk: &Disk, id: FileId) -> Result<BlobFile, StoreError> {
    disk.open_blob(id)?.ok_or_else(|| StoreError::Corrupt { what: "file", at: id.name() })
}

fn damaged(piece: &SourcePiece, lately: &Lately) -> StoreError {
    let at = match piece.bytes {
        SourceBytes::Memory(_) => "inline".to_owned(),
        SourceBytes::File(id) => {
            lately.doubt(id);
            id.name()
        }
    };
    StoreError::Corrupt { what: "file", at }
}
