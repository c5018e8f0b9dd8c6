//! Receiving content: it becomes part of the store when it is put, and vanishes when it is not.

use std::sync::Arc;

use crc_fast::{CrcAlgorithm, Digest as Crc};
use md5::{Digest as _, Md5};
use s3::{Checksum, ETag};

use crate::disk::{Disk, Staged, StagedFile};
use crate::error::StoreError;
use crate::format::values::{Sums, crc64nvme_checksum};
use crate::limits::INLINE_BYTES_MAX;

/// Takes content as it arrives. The first bytes stay in memory; only longer content gets a file.
/// Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct Writer {
    disk: Arc<Disk>,
    head: Vec<u8>,
    file: Option<StagedFile>,
    md5: Md5,
    crc64nvme: Crc,
}

impl Writer {
    pub(crate) fn new(disk: Arc<Disk>) -> Self {
        let crc64nvme = Crc::new(CrcAlgorithm::Crc64Nvme);
        Self { disk, head: Vec::new(), file: None, md5: Md5::new(), crc64nvme }
    }

    /// Takes more bytes. May block on the disk, unless [`stays_in_memory`](Self::stays_in_memory).
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.md5.update(bytes);
        self.crc64nvme.update(bytes);
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

    /// Whether so many more bytes can be written, and what there is then be finished, without the
    /// disk.
    #[must_use]
    pub fn stays_in_memory(&self, bytes: usize) -> bool {
        self.file.is_none() && self.head.len().saturating_add(bytes) <= INLINE_BYTES_MAX
    }

    /// Ends the content and makes its bytes durable. May block on the disk, unless it
    /// [`stays_in_memory`](Self::stays_in_memory).
    pub fn finish(self) -> Result<Content, StoreError> {
        let body = match self.file {
            Some(file) => Body::Staged(file.sync()?),
            None => Body::Bytes(self.head),
        };
        Ok(Content {
            size: self.crc64nvme.get_amount(),
            md5: self.md5.finalize().into(),
            crc64nvme: self.crc64nvme.finalize(),
            body,
        })
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
