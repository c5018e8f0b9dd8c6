//! Content: the bytes of objects and parts, where they lie, and how many refer to them.
//!
//! Content is immutable and may have several owners: a copy refers to the same bytes, a completed
//! upload to those of its parts. The last owner's removal dooms the files.

pub(crate) mod lately;
pub(crate) mod reader;
pub(crate) mod source;
pub(crate) mod stretch;
mod summing;
pub(crate) mod writer;

use crate::commit::transaction::Transaction;
use crate::error::StoreError;
use crate::format::rows::{Blob, BlobRow, InlineRow};
use crate::format::values::Place;
use crate::format::{FileId, Record, Table};
use crate::index::View;

use writer::{Body, Content};

/// Writes new content with one owner, and tells where.
pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    content: Content,
) -> Result<Place, StoreError> {
    let (size, crc64nvme) = (content.size(), content.crc64nvme());
    match content.into_body() {
        Body::Bytes(bytes) if bytes.is_empty() => Ok(Place::Empty),
        Body::Bytes(bytes) => {
            let number = transaction.next_inline();
            transaction.put(&number.to_be_bytes(), &InlineRow { count: 1, bytes })?;
            Ok(Place::Inline(number))
        }
        Body::Staged(staged) => {
            let id = staged.id();
            let blob = Blob::File { size, crc64nvme };
            transaction.put(&id.0, &BlobRow { count: 1, blob })?;
            transaction.keep(staged);
            Ok(Place::File(id))
        }
    }
}

/// Content with its owners counted, read before any of them changes.
#[derive(Debug)]
pub(crate) enum Owned {
    Empty,
    Inline(u64, InlineRow),
    Blob(FileId, BlobRow),
}

impl Owned {
    pub(crate) fn read(view: &View<'_>, place: Place) -> Result<Self, StoreError> {
        match place {
            Place::Empty => Ok(Self::Empty),
            Place::Inline(number) => Ok(Self::Inline(number, inline(view, number)?)),
            Place::File(id) | Place::List(id) => Ok(Self::Blob(id, blob(view, id)?)),
        }
    }

    /// Counts one more owner.
    pub(crate) fn add_owner(self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        match self {
            Self::Empty => Ok(()),
            Self::Inline(number, row) => {
                let count = row.count + 1;
                transaction.put(&number.to_be_bytes(), &InlineRow { count, ..row })
            }
            Self::Blob(id, row) => {
                let count = row.count + 1;
                transaction.put(&id.0, &BlobRow { count, ..row })
            }
        }
    }

    /// Counts one owner less; the last one takes the content along.
    pub(crate) fn remove_owner(self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        match self {
            Self::Empty => Ok(()),
            Self::Inline(number, row) if row.count > 1 => {
                let count = row.count - 1;
                transaction.put(&number.to_be_bytes(), &InlineRow { count, ..row })
            }
            Self::Inline(number, _) => transaction.delete(Table::Inline, &number.to_be_bytes()),
            Self::Blob(id, row) if row.count > 1 => {
                let count = row.count - 1;
                transaction.put(&id.0, &BlobRow { count, ..row })
            }
            Self::Blob(id, BlobRow { blob: Blob::File { .. }, .. }) => {
                remove_unshared(transaction, Some(id), &[Place::File(id)])
            }
            Self::Blob(id, BlobRow { blob: Blob::List(pieces), .. }) => {
                transaction.delete(Table::Blobs, &id.0)?;
                let places: Vec<_> = pieces.into_iter().map(|piece| piece.place).collect();
                remove_unshared(transaction, Some(id), &places)
            }
        }
    }
}

/// Removes content with one owner each. While `pinned` is being read, the files stay; content that
/// was never an object's is not read, and any of its files may stand for all.
pub(crate) fn remove_unshared(
    transaction: &mut Transaction<'_>,
    pinned: Option<FileId>,
    places: &[Place],
) -> Result<(), StoreError> {
    let mut files = Vec::new();
    for place in places {
        match place {
            Place::Empty => {}
            Place::Inline(number) => transaction.delete(Table::Inline, &number.to_be_bytes())?,
            Place::File(id) | Place::List(id) => {
                transaction.delete(Table::Blobs, &id.0)?;
                files.push(*id);
            }
        }
    }
    let Some(first) = files.first() else {
        return Ok(());
    };
    transaction.doom(pinned.unwrap_or(*first), files)
}

fn inline(view: &View<'_>, number: u64) -> Result<InlineRow, StoreError> {
    let row = view.get(&number.to_be_bytes())?;
    row.ok_or_else(|| missing::<InlineRow>(number.to_string()))
}

fn blob(view: &View<'_>, id: FileId) -> Result<BlobRow, StoreError> {
    view.get(&id.0)?.ok_or_else(|| missing::<BlobRow>(id.name()))
}

/// A row that another refers to is not there.
fn missing<R: Record>(at: String) -> StoreError {
    StoreError::Corrupt { what: R::WHAT, at }
}
