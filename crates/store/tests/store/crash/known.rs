//! What the child reported, and whether a store holds just that.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::time::{Duration, Instant};

use s3::BucketName;
use store::{Attributes, DeleteOptions, ListQuery, PutOptions, Store, UploadName};

use super::versions;
use crate::fixture::{LARGE, content, key, look_through, pattern, read_all};

/// Opening takes far less; it must not grow with what is in the store.
const OPENS_WITHIN: Duration = Duration::from_secs(10);

/// Everything a store shows, a line for each thing. Each name begins with that of the
/// thread it belongs to.
pub(super) type Slots = BTreeMap<String, String>;

/// What a step does to the slots: a value, or gone.
pub(super) type Changes = Vec<(String, Option<String>)>;

/// What each thread of the child has acknowledged, and the step it has begun.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(BTreeMap<String, (Slots, Option<Changes>)>);

impl Known {
    /// Takes in a line of the child; one that is none of its reports says nothing.
    pub(super) fn take(&mut self, line: &str) {
        let words: Vec<_> = line.split('\t').collect();
        match words[..] {
            ["begin", thread, ref changes @ ..] => {
                let changes = changes.iter().map(|change| {
                    let (slot, value) = change.split_once('=').unwrap();
                    (slot.to_owned(), (value != "-").then(|| value.to_owned()))
                });
                self.0.entry(thread.to_owned()).or_default().1 = Some(changes.collect());
            }
            ["done", thread] => {
                let (slots, begun) = self.0.get_mut(thread).unwrap();
                apply(slots, &begun.take().unwrap());
            }
            _ => {}
        }
    }

    /// Whether the store holds what was acknowledged, and of what was begun all or nothing. Which
    /// of the two is known from then on.
    pub(super) fn settle(&mut self, found: &Slots) -> Result<(), String> {
        for (thread, (slots, begun)) in &mut self.0 {
            let mine = found.iter().filter(|(slot, _)| slot.starts_with(thread.as_str()));
            let found: Slots = mine.map(|(slot, value)| (slot.clone(), value.clone())).collect();
            let mut after = slots.clone();
            apply(&mut after, &begun.take().unwrap_or_default());
            if found == after {
                *slots = after;
            } else if found != *slots {
                return Err(differences(&found, slots, &after));
            }
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.values().all(|(slots, _)| slots.is_empty())
    }
}

pub(super) fn apply(slots: &mut Slots, changes: &Changes) {
    for (slot, value) in changes {
        match value {
            Some(value) => drop(slots.insert(slot.clone(), value.clone())),
            None => drop(slots.remove(slot)),
        }
    }
}

fn differences(found: &Slots, before: &Slots, after: &Slots) -> String {
    let names = found.keys().chain(before.keys()).chain(after.keys());
    let wrong = names.filter(|name| {
        let now = found.get(*name);
        now != before.get(*name) || now != after.get(*name)
    });
    let lines = wrong.map(|name| {
        let (now, was, will) = (found.get(name), before.get(name), after.get(name));
        format!("{name} is {now:?}, was {was:?}, was to be {will:?}")
    });
    lines.collect::<Vec<_>>().join("; ")
}

/// Opens the store and holds it to everything it promises after a crash.
pub(super) fn examine(dir: &Path, known: &mut Known) -> Result<(), String> {
    let before = Instant::now();
    let store = Store::open(dir).map_err(|e| format!("does not open: {e}"))?;
    if before.elapsed() > OPENS_WITHIN {
        return Err(format!("took {:?} to open", before.elapsed()));
    }
    if dir.join("staging").read_dir().unwrap().next().is_some() {
        return Err("staging is not empty".into());
    }
    known.settle(&observe(&store)?)?;
    let findings = look_through(&store.inspection());
    if !findings.is_empty() {
        return Err(format!("found {findings:?}"));
    }
    take_writes(&store).map_err(|e| format!("takes no writes any more: {e}"))
}

/// Puts and takes away something of each kind.
fn take_writes(store: &Store) -> Result<(), store::StoreError> {
    let bucket = BucketName::parse("afterwards").unwrap();
    store.create_bucket(&bucket, 0).wait()?;
    for (name, size) in [("small", 100), ("large", LARGE)] {
        let content = content(store, &pattern(1, size));
        store.put(&bucket, key(name), content, PutOptions::default()).wait()?;
        assert_eq!(read_all(&store.open_object(&bucket, &key(name))?).1?, pattern(1, size));
        store.delete(&bucket, &key(name), DeleteOptions::default()).wait()?;
    }
    store.delete_bucket(&bucket).wait()
}

/// Reads everything there is.
pub(super) fn observe(store: &Store) -> Result<Slots, String> {
    let mut slots = Slots::new();
    for bucket in store.buckets("", None, 1000).map_err(|e| e.to_string())?.items {
        slots.insert(bucket.name.to_string(), "bucket".into());
        observe_bucket(store, &bucket.name, &mut slots)
            .map_err(|e| format!("in {}: {e}", bucket.name))?;
    }
    Ok(slots)
}

fn observe_bucket(
    store: &Store,
    bucket: &BucketName,
    slots: &mut Slots,
) -> Result<(), store::StoreError> {
    let all = ListQuery { limit: 1000, ..ListQuery::default() };
    for entry in store.list(bucket, &all)?.entries {
        let opened = store.open_object(bucket, &key(entry.text()))?;
        let bytes = read_all(&opened).1?;
        let value = describe(&bytes, &opened.object.attributes);
        slots.insert(format!("{bucket}/{}", entry.text()), value);
    }
    versions::observe(store, bucket, slots)?;
    for upload in store.uploads(bucket, "", None, 1000)?.items {
        let slot = format!("{bucket}?{}", upload.key);
        let name = UploadName { bucket: bucket.clone(), key: upload.key, id: upload.id };
        let parts = store.parts(&name, 0, 1000)?.items.into_iter();
        let parts = parts.map(|part| format!("{}:{}:{}", part.number, part.size, part.etag));
        slots.insert(slot, format!("upload {}", parts.collect::<Vec<_>>().join(" ")));
    }
    Ok(())
}

/// An object in one line.
pub(super) fn describe(bytes: &[u8], attributes: &Attributes) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let number = String::from_utf8_lossy(attributes.get("number").unwrap_or_default());
    format!("{}:{:016x}:{number}", bytes.len(), hasher.finish())
}
