//! The parts of an upload in progress: put, list.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html>. A part put again replaces
//! the one before.

use std::ops::Bound;

use s3::{Checksum, ETag, PartNumber};

use crate::commit::pending::Pending;
use crate::content;
use crate::content::writer::Content;
use crate::error::StoreError;
use crate::format::rows::PartRow;
use crate::format::{Table, keys};
use crate::list::Page;
use crate::store::Store;

use super::{UploadName, find};

/// A part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its number.
    pub number: PartNumber,
    /// Its length in bytes.
    pub size: u64,
    /// Its tag.
    pub etag: ETag,
    /// When it was put.
    pub modified_ms: u64,
    /// Its checksum: the one it was put with, otherwise CRC64NVME.
    pub checksum: Checksum,
}

/// How a part is put.
#[derive(Clone, Debug, Default)]
pub struct PartOptions {
    /// The checksum it was sent with; none is its CRC64NVME.
    pub checksum: Option<Checksum>,
    /// The time.
    pub modified_ms: u64,
}

impl Store {
    /// Puts a part. Errors: `NoSuchBucket`, `NoSuchUpload`, `Full`.
    pub fn put_part(
        &self,
        name: &UploadName,
        number: PartNumber,
        content: Content,
        options: PartOptions,
    ) -> Pending<Part> {
        let name = name.clone();
        self.submit(move |transaction| {
            find(transaction.view(), &name)?;
            transaction.need_room()?;
            let key = keys::part(&name.id.0, number.get());
            let old: Option<PartRow> = transaction.view().get(&key)?;
            let (md5, sums) = (content.md5(), content.sums(options.checksum));
            let place = content::add(transaction, content)?;
            let row = PartRow { modified_ms: options.modified_ms, md5, place, sums };
            transaction.put(&key, &row)?;
            if let Some(old) = old {
                content::remove_unshared(transaction, None, &[old.place])?;
            }
            Ok(part(number, row))
        })
    }

    /// Lists the parts with numbers over `after`. Errors: `NoSuchBucket`, `NoSuchUpload`.
    pub fn parts(
        &self,
        name: &UploadName,
        after: u16,
        limit: usize,
    ) -> Result<Page<Part>, StoreError> {
        self.read(|view| {
            find(view, name)?;
            let after = keys::part(&name.id.0, after);
            let rows = view.scan(Table::Parts, &name.id.0, Bound::Excluded(&after))?;
            let parts = rows.map(|found| {
                let found = found?;
                let number = keys::part_number(found.key);
                let number = number.ok_or_else(|| found.corrupt::<PartRow>())?;
                Ok(part(number, found.unseal()?))
            });
            Page::fill(limit, parts)
        })
    }
}

fn part(number: PartNumber, row: PartRow) -> Part {
    let PartRow { modified_ms, md5, sums, .. } = row;
    let etag = ETag { md5, parts: None };
    Part { number, size: sums.size, etag, modified_ms, checksum: sums.checksum }
}
