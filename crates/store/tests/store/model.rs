//! The store against a map: random operations, the same answers, the same listings, no file too
//! many.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::Config;
use s3::PartNumber;
use store::{
    CompleteOptions, CompletedPart, CopySource, ListQuery, PartOptions, Precondition, PutOptions,
    StoreError, UploadName, UploadOptions,
};

use crate::fixture::{Fixture, LARGE, attributes, key, pattern, read_all};

const KEYS: [&str; 12] = [
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
    Put {
        key: &'static str,
        size: usize,
        condition: Condition,
    },
    Copy {
        from: &'static str,
        to: &'static str,
    },
    Delete {
        key: &'static str,
        condition: Condition,
    },
    Begin {
        key: &'static str,
    },
    PutPart {
        number: u16,
        size: usize,
    },
    Complete {
        numbers: BTreeSet<u16>,
    },
    Abort,
    List {
        prefix: &'static str,
        delimiter: &'static str,
        after: Option<&'static str>,
        limit: usize,
    },
    Reopen,
}

#[derive(Clone, Copy, Debug)]
enum Condition {
    None,
    Absent,
    Same,
    Other,
}

/// One object of the model. Contents with one id are one content, however many objects have it.
#[derive(Clone, Debug, PartialEq)]
struct Modelled {
    contents: Vec<(u64, usize)>,
    attributes: u64,
}

/// The one upload in progress, and its parts.
struct ModelledUpload {
    key: &'static str,
    name: UploadName,
    parts: BTreeMap<u16, (u64, usize)>,
}

#[derive(Default)]
struct Model {
    objects: BTreeMap<&'static str, Modelled>,
    upload: Option<ModelledUpload>,
    clock: u64,
}

fn key_of() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&KEYS)
}

fn size() -> impl Strategy<Value = usize> {
    prop::sample::select(&SIZES)
}

fn condition() -> impl Strategy<Value = Condition> {
    use Condition::{Absent, None, Other, Same};
    prop::sample::select(vec![None, None, None, Absent, Same, Other])
}

fn step() -> impl Strategy<Value = Step> {
    let prefixes = prop::sample::select(vec!["", "a", "a/", "a/b", "b/", "c"]);
    let delimiters = prop::sample::select(vec!["", "/", "b", "//"]);
    prop_oneof![
        6 => (key_of(), size(), condition())
            .prop_map(|(key, size, condition)| Step::Put { key, size, condition }),
        3 => (key_of(), key_of()).prop_map(|(from, to)| Step::Copy { from, to }),
        2 => (key_of(), condition()).prop_map(|(key, condition)| Step::Delete { key, condition }),
        2 => key_of().prop_map(|key| Step::Begin { key }),
        4 => (1..4_u16, size()).prop_map(|(number, size)| Step::PutPart { number, size }),
        2 => prop::collection::btree_set(1..4_u16, 1..3)
            .prop_map(|numbers| Step::Complete { numbers }),
        1 => Just(Step::Abort),
        4 => (prefixes, delimiters, prop::option::of(key_of()), 1..4_usize)
            .prop_map(|(prefix, delimiter, after, limit)| {
                Step::List { prefix, delimiter, after, limit }
            }),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_store_does_as_a_map_does(steps in prop::collection::vec(step(), 1..40)) {
        let mut house = Fixture::new();
        let mut model = Model::default();
        for step in steps {
            model.clock += 1;
            if matches!(step, Step::Reopen) {
                house = house.reopen();
            }
            model.take(&house, step);
        }
        model.compare(&house);
        let house = house.reopen();
        model.compare(&house);
        assert_eq!(house.files().len(), model.files());
    }
}

impl Model {
    fn take(&mut self, house: &Fixture, step: Step) {
        match step {
            Step::Put { key, size, condition } => self.put(house, key, size, condition),
            Step::Copy { from, to } => self.copy(house, from, to),
            Step::Delete { key, condition } => self.delete(house, key, condition),
            Step::Begin { key } => self.begin(house, key),
            Step::PutPart { number, size } => self.put_part(house, number, size),
            Step::Complete { numbers } => self.complete(house, &numbers),
            Step::Abort => self.abort(house),
            Step::List { prefix, delimiter, after, limit } => {
                let prefix = prefix.to_owned();
                let delimiter = Some(delimiter.to_owned());
                let after = after.map(str::to_owned);
                self.list(house, ListQuery { prefix, delimiter, after, limit });
            }
            Step::Reopen => self.compare(house),
        }
    }

    /// The condition for the store, and what it should answer.
    fn judge(
        &self,
        house: &Fixture,
        name: &str,
        condition: Condition,
    ) -> (Precondition, Option<&'static str>) {
        let current = house.store.object(&house.bucket, &key(name)).ok();
        let absent = current.is_none();
        match condition {
            Condition::None => (Precondition::None, None),
            Condition::Absent => {
                (Precondition::IfNoneMatchAny, (!absent).then_some("precondition"))
            }
            Condition::Same => {
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
        let modified_ms = self.clock;
        let attributes = attributes(self.clock);
        let options = PutOptions { attributes, precondition, modified_ms, checksum: None };
        let content = house.content(&pattern(self.clock, size));
        let put = house.store.put(&house.bucket, key(name), content, options).wait();
        assert_eq!(refusal(put), expected);
        if expected.is_none() {
            let contents = vec![(self.clock, size)];
            self.objects.insert(name, Modelled { contents, attributes: self.clock });
        }
    }

    fn copy(&mut self, house: &Fixture, from: &'static str, to: &'static str) {
        let Some(source) = self.objects.get(from).cloned() else {
            return;
        };
        let etag = house.store.object(&house.bucket, &key(from)).unwrap().summary.etag;
        let source_name = CopySource { bucket: house.bucket.clone(), key: key(from), etag };
        let attributes = attributes(self.clock);
        let options = PutOptions { attributes, modified_ms: self.clock, ..PutOptions::default() };
        house.store.copy(source_name, &house.bucket, key(to), options).wait().unwrap();
        self.objects.insert(to, Modelled { attributes: self.clock, ..source });
    }

    fn delete(&mut self, house: &Fixture, name: &'static str, condition: Condition) {
        let (precondition, expected) = self.judge(house, name, condition);
        let deleted = house.store.delete(&house.bucket, &key(name), precondition).wait();
        let existed = deleted.as_ref().is_ok_and(|deleted| deleted.existed);
        assert_eq!(refusal(deleted), expected);
        if expected.is_none() {
            assert_eq!(self.objects.remove(name).is_some(), existed);
        }
    }

    fn begin(&mut self, house: &Fixture, name: &'static str) {
        self.abort(house);
        let attributes = attributes(self.clock);
        let options = UploadOptions { attributes, checksum: None, started_ms: self.clock };
        let id = house.store.create_upload(&house.bucket, key(name), options).wait().unwrap();
        let upload = UploadName { bucket: house.bucket.clone(), key: key(name), id };
        self.upload = Some(ModelledUpload { key: name, name: upload, parts: BTreeMap::new() });
    }

    fn put_part(&mut self, house: &Fixture, number: u16, size: usize) {
        let Some(ModelledUpload { name: upload, parts, .. }) = &mut self.upload else {
            return;
        };
        let content = house.content(&pattern(self.clock, size));
        let part = PartNumber::new(number).unwrap();
        house.store.put_part(upload, part, content, PartOptions::default()).wait().unwrap();
        parts.insert(number, (self.clock, size));
    }

    /// Parts are small here, so only a list of one part can succeed.
    fn complete(&mut self, house: &Fixture, numbers: &BTreeSet<u16>) {
        let Some(ModelledUpload { key: name, name: upload, parts }) = &self.upload else {
            return;
        };
        let there = house.store.parts(upload, 0, 100).unwrap().items;
        assert!(there.iter().map(|part| part.number.get()).eq(parts.keys().copied()));
        let listed = numbers.iter().map(|number| {
            let part = there.iter().find(|part| part.number.get() == *number);
            let etag = part.map_or("ab".repeat(16), |part| part.etag.to_string());
            CompletedPart { number: PartNumber::new(*number).unwrap(), etag, checksum: None }
        });
        let options = CompleteOptions { modified_ms: self.clock, ..CompleteOptions::default() };
        let object = house.store.complete_upload(upload, listed.collect(), options).wait();
        let expected = match numbers.iter().all(|number| parts.contains_key(number)) {
            false => Some("invalid part"),
            true => (numbers.len() > 1).then_some("too small"),
        };
        let started = object.as_ref().ok().map(|object| object.attributes.clone());
        assert_eq!(refusal(object), expected);
        if let Some(started) = started {
            let contents = numbers.iter().map(|number| parts[number]).collect();
            let number = std::str::from_utf8(started.get("number").unwrap()).unwrap().parse();
            self.objects.insert(name, Modelled { contents, attributes: number.unwrap() });
            self.upload = None;
        }
    }

    fn abort(&mut self, house: &Fixture) {
        if let Some(upload) = self.upload.take() {
            house.store.abort_upload(&upload.name).wait().unwrap();
        }
    }

    fn list(&self, house: &Fixture, mut query: ListQuery) {
        let expected = self.entries(&query);
        let mut got = Vec::new();
        loop {
            let listing = house.store.list(&house.bucket, &query).unwrap();
            got.extend(listing.entries.iter().map(|entry| entry.text().to_owned()));
            let Some(next) = listing.next else { break };
            assert_eq!(listing.entries.len(), query.limit);
            assert_eq!(got.last(), Some(&next));
            query.after = Some(next);
        }
        assert_eq!(got, expected, "{query:?}");
    }

    /// A listing the slow way: look at every key.
    fn entries(&self, query: &ListQuery) -> Vec<String> {
        let delimiter = query.delimiter.as_deref().unwrap_or_default();
        let roll = |key: &str| {
            let rest = key.strip_prefix(&query.prefix).unwrap();
            match rest.find(delimiter).filter(|_| !delimiter.is_empty()) {
                Some(at) => key.get(..query.prefix.len() + at + delimiter.len()).unwrap(),
                None => key,
            }
            .to_owned()
        };
        let after = query.after.as_deref();
        let keys = self.objects.keys().filter(|key| key.starts_with(&query.prefix));
        let keys = keys.filter(|key| after.is_none_or(|after| **key > after));
        let mut entries: Vec<_> = keys.map(|key| roll(key)).collect();
        entries.dedup();
        // What was rolled up to the very place to go on from was shown before.
        entries.retain(|entry| Some(entry.as_str()) != after);
        entries
    }

    /// Every object as it should be, and no other.
    fn compare(&self, house: &Fixture) {
        for (name, modelled) in &self.objects {
            let opened = house.open(name).unwrap();
            let contents = modelled.contents.iter().map(|(seed, size)| pattern(*seed, *size));
            assert_eq!(read_all(&opened).1.unwrap(), contents.collect::<Vec<_>>().concat());
            assert_eq!(opened.object.attributes, attributes(modelled.attributes));
        }
        let all = ListQuery { limit: 1000, ..ListQuery::default() };
        self.list(house, all);
    }

    /// How many files there should be.
    fn files(&self) -> usize {
        let parts = self.upload.iter().flat_map(|upload| upload.parts.values());
        let objects = self.objects.values().flat_map(|object| &object.contents);
        let large = objects.chain(parts).filter(|(_, size)| *size >= LARGE);
        large.map(|(seed, _)| seed).collect::<BTreeSet<_>>().len()
    }
}

/// The refusal, in a word.
fn refusal<T>(result: Result<T, StoreError>) -> Option<&'static str> {
    let error = result.err()?;
    let words = [
        ("precondition", matches!(error, StoreError::PreconditionFailed)),
        ("no key", matches!(error, StoreError::NoSuchKey)),
        ("invalid part", matches!(error, StoreError::InvalidPart { .. })),
        ("too small", matches!(error, StoreError::PartTooSmall { .. })),
    ];
    let (word, _) = words.into_iter().find(|(_, is)| *is).unwrap_or_else(|| panic!("{error}"));
    Some(word)
}
