//! Receiving content: it becomes part of the store when it is put, and vanishes when it is not.

use std::sync::Arc;

use crc_fast::{CrcAlgorithm, Digest as Crc};
use md5::{Digest as _, Md5};
use s3::{Checksum, ETag};

use crate::disk::{Disk, Staged, StagedFile};
use crate::error::StoreError;
use crate::format::values::{Sums, crc64nvme_checksum};
use crate::limits::{BLOCK_BYTES, INLINE_BYTES_MAX};

/// Takes content as it arrives. The first bytes stay in memory; only longer content gets a file.
/// Dropped before [`finish`](Self::finish), it leaves nothing behind.
///
/// Summing and storing may go on at the same time, in two threads: see [`halves`](Self::halves).
#[derive(Debug)]
pub struct Writer {
    summing: Summing,
    storing: Storing,
}

/// The half of a writer that sums.
#[derive(Debug)]
pub struct Summing {
    md5: Md5,
    crc64nvme: Crc,
    /// The state of the CRC in front of each block.
    before: Vec<u64>,
}

/// The half of a writer that stores.
#[derive(Debug)]
pub struct Storing {
    disk: Arc<Disk>,
    head: Vec<u8>,
    file: Option<StagedFile>,
}

impl Writer {
    pub(crate) fn new(disk: Arc<Disk>) -> Self {
        let crc64nvme = Crc::new(CrcAlgorithm::Crc64Nvme);
        let summing = Summing { md5: Md5::new(), crc64nvme, before: Vec::new() };
        Self { summing, storing: Storing { disk, head: Vec::new(), file: None } }
    }

    /// Takes more bytes. May block on the disk, unless [`stays_in_memory`](Self::stays_in_memory).
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.summing.write(bytes);
        self.storing.write(bytes)
    }

    /// Its halves. Each has to be given the same bytes, and [`of`](Self::of) puts them together.
    #[must_use]
    pub fn halves(self) -> (Summing, Storing) {
        (self.summing, self.storing)
    }

    /// The writer that these are the halves of.
    #[must_use]
    pub fn of((summing, storing): (Summing, Storing)) -> Self {
        Self { summing, storing }
    }

    /// Whether so many more bytes can be written, and what there is then be finished, without the
    /// disk.
    #[must_use]
    pub fn stays_in_memory(&self, bytes: usize) -> bool {
        self.storing.stays_in_memory(bytes)
    }

    /// Ends the content and makes its bytes durable. May block on the disk, unless it
    /// [`stays_in_memory`](Self::stays_in_memory).
    pub fn finish(self) -> Result<Content, StoreError> {
        let Summing { md5, crc64nvme, before } = self.summing;
        let body = match self.storing.file {
            Some(file) => {
                let (stamp, lately) = (file.stamp(), self.storing.disk.lately());
                let staged = file.sync()?;
                if let Some(stamp) = stamp {
                    lately.confirm(staged.id(), (lately.begin(staged.id()), stamp), before);
                }
                Body::Staged(staged)
            }
            None => Body::Bytes(self.storing.head),
        };
        let size = crc64nvme.get_amount();
        let (md5, crc64nvme) = (md5.finalize().into(), crc64nvme.finalize());
        Ok(Content { size, md5, crc64nvme, body })
    }
}

impl Summing {
    /// Takes more bytes.
    pub fn write(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        let mut rest = bytes;
        while !rest.is_empty() {
            let within = self.crc64nvme.get_amount() % BLOCK_BYTES;
            if within == 0 {
                self.before.push(self.crc64nvme.get_state());
            }
            let most = usize::try_from(BLOCK_BYTES - within).unwrap_or(usize::MAX);
            let (block, next) = rest.split_at(rest.len().min(most));
            self.crc64nvme.update(block);
            rest = next;
        }
    }
}

impl Storing {
    /// Takes more bytes. May block on the disk.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        if self.stays_in_memory(bytes.len()) {
            self.head.extend_from_slice(bytes);
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let file = none.insert(self.disk.stage()?);
                file.write(&std::mem::take(&mut self.head))?;
                file
            }
        };
        file.write(bytes)
    }

    fn stays_in_memory(&self, bytes: usize) -> bool {
        self.file.is_none() && self.head.len().saturating_add(bytes) <= INLINE_BYTES_MAX
    }
}

/// Content that was received whole, to be put somewhere. Dropped instead, it leaves nothing behind.
#[derive(Debug)]
pub struct Content {
    size: u64,
    md5: [u8; 16],
    crc64nvme: u64,
    body: Body,
}

/// Where received content is.
#[derive(Debug)]
pub(crate) enum Body {
    Bytes(Vec<u8>),
    Staged(Staged),
}

impl Content {
    /// Its length in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its MD5.
    #[must_use]
    pub fn md5(&self) -> [u8; 16] {
        self.md5
    }

    /// Its CRC-64/NVME.
    #[must_use]
    pub fn crc64nvme(&self) -> u64 {
        self.crc64nvme
    }

    /// The tag of an object with this content.
    #[must_use]
    pub fn etag(&self) -> ETag {
        ETag { md5: self.md5, parts: None }
    }

    /// The checksum S3 shows for it when none was sent along.
    #[must_use]
    pub fn checksum(&self) -> Checksum {
        crc64nvme_checksum(self.crc64nvme)
    }

    pub(crate) fn sums(&self, checksum: Option<Checksum>) -> Sums {
        let Self { size, crc64nvme, .. } = *self;
        Sums { size, crc64nvme, checksum: checksum.unwrap_or_else(|| self.checksum()) }
    }

    pub(crate) fn into_body(self) -> Body {
        self.body
    }
}
