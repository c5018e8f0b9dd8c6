//! The slot of a key: where a new current version is about to be written, and what makes way for
//! it, as the bucket keeps versions or does not.

use s3::{BucketName, ObjectKey};

use crate::commit::transaction::Transaction;
use crate::content::Owned;
use crate::error::StoreError;
use crate::format::rows::{BucketRow, ObjectRow};
use crate::format::values::Place;
use crate::format::versions::{MarkerRow, Past, Version, Versioning};
use crate::format::{Table, keys};
use crate::index::View;
use crate::object::{self, Object, Precondition};

use super::{VersionId, find};

/// Where an object or a delete marker is about to be written: everything that can be refused was
/// checked.
pub(crate) struct Slot {
    key: ObjectKey,
    row_key: Vec<u8>,
    bucket: BucketRow,
    version: Version,
    current: Current,
    /// The content that goes.
    gone: Option<(Place, Owned)>,
    /// The row of a null version that goes and is not the current object.
    gone_row: Option<Vec<u8>>,
}

/// What happens to the current object.
enum Current {
    None,
    /// It goes.
    Replaced,
    /// It becomes a version that is not current.
    Moved(ObjectRow),
}

impl Slot {
    /// Errors: `NoSuchBucket`, those of `precondition`, `Full`.
    pub(crate) fn read(
        transaction: &mut Transaction<'_>,
        bucket: &BucketName,
        key: ObjectKey,
        precondition: &Precondition,
    ) -> Result<Self, StoreError> {
        let bucket = transaction.bucket(bucket)?;
        let row_key = keys::object(bucket.number, key.as_str());
        let current: Option<ObjectRow> = transaction.view().get(&row_key)?;
        precondition.check(current.as_ref().map(|row| row.summary.etag))?;
        transaction.need_room()?;
        let mut slot = Self {
            key,
            row_key,
            version: Version::default(),
            current: Current::None,
            gone: None,
            gone_row: None,
            bucket,
        };
        slot.make_way(transaction.view(), current)?;
        slot.version = transaction.next_version(slot.bucket.versioning)?;
        Ok(slot)
    }

    fn make_way(&mut self, view: &View<'_>, current: Option<ObjectRow>) -> Result<(), StoreError> {
        let keeps_null = self.bucket.versioning == Versioning::Enabled;
        let is_null = |row: &ObjectRow| row.summary.version.random.is_none();
        let is_replaced = !keeps_null && current.as_ref().is_some_and(is_null);
        if !keeps_null && !is_replaced && self.bucket.versioning == Versioning::Suspended {
            let null = find::past(view, &self.bucket, &self.key, VersionId::NULL)?;
            if let Some((_, Past::Object(row))) = &null {
                self.gone = Some(owned(view, row)?);
            }
            self.gone_row = null.map(|(row_key, _)| row_key);
        }
        self.current = match current {
            None => Current::None,
            Some(row) if is_replaced => {
                self.gone = Some(owned(view, &row)?);
                Current::Replaced
            }
            Some(row) => Current::Moved(row),
        };
        Ok(())
    }

    /// Whether this very content goes.
    pub(crate) fn gives_up(&self, place: Place) -> bool {
        self.gone.as_ref().is_some_and(|(gone, _)| *gone == place)
    }

    /// Writes the object, whose content counts this owner already, unless the slot gives it up.
    pub(crate) fn fill(
        self,
        transaction: &mut Transaction<'_>,
        mut row: ObjectRow,
    ) -> Result<Object, StoreError> {
        row.summary.version = self.version;
        transaction.put(&self.row_key, &row)?;
        let (key, versioning) = (self.key.clone(), self.bucket.versioning);
        self.clear(transaction, Some(row.summary.place))?;
        Ok(object::object(key, row, versioning))
    }

    /// Writes a delete marker.
    pub(crate) fn mark(
        self,
        transaction: &mut Transaction<'_>,
        modified_ms: u64,
    ) -> Result<VersionId, StoreError> {
        let version = self.version;
        let number = version.random.map(|_| version.number);
        let marker_key = keys::version(self.bucket.number, self.key.as_str(), number);
        if !matches!(self.current, Current::None) {
            transaction.delete(Table::Objects, &self.row_key)?;
        }
        self.clear(transaction, None)?;
        let marker = Past::<ObjectRow>::DeleteMarker(MarkerRow { modified_ms, version });
        transaction.put(&marker_key, &marker)?;
        Ok(VersionId::of(version))
    }

    /// Moves what stays and removes what goes, but for the content that is `kept`.
    fn clear(
        self,
        transaction: &mut Transaction<'_>,
        kept: Option<Place>,
    ) -> Result<(), StoreError> {
        if let Current::Moved(row) = self.current {
            let Version { number, random } = row.summary.version;
            let number = random.map(|_| number);
            let row_key = keys::version(self.bucket.number, self.key.as_str(), number);
            transaction.put(&row_key, &Past::Object(row))?;
        }
        if let Some(row_key) = self.gone_row {
            transaction.delete(Table::Versions, &row_key)?;
        }
        match self.gone {
            Some((place, content)) if Some(place) != kept => content.remove_owner(transaction),
            Some(_) | None => Ok(()),
        }
    }
}

fn owned(view: &View<'_>, row: &ObjectRow) -> Result<(Place, Owned), StoreError> {
    let place = row.summary.place;
    Ok((place, Owned::read(view, place)?))
}
