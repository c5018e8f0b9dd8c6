//! Whether the store fits together: each row readable, each reference counted, each file known.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::error::StoreError;
use crate::format::rows::{
    Applied, Blob, BlobRow, ConfigurationRow, Counters, GarbageRow, InlineRow, UploadRow,
};
use crate::format::values::Place;
use crate::format::{FileId, Table, keys};
use crate::index::{Found, View};

use super::{Fault, Finding, Inspection, Observer, Progress, owners};

/// What was checked. What was found wrong went to the observer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Rows of the index.
    pub rows: u64,
    /// Files of content.
    pub files: u64,
    /// Files in `staging/`: received just now, moved soon, or left by a crash for the next start.
    pub staged: u64,
    /// Files that are to be removed, which a reader or a backup may still keep.
    pub garbage: u64,
}

/// Each with a fingerprint of its own, so that memory does not grow with the store: only a shard
/// that does not come out right is counted through.
const SHARDS: usize = 256;

/// The tables in which content is counted.
const COUNTED: [Table; 2] = [Table::Inline, Table::Blobs];

impl Inspection {
    /// Checks everything but the bytes of content. The rows are those of one moment.
    pub fn check(&self, observer: &mut dyn Observer) -> Result<Checked, StoreError> {
        let all = Table::ALL.map(|table| self.index.read(|view| view.count(table)));
        let mut of = 0;
        for count in all {
            of += count?;
        }
        let mut progress = Progress::new(observer, of);
        let mut checked = Checked::default();
        self.index.read(|view| {
            check_rows(view, &mut progress, &mut checked)?;
            check_owners(view, &mut progress)
        })?;
        self.check_files(&mut progress, &mut checked)?;
        Ok(checked)
    }
}

/// Reads each row, and sees whether what it belongs to is there.
fn check_rows(
    view: &View<'_>,
    progress: &mut Progress<'_>,
    checked: &mut Checked,
) -> Result<(), StoreError> {
    let buckets = owners::buckets(view, progress)?;
    let mut uploads = HashSet::new();
    // Uploads before the parts that belong to them.
    for table in Table::ALL {
        for found in view.scan_all(table, &[])? {
            let found = found?;
            checked.rows += 1;
            progress.advance(1)?;
            if let Err(e) = check_row(table, &found, checked) {
                let says = (Fault::Damaged, e.to_string());
                progress.found(owners::finding(table, found.key, &buckets, says));
            }
            if table == Table::Uploads {
                uploads.extend(keys::upload_key(found.key).map(|(_, id)| id));
            }
            if is_stray(table, found.key, &buckets, &uploads) {
                let says = format!("a row at `{}` belongs to nothing", found.key.escape_ascii());
                progress.found(owners::finding(
                    table,
                    found.key,
                    &buckets,
                    (Fault::Unneeded, says),
                ));
            }
        }
    }
    Ok(())
}

fn check_row(table: Table, found: &Found<'_>, checked: &mut Checked) -> Result<(), StoreError> {
    match table {
        Table::Meta if found.key == keys::APPLIED => found.unseal::<Applied>().map(drop),
        Table::Meta => match keys::configured_bucket(found.key) {
            Some(_) => found.unseal::<ConfigurationRow>().map(drop),
            None => found.unseal::<Counters>().map(drop),
        },
        // Read with their names already.
        Table::Buckets => Ok(()),
        Table::Inline => found.unseal::<InlineRow>().map(drop),
        Table::Uploads => found.unseal::<UploadRow>().map(drop),
        Table::Garbage => {
            checked.garbage += found.unseal::<GarbageRow>()?.0.len() as u64;
            Ok(())
        }
        Table::Objects | Table::Versions | Table::Parts | Table::Blobs => {
            owners::of_row(table, found).map(drop)
        }
    }
}

fn is_stray(
    table: Table,
    key: &[u8],
    buckets: &HashMap<u64, String>,
    uploads: &HashSet<[u8; 24]>,
) -> bool {
    match table {
        Table::Objects | Table::Versions | Table::Uploads => {
            let number = key.first_chunk().map(|number| u64::from_be_bytes(*number));
            !number.is_some_and(|number| buckets.contains_key(&number))
        }
        Table::Parts => !key.first_chunk().is_some_and(|id| uploads.contains(id)),
        Table::Meta => {
            keys::configured_bucket(key).is_some_and(|number| !buckets.contains_key(&number))
        }
        Table::Buckets | Table::Inline | Table::Blobs | Table::Garbage => false,
    }
}

/// Sees whether each content is counted as often as it is referred to.
fn check_owners(view: &View<'_>, progress: &mut Progress<'_>) -> Result<(), StoreError> {
    let mut sums = vec![0_u128; SHARDS];
    count(view, |place, owners, counted| {
        let (shard, fingerprint) = fingerprint(place);
        if let Some(sum) = sums.get_mut(shard) {
            let counted = fingerprint.wrapping_mul(counted.into());
            let found = fingerprint.wrapping_mul(owners.into());
            *sum = sum.wrapping_add(counted).wrapping_sub(found);
        }
    })?;
    let is_right = |shard: usize| sums.get(shard).is_none_or(|sum| *sum == 0);
    if sums.iter().all(|sum| *sum == 0) {
        return Ok(());
    }
    let mut counts: HashMap<Place, (u64, u64)> = HashMap::new();
    count(view, |place, owners, counted| {
        if !is_right(fingerprint(place).0) {
            let entry = counts.entry(place).or_default();
            *entry = (entry.0.saturating_add(owners), entry.1.saturating_add(counted));
        }
    })?;
    for (place, (owners, counted)) in counts {
        if owners != counted {
            let fault = if counted == 0 { Fault::Missing } else { Fault::Miscounted };
            let says = format!("{} has {owners} owners and counts {counted}", describe(place));
            progress.found(Finding::of_store(fault, says));
        }
    }
    Ok(())
}

/// Tells of each reference to content, and of each content with the owners it counts.
fn count(view: &View<'_>, mut tell: impl FnMut(Place, u64, u64)) -> Result<(), StoreError> {
    for table in owners::TABLES {
        for found in view.scan_all(table, &[])? {
            // A damaged row was a finding already.
            for owner in owners::of_row(table, &found?).unwrap_or_default() {
                tell(owner.place, 1, 0);
            }
        }
    }
    for table in COUNTED {
        for found in view.scan_all(table, &[])? {
            if let Some((place, counted)) = counted(table, &found?) {
                tell(place, 0, counted);
            }
        }
    }
    Ok(())
}

fn counted(table: Table, found: &Found<'_>) -> Option<(Place, u64)> {
    if table == Table::Inline {
        let number = u64::from_be_bytes(found.key.try_into().ok()?);
        return Some((Place::Inline(number), found.unseal::<InlineRow>().ok()?.count));
    }
    let id = FileId(found.key.try_into().ok()?);
    let BlobRow { count, blob } = found.unseal().ok()?;
    Some(match blob {
        Blob::File { .. } => (Place::File(id), count),
        Blob::List(_) => (Place::List(id), count),
    })
}

/// The shard and the fingerprint of a content. Empty content is not counted.
fn fingerprint(place: Place) -> (usize, u128) {
    if place == Place::Empty {
        return (0, 0);
    }
    let [low, high] = [0_u8, 1].map(|salt| {
        let mut hasher = DefaultHasher::new();
        (salt, place).hash(&mut hasher);
        hasher.finish()
    });
    let [shard, ..] = low.to_be_bytes();
    (usize::from(shard), u128::from(high) << 64 | u128::from(low))
}

fn describe(place: Place) -> String {
    match place {
        Place::Empty => "empty content".into(),
        Place::Inline(number) => format!("the inline content {number}"),
        Place::File(id) => format!("the file {}", id.name()),
        Place::List(id) => format!("the list of parts {}", id.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::transaction::Transaction;
    use crate::format::rows::PartRow;
    use crate::format::values::{Sums, crc64nvme_checksum};
    use crate::store::Store;

    #[derive(Default)]
    struct Findings(Vec<(Fault, String)>);

    impl Observer for Findings {
        fn found(&mut self, finding: Finding) {
            self.0.push((finding.fault, finding.says));
        }

        fn advanced(&mut self, _: u64, _: u64) -> bool {
            true
        }
    }

    /// What a check finds after `spoil` had its way with an empty store.
    fn findings(
        spoil: impl FnOnce(&mut Transaction<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> Vec<(Fault, String)> {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        store.submit(spoil).wait().unwrap();
        let mut findings = Findings::default();
        store.inspection().check(&mut findings).unwrap();
        findings.0
    }

    fn put_inline(transaction: &mut Transaction<'_>, count: u64) -> Result<(), StoreError> {
        transaction.put(&7_u64.to_be_bytes(), &InlineRow { count, bytes: vec![1] })
    }

    /// A part that is that content, of an upload that is not there.
    fn put_part(transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        let sums = Sums { size: 1, crc64nvme: 0, checksum: crc64nvme_checksum(0) };
        let part = PartRow { modified_ms: 0, md5: [0; 16], place: Place::Inline(7), sums };
        transaction.put(&keys::part(&[9; 24], 1), &part)
    }

    #[test]
    fn content_nobody_owns_is_found() {
        let found = findings(|transaction| put_inline(transaction, 1));
        let says = "the inline content 7 has 0 owners and counts 1".to_owned();
        assert_eq!(found, [(Fault::Miscounted, says)]);
    }

    #[test]
    fn content_that_is_not_there_is_found_and_so_is_a_part_without_its_upload() {
        let found = findings(put_part);
        assert_eq!(found[0].0, Fault::Unneeded);
        let says = "the inline content 7 has 1 owners and counts 0".to_owned();
        assert_eq!(found[1], (Fault::Missing, says));
    }

    #[test]
    fn owners_that_are_counted_wrong_are_found_and_right_ones_are_not() {
        for (count, is_wrong) in [(1, false), (2, true)] {
            let found = findings(move |transaction| {
                put_inline(transaction, count)?;
                put_part(transaction)
            });
            let miscounted = found.iter().any(|(fault, _)| *fault == Fault::Miscounted);
            assert_eq!(miscounted, is_wrong, "{found:?}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_found() {
        let blob = Blob::File { size: 1, crc64nvme: 0 };
        let row = BlobRow { count: 0, blob };
        let found = findings(move |transaction| transaction.put(&[7; 16], &row));
        assert_eq!(found, [(Fault::Missing, format!("the file {} is missing", "07".repeat(16)))]);
    }
}
