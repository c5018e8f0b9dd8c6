//! The store against a map: random operations, the same answers, the same listings, no file too
//! many. With and without versions, and after restarts and crashes.

mod lists;
mod plain;
mod uploads;

use proptest::prelude::*;
use proptest::test_runner::Config;
use s3::Tags;
use store::{
    CopySource, DeleteOptions, Deletion, Object, Precondition, PutOptions, StoreError, TagOptions,
    VersionId, Versioning,
};

use crate::fixture::{Fixture, LARGE, attributes, key, pattern, read_all};
use lists::List;
use plain::{Content, Line, Plain};
use uploads::ModelledUpload;

pub(super) const KEYS: [&str; 12] = [
    "a",
    "a/",
    "a/b",
    "a/b/c",
    "a/b/d",
    "a//",
    "a0",
    "b",
    "b/\u{0}",
    "b/\u{e9}/x",
    "/",
    "\u{10ffff}",
];
const SIZES: [usize; 5] = [0, 3, LARGE - 1, LARGE, 70_000];

#[derive(Clone, Debug)]
enum Step {
    Versioning(Versioning),
    Put { key: &'static str, size: usize, condition: Condition },
    Copy { from: (&'static str, Pick), to: &'static str },
    Tag { key: &'static str, pick: Pick, count: usize },
    Delete { key: &'static str, condition: Condition },
    DeleteVersion { key: &'static str, pick: Pick },
    DeleteMany(Vec<(&'static str, Option<Pick>)>),
    Upload(uploads::Step),
    List(List),
    ListVersions(List, Option<Pick>),
    Reopen,
    Crash,
}

#[derive(Clone, Copy, Debug)]
enum Condition {
    None,
    Absent,
    Same,
    Other,
}

/// Which version: one of those there are, or one that was, or of another key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pick {
    Current,
    Nth(usize),
    Gone,
}

#[derive(Default)]
struct Model {
    plain: Plain,
    upload: Option<ModelledUpload>,
    clock: u64,
}

pub(super) fn key_of() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&KEYS)
}

/// Few keys have many versions.
fn versioned_key() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => prop::sample::select(&KEYS[..3]), 1 => key_of()]
}

fn size() -> impl Strategy<Value = usize> {
    prop::sample::select(&SIZES)
}

fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![
        2 => Just(Pick::Current),
        6 => (0..6_usize).prop_map(Pick::Nth),
        1 => Just(Pick::Gone),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    use Condition::{Absent, None, Other, Same};
    prop::sample::select(vec![None, None, None, Absent, Same, Other])
}

fn step() -> impl Strategy<Value = Step> {
    let versioning = prop::sample::select(vec![
        Versioning::Enabled,
        Versioning::Enabled,
        Versioning::Suspended,
        Versioning::Never,
    ]);
    let deletions = prop::collection::vec((versioned_key(), prop::option::of(pick())), 0..5);
    prop_oneof![
        2 => versioning.prop_map(Step::Versioning),
        8 => (versioned_key(), size(), condition())
            .prop_map(|(key, size, condition)| Step::Put { key, size, condition }),
        3 => (versioned_key(), pick(), versioned_key())
            .prop_map(|(from, pick, to)| Step::Copy { from: (from, pick), to }),
        2 => (versioned_key(), pick(), 0..3_usize)
            .prop_map(|(key, pick, count)| Step::Tag { key, pick, count }),
        3 => (versioned_key(), condition())
            .prop_map(|(key, condition)| Step::Delete { key, condition }),
        4 => (versioned_key(), pick()).prop_map(|(key, pick)| Step::DeleteVersion { key, pick }),
        2 => deletions.prop_map(Step::DeleteMany),
        8 => uploads::step(size()).prop_map(Step::Upload),
        3 => lists::list().prop_map(Step::List),
        4 => (lists::list(), prop::option::of(pick()))
            .prop_map(|(list, pick)| Step::ListVersions(list, pick)),
        1 => Just(Step::Reopen),
        1 => Just(Step::Crash),
    ]
}

proptest! {
    #![proptest_config(Config { cases: 40, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_store_does_as_a_map_does(steps in prop::collection::vec(step(), 1..60)) {
        let mut house = Fixture::new();
        let mut model = Model::default();
        for step in steps {
            model.clock += 1;
            if matches!(step, Step::Reopen) {
                house = house.reopen();
            }
            if matches!(step, Step::Crash) {
                house = house.crash();
            }
            model.take(&house, step);
        }
        model.compare(&house);
        let house = house.reopen();
        model.compare(&house);
        assert_eq!(house.files().len(), model.files());
        let house = house.reopen();
        model.empty(&house);
        house.store.delete_bucket(&house.bucket).wait().unwrap();
        assert_eq!(house.files().len(), 0);
    }
}

impl Model {
    fn take(&mut self, house: &Fixture, step: Step) {
        match step {
            Step::Versioning(versioning) => self.set_versioning(house, versioning),
            Step::Put { key, size, condition } => self.put(house, key, size, condition),
            Step::Copy { from, to } => self.copy(house, from, to),
            Step::Tag { key, pick, count } => self.tag(house, key, pick, count),
            Step::Delete { key, condition } => self.delete(house, key, condition),
            Step::DeleteVersion { key, pick } => self.delete_version(house, key, pick),
            Step::DeleteMany(deletions) => self.delete_many(house, deletions),
            Step::Upload(step) => self.upload(house, step),
            Step::List(list) => self.list(house, list),
            Step::ListVersions(list, pick) => self.list_versions(house, list, pick),
            Step::Reopen | Step::Crash => self.compare(house),
        }
    }

    fn set_versioning(&mut self, house: &Fixture, versioning: Versioning) {
        house.store.set_versioning(&house.bucket, versioning).wait().unwrap();
        if versioning != Versioning::Never {
            self.plain.versioning = versioning;
        }
        let bucket = house.store.bucket(&house.bucket).unwrap();
        assert_eq!(bucket.versioning, self.plain.versioning);
    }

    /// The condition for the store, and what it should answer.
    fn judge(
        &self,
        house: &Fixture,
        name: &str,
        condition: Condition,
    ) -> (Precondition, Option<&'static str>) {
        let absent = self.plain.current(name).is_none();
        match condition {
            Condition::None => (Precondition::None, None),
            Condition::Absent => {
                (Precondition::IfNoneMatchAny, (!absent).then_some("precondition"))
            }
            Condition::Same => {
                let current = house.store.object(&house.bucket, &key(name)).ok();
                let tag = current.map_or("*".to_owned(), |object| object.summary.etag.quoted());
                (Precondition::IfMatch(tag), absent.then_some("no key"))
            }
            Condition::Other => {
                let failed = if absent { "no key" } else { "precondition" };
                (Precondition::IfMatch("ab".repeat(16)), Some(failed))
            }
        }
    }

    fn put(&mut self, house: &Fixture, name: &'static str, size: usize, condition: Condition) {
        let (precondition, expected) = self.judge(house, name, condition);
        let tags = tags(self.clock, size % 3);
        let options = PutOptions {
            attributes: attributes(self.clock),
            tags: tags.clone(),
            precondition,
            modified_ms: self.clock,
            checksum: None,
        };
        let content = house.content(&pattern(self.clock, size));
        let put = house.store.put(&house.bucket, key(name), content, options).wait();
        if let Some(object) = self.answered(put, expected) {
            let pieces = vec![(self.clock, size)];
            let content = Content { pieces, attributes: self.clock, tags };
            self.plain.put(name, object.version, self.clock, content);
        }
    }

    fn copy(&mut self, house: &Fixture, from: (&'static str, Pick), to: &'static str) {
        let (from, pick) = from;
        let version = self.plain.pick(from, pick);
        let found = house.store.object_version(&house.bucket, &key(from), version);
        let expected = self.plain.refusal(from, version);
        let Some(source) = self.answered(found, expected) else {
            return;
        };
        let content = self.plain.find(from, version).unwrap().content.clone().unwrap();
        let etag = source.summary.etag;
        let source = CopySource { bucket: house.bucket.clone(), key: key(from), version, etag };
        let tags = tags(self.clock, 1);
        let attributes = attributes(self.clock);
        let options = PutOptions {
            attributes,
            tags: tags.clone(),
            modified_ms: self.clock,
            ..PutOptions::default()
        };
        let object = house.store.copy(source, &house.bucket, key(to), options).wait().unwrap();
        let content = Content { attributes: self.clock, tags, ..content };
        self.plain.put(to, object.version, self.clock, content);
    }

    fn tag(&mut self, house: &Fixture, name: &'static str, pick: Pick, count: usize) {
        let version = self.plain.pick(name, pick);
        let tags = tags(self.clock, count);
        let options = TagOptions { version, tags: tags.clone(), expected: None };
        let set = house.store.set_tags(&house.bucket, &key(name), options).wait();
        let expected = self.plain.refusal(name, version);
        if let Some(id) = self.answered(set, expected) {
            let versioning = self.plain.versioning;
            let line = self.plain.find_mut(name, version).unwrap();
            line.content.as_mut().unwrap().tags = tags;
            assert_eq!(id, (versioning != Versioning::Never).then_some(line.id));
        }
    }

    fn delete(&mut self, house: &Fixture, name: &'static str, condition: Condition) {
        let (precondition, expected) = self.judge(house, name, condition);
        let options = DeleteOptions { version: None, precondition, modified_ms: self.clock };
        let deleted = house.store.delete(&house.bucket, &key(name), options).wait();
        if let Some(deleted) = self.answered(deleted, expected) {
            self.plain.delete(name, None, self.clock, deleted);
        }
    }

    fn delete_version(&mut self, house: &Fixture, name: &'static str, pick: Pick) {
        let version = self.plain.pick(name, pick);
        let options = DeleteOptions { version, modified_ms: self.clock, ..Default::default() };
        let deleted = house.store.delete(&house.bucket, &key(name), options).wait().unwrap();
        self.plain.delete(name, version, self.clock, deleted);
    }

    fn delete_many(&mut self, house: &Fixture, deletions: Vec<(&'static str, Option<Pick>)>) {
        let picked: Vec<_> = deletions
            .into_iter()
            .map(|(name, pick)| (name, pick.and_then(|pick| self.plain.pick(name, pick))))
            .collect();
        let asked = picked.iter().map(|(name, version)| Deletion {
            key: key(name),
            version: *version,
            precondition: Precondition::None,
        });
        let asked = asked.collect();
        let answers = house.store.delete_many(&house.bucket, asked, self.clock).wait().unwrap();
        assert_eq!(answers.len(), picked.len());
        for ((name, version), deleted) in picked.into_iter().zip(answers) {
            self.plain.delete(name, version, self.clock, deleted.unwrap());
        }
    }

    /// What the store answered, when it did not refuse; and it refused as `expected`.
    fn answered<T>(&self, result: Result<T, StoreError>, expected: Option<&str>) -> Option<T> {
        match result {
            Ok(answer) => {
                assert_eq!(expected, None, "it should have been refused");
                Some(answer)
            }
            Err(error) => {
                assert_eq!(Some(refusal(&error)), expected, "{error}");
                None
            }
        }
    }

    /// Every version as it should be, and no other, and no file too many.
    fn compare(&self, house: &Fixture) {
        for name in KEYS {
            let current = house.open(name);
            let expected = self.plain.refusal(name, None);
            if let Some(opened) = self.answered(current, expected) {
                self.compare_one(house, name, None, &opened.object);
            }
            for line in self.plain.lines(name) {
                let id = Some(line.id);
                let opened = house.store.object_version(&house.bucket, &key(name), id);
                if let Some(object) = self.answered(opened, self.plain.refusal(name, id)) {
                    self.compare_one(house, name, id, &object);
                }
            }
        }
        self.list(house, List::all());
        self.list_versions(house, List::all(), None);
    }

    fn compare_one(
        &self,
        house: &Fixture,
        name: &'static str,
        version: Option<VersionId>,
        object: &Object,
    ) {
        let line = self.plain.find(name, version).unwrap();
        let content = line.content.as_ref().unwrap();
        let opened = house.store.open_version(&house.bucket, &key(name), version).unwrap();
        assert_eq!(read_all(&opened).1.unwrap(), content.bytes());
        assert_eq!(object.attributes, attributes(content.attributes));
        assert_eq!(object.tags, content.tags);
        assert_eq!(object.summary.modified_ms, line.modified_ms);
        let is_versioned = self.plain.versioning != Versioning::Never;
        assert_eq!(object.version, is_versioned.then_some(line.id));
    }

    /// Deletes each version by its id, some at a time, in an order of no meaning: afterwards
    /// nothing is left.
    fn empty(&mut self, house: &Fixture) {
        let mut all: Vec<(&'static str, VersionId)> =
            self.plain.all().map(|(name, line)| (name, line.id)).collect();
        all.sort_by_key(|(name, id)| (id.to_string().chars().last(), *name, *id));
        if let Some(upload) = self.upload.take() {
            house.store.abort_upload(&upload.name).wait().unwrap();
        }
        for some in all.chunks(5) {
            let asked = some.iter().map(|(name, id)| Deletion {
                key: key(name),
                version: Some(*id),
                precondition: Precondition::None,
            });
            let asked = asked.collect();
            let answers = house.store.delete_many(&house.bucket, asked, 0).wait().unwrap();
            for ((name, id), deleted) in some.iter().zip(answers) {
                self.plain.delete(name, Some(*id), 0, deleted.unwrap());
            }
            self.compare(house);
        }
        assert_eq!(self.plain.all().count(), 0);
    }

    /// How many files there should be.
    fn files(&self) -> usize {
        let parts = self.upload.iter().flat_map(|upload| upload.parts.values());
        self.plain.files(parts.copied())
    }
}

/// So many tags, that differ with the seed.
fn tags(seed: u64, count: usize) -> Tags {
    Tags::known((0..count).map(|n| (format!("k{n}"), seed.to_string())).collect())
}

/// The refusal, in a word.
fn refusal(error: &StoreError) -> &'static str {
    let words = [
        ("precondition", matches!(error, StoreError::PreconditionFailed)),
        ("no key", matches!(error, StoreError::NoSuchKey)),
        ("no version", matches!(error, StoreError::NoSuchVersion)),
        ("marker", matches!(error, StoreError::DeleteMarker { .. })),
        ("invalid part", matches!(error, StoreError::InvalidPart { .. })),
        ("too small", matches!(error, StoreError::PartTooSmall { .. })),
    ];
    let (word, _) = words.into_iter().find(|(_, is)| *is).unwrap_or_else(|| panic!("{error}"));
    word
}
