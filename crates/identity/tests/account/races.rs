//! Several writers on one ledger: of those that cannot all be right, one is refused.

use std::sync::{Arc, Mutex};

use identity::{Account, Holder, IamError, NewGroup, NewUser};
use ledger::{Atomic, Change, Ledger, Memory, Page, Pending, Record, Scan, Version};
use signature::Credentials;

use crate::fixture::{
    READ_ALL, ROOT_KEY, add_policy, add_user, at, caller, keys, let_read, may_read, open,
};

/// Two servers that have seen the same account.
fn two(prepare: impl FnOnce(&Account)) -> (Account, Account) {
    let ledger = Arc::new(Memory::new());
    prepare(&open(&ledger));
    (open(&ledger), open(&ledger))
}

#[test]
fn of_two_writers_one_makes_the_last_key() {
    let (one, other) = two(|account| drop(add_user(account, "alice")));
    one.access_keys("alice").create(at(0)).unwrap();
    let refused = other.access_keys("alice").create(at(0)).unwrap_err();
    assert!(matches!(refused, IamError::LimitExceeded(_)), "{refused:?}");
}

#[test]
fn of_many_threads_exactly_two_make_a_key() {
    let (one, other) = two(|account| {
        account.users().create(NewUser { name: "alice", ..NewUser::default() }, at(0)).unwrap();
    });
    let made = std::thread::scope(|scope| {
        let accounts = [&one, &other].into_iter().cycle().take(8);
        let threads: Vec<_> = accounts
            .map(|account| scope.spawn(|| account.access_keys("alice").create(at(0)).is_ok()))
            .collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap().then_some(())).count()
    });
    assert_eq!(made, 2);
}

#[test]
fn of_two_writers_one_makes_the_name() {
    let (one, other) = two(|_| {});
    let new = |name| NewUser { name, ..NewUser::default() };
    one.users().create(new("alice"), at(0)).unwrap();
    let refused = other.users().create(new("Alice"), at(0)).unwrap_err();
    assert!(matches!(refused, IamError::EntityAlreadyExists(_)), "{refused:?}");
}

#[test]
fn policy_that_somebody_attaches_is_not_deleted_meanwhile() {
    let mut arn = String::new();
    let (one, other) = two(|account| {
        add_user(account, "alice");
        arn = add_policy(account, "read", READ_ALL);
    });
    one.attached(Holder::User("alice")).attach(&arn).unwrap();
    let refused = other.policies().delete(&arn).unwrap_err();
    assert!(matches!(refused, IamError::DeleteConflict(_)), "{refused:?}");
}

#[test]
fn policy_that_somebody_deletes_is_not_attached_meanwhile() {
    let mut arn = String::new();
    let (one, other) = two(|account| {
        add_user(account, "alice");
        arn = add_policy(account, "read", READ_ALL);
    });
    one.policies().delete(&arn).unwrap();
    for refused in [
        other.attached(Holder::User("alice")).attach(&arn).unwrap_err(),
        other.boundary(identity::Actor::User("alice")).put(&arn).unwrap_err(),
    ] {
        assert!(matches!(refused, IamError::NoSuchEntity(_)), "{refused:?}");
    }
}

#[test]
fn group_that_somebody_joins_is_not_deleted_meanwhile() {
    let (one, other) = two(|account| {
        add_user(account, "alice");
        account.groups().create(NewGroup { name: "staff", path: None }, at(0)).unwrap();
    });
    one.groups().add_user("staff", "alice").unwrap();
    let refused = other.groups().delete("staff").unwrap_err();
    assert!(matches!(refused, IamError::DeleteConflict(_)), "{refused:?}");
}

#[test]
fn what_others_write_is_seen_after_a_refresh() {
    let (one, other) = two(|_| {});
    let key = add_user(&one, "alice");
    let_read(&one, Holder::User("alice"));
    assert!(other.resolve(&key.key.id, None, at(0)).is_err());
    other.refresh().unwrap();
    assert!(may_read(&caller(&other, &key)));
    one.access_keys("alice").delete(&key.key.id).unwrap();
    other.refresh().unwrap();
    assert!(other.resolve(&key.key.id, None, at(0)).is_err());
}

#[test]
fn what_one_writes_is_not_lost_by_what_another_writes() {
    let (one, other) = two(|account| drop(add_user(account, "alice")));
    one.inline(Holder::User("alice")).put("one", READ_ALL).unwrap();
    other.inline(Holder::User("alice")).put("other", READ_ALL).unwrap();
    let listed = other.inline(Holder::User("alice")).list(identity::Paging::default());
    assert_eq!(listed.unwrap().items, ["one", "other"]);
}

/// A ledger to which somebody writes once, when all but the policies have been read.
#[derive(Debug)]
struct Interrupted {
    memory: Arc<Memory>,
    arn: Mutex<Option<String>>,
}

impl Ledger for Interrupted {
    fn get(&self, key: &[u8]) -> Pending<Option<Record>> {
        self.memory.get(key)
    }

    fn scan(&self, scan: &Scan) -> Pending<Page> {
        if scan.prefix == b"identity/policy/"
            && let Some(arn) = self.arn.lock().unwrap().take()
        {
            let other = open(&self.memory);
            other.attached(Holder::User("alice")).detach(&arn).unwrap();
            other.policies().delete(&arn).unwrap();
        }
        self.memory.scan(scan)
    }

    fn write(&self, change: Change) -> Pending<Version> {
        self.memory.write(change)
    }
}

impl Atomic for Interrupted {
    fn write_all(&self, changes: Vec<Change>) -> Pending<Vec<Version>> {
        self.memory.write_all(changes)
    }
}

#[test]
fn what_goes_while_the_account_is_read_is_not_lost() {
    let memory = Arc::new(Memory::new());
    let account = open(&memory);
    let key = add_user(&account, "alice");
    let_read(&account, Holder::User("alice"));
    let arn = add_policy(&account, "idle", READ_ALL);
    account.attached(Holder::User("alice")).attach(&arn).unwrap();
    let ledger = Arc::new(Interrupted { memory, arn: Mutex::new(Some(arn)) });
    let root = Credentials::new(ROOT_KEY, "root-secret", None);
    let account = Account::open(ledger, keys('A'), root).unwrap();
    assert!(may_read(&caller(&account, &key)));
}
