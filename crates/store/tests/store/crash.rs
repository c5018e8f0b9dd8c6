//! kill -9: what was acknowledged is there and whole, what was not is there whole or not at all.
//!
//! The test binary starts itself again as a child that writes with several threads and reports, on
//! its standard output, each operation before it begins and after it was acknowledged. The parent
//! kills it in the midst, opens the store, and compares.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use s3::{BucketName, PartNumber};
use store::{
    CompleteOptions, CompletedPart, CopySource, ListQuery, PartOptions, Precondition, PutOptions,
    Store, UploadName, UploadOptions,
};
use tempfile::TempDir;

use crate::fixture::{LARGE, content, files, key, pattern, read_all};

const DIR: &str = "HALLPASS_STORE_CRASH_DIR";
const ROUND: &str = "HALLPASS_STORE_CRASH_ROUND";
const ROUNDS: u64 = 8;
const THREADS: u64 = 4;
const KEYS: u64 = 6;
const SIZES: [usize; 5] = [0, 200, LARGE - 1, LARGE, 300_000];

/// What a key holds: nothing, or the pattern of a seed and a size.
type State = Option<(u64, usize)>;

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let dir = TempDir::new().unwrap();
    let mut known = BTreeMap::new();
    for round in 0..ROUNDS {
        let begun = run_and_kill(dir.path(), round, &mut known);
        check(dir.path(), &mut known, &begun);
    }
    assert!(!known.is_empty());
}

/// Runs the child and kills it after some lines. Brings `known` up to what was acknowledged, and
/// returns what was begun and not acknowledged.
fn run_and_kill(
    dir: &Path,
    round: u64,
    known: &mut BTreeMap<String, State>,
) -> BTreeMap<String, State> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--nocapture"])
        .env(DIR, dir)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let [random, ..] = pattern(round ^ u64::from(std::process::id()), 1)[..] else { panic!() };
    let mut left = 20 + usize::from(random);
    let mut begun = BTreeMap::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["begin", key, seed, size] => drop(begun.insert(key.to_owned(), state(seed, size))),
            ["done", key] => drop(known.insert(key.to_owned(), begun.remove(key).unwrap())),
            _ => continue,
        }
        left = left.saturating_sub(1);
        if left == 0 {
            // Lines already written are still read after this.
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success());
    begun
}

fn state(seed: &str, size: &str) -> State {
    (seed != "-").then(|| (seed.parse().unwrap(), size.parse().unwrap()))
}

/// Compares, and settles in `known` which of the unacknowledged operations took place.
fn check(dir: &Path, known: &mut BTreeMap<String, State>, begun: &BTreeMap<String, State>) {
    let store = Store::open(dir).unwrap();
    assert_eq!(dir.join("staging").read_dir().unwrap().count(), 0, "staging is empty");
    let bucket = bucket();
    let keys = known.keys().chain(begun.keys()).cloned().collect::<Vec<_>>();
    for name in keys {
        let found = store.open_object(&bucket, &key(&name)).ok();
        let found = found.map(|opened| read_all(&opened).1.unwrap());
        let before = known.get(&name).copied().flatten();
        let after = begun.get(&name).copied();
        let holds = |state: State| state.map(|(seed, size)| pattern(seed, size)) == found;
        let now = [Some(before), after].into_iter().flatten().find(|state| holds(*state));
        known.insert(name.clone(), now.unwrap_or_else(|| panic!("{name}: {before:?} {after:?}")));
    }
    let listing = store.list(&bucket, &ListQuery { limit: 1000, ..ListQuery::default() }).unwrap();
    let listed = listing.entries.iter().map(|entry| entry.text().to_owned());
    let there = known.iter().filter(|(_, state)| state.is_some()).map(|(key, _)| key.clone());
    assert_eq!(listed.collect::<Vec<_>>(), there.collect::<Vec<_>>());
    for upload in store.uploads(&bucket, "", None, 1000).unwrap().items {
        let name = UploadName { bucket: bucket.clone(), key: upload.key, id: upload.id };
        store.abort_upload(&name).wait().unwrap();
    }
    drop(store);
    let large: BTreeSet<_> = known.values().flatten().filter(|(_, size)| *size >= LARGE).collect();
    assert_eq!(files(dir).len(), large.len(), "no file is lost and none is left over");
}

fn bucket() -> BucketName {
    BucketName::parse("crash").unwrap()
}

/// The child: not a test of its own, so it does nothing unless the parent asks.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let round = std::env::var_os(ROUND).unwrap().into_string().unwrap().parse::<u64>().unwrap();
    let store = Store::open(Path::new(&dir)).unwrap();
    if round == 0 {
        store.create_bucket(&bucket(), 0).wait().unwrap();
    }
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = &store;
            scope.spawn(move || write(store, thread, round));
        }
    });
}

/// Writes until killed. Each thread has keys of its own, so that it knows what they hold.
fn write(store: &Store, thread: u64, round: u64) {
    let mut mine = BTreeMap::new();
    for turn in 0.. {
        let seed = (round << 40) | (turn << 8) | thread;
        let [a, b, c, ..] = pattern(seed, 3)[..] else { panic!() };
        let name = format!("{thread}/{}", u64::from(a) % KEYS);
        let size = SIZES[usize::from(b) % SIZES.len()];
        let new = Some((seed, size));
        let copied = mine.iter().find_map(|(from, state)| Some((String::clone(from), (*state)?)));
        let state = match (c % 8, copied) {
            (0, _) => step(&name, None, || delete(store, &name)),
            (1 | 2, _) => step(&name, new, || upload(store, &name, &pattern(seed, size))),
            (3 | 4, Some((from, state))) => step(&name, Some(state), || copy(store, &from, &name)),
            _ => step(&name, new, || put(store, &name, &pattern(seed, size))),
        };
        mine.insert(name, state);
    }
}

/// Does an operation between its two reports.
fn step(name: &str, state: State, operation: impl FnOnce()) -> State {
    match state {
        None => report(&format!("begin {name} - -")),
        Some((seed, size)) => report(&format!("begin {name} {seed} {size}")),
    }
    operation();
    report(&format!("done {name}"));
    state
}

fn delete(store: &Store, name: &str) {
    store.delete(&bucket(), &key(name), Precondition::None).wait().unwrap();
}

fn put(store: &Store, name: &str, bytes: &[u8]) {
    let content = content(store, bytes);
    store.put(&bucket(), key(name), content, PutOptions::default()).wait().unwrap();
}

fn copy(store: &Store, from: &str, to: &str) {
    let etag = store.object(&bucket(), &key(from)).unwrap().summary.etag;
    let source = CopySource { bucket: bucket(), key: key(from), etag };
    store.copy(source, &bucket(), key(to), PutOptions::default()).wait().unwrap();
}

fn upload(store: &Store, name: &str, bytes: &[u8]) {
    let (bucket, key, number) = (bucket(), key(name), PartNumber::new(1).unwrap());
    let options = UploadOptions::default();
    let id = store.create_upload(&bucket, key.clone(), options).wait().unwrap();
    let upload = UploadName { bucket, key, id };
    let content = content(store, bytes);
    let part = store.put_part(&upload, number, content, PartOptions::default()).wait().unwrap();
    let parts = vec![CompletedPart { number, etag: part.etag.to_string(), checksum: None }];
    store.complete_upload(&upload, parts, CompleteOptions::default()).wait().unwrap();
}

/// One line in one write, so that a kill cuts none in half.
fn report(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}
