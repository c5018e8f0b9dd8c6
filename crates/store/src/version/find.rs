//! Finding a version: the current object, one by its id, or the newest that is not current.

use std::ops::Bound;

use s3::ObjectKey;

use crate::error::StoreError;
use crate::format::rows::{BucketRow, ObjectRow, SummaryRow};
use crate::format::versions::{MarkerRow, Past, Version, Versioning};
use crate::format::{Record, Table, keys};
use crate::index::View;

use super::VersionId;

/// An object, with the key of its row.
pub(crate) struct Located {
    pub row_key: Vec<u8>,
    pub table: Table,
    pub row: ObjectRow,
}

/// A row of `versions`, with its key.
pub(crate) type PastRow = (Vec<u8>, Past<ObjectRow>);

/// The current object, or the version with this id. Errors: `NoSuchKey`, `NoSuchVersion`,
/// `DeleteMarker`.
pub(crate) fn object(
    view: &View<'_>,
    bucket: &BucketRow,
    key: &ObjectKey,
    id: Option<VersionId>,
) -> Result<Located, StoreError> {
    let row_key = keys::object(bucket.number, key.as_str());
    let current: Option<ObjectRow> = view.get(&row_key)?;
    match (current, id) {
        (Some(row), None) => Ok(Located { row_key, table: Table::Objects, row }),
        (Some(row), Some(id)) if VersionId::of(row.summary.version) == id => {
            Ok(Located { row_key, table: Table::Objects, row })
        }
        (_, Some(id)) => match past(view, bucket, key, id)? {
            Some((row_key, Past::Object(row))) => {
                Ok(Located { row_key, table: Table::Versions, row })
            }
            Some((_, Past::DeleteMarker(marker))) => Err(deleted(marker)),
            None => Err(StoreError::NoSuchVersion),
        },
        (None, None) => match newest(view, bucket, key, None)? {
            Some((_, Past::DeleteMarker(marker))) => Err(deleted(marker)),
            Some((row_key, Past::Object(_))) => Err(StoreError::Corrupt {
                what: "order of the versions",
                at: row_key.escape_ascii().to_string(),
            }),
            None => Err(StoreError::NoSuchKey),
        },
    }
}

fn deleted(marker: MarkerRow) -> StoreError {
    let MarkerRow { version, modified_ms } = marker;
    StoreError::DeleteMarker { version: VersionId::of(version), modified_ms }
}

/// The version with this id, if it is not the current object, with the key of its row.
pub(crate) fn past(
    view: &View<'_>,
    bucket: &BucketRow,
    key: &ObjectKey,
    id: VersionId,
) -> Result<Option<PastRow>, StoreError> {
    let row_key = keys::version(bucket.number, key.as_str(), id.number());
    let row: Option<Past<ObjectRow>> = view.get(&row_key)?;
    Ok(row.filter(|row| VersionId::of(version(row)) == id).map(|row| (row_key, row)))
}

/// The newest version that is not the current object, nor the one in the row `except`.
pub(crate) fn newest(
    view: &View<'_>,
    bucket: &BucketRow,
    key: &ObjectKey,
    except: Option<&[u8]>,
) -> Result<Option<PastRow>, StoreError> {
    if bucket.versioning == Versioning::Never {
        return Ok(None);
    }
    let null_key = keys::version(bucket.number, key.as_str(), None);
    let null = match view.get::<Past<ObjectRow>>(&null_key)? {
        Some(row) if except != Some(&null_key) => Some((null_key.clone(), row)),
        Some(_) | None => None,
    };
    let all = keys::many_of(bucket.number, key.as_str());
    let mut numbered = None;
    for found in view.scan(Table::Versions, &all, Bound::Excluded(&null_key))? {
        let found = found?;
        if except != Some(found.key) {
            numbered = Some((found.key.to_vec(), found.unseal::<Past<ObjectRow>>()?));
            break;
        }
    }
    let number = |row: &Option<PastRow>| row.as_ref().map(|(_, row)| version(row).number);
    Ok(if number(&null) > number(&numbered) { null } else { numbered })
}

/// Something that is a version, and knows which.
pub(crate) trait Versioned: Record {
    fn version(&self) -> Version;
}

impl Versioned for ObjectRow {
    fn version(&self) -> Version {
        self.summary.version
    }
}

impl Versioned for SummaryRow {
    fn version(&self) -> Version {
        self.version
    }
}

/// Which version a row of `versions` is.
pub(crate) fn version<O: Versioned>(row: &Past<O>) -> Version {
    match row {
        Past::DeleteMarker(marker) => marker.version,
        Past::Object(object) => object.version(),
    }
}
