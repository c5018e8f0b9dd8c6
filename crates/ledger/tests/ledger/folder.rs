//! The folder: whose it is, how it is made, and what an older copy of it is.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use ledger::{DiskLedger, Expect, Ledger, LedgerError};
use tempfile::TempDir;

use crate::fixture::{is_conflict, open, put, try_open, value};

#[test]
fn a_folder_of_other_files_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.tex"), "").unwrap();
    let refused = try_open(dir.path()).unwrap_err();
    assert!(matches!(refused, LedgerError::Foreign(_)));
    assert!(refused.to_string().ends_with("is no ledger and holds other files"), "{refused}");
    assert_eq!(dir.path().read_dir().unwrap().count(), 1);
}

#[test]
fn a_later_or_unknown_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    let marker = dir.path().join("hallpass-ledger");
    assert_eq!(fs::read_to_string(&marker).unwrap(), "hallpass ledger 1\n");
    fs::write(&marker, "hallpass ledger 2\n").unwrap();
    let refused = try_open(dir.path()).unwrap_err();
    assert!(matches!(refused, LedgerError::Newer(_)));
    assert!(refused.to_string().ends_with("was written by a later version of hallpass"));
    fs::write(&marker, "something else\n").unwrap();
    assert!(matches!(try_open(dir.path()), Err(LedgerError::Foreign(_))));
}

#[test]
fn a_second_opener_is_refused_until_the_first_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    assert!(matches!(DiskLedger::open(dir.path()), Err(LedgerError::Locked(_))));
    put(&ledger, b"k", b"v", Expect::Absent).unwrap();
    drop(ledger);
    assert_eq!(value(&open(dir.path()), b"k").unwrap(), b"v");
}

/// A step of a creation, taken back.
type Step<'s> = &'s dyn Fn(&Path);

/// A folder as a creation that was cut short leaves it, by taking back the last steps of a whole
/// one.
fn cut_short(take_back: impl FnOnce(&Path)) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    take_back(dir.path());
    dir
}

#[test]
fn a_creation_that_was_cut_short_is_finished() {
    let unplace = |dir: &Path| fs::rename(dir.join("index"), dir.join("index.new")).unwrap();
    let unmark = |dir: &Path| fs::remove_file(dir.join("hallpass-ledger")).unwrap();
    let unwrite = |dir: &Path| fs::write(dir.join("index.new/data.mdb"), "a part").unwrap();
    let unmake = |dir: &Path| fs::remove_dir_all(dir.join("index.new")).unwrap();
    let half_mark = |dir: &Path| fs::write(dir.join("hallpass-ledger.new"), "hall").unwrap();
    let steps: [&[Step<'_>]; 5] = [
        &[&unplace],
        &[&unplace, &unmark, &half_mark],
        &[&unplace, &unmark],
        &[&unplace, &unmark, &unwrite],
        &[&unplace, &unmark, &unmake],
    ];
    for taken_back in steps {
        let dir = cut_short(|dir| taken_back.iter().for_each(|step| step(dir)));
        let ledger = open(dir.path());
        put(&ledger, b"k", b"v", Expect::Absent).unwrap();
        drop(ledger);
        assert_eq!(value(&open(dir.path()), b"k").unwrap(), b"v");
        let mut names: Vec<_> =
            dir.path().read_dir().unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["hallpass-ledger", "index", "lock"]);
    }
}

#[test]
fn a_ledger_that_lost_its_records_is_damaged_and_not_begun_anew() {
    let dir = cut_short(|dir| fs::remove_dir_all(dir.join("index")).unwrap());
    let refused = try_open(dir.path()).unwrap_err();
    assert!(matches!(refused, LedgerError::Corrupt { .. }), "{refused}");
    let dir = cut_short(|dir| fs::remove_file(dir.join("index/data.mdb")).unwrap());
    let refused = try_open(dir.path()).unwrap_err();
    assert!(matches!(refused, LedgerError::Corrupt { .. }), "{refused}");
}

#[test]
fn only_the_owner_may_look_inside() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("ledger");
    drop(open(&dir));
    for name in ["", "lock", "hallpass-ledger", "index", "index/data.mdb", "index/lock.mdb"] {
        let mode = dir.join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

/// LMDB writes to it through a map: a page without a block would be a signal.
#[test]
fn readers_need_no_more_of_the_disk_once_the_ledger_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let _ledger = open(dir.path());
    let readers = dir.path().join("index/lock.mdb").metadata().unwrap();
    assert!(readers.len() >= 4096 * 64);
    assert!(readers.blocks() * 512 >= readers.len(), "{readers:?}");
}

/// Of a folder that nobody has open.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("index")).unwrap();
    for name in ["hallpass-ledger", "index/data.mdb"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

/// What was read after the copy was made is no writing that the copy has or will have.
#[test]
fn an_older_copy_never_gives_a_version_that_was_given_after_it_was_made() {
    let (dir, copied) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ledger = open(dir.path());
    let known = put(&ledger, b"known", b"1", Expect::Absent).unwrap();
    drop(ledger);
    copy(dir.path(), copied.path());

    let write = |dir: &Path| {
        let ledger = open(dir);
        let answers = (0..50_u8).map(|n| put(&ledger, b"k", &[n], Expect::Any).unwrap());
        answers.collect::<Vec<_>>()
    };
    let lost = write(dir.path());
    let given = write(copied.path());
    assert!(lost.iter().all(|version| !given.contains(version)));
    let ledger = open(copied.path());
    for version in lost {
        assert!(is_conflict(&put(&ledger, b"k", b"stale", Expect::Version(version))));
    }
    put(&ledger, b"known", b"2", Expect::Version(known)).unwrap();
}

#[test]
fn what_was_queued_before_the_ledger_closes_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let change = |n: u8| ledger::Change::put(&[n], b"v", Expect::Absent);
    let pending: Vec<_> = (0..100).map(|n| ledger.write(change(n))).collect();
    drop(ledger);
    pending.into_iter().for_each(|answer| drop(answer.wait().unwrap()));
    let ledger = open(dir.path());
    assert!((0..100).all(|n| value(&ledger, &[n]).is_some()));
}
