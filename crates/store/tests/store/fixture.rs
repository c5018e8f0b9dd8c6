//! A store in a folder of its own, and short words for what the tests do with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use s3::{BucketName, ObjectKey};
use store::{
    Attributes, Content, CopySource, DeleteOptions, Finding, Inspection, Object, Observer,
    OpenObject, Options, Precondition, PutOptions, Store, StoreError,
};
use tempfile::TempDir;

/// Too long for the index, so that it takes a file.
pub(crate) const LARGE: usize = store::limits::INLINE_BYTES_MAX + 1;

/// With a log that turns every few commits, so that rows are in it, on their way, and in the tree.
pub(crate) fn options() -> Options {
    Options { log_bytes: 16 << 10, ..Options::default() }
}

/// A store with one bucket.
pub(crate) struct Fixture {
    pub(crate) dir: TempDir,
    pub(crate) store: Store,
    pub(crate) bucket: BucketName,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(options())
    }

    pub(crate) fn with(options: Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_with(dir.path(), options).unwrap();
        let bucket = BucketName::parse("bucket").unwrap();
        store.create_bucket(&bucket, 1).wait().unwrap();
        Self { dir, store, bucket }
    }

    pub(crate) fn reopen(self) -> Self {
        let Self { dir, store, bucket } = self;
        drop(store);
        let store = Store::open_with(dir.path(), options()).unwrap();
        Self { dir, store, bucket }
    }

    /// Opens the folder as a crash leaves it: copied while the store is open, without its end.
    pub(crate) fn crash(self) -> Self {
        let dir = self.left_by_a_crash();
        let store = Store::open_with(dir.path(), options()).unwrap();
        Self { dir, store, bucket: self.bucket }
    }

    pub(crate) fn left_by_a_crash(&self) -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        // The sweeper may move a file meanwhile, and only from the first to the last of these.
        for folder in ["index", "staging", "blobs"] {
            copy_folder(&self.dir.path().join(folder), &dir.path().join(folder));
        }
        let marker = "hallpass-store";
        fs::copy(self.dir.path().join(marker), dir.path().join(marker)).unwrap();
        dir
    }

    pub(crate) fn content(&self, bytes: &[u8]) -> Content {
        content(&self.store, bytes)
    }

    pub(crate) fn try_put(&self, name: &str, bytes: &[u8]) -> Result<Object, StoreError> {
        let options = PutOptions::default();
        self.store.put(&self.bucket, key(name), self.content(bytes), options).wait()
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> Object {
        self.try_put(name, bytes).unwrap()
    }

    pub(crate) fn put_if(
        &self,
        name: &str,
        precondition: Precondition,
    ) -> Result<Object, StoreError> {
        let options = PutOptions { precondition, ..PutOptions::default() };
        self.store.put(&self.bucket, key(name), self.content(b"new"), options).wait()
    }

    pub(crate) fn open(&self, name: &str) -> Result<OpenObject, StoreError> {
        self.store.open_object(&self.bucket, &key(name))
    }

    pub(crate) fn get(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        read_all(&self.open(name)?).1
    }

    pub(crate) fn delete(&self, name: &str) -> bool {
        let delete = self.store.delete(&self.bucket, &key(name), DeleteOptions::default());
        delete.wait().unwrap().existed
    }

    /// The files of content, once everything is swept. The store takes no more writes after it.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.store.close();
        files(self.dir.path())
    }
}

/// Everything in `staging/` and `blobs/` of the store in `dir`.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files = list(&dir.join("staging"));
    for folder in list(&dir.join("blobs")) {
        files.extend(list(&folder));
    }
    files
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in list(from) {
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &to);
        } else if let Err(e) = fs::copy(&path, &to) {
            assert_eq!(e.kind(), std::io::ErrorKind::NotFound, "{e}");
        }
    }
}

fn list(dir: &Path) -> Vec<PathBuf> {
    dir.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect()
}

pub(crate) fn key(name: &str) -> ObjectKey {
    ObjectKey::parse(name).unwrap()
}

pub(crate) fn content(store: &Store, bytes: &[u8]) -> Content {
    let mut writer = store.writer();
    for chunk in bytes.chunks(5000) {
        writer.write(chunk).unwrap();
    }
    writer.finish().unwrap()
}

/// Copies an object within the bucket.
pub(crate) fn copy(house: &Fixture, from: &str, to: &str) -> Object {
    let etag = house.open(from).unwrap().object.summary.etag;
    let source = CopySource { bucket: house.bucket.clone(), key: key(from), version: None, etag };
    let options = PutOptions::default();
    house.store.copy(source, &house.bucket, key(to), options).wait().unwrap()
}

pub(crate) fn attributes(value: u64) -> Attributes {
    Attributes(vec![("number".into(), value.to_string().into_bytes())])
}

/// Bytes that differ with `seed` and from one place to the next.
pub(crate) fn pattern(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_be_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Reads an object to its end or its error: how much was handed out, and all of it when whole.
pub(crate) fn read_all(opened: &OpenObject) -> (usize, Result<Vec<u8>, StoreError>) {
    let mut bytes = Vec::new();
    let mut read = || {
        let mut reader = opened.reader(0..u64::MAX)?;
        let mut buffer = [0; 4096];
        loop {
            match reader.read(&mut buffer)? {
                0 => return Ok(()),
                read => bytes.extend_from_slice(&buffer[..read]),
            }
        }
    };
    let end = read();
    (bytes.len(), end.map(|()| bytes))
}

/// All that a check and a scrub find.
pub(crate) fn look_through(inspection: &Inspection) -> Vec<String> {
    let mut findings = Findings::default();
    inspection.check(&mut findings).unwrap();
    inspection.scrub(&mut findings).unwrap();
    findings.0.iter().map(ToString::to_string).collect()
}

/// Takes down what is found.
#[derive(Default)]
pub(crate) struct Findings(pub(crate) Vec<Finding>);

impl Observer for Findings {
    fn found(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    fn advanced(&mut self, done: u64, of: u64) -> bool {
        assert!(done <= of);
        true
    }
}

/// Whether threads beside a test are to end.
#[derive(Default)]
pub(crate) struct Done(AtomicBool);

impl Done {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Ends them when it is dropped, also by a test that fails.
    pub(crate) fn guard(&self) -> impl Drop + use<'_> {
        struct Guard<'d>(&'d AtomicBool);
        impl Drop for Guard<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        Guard(&self.0)
    }
}
