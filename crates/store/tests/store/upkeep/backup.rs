//! A backup is the store as it was at one moment, whatever is written while it is made.

use std::fs;
use std::thread;

use store::{Backup, FilesAre, Store, StoreError};
use tempfile::TempDir;

use crate::fixture::{Done, Findings, Fixture, LARGE, files, key, look_through, pattern, read_all};

fn back_up(house: &Fixture, files: FilesAre) -> (TempDir, Backup) {
    let to = TempDir::new().unwrap();
    let mut findings = Findings::default();
    let made =
        house.store.inspection().back_up(to.path(), files, &|_| Ok(()), &mut findings).unwrap();
    assert_eq!(findings.0, []);
    (to, made)
}

#[test]
fn a_backup_holds_what_the_store_held() {
    for kind in [FilesAre::Copied, FilesAre::Linked] {
        let house = Fixture::new();
        house.put("small", b"v");
        house.put("large", &pattern(1, LARGE));
        fs::write(house.dir.path().join("root-credentials"), "secret").unwrap();
        let (to, made) = back_up(&house, kind);
        assert_eq!(made, Backup { objects: 2, files: 1, file_bytes: LARGE as u64 });
        // What happens to the one does not happen to the other.
        house.delete("large");
        assert_eq!(house.files().len(), 0);
        assert_eq!(fs::read(to.path().join("root-credentials")).unwrap(), b"secret");
        let copy = Store::open(to.path()).unwrap();
        let opened = copy.open_object(&house.bucket, &key("large")).unwrap();
        assert_eq!(read_all(&opened).1.unwrap(), pattern(1, LARGE));
        assert_eq!(look_through(&copy.inspection()), [""; 0]);
    }
}

/// Many keys are replaced one after the other, with the number of the round: at any moment the
/// first of them have one number and all others that of the round before. Each replacement dooms
/// a file.
#[test]
fn a_backup_under_load_is_of_one_moment_and_whole() {
    let house = Fixture::new();
    let keys: Vec<_> = (0..100).map(|number| format!("{number:03}")).collect();
    let done = Done::default();
    let write = |round: u64| {
        for key in keys.iter().take_while(|_| !done.is_set()) {
            house.put(key, &[&round.to_be_bytes()[..], &pattern(round, LARGE)].concat());
        }
    };
    write(0);
    thread::scope(|scope| {
        let done_at_the_end = done.guard();
        scope.spawn(|| (1..).take_while(|_| !done.is_set()).for_each(write));
        for _ in 0..5 {
            let (to, made) = back_up(&house, FilesAre::Copied);
            assert_eq!(made.files, keys.len() as u64);
            let copy = Store::open(to.path()).unwrap();
            let rounds = keys.iter().map(|name| {
                let opened = copy.open_object(&house.bucket, &key(name)).unwrap();
                let bytes = read_all(&opened).1.unwrap();
                let round = u64::from_be_bytes(*bytes.first_chunk().unwrap());
                assert_eq!(bytes[8..], pattern(round, LARGE));
                round
            });
            let rounds: Vec<_> = rounds.collect();
            assert!(rounds.is_sorted_by(|a, b| a >= b), "{rounds:?}");
            assert!(rounds[0] - rounds[keys.len() - 1] <= 1, "{rounds:?}");
            assert_eq!(look_through(&copy.inspection()), [""; 0]);
        }
        drop(done_at_the_end);
    });
    // What was kept for the backups has gone.
    assert_eq!(look_through(&house.store.inspection()), [""; 0]);
    let house = house.reopen();
    assert_eq!(house.files().len(), keys.len());
}

#[test]
fn a_backup_goes_into_no_folder_of_other_files() {
    let house = Fixture::new();
    let to = TempDir::new().unwrap();
    fs::write(to.path().join("thesis.tex"), "").unwrap();
    let mut findings = Findings::default();
    let refused =
        house.store.inspection().back_up(to.path(), FilesAre::Copied, &|_| Ok(()), &mut findings);
    assert!(matches!(refused, Err(StoreError::Foreign(_))));
    assert_eq!(to.path().read_dir().unwrap().count(), 1);
}

#[test]
fn a_backup_that_was_cut_short_is_no_store() {
    struct Impatient;
    impl store::Observer for Impatient {
        fn found(&mut self, _: store::Finding) {}
        fn advanced(&mut self, _: u64, _: u64) -> bool {
            false
        }
    }
    let house = Fixture::new();
    house.put("large", &pattern(1, LARGE));
    let to = TempDir::new().unwrap();
    let inspection = house.store.inspection();
    let stopped = inspection.back_up(to.path(), FilesAre::Copied, &|_| Ok(()), &mut Impatient);
    assert!(matches!(stopped, Err(StoreError::Closed)));
    assert_eq!(files(to.path()).len(), 1);
    assert!(matches!(Store::open(to.path()), Err(StoreError::Foreign(_))));
}

#[test]
fn a_backup_without_what_lies_beside_is_no_store() {
    let house = Fixture::new();
    let to = TempDir::new().unwrap();
    let fail = |_: &std::path::Path| Err(std::io::ErrorKind::PermissionDenied.into());
    let mut findings = Findings::default();
    let failed =
        house.store.inspection().back_up(to.path(), FilesAre::Copied, &fail, &mut findings);
    assert!(matches!(failed, Err(StoreError::Io { .. })));
    assert!(matches!(Store::open(to.path()), Err(StoreError::Foreign(_))));
}
