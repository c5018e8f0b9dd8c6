//! Bytes of a file that the kernel may send as they are.

use std::io;
use std::os::fd::AsFd;

use crate::disk::BlobFile;

/// Some bytes of a file, a block at most, that were in the page cache when it was lent.
#[derive(Debug)]
pub struct Stretch {
    file: BlobFile,
    offset: u64,
    left: usize,
}

impl Stretch {
    pub(super) fn new(file: BlobFile, offset: u64, left: usize) -> Self {
        Self { file, offset, left }
    }

    /// Bytes that are still to be sent.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left
    }

    /// Has the kernel send the next bytes, `most` at most, to a socket; how many it took.
    ///
    /// # Errors
    /// What the kernel says, as that the socket has no room; and that the file has ended.
    pub fn send(&mut self, to: impl AsFd, most: usize) -> io::Result<usize> {
        let sent = self.file.send(to, self.offset, self.left.min(most))?;
        if sent == 0 && self.left.min(most) > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.offset += sent as u64;
        self.left -= sent.min(self.left);
        Ok(sent)
    }
}
