//! The memory that bodies pass through: pieces of equal size, lent and given back.
//!
//! A piece that was just used is in the processor's cache, and a fresh one of this size would be
//! mapped, zeroed page by page and unmapped by the kernel each time. With many bodies under way
//! their pieces are smaller, so that all together stay within [`PIECES_BYTES_MAX`].

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::limits::{PIECE_BYTES, PIECE_BYTES_MIN, PIECES_BYTES_MAX, PIECES_KEPT_MAX};

/// Where pieces come from, and go back to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pieces(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    kept: Mutex<Vec<Vec<u8>>>,
    bodies: AtomicUsize,
}

/// A body under way. While it lives, the pieces of all are sized for one more.
#[derive(Debug)]
pub(crate) struct Share(Pieces);

/// Memory on loan.
#[derive(Debug)]
pub(crate) struct Piece {
    bytes: Vec<u8>,
    filled: usize,
    from: Pieces,
}

impl Pieces {
    /// Counts a body in.
    pub(crate) fn share(&self) -> Share {
        self.0.bodies.fetch_add(1, Ordering::Relaxed);
        Share(self.clone())
    }

    fn take_kept(&self) -> Option<Vec<u8>> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl Share {
    /// Bytes that a body may have in hand at a time.
    pub(crate) fn piece_bytes(&self) -> usize {
        let bodies = self.0.0.bodies.load(Ordering::Relaxed).max(1);
        (PIECES_BYTES_MAX / bodies).clamp(PIECE_BYTES_MIN, PIECE_BYTES)
    }

    /// Memory for the next of the `left` bytes.
    pub(crate) fn lend(&self, left: u64) -> Piece {
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).clamp(1, self.piece_bytes());
        let kept = Some(wanted).filter(|&wanted| wanted == PIECE_BYTES);
        let bytes = kept.and_then(|_| self.0.take_kept()).unwrap_or_else(|| vec![0; wanted]);
        Piece { bytes, filled: 0, from: self.0.clone() }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.0.0.bodies.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Piece {
    /// Where to read to.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// The first `filled` bytes, which give the memory back when they have left.
    pub(crate) fn filled(mut self, filled: usize) -> Bytes {
        self.filled = filled.min(self.bytes.len());
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        let mut kept = self.from.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if self.bytes.len() == PIECE_BYTES && kept.len() < PIECES_KEPT_MAX {
            kept.push(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_that_has_left_is_lent_again() {
        let share = Pieces::default().share();
        let mut piece = share.lend(u64::MAX);
        piece.room()[..3].copy_from_slice(b"abc");
        let place = piece.room().as_ptr();
        let bytes = piece.filled(3);
        assert_eq!(&bytes[..], b"abc");
        assert_ne!(share.lend(u64::MAX).room().as_ptr(), place);
        let behind = bytes.slice(1..);
        drop(bytes);
        assert_eq!(&behind[..], b"bc");
        drop(behind);
        assert_eq!(share.lend(u64::MAX).room().as_ptr(), place);
    }

    #[test]
    fn many_bodies_share_what_few_have() {
        let pieces = Pieces::default();
        let shares: Vec<Share> = (0..4096).map(|_| pieces.share()).collect();
        let all: usize = shares.iter().map(|share| share.lend(u64::MAX).room().len()).sum();
        assert!(all <= PIECES_BYTES_MAX.max(4096 * PIECE_BYTES_MIN), "{all}");
        drop(shares);
        let share = pieces.share();
        assert_eq!(share.lend(u64::MAX).room().len(), PIECE_BYTES);
        assert_eq!(share.lend(7).room().len(), 7);
    }

    #[test]
    fn no_more_memory_is_kept_than_is_worth_it() {
        let share = Pieces::default().share();
        let pieces: Vec<Piece> = (0..2 * PIECES_KEPT_MAX).map(|_| share.lend(u64::MAX)).collect();
        drop(pieces);
        assert_eq!(share.0.0.kept.lock().unwrap().len(), PIECES_KEPT_MAX);
    }
}
