//! Whether the content that somebody refers to is the one that was put there.

use std::collections::HashMap;

use crc_fast::{CrcAlgorithm, checksum};

use crate::error::StoreError;
use crate::format::rows::{Blob, BlobRow, InlineRow, Piece};
use crate::format::values::{Place, Sums};
use crate::format::{FileId, Record};
use crate::index::View;

use super::owners;

/// What is wrong, or nothing. An error is that it could not be found out.
type Verdict = Result<Option<String>, StoreError>;

/// Knows which files are damaged, and the rows of one moment.
pub(super) struct Judge<'v, 't> {
    pub(super) view: &'v View<'t>,
    pub(super) damaged: &'v HashMap<FileId, String>,
}

impl Judge<'_, '_> {
    pub(super) fn content(&self, place: Place, sums: &Sums) -> Verdict {
        match place {
            Place::Empty => Ok(None),
            Place::Inline(number) => self.inline(number, sums),
            Place::File(id) => self.file(id, sums),
            Place::List(id) => match self.row::<BlobRow>(&id.0, &id.name())? {
                Ok(BlobRow { blob: Blob::List(pieces), .. }) => self.pieces(&pieces, sums),
                Ok(_) => Ok(Some(format!("{} is a file and no list", id.name()))),
                Err(why) => Ok(Some(why)),
            },
        }
    }

    fn pieces(&self, pieces: &[Piece], sums: &Sums) -> Verdict {
        for piece in pieces {
            let fault = match piece.place {
                Place::List(id) => Some(format!("{} is a list within a list", id.name())),
                place @ (Place::Empty | Place::Inline(_) | Place::File(_)) => {
                    self.content(place, &piece.sums)?
                }
            };
            if let Some(why) = fault {
                return Ok(Some(format!("part {}: {why}", piece.number)));
            }
        }
        let size = pieces.iter().map(|piece| piece.sums.size).sum::<u64>();
        Ok((size != sums.size).then(|| format!("the parts have {size} bytes of {}", sums.size)))
    }

    fn file(&self, id: FileId, sums: &Sums) -> Verdict {
        if let Some(why) = self.damaged.get(&id) {
            return Ok(Some(why.clone()));
        }
        Ok(match self.row::<BlobRow>(&id.0, &id.name())? {
            Err(why) => Some(why),
            Ok(BlobRow { blob: Blob::File { size, crc64nvme }, .. }) => {
                let differs = (size, crc64nvme) != (sums.size, sums.crc64nvme);
                differs.then(|| format!("the file {} is that of other content", id.name()))
            }
            Ok(BlobRow { blob: Blob::List(_), .. }) => {
                Some(format!("{} is a list and no file", id.name()))
            }
        })
    }

    fn inline(&self, number: u64, sums: &Sums) -> Verdict {
        Ok(match self.row::<InlineRow>(&number.to_be_bytes(), &number.to_string())? {
            Err(why) => Some(why),
            Ok(InlineRow { bytes, .. }) => {
                let is_whole = checksum(CrcAlgorithm::Crc64Nvme, &bytes) == sums.crc64nvme;
                (!is_whole).then(|| format!("the inline content {number} is damaged"))
            }
        })
    }

    /// A row, or why there is none.
    fn row<R: Record>(&self, key: &[u8], at: &str) -> Result<Result<R, String>, StoreError> {
        match self.view.get::<R>(key) {
            Ok(Some(row)) => Ok(Ok(row)),
            Ok(None) => Ok(Err(owners::missing::<R>(at))),
            Err(e @ StoreError::Corrupt { .. }) => Ok(Err(e.to_string())),
            Err(e) => Err(e),
        }
    }
}
