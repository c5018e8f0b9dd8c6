//! Access keys and what their secrets are sealed with.

use std::sync::Arc;

use identity::{Account, IamError, KeyStatus, MasterKeys, Paging, ResolveError, Service};
use ledger::{Change, Expect, Ledger as _, Memory, Scan};
use signature::Credentials;

use crate::fixture::{ROOT_KEY, add_user, at, keys, open, with_alice};

#[test]
fn user_has_two_access_keys_at_most() {
    let (account, first) = with_alice();
    let second = account.access_keys("alice").create(at(1)).unwrap();
    let third = account.access_keys("alice").create(at(2)).unwrap_err();
    assert_eq!(third.to_string(), "Cannot exceed quota for AccessKeysPerUser: 2");
    let mut ids = [first.key.id, second.key.id.clone()];
    ids.sort();
    let listed = account.access_keys("alice").list(Paging::default()).unwrap().items;
    assert_eq!(listed.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ids);
    account.access_keys("alice").delete(&second.key.id).unwrap();
    account.access_keys("alice").create(at(3)).unwrap();
}

#[test]
fn inactive_key_is_refused_until_it_is_active_again() {
    let (account, key) = with_alice();
    let resolve = || account.resolve(&key.key.id, None, at(0)).map(drop);
    account.access_keys("alice").update(&key.key.id, KeyStatus::Inactive).unwrap();
    assert_eq!(resolve(), Err(ResolveError::Inactive));
    account.access_keys("alice").update(&key.key.id, KeyStatus::Active).unwrap();
    assert_eq!(resolve(), Ok(()));
    account.access_keys("alice").delete(&key.key.id).unwrap();
    assert_eq!(resolve(), Err(ResolveError::Unknown));
}

#[test]
fn key_of_somebody_else_cannot_be_changed() {
    let (account, key) = with_alice();
    add_user(&account, "bob");
    for error in [
        account.access_keys("bob").update(&key.key.id, KeyStatus::Inactive).unwrap_err(),
        account.access_keys("bob").delete(&key.key.id).unwrap_err(),
    ] {
        assert!(matches!(error, IamError::NoSuchEntity(_)), "{error:?}");
    }
    assert!(account.resolve(&key.key.id, None, at(0)).is_ok());
}

#[test]
fn the_ledger_holds_no_secret() {
    let ledger = Arc::new(Memory::new());
    let key = add_user(&open(&ledger), "alice");
    let all = ledger.scan(&Scan { limit: 100, ..Scan::default() }).wait().unwrap();
    assert!(!all.entries.is_empty());
    for entry in all.entries {
        let text = String::from_utf8(entry.record.value).unwrap();
        assert!(!text.contains(key.secret.expose()), "{text}");
    }
}

#[test]
fn secret_moved_to_another_record_does_not_open() {
    let ledger = Arc::new(Memory::new());
    let account = open(&ledger);
    let (alice, bob) = (add_user(&account, "alice"), add_user(&account, "bob"));
    let read = |name: &str| -> serde_json::Value {
        let record = ledger.get(format!("identity/user/{name}").as_bytes()).wait().unwrap();
        serde_json::from_slice(&record.unwrap().value).unwrap()
    };
    let mut of_alice = read("alice");
    of_alice["record"]["keys"][0]["sealed"] = read("bob")["record"]["keys"][0]["sealed"].clone();
    let value = serde_json::to_vec(&of_alice).unwrap();
    ledger.write(Change::put(b"identity/user/alice", &value, Expect::Any)).wait().unwrap();
    account.refresh().unwrap();
    let resolve = |id: &str| account.resolve(id, None, at(0)).map(drop);
    assert_eq!(resolve(&alice.key.id), Err(ResolveError::SecretLost));
    assert_eq!(resolve(&bob.key.id), Ok(()));
    assert_eq!(account.unopened_keys(), [alice.key.id]);
}

#[test]
fn master_key_is_replaced_without_a_new_secret() {
    let ledger = Arc::new(Memory::new());
    let key = add_user(&open(&ledger), "alice");
    let line = |byte: char| format!("{}=\n", byte.to_string().repeat(43));
    let open = |keys: MasterKeys| {
        let root = Credentials::new(ROOT_KEY, "root-secret", None);
        Account::open(Arc::<Memory>::clone(&ledger), keys, root).unwrap()
    };
    let both = open(MasterKeys::parse(&(line('E') + &line('A'))).unwrap());
    assert_eq!((both.reseal().unwrap(), both.reseal().unwrap()), (1, 0));
    let new = open(keys('E'));
    let secret = new.resolve(&key.key.id, None, at(0)).unwrap().secret().expose().to_owned();
    assert_eq!(secret, key.secret.expose());
    let old = open(keys('A'));
    assert_eq!(old.unopened_keys(), [key.key.id]);
}

#[test]
fn last_use_is_known_at_once_and_kept_when_flushed() {
    let ledger = Arc::new(Memory::new());
    let account = open(&ledger);
    let key = add_user(&account, "alice");
    let last = |account: &Account| account.access_key_last_used(&key.key.id).unwrap();
    assert_eq!(last(&account), ("alice".to_owned(), None));
    let caller = account.resolve(&key.key.id, None, at(9)).unwrap();
    caller.note_use(Service::S3, at(9));
    caller.note_use(Service::Iam, at(7));
    let used = last(&account).1.unwrap();
    assert_eq!((used.at, used.service), (at(9), Service::S3));
    // What changes the user does not forget it.
    account.access_keys("alice").create(at(10)).unwrap();
    assert_eq!(last(&account).1, Some(used));

    assert_eq!(last(&open(&ledger)).1, None);
    assert_eq!(account.flush_last_used().unwrap(), 1);
    assert_eq!(account.flush_last_used().unwrap(), 0);
    assert_eq!(last(&open(&ledger)).1, Some(used));
    account.access_keys("alice").delete(&key.key.id).unwrap();
    assert_eq!(
        ledger.get(format!("identity/used/{}", key.key.id).as_bytes()).wait().unwrap(),
        None
    );
}

#[test]
fn last_use_that_is_written_of_a_deleted_key_is_removed() {
    let ledger = Arc::new(Memory::new());
    let (one, other) = (open(&ledger), open(&ledger));
    let key = add_user(&one, "alice");
    other.refresh().unwrap();
    other.resolve(&key.key.id, None, at(9)).unwrap().note_use(Service::S3, at(9));
    one.access_keys("alice").delete(&key.key.id).unwrap();
    assert_eq!(other.flush_last_used().unwrap(), 1);
    let record = || ledger.get(format!("identity/used/{}", key.key.id).as_bytes()).wait().unwrap();
    assert!(record().is_some());
    drop(open(&ledger));
    assert_eq!(record(), None);
}

#[test]
fn record_that_was_moved_is_damage() {
    let ledger = Arc::new(Memory::new());
    let account = open(&ledger);
    add_user(&account, "alice");
    let of_alice = ledger.get(b"identity/user/alice").wait().unwrap().unwrap().value;
    ledger.write(Change::put(b"identity/user/bob", &of_alice, Expect::Any)).wait().unwrap();
    let error = account.refresh().unwrap_err();
    assert_eq!(error.to_string(), "the ledger is damaged at `identity/user/bob`");
}
