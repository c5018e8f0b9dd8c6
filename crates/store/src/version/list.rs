//! Listing versions: the objects, delete markers and old versions of a bucket, by key and then the
//! latest first.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html>. Two tables are
//! walked side by side, and as in a listing of objects a page costs what it shows.

use std::iter::Peekable;
use std::ops::Bound;

use s3::{BucketName, ObjectKey};

use crate::bucket;
use crate::error::StoreError;
use crate::format::rows::{BucketRow, SummaryRow};
use crate::format::versions::{MarkerRow, Past};
use crate::format::{Record as _, Table, keys};
use crate::index::{Found, View};
use crate::list::common_prefix;
use crate::object::{self, ObjectSummary};
use crate::store::Store;

use super::{VersionId, find};

/// What is to be listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionQuery {
    /// Only keys that begin so.
    pub prefix: String,
    /// Keys with this text behind the prefix are rolled up, to where it ends first. Empty is none.
    pub delimiter: Option<String>,
    /// Only entries behind this key, or behind this version of it. When it is a common prefix of
    /// this listing, or a key rolled up in one, that is behind all keys rolled up in it.
    pub after: Option<(String, Option<VersionId>)>,
    /// Entries at most.
    pub limit: usize,
}

/// One line of a listing of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionEntry {
    /// An object.
    Object(ListedVersion, ObjectSummary),
    /// A delete marker, with its key and the time it was put.
    DeleteMarker(ListedVersion, ObjectKey, u64),
    /// What several keys begin with, up to and with the delimiter.
    CommonPrefix(String),
}

/// Which version a line shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedVersion {
    /// Its id.
    pub id: VersionId,
    /// Whether it is the current one.
    pub is_latest: bool,
}

impl VersionEntry {
    /// Where a page that begins behind this entry goes on.
    #[must_use]
    pub fn marker(&self) -> (&str, Option<VersionId>) {
        match self {
            Self::Object(version, object) => (object.key.as_str(), Some(version.id)),
            Self::DeleteMarker(version, key, _) => (key.as_str(), Some(version.id)),
            Self::CommonPrefix(prefix) => (prefix, None),
        }
    }
}

/// A page of a listing of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionListing {
    /// In order: by the bytes of the key, and of each key the latest first.
    pub entries: Vec<VersionEntry>,
    /// Whether there is more behind the last.
    pub more: bool,
}

impl Store {
    /// Lists all versions. Errors: `NoSuchBucket`.
    pub fn versions(
        &self,
        bucket: &BucketName,
        query: &VersionQuery,
    ) -> Result<VersionListing, StoreError> {
        self.read(|view| {
            let bucket = bucket::row(view, bucket)?;
            let mut page = Page { query, bucket, entries: Vec::new() };
            // A page of nothing ends all asking.
            let more = query.limit > 0 && page.fill(view)? == Room::Full;
            Ok(VersionListing { entries: page.entries, more })
        })
    }
}

/// Where to go on, in both tables.
struct Start {
    objects: Bound<Vec<u8>>,
    versions: Bound<Vec<u8>>,
}

impl Start {
    fn at(bucket: u64, key: &str) -> Self {
        let (objects, versions) = (keys::object(bucket, key), keys::many(bucket, key));
        Self { objects: Bound::Included(objects), versions: Bound::Included(versions) }
    }

    /// Behind all versions of a key.
    fn after(bucket: u64, key: &str) -> Option<Self> {
        let objects = Bound::Excluded(keys::object(bucket, key));
        let versions = keys::successor(&keys::many_of(bucket, key)).map(Bound::Included)?;
        Some(Self { objects, versions })
    }

    /// Behind all keys that begin with `prefix`.
    fn behind(bucket: u64, prefix: &str) -> Option<Self> {
        let behind = |key: Vec<u8>| keys::successor(&key).map(Bound::Included);
        let objects = behind(keys::object(bucket, prefix))?;
        Some(Self { objects, versions: behind(keys::many(bucket, prefix))? })
    }
}

/// Whether a page takes more entries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    Left,
    Full,
}

/// Which version of a key is the latest.
#[derive(Clone, Copy)]
enum Latest {
    First,
    Numbered(u64),
}

struct Page<'q> {
    query: &'q VersionQuery,
    bucket: BucketRow,
    entries: Vec<VersionEntry>,
}

impl Page<'_> {
    /// Fills the page, until there is no more or one entry more than it takes.
    fn fill(&mut self, view: &View<'_>) -> Result<Room, StoreError> {
        let (query, number) = (self.query, self.bucket.number);
        let mut start = Some(Start::at(number, &query.prefix));
        if let Some((key, id)) = &query.after
            && key.as_str() >= query.prefix.as_str()
        {
            if let Some(rolled) = self.roll_up(key) {
                start = Start::behind(number, &rolled);
            } else {
                start = Start::after(number, key);
                if let Some(id) = id
                    && self.is_listed(key)
                    && let Ok(key) = ObjectKey::parse(key.as_str())
                    && self.rest_of_key(view, &key, *id)? == Room::Full
                {
                    return Ok(Room::Full);
                }
            }
        }
        // Each turn scans up to the next common prefix.
        while let Some(from) = start.take() {
            match self.scan(view, &from)? {
                (Room::Full, _) => return Ok(Room::Full),
                (Room::Left, rolled) => {
                    start = rolled.and_then(|rolled| Start::behind(number, &rolled));
                }
            }
        }
        Ok(Room::Left)
    }

    fn roll_up(&self, key: &str) -> Option<String> {
        common_prefix(&self.query.prefix, self.query.delimiter.as_deref(), key)
    }

    fn is_listed(&self, key: &str) -> bool {
        key.starts_with(&self.query.prefix)
    }

    /// Shows everything up to the next common prefix, and says which that is.
    fn scan(
        &mut self,
        view: &View<'_>,
        from: &Start,
    ) -> Result<(Room, Option<String>), StoreError> {
        let (number, prefix) = (self.bucket.number, self.query.prefix.as_str());
        let objects = keys::object(number, prefix);
        let objects = view.scan(Table::Objects, &objects, from.objects.as_ref().map(|k| &**k))?;
        let past = keys::many(number, prefix);
        let past = view.scan(Table::Versions, &past, from.versions.as_ref().map(|k| &**k))?;
        let (mut objects, mut past) = (objects.peekable(), past.peekable());
        while let Some(key) = next_key(&mut objects, &mut past)? {
            if let Some(rolled) = self.roll_up(&key) {
                let room = self.push(VersionEntry::CommonPrefix(rolled.clone()));
                return Ok((room, Some(rolled)));
            }
            let mut latest = Latest::First;
            let row_key = keys::object(number, &key);
            if let Some(found) = objects.next_if(|found| is(found, |k| k == row_key)) {
                let row: SummaryRow = found?.unseal()?;
                if self.show(&key, &mut latest, Past::Object(row))? == Room::Full {
                    return Ok((Room::Full, None));
                }
            }
            let many = keys::many_of(number, &key);
            let rows =
                std::iter::from_fn(|| past.next_if(|found| is(found, |k| k.starts_with(&many))));
            if self.past(&key, &mut latest, None, rows)? == Room::Full {
                return Ok((Room::Full, None));
            }
        }
        Ok((Room::Left, None))
    }

    /// Shows what follows one version of a key. If it is gone by now, its number still says where
    /// it was; a null version had none that is known, so then the key begins anew.
    fn rest_of_key(
        &mut self,
        view: &View<'_>,
        key: &ObjectKey,
        id: VersionId,
    ) -> Result<Room, StoreError> {
        let (name, number) = (key.as_str(), self.bucket.number);
        let current: Option<SummaryRow> = view.get(&keys::object(number, name))?;
        let null_key = keys::version(number, name, None);
        let null: Option<Past<SummaryRow>> = view.get(&null_key)?;
        let below = id.number().unwrap_or_else(|| {
            let in_current = current.iter().map(|row| row.version);
            let mut all = in_current.chain(null.iter().map(find::version));
            let null = all.find(|version| version.random.is_none());
            null.map_or(u64::MAX, |version| version.number)
        });
        let newest = find::newest(view, &self.bucket, key, None)?;
        let newest = newest.map(|(_, row)| find::version(&row).number);
        let current_number = current.as_ref().map(|row| row.version.number);
        let mut latest = current_number.or(newest).map_or(Latest::First, Latest::Numbered);
        if let Some(row) = current.filter(|row| row.version.number < below)
            && self.show(name, &mut latest, Past::Object(row))? == Room::Full
        {
            return Ok(Room::Full);
        }
        let null = null.filter(|row| find::version(row).number < below);
        let from = keys::version(number, name, Some(below));
        let many = keys::many_of(number, name);
        let rows = view.scan(Table::Versions, &many, Bound::Excluded(&from))?;
        self.past(name, &mut latest, null, rows)
    }

    /// Shows the rows of a key in the order of their numbers: the null version, which comes ahead
    /// of them or among them as the first, has its place by its number too.
    fn past<'r>(
        &mut self,
        key: &str,
        latest: &mut Latest,
        mut null: Option<Past<SummaryRow>>,
        rows: impl Iterator<Item = Result<Found<'r>, StoreError>>,
    ) -> Result<Room, StoreError> {
        for found in rows {
            let row: Past<SummaryRow> = found?.unseal()?;
            if find::version(&row).random.is_none() {
                null = Some(row);
                continue;
            }
            let is_earlier = |null: &mut Past<SummaryRow>| {
                find::version(null).number > find::version(&row).number
            };
            if let Some(null) = null.take_if(is_earlier)
                && self.show(key, latest, null)? == Room::Full
            {
                return Ok(Room::Full);
            }
            if self.show(key, latest, row)? == Room::Full {
                return Ok(Room::Full);
            }
        }
        null.map_or(Ok(Room::Left), |null| self.show(key, latest, null))
    }

    fn show(
        &mut self,
        key: &str,
        latest: &mut Latest,
        row: Past<SummaryRow>,
    ) -> Result<Room, StoreError> {
        let version = find::version(&row);
        let is_latest = match *latest {
            Latest::First => true,
            Latest::Numbered(number) => number == version.number,
        };
        if is_latest {
            *latest = Latest::Numbered(version.number);
        }
        let listed = ListedVersion { id: VersionId::of(version), is_latest };
        let key = ObjectKey::parse(key).map_err(|_| StoreError::Corrupt {
            what: Past::<SummaryRow>::WHAT,
            at: key.to_owned(),
        })?;
        Ok(self.push(match row {
            Past::Object(row) => VersionEntry::Object(listed, object::summary(key, row)),
            Past::DeleteMarker(MarkerRow { modified_ms, .. }) => {
                VersionEntry::DeleteMarker(listed, key, modified_ms)
            }
        }))
    }

    fn push(&mut self, entry: VersionEntry) -> Room {
        if self.entries.len() >= self.query.limit {
            return Room::Full;
        }
        self.entries.push(entry);
        Room::Left
    }
}

fn is(found: &Result<Found<'_>, StoreError>, it: impl Fn(&[u8]) -> bool) -> bool {
    found.as_ref().is_ok_and(|found| it(found.key))
}

/// The lesser of the keys that are ahead.
fn next_key<'r, I, J>(
    objects: &mut Peekable<I>,
    past: &mut Peekable<J>,
) -> Result<Option<String>, StoreError>
where
    I: Iterator<Item = Result<Found<'r>, StoreError>>,
    J: Iterator<Item = Result<Found<'r>, StoreError>>,
{
    let object = ahead(objects, |found| keys::object_key(found.key).map(str::to_owned))?;
    let past = ahead(past, |found| keys::version_key(found.key))?;
    Ok(match (object, past) {
        (Some(object), Some(past)) => Some(object.min(past)),
        (object, past) => object.or(past),
    })
}

fn ahead<'r, I>(
    rows: &mut Peekable<I>,
    key: impl Fn(&Found<'r>) -> Option<String>,
) -> Result<Option<String>, StoreError>
where
    I: Iterator<Item = Result<Found<'r>, StoreError>>,
{
    match rows.peek() {
        None => Ok(None),
        Some(Err(e)) => Err(e.clone()),
        Some(Ok(found)) => {
            let key = key(found).ok_or_else(|| found.corrupt::<Past<SummaryRow>>())?;
            Ok(Some(key))
        }
    }
}
