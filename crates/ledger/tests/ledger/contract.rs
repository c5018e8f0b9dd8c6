//! The contract, held by every ledger.

use ledger::limits::{KEY_BYTES_MAX, PAGE_MAX, TOGETHER_MAX, VALUE_BYTES_MAX};
use ledger::{Change, Expect, Ledger, LedgerError, Page, Scan, write_with_retries};

use crate::fixture::{each, is_conflict, put, value};

#[test]
fn a_record_is_written_once_by_who_expects_none() {
    each(|ledger| {
        let version = put(ledger, b"k", b"1", Expect::Absent).unwrap();
        assert!(is_conflict(&put(ledger, b"k", b"2", Expect::Absent)));
        let record = ledger.get(b"k").wait().unwrap().unwrap();
        assert_eq!((record.value, record.version), (b"1".into(), version));
        assert_eq!(value(ledger, b"other"), None);
    });
}

#[test]
fn a_record_is_changed_by_who_expects_the_very_writing_that_is_there() {
    each(|ledger| {
        let first = Expect::Version(put(ledger, b"k", b"1", Expect::Absent).unwrap());
        let second = Expect::Version(put(ledger, b"k", b"1", first.clone()).unwrap());
        assert!(is_conflict(&put(ledger, b"k", b"2", first.clone())));
        assert!(is_conflict(&ledger.write(Change::delete(b"k", first)).wait()));
        assert!(is_conflict(&put(ledger, b"other", b"2", second.clone())));
        assert_eq!(value(ledger, b"k").unwrap(), b"1");
        ledger.write(Change::delete(b"k", second)).wait().unwrap();
        assert_eq!(value(ledger, b"k"), None);
    });
}

#[test]
fn a_record_that_was_deleted_and_written_again_is_another() {
    each(|ledger| {
        let old = Expect::Version(put(ledger, b"k", b"1", Expect::Absent).unwrap());
        let deletion = ledger.write(Change::delete(b"k", Expect::Any)).wait().unwrap();
        assert!(is_conflict(&put(ledger, b"k", b"2", Expect::Version(deletion.clone()))));
        put(ledger, b"k", b"1", Expect::Absent).unwrap();
        assert!(is_conflict(&put(ledger, b"k", b"2", old)));
        assert!(is_conflict(&put(ledger, b"k", b"2", Expect::Version(deletion))));
    });
}

#[test]
fn who_expects_nothing_in_particular_is_never_refused() {
    each(|ledger| {
        ledger.write(Change::delete(b"k", Expect::Any)).wait().unwrap();
        ledger.write(Change::delete(b"k", Expect::Absent)).wait().unwrap();
        put(ledger, b"k", b"1", Expect::Any).unwrap();
        put(ledger, b"k", b"2", Expect::Any).unwrap();
        assert_eq!(value(ledger, b"k").unwrap(), b"2");
    });
}

#[test]
fn changes_are_made_all_or_none() {
    each(|ledger| {
        let old = put(ledger, b"old", b"1", Expect::Absent).unwrap();
        let refused = ledger.write_all(vec![
            Change::put(b"new", b"1", Expect::Absent),
            Change::put(b"old", b"2", Expect::Absent),
        ]);
        assert!(is_conflict(&refused.wait()));
        assert_eq!((value(ledger, b"new"), value(ledger, b"old").unwrap()), (None, b"1".into()));
        let changes = vec![
            Change::delete(b"old", Expect::Version(old)),
            Change::put(b"new", b"2", Expect::Absent),
        ];
        let versions = ledger.write_all(changes).wait().unwrap();
        assert_eq!(value(ledger, b"old"), None);
        let record = ledger.get(b"new").wait().unwrap().unwrap();
        assert_eq!((&record.value[..], &record.version), (&b"2"[..], &versions[1]));
        assert_eq!(ledger.write_all(vec![]).wait().unwrap(), []);
    });
}

#[test]
fn no_key_is_changed_twice_at_once() {
    each(|ledger| {
        let twice = vec![
            Change::put(b"k", b"1", Expect::Absent),
            Change::put(b"l", b"1", Expect::Absent),
            Change::put(b"k", b"2", Expect::Any),
        ];
        assert!(matches!(ledger.write_all(twice).wait(), Err(LedgerError::InvalidKey)));
        assert_eq!(scan(ledger, b"", None, 9), Page::default());
    });
}

fn scan(ledger: &dyn Ledger, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Page {
    let after = after.map(Into::into);
    ledger.scan(&Scan { prefix: prefix.into(), after, limit }).wait().unwrap()
}

#[test]
fn a_scan_goes_in_the_order_of_the_keys_and_stops_at_the_prefix() {
    each(|ledger| {
        for key in [&b"b/2"[..], b"c", b"b/10", b"a", b"b", b"b0", b"b/"] {
            put(ledger, key, key, Expect::Absent).unwrap();
        }
        let scanned = |prefix: &[u8], after, limit| {
            let page = scan(ledger, prefix, after, limit);
            assert!(page.entries.iter().all(|entry| entry.key == entry.record.value));
            let keys = page.entries.into_iter().map(|entry| String::from_utf8(entry.key).unwrap());
            (keys.collect::<Vec<_>>().join(" "), page.is_truncated)
        };
        assert_eq!(scanned(b"", None, 9), ("a b b/ b/10 b/2 b0 c".into(), false));
        assert_eq!(scanned(b"b/", None, 3), ("b/ b/10 b/2".into(), false));
        assert_eq!(scanned(b"b/", None, 2), ("b/ b/10".into(), true));
        assert_eq!(scanned(b"b/", Some(b"b/10"), 2), ("b/2".into(), false));
        assert_eq!(scanned(b"b/", Some(b"b/2"), 2), (String::new(), false));
        assert_eq!(scanned(b"b/", Some(b"a"), 1), ("b/".into(), true));
        assert_eq!(scanned(b"b/", Some(b"c"), 1), (String::new(), false));
        assert_eq!(scanned(b"", Some(b""), 1), ("a".into(), true));
        assert_eq!(scanned(b"", None, 0), (String::new(), true));
        assert_eq!(scanned(&[b'b'; 4000], None, 9), (String::new(), false));
        assert_eq!(scanned(b"", Some(&[b'b'; 4000]), 9), ("c".into(), false));
    });
}

#[test]
fn a_page_is_bounded() {
    each(|ledger| {
        let keys: Vec<_> = (0..=PAGE_MAX).map(|number| format!("{number:05}")).collect();
        for some in keys.chunks(TOGETHER_MAX) {
            let puts = some.iter().map(|key| Change::put(key.as_bytes(), b"", Expect::Absent));
            ledger.write_all(puts.collect()).wait().unwrap();
        }
        let page = scan(ledger, b"", None, usize::MAX);
        assert_eq!((page.entries.len(), page.is_truncated), (PAGE_MAX, true));
    });
}

#[test]
fn any_bytes_are_a_key_and_a_value_within_the_limits() {
    each(|ledger| {
        let longest = [0xff; KEY_BYTES_MAX];
        for key in [&[0][..], &[0, 0], &[0xff], &longest] {
            for value in [&[][..], &[0], &[7; VALUE_BYTES_MAX]] {
                put(ledger, key, value, Expect::Any).unwrap();
                assert_eq!(ledger.get(key).wait().unwrap().unwrap().value, value);
            }
        }
        for key in [&[][..], &[0; KEY_BYTES_MAX + 1]] {
            assert!(matches!(ledger.get(key).wait(), Err(LedgerError::InvalidKey)));
            let written = put(ledger, key, b"", Expect::Any);
            assert!(matches!(written, Err(LedgerError::InvalidKey)));
        }
        let too_large = put(ledger, b"k", &[0; VALUE_BYTES_MAX + 1], Expect::Any);
        assert!(matches!(too_large, Err(LedgerError::TooLarge)));
        let too_many = (0..=TOGETHER_MAX).map(|n| Change::delete(&[1; 300][n..], Expect::Any));
        let too_many = ledger.write_all(too_many.collect()).wait();
        assert!(matches!(too_many, Err(LedgerError::TooLarge)));
    });
}

#[test]
fn a_change_that_lost_its_race_is_run_again() {
    each(|ledger| {
        let mut looks = 0;
        write_with_retries::<LedgerError>(ledger, b"k", |found| {
            looks += 1;
            if looks == 1 {
                put(ledger, b"k", b"faster", Expect::Absent)?;
            }
            let before = found.map_or(&b""[..], |record| &record.value);
            Ok(Some([before, b"!"].concat()))
        })
        .unwrap();
        assert_eq!((looks, value(ledger, b"k").unwrap()), (2, b"faster!".into()));

        let refused = write_with_retries(ledger, b"k", |_| Err(LedgerError::TooLarge));
        assert!(matches!(refused, Err(LedgerError::TooLarge)));
        assert_eq!(value(ledger, b"k").unwrap(), b"faster!");
    });
}
