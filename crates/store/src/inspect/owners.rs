//! Everything that refers to content: the one list of it, for whoever walks the store.

use std::collections::HashMap;

use crate::bucket;
use crate::error::StoreError;
use crate::format::rows::{Blob, BlobRow, PartRow, SummaryRow};
use crate::format::values::{Place, Sums};
use crate::format::versions::Past;
use crate::format::{Record, Table, keys};
use crate::index::{Found, View};

use super::{Fault, Finding, Progress};

/// The tables whose rows refer to content.
pub(super) const TABLES: [Table; 4] = [Table::Objects, Table::Versions, Table::Parts, Table::Blobs];

/// Those of them that stand for something a client can name.
pub(super) const NAMED: [Table; 3] = [Table::Objects, Table::Versions, Table::Parts];

/// Something that refers to content.
pub(super) struct Owner {
    pub(super) place: Place,
    /// What the content should sum up to.
    pub(super) sums: Sums,
}

/// What a row of one of the tables refers to; an error when it is damaged.
pub(super) fn of_row(table: Table, found: &Found<'_>) -> Result<Vec<Owner>, StoreError> {
    Ok(match table {
        Table::Objects => {
            let SummaryRow { place, sums, .. } = found.unseal()?;
            vec![Owner { place, sums }]
        }
        Table::Versions => match found.unseal()? {
            Past::Object(SummaryRow { place, sums, .. }) => vec![Owner { place, sums }],
            Past::DeleteMarker(_) => Vec::new(),
        },
        Table::Parts => {
            let PartRow { place, sums, .. } = found.unseal()?;
            vec![Owner { place, sums }]
        }
        Table::Blobs => match found.unseal::<BlobRow>()?.blob {
            Blob::File { .. } => Vec::new(),
            Blob::List(pieces) => {
                let owners = pieces.into_iter();
                owners.map(|piece| Owner { place: piece.place, sums: piece.sums }).collect()
            }
        },
        Table::Meta | Table::Buckets | Table::Inline | Table::Uploads | Table::Garbage => {
            Vec::new()
        }
    })
}

/// The names of all buckets by their numbers; a damaged row is a finding.
pub(super) fn buckets(
    view: &View<'_>,
    progress: &mut Progress<'_>,
) -> Result<HashMap<u64, String>, StoreError> {
    let mut names = HashMap::new();
    for found in view.scan_all(Table::Buckets, &[])? {
        let found = found?;
        match bucket::numbered(&found) {
            Ok((number, name)) => drop(names.insert(number, name)),
            Err(e) => progress.found(Finding::of_store(Fault::Damaged, e.to_string())),
        }
    }
    Ok(names)
}

/// What is wrong with a row, under the name of the object it is about.
pub(super) fn finding(
    table: Table,
    row_key: &[u8],
    buckets: &HashMap<u64, String>,
    (fault, says): (Fault, String),
) -> Finding {
    let key = match table {
        Table::Objects => keys::object_key(row_key).map(str::to_owned),
        Table::Versions => keys::version_key(row_key),
        Table::Uploads => keys::upload_key(row_key).map(|(key, _)| key),
        Table::Meta
        | Table::Buckets
        | Table::Inline
        | Table::Blobs
        | Table::Parts
        | Table::Garbage => None,
    };
    let number = row_key.first_chunk().map(|number| u64::from_be_bytes(*number));
    match key {
        None if table == Table::Parts => {
            let (upload, part) = row_key.split_at(row_key.len().min(24));
            let (upload, part) = (s3::hex::encode(upload), s3::hex::encode(part));
            let says = format!("part {part} (in hexadecimal) of the upload {upload}: {says}");
            Finding::of_store(fault, says)
        }
        None => Finding::of_store(fault, says),
        Some(key) => {
            let bucket = number.and_then(|number| buckets.get(&number).cloned());
            let bucket = bucket.unwrap_or_else(|| "a bucket that is not there".into());
            Finding { fault, bucket: Some(bucket), key: Some(key), says }
        }
    }
}

/// A row that should be in a table and is not.
pub(super) fn missing<R: Record>(at: &str) -> String {
    format!("the {} `{at}` is missing", R::WHAT)
}
