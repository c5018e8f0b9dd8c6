//! Stored content made ready for reading: its pieces, what each sums up to, and a pin on its files.

use s3::{Checksum, PartNumber};

use crate::commit::sweep::Pin;
use crate::error::StoreError;
use crate::format::FileId;
use crate::format::rows::{Blob, BlobRow, InlineRow, SummaryRow};
use crate::format::values::{Place, Sums};
use crate::index::View;

use super::{blob, inline, missing};

/// The content of one object, readable as long as this lives, whatever happens to the object.
#[derive(Debug)]
pub(crate) struct Source {
    pub pieces: Vec<SourcePiece>,
    /// Never read: it keeps the files until the last reader is gone.
    #[expect(dead_code, reason = "held for its drop")]
    pub pin: Option<Pin>,
}

impl Source {
    /// Takes out the bytes of content that is in memory alone, which is empty then.
    pub(crate) fn take_memory(&mut self) -> Option<Vec<u8>> {
        match self.pieces.as_mut_slice() {
            [SourcePiece { bytes: SourceBytes::Memory(bytes), size, .. }] => {
                *size = 0;
                Some(std::mem::take(bytes))
            }
            _ => None,
        }
    }
}

/// Bytes with a sum of their own.
#[derive(Debug)]
pub(crate) struct SourcePiece {
    pub size: u64,
    pub crc64nvme: u64,
    pub bytes: SourceBytes,
    pub part: Option<ObjectPart>,
}

/// Where to get them.
#[derive(Debug)]
pub(crate) enum SourceBytes {
    Memory(Vec<u8>),
    File(FileId),
}

/// A part of an object that was uploaded in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectPart {
    /// Its number, as uploaded: ascending, but not always without gaps.
    pub number: PartNumber,
    /// Its length in bytes.
    pub size: u64,
    /// Its checksum.
    pub checksum: Checksum,
}

/// The name whose pin keeps the files of a place.
pub(crate) fn owner(place: Place) -> Option<FileId> {
    match place {
        Place::Empty | Place::Inline(_) => None,
        Place::File(id) | Place::List(id) => Some(id),
    }
}

/// Reads the pieces of an object. What lies in the index is taken out and checked here.
pub(crate) fn pieces(view: &View<'_>, object: &SummaryRow) -> Result<Vec<SourcePiece>, StoreError> {
    let Place::List(id) = object.place else {
        return Ok(vec![piece(view, object.place, &object.sums, None)?]);
    };
    let BlobRow { blob: Blob::List(parts), .. } = blob(view, id)? else {
        return Err(missing::<BlobRow>(id.name()));
    };
    if parts.iter().map(|part| part.sums.size).sum::<u64>() != object.sums.size {
        return Err(missing::<BlobRow>(id.name()));
    }
    let mut pieces = Vec::with_capacity(parts.len());
    for part in parts {
        let (number, sums) = (part.number, part.sums);
        let shown = ObjectPart { number, size: sums.size, checksum: sums.checksum.clone() };
        pieces.push(piece(view, part.place, &sums, Some(shown))?);
    }
    Ok(pieces)
}

fn piece(
    view: &View<'_>,
    place: Place,
    sums: &Sums,
    part: Option<ObjectPart>,
) -> Result<SourcePiece, StoreError> {
    let bytes = match place {
        Place::Empty => SourceBytes::Memory(Vec::new()),
        Place::Inline(number) => {
            let bytes = inline(view, number)?.bytes;
            if crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, &bytes) != sums.crc64nvme {
                return Err(missing::<InlineRow>(number.to_string()));
            }
            SourceBytes::Memory(bytes)
        }
        Place::File(id) => SourceBytes::File(id),
        Place::List(id) => return Err(missing::<BlobRow>(id.name())),
    };
    Ok(SourcePiece { size: sums.size, crc64nvme: sums.crc64nvme, bytes, part })
}
