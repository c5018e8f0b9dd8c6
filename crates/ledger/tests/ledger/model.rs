//! A ledger against a map: random operations, the same answers, also after restarts.

use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;

use ledger::{Atomic, Change, Entry, Expect, LedgerError, Memory, Page, Record, Scan, Version};
use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::fixture::{is_conflict, open};

const KEYS: [&[u8]; 9] =
    [b"\0", b"a", b"a/", b"a/b", b"a/b/c", b"a/c", b"b", b"\xff", &[b'a'; 1024]];
/// Within a page of LMDB, and over some of them.
const SIZES: [usize; 4] = [0, 5, 1500, 20_000];

#[derive(Clone, Debug)]
enum Step {
    Write(Planned),
    WriteAll(Vec<Planned>),
    Get(&'static [u8]),
    Scan(Scan),
    Reopen,
}

/// A change; what it expects depends on what is there.
#[derive(Clone, Debug)]
struct Planned {
    key: &'static [u8],
    size: Option<usize>,
    expect: Expected,
}

#[derive(Clone, Copy, Debug)]
enum Expected {
    Any,
    Absent,
    Current,
    /// One that was given, sometime, somewhere.
    Given(usize),
}

#[derive(Default)]
struct Model {
    records: BTreeMap<Vec<u8>, Record>,
    given: Vec<Version>,
    clock: u8,
}

fn key() -> impl Strategy<Value = &'static [u8]> {
    prop::sample::select(&KEYS[..])
}

fn planned() -> impl Strategy<Value = Planned> {
    let expect = prop_oneof![
        2 => Just(Expected::Any),
        2 => Just(Expected::Absent),
        4 => Just(Expected::Current),
        2 => (0..100_usize).prop_map(Expected::Given),
    ];
    (key(), prop::option::weighted(0.7, prop::sample::select(&SIZES[..])), expect)
        .prop_map(|(key, size, expect)| Planned { key, size, expect })
}

fn scan() -> impl Strategy<Value = Scan> {
    let prefix = prop::sample::select(vec![&b""[..], b"a", b"a/", b"a/b", b"c", b"\xff"]);
    (prefix, prop::option::of(key()), 0..12_usize).prop_map(|(prefix, after, limit)| Scan {
        prefix: prefix.into(),
        after: after.map(Into::into),
        limit,
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => planned().prop_map(Step::Write),
        4 => prop::collection::vec(planned(), 0..5).prop_map(Step::WriteAll),
        3 => key().prop_map(Step::Get),
        3 => scan().prop_map(Step::Scan),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(Config { cases: 48, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_ledger_on_disk_does_as_a_map_does(steps in prop::collection::vec(step(), 1..60)) {
        let dir = tempfile::tempdir().unwrap();
        let mut ledger = open(dir.path());
        let mut model = Model::default();
        for step in steps {
            if matches!(step, Step::Reopen) {
                drop(ledger);
                ledger = open(dir.path());
            }
            model.take(&ledger, step);
        }
        drop(ledger);
        model.compare(&open(dir.path()));
    }

    #[test]
    fn the_ledger_in_memory_does_as_a_map_does(steps in prop::collection::vec(step(), 1..60)) {
        let ledger = Memory::new();
        let mut model = Model::default();
        steps.into_iter().for_each(|step| model.take(&ledger, step));
        model.compare(&ledger);
    }
}

impl Model {
    fn take(&mut self, ledger: &dyn Atomic, step: Step) {
        match step {
            Step::Write(planned) => {
                let change = self.change(planned);
                let answer = ledger.write(change.clone()).wait();
                self.answered(vec![change], answer.map(|version| vec![version]));
            }
            Step::WriteAll(planned) => {
                let changes: Vec<_> = planned.into_iter().map(|one| self.change(one)).collect();
                let answer = ledger.write_all(changes.clone()).wait();
                self.answered(changes, answer);
            }
            Step::Get(key) => {
                assert_eq!(ledger.get(key).wait().unwrap().as_ref(), self.records.get(key));
            }
            Step::Scan(scan) => assert_eq!(ledger.scan(&scan).wait().unwrap(), self.scan(&scan)),
            Step::Reopen => self.compare(ledger),
        }
    }

    fn change(&mut self, Planned { key, size, expect }: Planned) -> Change {
        self.clock = self.clock.wrapping_add(1);
        let expect = match expect {
            Expected::Any => Expect::Any,
            Expected::Absent => Expect::Absent,
            Expected::Current => Expect::unchanged(self.records.get(key)),
            Expected::Given(nth) => match self.given.get(nth) {
                Some(version) => Expect::Version(version.clone()),
                None => Expect::Any,
            },
        };
        Change { key: key.into(), value: size.map(|size| vec![self.clock; size]), expect }
    }

    fn answered(&mut self, changes: Vec<Change>, answer: Result<Vec<Version>, LedgerError>) {
        let keys: HashSet<_> = changes.iter().map(|change| &change.key).collect();
        if keys.len() < changes.len() {
            assert!(matches!(answer, Err(LedgerError::InvalidKey)));
            return;
        }
        let holds = |change: &Change| {
            let found = self.records.get(&change.key).map(|record| &record.version);
            match &change.expect {
                Expect::Any => true,
                Expect::Absent => found.is_none(),
                Expect::Version(version) => found == Some(version),
            }
        };
        if !changes.iter().all(holds) {
            assert!(is_conflict(&answer), "{answer:?}");
            return;
        }
        let versions = answer.unwrap();
        assert_eq!(versions.len(), changes.len());
        for (change, version) in changes.into_iter().zip(versions) {
            assert!(!self.given.contains(&version), "a version was given twice");
            self.given.push(version.clone());
            match change.value {
                Some(value) => drop(self.records.insert(change.key, Record { value, version })),
                None => drop(self.records.remove(&change.key)),
            }
        }
    }

    fn scan(&self, scan: &Scan) -> Page {
        let from = scan.after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let found = self.records.range::<Vec<u8>, _>((from, Bound::Unbounded));
        let found = found.filter(|(key, _)| key.starts_with(&scan.prefix));
        let mut entries: Vec<_> =
            found.map(|(key, record)| Entry { key: key.clone(), record: record.clone() }).collect();
        let is_truncated = entries.len() > scan.limit;
        entries.truncate(scan.limit);
        Page { entries, is_truncated }
    }

    fn compare(&self, ledger: &dyn Atomic) {
        let all = Scan { limit: usize::MAX, ..Scan::default() };
        assert_eq!(ledger.scan(&all).wait().unwrap(), self.scan(&all));
        for key in KEYS {
            assert_eq!(ledger.get(key).wait().unwrap().as_ref(), self.records.get(key));
        }
    }
}
