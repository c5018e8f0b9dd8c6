//! What leaves through a connection: bytes, and stretches of files that the kernel sends itself.
//!
//! hyper hands slices of memory to a connection. A stretch passes through it as a *stand-in*,
//! slices of a place that nothing is read from; the connection knows them by their address and has
//! the kernel send the next stretch of its outbox instead. So the order of what leaves, and how
//! much room there is for it, stay hyper's matter.

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, Bytes};
use store::Stretch;

/// As long as the longest stretch, so that one goes to the kernel at once.
static STAND_IN: [u8; 1 << 20] = [0; 1 << 20];

/// A piece of a body.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// Bytes.
    Bytes(Bytes),
    /// So many bytes of the stretches in the outbox.
    Stretch(usize),
}

impl Buf for Outgoing {
    fn remaining(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Stretch(left) => *left,
        }
    }

    fn chunk(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Stretch(left) => STAND_IN.get(..*left).unwrap_or(&STAND_IN),
        }
    }

    fn advance(&mut self, count: usize) {
        match self {
            Self::Bytes(bytes) => bytes.advance(count),
            Self::Stretch(left) => *left -= count,
        }
    }
}

/// The stretches that are to leave through one connection, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outbox(Arc<Mutex<VecDeque<Stretch>>>);

impl Outbox {
    /// Takes a stretch, for which the answer is to leave.
    pub(super) fn put(&self, stretch: Stretch) -> Outgoing {
        let left = stretch.left();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(stretch);
        Outgoing::Stretch(left)
    }

    /// Sends from the first stretch what takes the place of `stand_in`.
    pub(crate) fn send(&self, to: impl AsFd, stand_in: &[u8]) -> io::Result<usize> {
        let mut stretches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = stretches.front_mut().ok_or(io::ErrorKind::UnexpectedEof)?;
        let sent = first.send(to, stand_in.len())?;
        if first.left() == 0 {
            stretches.pop_front();
        }
        Ok(sent)
    }
}

/// Whether a slice stands for bytes of a stretch.
pub(crate) fn is_stand_in(slice: &[u8]) -> bool {
    STAND_IN.as_ptr_range().contains(&slice.as_ptr())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_as_many_bytes_of_the_stand_in() {
        let mut stretch = Outgoing::Stretch(STAND_IN.len() + 3);
        assert!(is_stand_in(stretch.chunk()));
        assert_eq!((stretch.remaining(), stretch.chunk().len()), (STAND_IN.len() + 3, 1 << 20));
        stretch.advance(STAND_IN.len());
        assert_eq!((stretch.remaining(), stretch.chunk().len()), (3, 3));
        assert!(is_stand_in(stretch.chunk()));
    }

    #[test]
    fn bytes_are_themselves() {
        let mut bytes = Outgoing::Bytes(Bytes::from_static(b"abc"));
        bytes.advance(1);
        assert_eq!((bytes.chunk(), is_stand_in(bytes.chunk())), (&b"bc"[..], false));
    }
}
