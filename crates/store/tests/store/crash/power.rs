//! Power cuts: the machine ends, and with it all that was not durable.
//!
//! What the store asked of the disk is replayed call by call. Around each call the disk shows what
//! a cut there could leave, and the store has to open on it and hold what was acknowledged by then.
//! A push looks at a sample, `cargo xtask crash` at far more.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use tempfile::TempDir;

use super::disk::{Disk, Ignored, Torn};
use super::known::{Known, examine};
use super::trace::{self, Act, Call};
use crate::fixture::pattern;

/// Set to look at far more states, and at other ones each time.
const THOROUGH: &str = "HALLPASS_CRASH_SEED";
const WORKERS: usize = 2;
/// With `fsync`, before there are threads, whose calls a kill would leave without an end.
const SYNCS_OF_A_CREATION: u32 = 8;
/// Of one moment, in a thorough run.
const PREFIXES_MAX: usize = 16;

/// How much is looked at.
#[derive(Clone, Copy, Debug)]
struct Effort {
    seed: u64,
    turns: u64,
    /// Of so many moments one is looked at, in addition to those around each sync.
    one_of: usize,
    /// Random choices of what is kept, for each moment.
    random: u64,
    is_thorough: bool,
}

impl Effort {
    fn of_this_run() -> Self {
        match std::env::var_os(THOROUGH) {
            None => Self { seed: 1, turns: 12, one_of: 16, random: 1, is_thorough: false },
            Some(seed) => Self {
                seed: seed.into_string().unwrap().parse().unwrap(),
                turns: 8,
                one_of: 1,
                random: 4,
                is_thorough: true,
            },
        }
    }
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_anywhere() {
    let Some(calls) = record() else {
        return;
    };
    let looked_at = Mutex::new(HashSet::new());
    let faults = search(&calls, |_| false, &looked_at);
    let states = looked_at.into_inner().unwrap().len();
    assert_eq!(faults, [""; 0], "of {states} states");
    assert!(states > 300, "only {states} states");
    tell(&format!("{} calls, {states} states of the disk, no fault", calls.len()));
}

/// What a killed process has made is there, and need not be durable: who goes on from there must
/// not take it to be.
#[test]
fn a_creation_that_was_killed_is_made_durable_by_the_next_start() {
    if !is_possible() {
        return;
    }
    for at_sync in 1..=SYNCS_OF_A_CREATION {
        let dir = TempDir::new().unwrap();
        let calls = trace::record_killed(&store_in(&dir), 0, at_sync);
        let faults = search(&calls, |_| false, &Mutex::default());
        assert_eq!(faults, [""; 0], "killed at sync {at_sync}");
    }
}

/// Each sync is there for a reason: without it something acknowledged is lost, or the store does
/// not open. And what is lost is seen.
#[test]
fn a_sync_that_is_left_out_is_missed() {
    let Some(calls) = record() else {
        return;
    };
    let classes: [(&str, Ignored); 9] = [
        ("of the marker", |path| path == Path::new("hallpass-store.new")),
        ("of the folder", |path| path == Path::new("")),
        ("of the names of the index", |path| path == Path::new("index.new")),
        ("of the tree", is_tree),
        ("of the log", |path| path.parent() == Some(Path::new("index")) && !is_tree(path)),
        ("of staged files", |path| path.parent() == Some(Path::new("staging"))),
        ("of staged names", |path| path == Path::new("staging")),
        ("of the names of folders", |path| path == Path::new("blobs")),
        ("of removed names", |path| path.parent() == Some(Path::new("blobs"))),
    ];
    for (name, is_ignored) in classes {
        let faults = search(&calls, is_ignored, &Mutex::default());
        assert!(!faults.is_empty(), "nobody needs the sync {name}");
    }
}

fn is_tree(path: &Path) -> bool {
    path.ends_with("data.mdb")
}

/// What the child did; none where it cannot be recorded.
fn record() -> Option<Vec<Call>> {
    let effort = Effort::of_this_run();
    let dir = TempDir::new().unwrap();
    is_possible().then(|| trace::record(&store_in(&dir), effort.seed, effort.turns))
}

/// Left out with a word where strace is missing, but not where everything has to be tested.
fn is_possible() -> bool {
    let is_possible = trace::is_possible();
    if !is_possible {
        assert!(std::env::var_os("CI").is_none(), "strace is needed (Debian: strace)");
        tell("SKIPPED: power cuts need strace (Debian: apt-get install strace)");
    }
    is_possible
}

/// A folder for a store, with room for the record beside it.
fn store_in(dir: &TempDir) -> PathBuf {
    let store = dir.path().join("store");
    std::fs::create_dir(&store).unwrap();
    store
}

/// Replays the calls, each worker looking at every so manieth moment, until one finds a fault.
fn search(
    calls: &[Call],
    is_ignored: Ignored,
    looked_at: &Mutex<HashSet<(usize, u64)>>,
) -> Vec<String> {
    let faults = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let faults = &faults;
            scope.spawn(move || {
                let effort = Effort::of_this_run();
                let (disk, known) = (Disk::default(), Known::default());
                let (moment, reports) = (0, 0);
                let mut replay =
                    Replay { effort, worker, moment, disk, known, reports, looked_at, faults };
                replay.run(calls, is_ignored);
            });
        }
    });
    faults.into_inner().unwrap()
}

/// One worker on its way through the record.
struct Replay<'s> {
    effort: Effort,
    worker: usize,
    moment: usize,
    disk: Disk,
    known: Known,
    /// Reports so far: the same disk means something else after the next one.
    reports: usize,
    looked_at: &'s Mutex<HashSet<(usize, u64)>>,
    faults: &'s Mutex<Vec<String>>,
}

impl Replay<'_> {
    fn run(&mut self, calls: &[Call], is_ignored: Ignored) {
        let mut ends: Vec<_> = calls.iter().collect();
        ends.sort_by_key(|call| call.ends);
        let mut ends = ends.into_iter().peekable();
        for call in calls {
            while let Some(ended) = ends.next_if(|ended| ended.ends < call.begins) {
                self.end(ended, is_ignored);
            }
            if let Act::Report(lines) = &call.act {
                // Said before it is heard: who hears it looks at the disk after this.
                lines.lines().for_each(|line| self.known.take(line));
                self.reports += 1;
            }
            self.disk.begin(call);
            self.look(false);
            if !self.faults.lock().unwrap().is_empty() {
                return;
            }
        }
        ends.for_each(|call| self.end(call, is_ignored));
        self.look(true);
    }

    /// Just before a sync ends there is most that could be lost.
    fn end(&mut self, call: &Call, is_ignored: Ignored) {
        let syncs = matches!(call.act, Act::Sync(_) | Act::Write { is_synced: true, .. });
        if syncs {
            self.look(true);
        }
        self.disk.end(call, is_ignored);
        if syncs {
            self.look(true);
        }
    }

    /// Looks at what a cut at this moment could leave.
    fn look(&mut self, always: bool) {
        self.moment += 1;
        let is_mine = self.moment % WORKERS == self.worker;
        if !is_mine || !(always || self.moment.is_multiple_of(self.effort.one_of * WORKERS)) {
            return;
        }
        let changes = self.disk.pending.len();
        self.try_state(vec![false; changes], None);
        self.try_state(vec![true; changes], None);
        for round in 0..self.effort.random {
            let chance = self.chance(round, changes);
            self.try_state(chance.iter().map(|byte| byte & 1 == 0).collect(), None);
        }
        if self.effort.is_thorough {
            // While the folders are made, hundreds are pending.
            let step = changes / PREFIXES_MAX + 1;
            for at in (0..changes).step_by(step) {
                self.try_state((0..changes).map(|number| number < at).collect(), None);
                self.try_state((0..changes).map(|number| number != at).collect(), None);
            }
        }
        self.tear();
    }

    /// Tears writes at their sectors: one by chance, or each write at each end.
    fn tear(&mut self) {
        let sectors: Vec<_> = self.disk.pending.iter().map(|change| change.sectors()).collect();
        let writes: Vec<_> = (0..sectors.len()).filter(|number| sectors[*number] > 1).collect();
        let chance = self.chance(u64::MAX, 3);
        let all = vec![true; sectors.len()];
        if self.effort.is_thorough {
            for number in writes {
                let count = sectors[number];
                for at in [1, 1 + usize::from(chance[1]) % (count - 1), count - 1] {
                    self.try_state(all.clone(), Some((number, 0..at)));
                    self.try_state(all.clone(), Some((number, at..count)));
                }
            }
        } else if !writes.is_empty() {
            let number = writes[usize::from(chance[0]) % writes.len()];
            let at = 1 + usize::from(chance[1]) % (sectors[number] - 1);
            let kept = if chance[2] & 1 == 0 { 0..at } else { at..sectors[number] };
            self.try_state(all, Some((number, kept)));
        }
    }

    fn chance(&self, round: u64, length: usize) -> Vec<u8> {
        pattern(self.effort.seed ^ (self.moment as u64) << 20 ^ round << 50, length)
    }

    fn try_state(&mut self, chosen: Vec<bool>, torn: Option<(usize, Torn)>) {
        let chosen = self.disk.with_what_comes_before(chosen);
        let image = self.disk.image(&chosen, torn.clone());
        if !self.looked_at.lock().unwrap().insert((self.reports, image.fingerprint())) {
            return;
        }
        let dir = memory();
        image.write(dir.path(), &self.disk.folders);
        if let Err(why) = examine(dir.path(), &mut self.known.clone()) {
            let kept: String = chosen.iter().map(|kept| if *kept { '1' } else { '0' }).collect();
            let at = format!("moment {}, kept {kept}, torn {torn:?}", self.moment);
            self.faults.lock().unwrap().push(format!("{at}: {why}\n{:?}", self.disk.pending));
        }
    }
}

/// A folder in memory, where that is to be had: a state of the disk needs no disk.
fn memory() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

#[expect(clippy::print_stderr, reason = "figures, and that something was left out, are to be seen")]
fn tell(line: &str) {
    eprintln!("{line}");
}
