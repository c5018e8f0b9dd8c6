//! The child: threads that put, copy, upload, replace and delete, each in buckets of its own, so
//! that it knows what they hold; and how it is started.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::thread;

use s3::{BucketName, PartNumber};
use store::{
    CompleteOptions, CompletedPart, CopySource, DeleteOptions, PartOptions, PutOptions, Store,
    UploadName, UploadOptions,
};

use super::known::{Changes, Slots, apply, describe, observe};
use crate::fixture::{LARGE, attributes, content, key, options, pattern};

const DIR: &str = "HALLPASS_STORE_CRASH_DIR";
const SEED: &str = "HALLPASS_STORE_CRASH_SEED";
const TURNS: &str = "HALLPASS_STORE_CRASH_TURNS";
const THREADS: u64 = 3;
const KEYS: u64 = 5;
const SIZES: [usize; 5] = [0, 200, LARGE - 1, LARGE, 40_000];
/// The shortest part that is not the last.
const PART: usize = 5 << 20;

/// The arguments with which this binary is the child.
pub(super) const ARGUMENTS: [&str; 3] = ["--exact", "crash::workload::child", "--nocapture"];

/// Tells the child what to do.
pub(super) fn instruct(command: &mut Command, dir: &Path, seed: u64, turns: u64) {
    command.env(DIR, dir).env(SEED, seed.to_string()).env(TURNS, turns.to_string());
}

/// Not a test of its own, so it does nothing unless the parent asks.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let number = |name| std::env::var_os(name).unwrap().into_string().unwrap().parse().unwrap();
    let (seed, turns): (u64, u64) = (number(SEED), number(TURNS));
    let store = Store::open_with(Path::new(&dir), options()).unwrap();
    let found = observe(&store).unwrap();
    thread::scope(|scope| {
        for number in 0..THREADS {
            let mut hand = Hand::new(&store, number, seed, &found);
            scope.spawn(move || hand.work(turns));
        }
    });
    store.close();
}

/// One thread: what it works on, and what it knows to be there.
pub(super) struct Hand<'s> {
    pub(super) store: &'s Store,
    pub(super) name: String,
    bucket: BucketName,
    other: BucketName,
    pub(super) slots: Slots,
    upload: Option<Upload>,
    /// Different for each step of each thread of each run.
    pub(super) seed: u64,
}

struct Upload {
    name: UploadName,
    parts: BTreeMap<u16, Part>,
}

struct Part {
    bytes: Vec<u8>,
    etag: String,
}

impl<'s> Hand<'s> {
    fn new(store: &'s Store, number: u64, seed: u64, found: &Slots) -> Self {
        let name = format!("thread{number}");
        let slots = found.iter().filter(|(slot, _)| slot.starts_with(&name));
        Self {
            store,
            bucket: BucketName::parse(&name).unwrap(),
            other: BucketName::parse(&format!("{name}-other")).unwrap(),
            slots: slots.map(|(slot, value)| (slot.clone(), value.clone())).collect(),
            upload: None,
            name,
            seed: (seed << 32) | (number << 24),
        }
    }

    fn work(&mut self, turns: u64) {
        if !self.slots.contains_key(&self.name) {
            self.create_bucket(self.bucket.clone());
        }
        self.abort_what_was_left();
        self.put(self.bucket.clone(), "k0", LARGE);
        if self.name.ends_with('0') && turns > 0 {
            self.upload_in_two_parts();
        }
        if self.name.ends_with('1') && turns > 0 {
            self.keep_versions_of_one_key();
        }
        for _ in 0..turns {
            self.seed += 1;
            let [a, b, c, ..] = pattern(self.seed, 3)[..] else { panic!() };
            let name = format!("k{}", u64::from(a) % KEYS);
            let size = SIZES[usize::from(b) % SIZES.len()];
            match c % 16 {
                0..=3 => self.put(self.bucket.clone(), &name, size),
                4 | 5 => self.keep_versions(&name, size, c),
                6 | 7 => self.copy(&name),
                8 | 9 => self.delete(self.bucket.clone(), &name),
                10..=13 => self.go_on_uploading(&name, size),
                _ => self.use_other_bucket(c),
            }
        }
    }

    /// Does an operation between its two reports.
    pub(super) fn step<T>(&mut self, changes: Changes, operation: impl FnOnce(&Self) -> T) -> T {
        let spelled = changes
            .iter()
            .map(|(slot, value)| format!("\t{slot}={}", value.as_deref().unwrap_or("-")));
        report(&format!("begin\t{}{}", self.name, spelled.collect::<String>()));
        let result = operation(self);
        report(&format!("done\t{}", self.name));
        apply(&mut self.slots, &changes);
        result
    }

    pub(super) fn create_bucket(&mut self, bucket: BucketName) {
        self.step(vec![(bucket.to_string(), Some("bucket".into()))], |hand| {
            hand.store.create_bucket(&bucket, 0).wait().unwrap();
        });
    }

    fn put(&mut self, bucket: BucketName, name: &str, size: usize) {
        let bytes = pattern(self.seed, size);
        let attributes = attributes(self.seed);
        let value = describe(&bytes, &attributes);
        self.step(vec![(format!("{bucket}/{name}"), Some(value))], |hand| {
            let content = content(hand.store, &bytes);
            let options = PutOptions { attributes, ..PutOptions::default() };
            hand.store.put(&bucket, key(name), content, options).wait().unwrap();
        });
    }

    /// Copies the first object there is; onto itself, too.
    fn copy(&mut self, to: &str) {
        let objects = format!("{}/", self.name);
        let mut sources = self.slots.iter().filter(|(slot, _)| slot.starts_with(&objects));
        let Some((from, value)) = sources.next() else {
            return;
        };
        let from = key(from.strip_prefix(&objects).unwrap());
        let (bytes, _) = value.rsplit_once(':').unwrap();
        let changes = vec![(format!("{objects}{to}"), Some(format!("{bytes}:{}", self.seed)))];
        self.step(changes, |hand| {
            let bucket = hand.bucket.clone();
            let etag = hand.store.object(&bucket, &from).unwrap().summary.etag;
            let options = PutOptions { attributes: attributes(hand.seed), ..PutOptions::default() };
            let source = CopySource { bucket, key: from, version: None, etag };
            hand.store.copy(source, &hand.bucket, key(to), options).wait().unwrap();
        });
    }

    fn delete(&mut self, bucket: BucketName, name: &str) {
        self.step(vec![(format!("{bucket}/{name}"), None)], |hand| {
            hand.store.delete(&bucket, &key(name), DeleteOptions::default()).wait().unwrap();
        });
    }

    /// Begins an upload, or puts a part, or completes it with its last part, or gives it up.
    fn go_on_uploading(&mut self, name: &str, size: usize) {
        match self.upload.as_ref().map(|upload| upload.parts.len()) {
            None => self.begin_upload(self.bucket.clone(), name),
            Some(0) => self.put_part(1, size),
            Some(1) if self.seed.is_multiple_of(3) => self.put_part(1, size),
            Some(1) if self.seed.is_multiple_of(7) => self.put_part(2, size),
            Some(1) => self.complete(&[1]),
            Some(_) if self.seed.is_multiple_of(2) => self.complete(&[2]),
            Some(_) => self.abort(),
        }
    }

    fn upload_in_two_parts(&mut self) {
        self.seed += 1;
        self.begin_upload(self.bucket.clone(), "parts");
        self.put_part(1, PART);
        self.put_part(2, 100);
        self.complete(&[1, 2]);
        self.delete(self.bucket.clone(), "parts");
    }

    fn begin_upload(&mut self, bucket: BucketName, name: &str) {
        let slot = format!("{bucket}?{name}");
        let options =
            UploadOptions { attributes: attributes(self.seed), ..UploadOptions::default() };
        let id = self.step(vec![(slot, Some("upload ".into()))], |hand| {
            hand.store.create_upload(&bucket, key(name), options).wait().unwrap()
        });
        let name = UploadName { bucket, key: key(name), id };
        self.upload = Some(Upload { name, parts: BTreeMap::new() });
    }

    fn put_part(&mut self, number: u16, size: usize) {
        let mut upload = self.upload.take().unwrap();
        let bytes = pattern(self.seed, size);
        let content = content(self.store, &bytes);
        let etag = content.etag().to_string();
        upload.parts.insert(number, Part { bytes, etag });
        let parts = upload.parts.iter();
        let parts = parts.map(|(number, p)| format!("{number}:{}:{}", p.bytes.len(), p.etag));
        let value = format!("upload {}", parts.collect::<Vec<_>>().join(" "));
        self.step(vec![(slot(&upload.name), Some(value))], |hand| {
            let number = PartNumber::new(number).unwrap();
            let put = hand.store.put_part(&upload.name, number, content, PartOptions::default());
            put.wait().unwrap();
        });
        self.upload = Some(upload);
    }

    fn complete(&mut self, numbers: &[u16]) {
        let Upload { name, parts } = self.upload.take().unwrap();
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| parts[n].bytes.clone()).collect();
        let begun = self.store.upload(&name).unwrap().attributes;
        let object = (format!("{}/{}", name.bucket, name.key), Some(describe(&bytes, &begun)));
        let listed = numbers.iter().map(|number| CompletedPart {
            number: PartNumber::new(*number).unwrap(),
            etag: parts[number].etag.clone(),
            checksum: None,
        });
        let listed = listed.collect();
        self.step(vec![(slot(&name), None), object], |hand| {
            let complete = hand.store.complete_upload(&name, listed, CompleteOptions::default());
            complete.wait().unwrap();
        });
    }

    fn abort(&mut self) {
        let Upload { name, .. } = self.upload.take().unwrap();
        self.step(vec![(slot(&name), None)], |hand| {
            hand.store.abort_upload(&name).wait().unwrap();
        });
    }

    /// Gives up what the run before this one began.
    fn abort_what_was_left(&mut self) {
        for bucket in [self.bucket.clone(), self.other.clone()] {
            let uploads = self.store.uploads(&bucket, "", None, 1000);
            for upload in uploads.map(|page| page.items).unwrap_or_default() {
                let name = UploadName { bucket: bucket.clone(), key: upload.key, id: upload.id };
                self.upload = Some(Upload { name, parts: BTreeMap::new() });
                self.abort();
            }
        }
    }

    /// Creates the other bucket, or fills it, or deletes it, with an upload that it takes along.
    fn use_other_bucket(&mut self, chance: u8) {
        let other = self.other.clone();
        let (object, upload) = (format!("{other}/k"), format!("{other}?k"));
        if !self.slots.contains_key(other.as_str()) {
            self.create_bucket(other);
        } else if self.slots.contains_key(&object) {
            self.delete(other, "k");
        } else if chance & 0x80 == 0 {
            self.put(other, "k", LARGE);
        } else {
            if !self.slots.contains_key(&upload) && self.upload.is_none() {
                self.begin_upload(other.clone(), "k");
                self.put_part(1, LARGE);
                self.upload = None;
            }
            self.step(vec![(other.to_string(), None), (upload, None)], |hand| {
                hand.store.delete_bucket(&other).wait().unwrap();
            });
        }
    }
}

fn slot(upload: &UploadName) -> String {
    format!("{}?{}", upload.bucket, upload.key)
}

/// One line in one write, so that a kill cuts none in half.
fn report(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}
