//! The child's work in a bucket that keeps versions: each write moves what was there, and all of it
//! has to be there after a crash, in order.

use s3::BucketName;
use store::{
    DeleteOptions, PutOptions, Store, StoreError, VersionEntry, VersionId, VersionQuery, Versioning,
};

use super::known::{Changes, Slots, describe};
use super::workload::Hand;
use crate::fixture::{LARGE, attributes, content, key, pattern, read_all};

/// The slot of a bucket that keeps versions.
const KEPT: &str = "kept";
/// A delete marker among the versions of a key.
const MARKER: &str = "marker";

impl Hand<'_> {
    /// Makes the bucket, or puts, deletes, or removes the newest or the oldest version.
    pub(super) fn keep_versions(&mut self, name: &str, size: usize, chance: u8) {
        let kept = BucketName::parse(&format!("{}-kept", self.name)).unwrap();
        match self.slots.get(kept.as_str()).map(String::as_str) {
            None => return self.create_bucket(kept),
            Some(KEPT) => {}
            Some(_) => return self.enable_versions(&kept),
        }
        let versions = self.slots.get(&of_key(&kept, name)).map_or("", String::as_str);
        let mut versions: Vec<_> = versions.split_whitespace().map(str::to_owned).collect();
        match chance >> 4 & 3 {
            0 if !versions.is_empty() => {
                versions.remove(0);
                self.remove(&kept, name, &versions, |all| all.first());
            }
            1 if versions.len() > 1 => {
                versions.pop();
                self.remove(&kept, name, &versions, |all| all.last());
            }
            2 => {
                versions.insert(0, MARKER.to_owned());
                self.step(changes(&kept, name, &versions), |hand| {
                    hand.store.delete(&kept, &key(name), DeleteOptions::default()).wait().unwrap();
                });
            }
            _ => {
                let (bytes, attributes) = (pattern(self.seed, size), attributes(self.seed));
                versions.insert(0, describe(&bytes, &attributes));
                self.step(changes(&kept, name, &versions), |hand| {
                    let content = content(hand.store, &bytes);
                    let options = PutOptions { attributes, ..PutOptions::default() };
                    hand.store.put(&kept, key(name), content, options).wait().unwrap();
                });
            }
        }
    }

    /// Each kind of step once.
    pub(super) fn keep_versions_of_one_key(&mut self) {
        let [put, mark, remove_newest, remove_oldest] = [0x30, 0x20, 0x00, 0x10];
        let [create, enable] = [put, put];
        for chance in [create, enable, put, put, mark, put, remove_oldest, mark, remove_newest] {
            self.seed += 1;
            self.keep_versions("k0", LARGE, chance);
        }
    }

    fn enable_versions(&mut self, kept: &BucketName) {
        self.step(vec![(kept.to_string(), Some(KEPT.into()))], |hand| {
            hand.store.set_versioning(kept, Versioning::Enabled).wait().unwrap();
        });
    }

    /// Removes a version, which leaves these.
    fn remove(
        &mut self,
        kept: &BucketName,
        name: &str,
        left: &[String],
        choose: fn(&[VersionId]) -> Option<&VersionId>,
    ) {
        let ids: Vec<_> = entries(self.store, kept, name).unwrap();
        let ids: Vec<_> = ids.iter().filter_map(|entry| entry.marker().1).collect();
        let options = DeleteOptions { version: choose(&ids).copied(), ..DeleteOptions::default() };
        self.step(changes(kept, name, left), |hand| {
            hand.store.delete(kept, &key(name), options).wait().unwrap();
        });
    }
}

/// What the slots of a key become, of which these are all versions, the newest first.
fn changes(kept: &BucketName, name: &str, versions: &[String]) -> Changes {
    let current = versions.first().filter(|version| *version != MARKER).cloned();
    let all = (!versions.is_empty()).then(|| versions.join(" "));
    vec![(format!("{kept}/{name}"), current), (of_key(kept, name), all)]
}

fn of_key(kept: &BucketName, name: &str) -> String {
    format!("{kept}@{name}")
}

fn entries(
    store: &Store,
    bucket: &BucketName,
    prefix: &str,
) -> Result<Vec<VersionEntry>, StoreError> {
    let query = VersionQuery { prefix: prefix.into(), limit: 1000, ..VersionQuery::default() };
    Ok(store.versions(bucket, &query)?.entries)
}

/// Reads all versions of a bucket that keeps them, and says what its own slot is.
pub(super) fn observe(
    store: &Store,
    bucket: &BucketName,
    slots: &mut Slots,
) -> Result<(), StoreError> {
    if store.bucket(bucket)?.versioning == Versioning::Never {
        return Ok(());
    }
    slots.insert(bucket.to_string(), KEPT.into());
    for entry in entries(store, bucket, "")? {
        let (name, version) = match &entry {
            VersionEntry::Object(_, object) => {
                let opened = store.open_version(bucket, &object.key, entry.marker().1)?;
                let version = describe(&read_all(&opened).1?, &opened.object.attributes);
                (object.key.as_str(), version)
            }
            VersionEntry::DeleteMarker(_, key, _) => (key.as_str(), MARKER.to_owned()),
            VersionEntry::CommonPrefix(_) => panic!("nothing was to be rolled up"),
        };
        let versions = slots.entry(of_key(bucket, name)).or_default();
        *versions = [versions.as_str(), &version].join(" ").trim().to_owned();
    }
    Ok(())
}
