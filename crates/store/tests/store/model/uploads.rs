//! The one upload in progress, and its parts.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use s3::{PartNumber, Tags};
use store::{CompleteOptions, CompletedPart, PartOptions, UploadName, UploadOptions};

use super::{Content, Model, key_of, tags};
use crate::fixture::{Fixture, attributes, key, pattern};

#[derive(Clone, Debug)]
pub(super) enum Step {
    Begin { key: &'static str },
    Part { number: u16, size: usize },
    Complete { numbers: BTreeSet<u16> },
    Abort,
}

pub(super) struct ModelledUpload {
    key: &'static str,
    pub(super) name: UploadName,
    pub(super) parts: BTreeMap<u16, (u64, usize)>,
    begun: u64,
    tags: Tags,
}

pub(super) fn step(size: impl Strategy<Value = usize>) -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => key_of().prop_map(|key| Step::Begin { key }),
        4 => (1..4_u16, size).prop_map(|(number, size)| Step::Part { number, size }),
        2 => prop::collection::btree_set(1..4_u16, 1..3)
            .prop_map(|numbers| Step::Complete { numbers }),
        1 => Just(Step::Abort),
    ]
}

impl Model {
    pub(super) fn upload(&mut self, house: &Fixture, step: Step) {
        match step {
            Step::Begin { key } => self.begin(house, key),
            Step::Part { number, size } => self.put_part(house, number, size),
            Step::Complete { numbers } => self.complete(house, &numbers),
            Step::Abort => self.abort(house),
        }
    }

    fn begin(&mut self, house: &Fixture, name: &'static str) {
        self.abort(house);
        let (begun, tags) = (self.clock, tags(self.clock, 2));
        let options = UploadOptions {
            attributes: attributes(begun),
            tags: tags.clone(),
            checksum: None,
            started_ms: begun,
        };
        let id = house.store.create_upload(&house.bucket, key(name), options).wait().unwrap();
        let upload = UploadName { bucket: house.bucket.clone(), key: key(name), id };
        let parts = BTreeMap::new();
        self.upload = Some(ModelledUpload { key: name, name: upload, parts, begun, tags });
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
        let Some(upload) = &self.upload else {
            return;
        };
        let there = house.store.parts(&upload.name, 0, 100).unwrap().items;
        assert!(there.iter().map(|part| part.number.get()).eq(upload.parts.keys().copied()));
        let listed = numbers.iter().map(|number| {
            let part = there.iter().find(|part| part.number.get() == *number);
            let etag = part.map_or("ab".repeat(16), |part| part.etag.to_string());
            CompletedPart { number: PartNumber::new(*number).unwrap(), etag, checksum: None }
        });
        let options = CompleteOptions { modified_ms: self.clock, ..CompleteOptions::default() };
        let object = house.store.complete_upload(&upload.name, listed.collect(), options).wait();
        let expected = match numbers.iter().all(|number| upload.parts.contains_key(number)) {
            false => Some("invalid part"),
            true => (numbers.len() > 1).then_some("too small"),
        };
        if let Some(object) = self.answered(object, expected) {
            let ModelledUpload { key, parts, begun, tags, .. } = self.upload.take().unwrap();
            let pieces = numbers.iter().map(|number| parts[number]).collect();
            let content = Content { pieces, attributes: begun, tags };
            self.plain.put(key, object.version, self.clock, content);
        }
    }

    fn abort(&mut self, house: &Fixture) {
        if let Some(upload) = self.upload.take() {
            house.store.abort_upload(&upload.name).wait().unwrap();
        }
    }
}
