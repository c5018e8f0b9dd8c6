//! What a bucket itself says of who may come: its policy, compiled, and its four switches.
//!
//! Both are kept in memory, so that deciding a request reads and parses nothing. What is kept goes
//! with the write that changes it, before that is answered. A reader that was slower than the write
//! finds that something has changed since it looked, and its old rules are not kept.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use policy::{Kind, Policy, PolicyError, PublicAccessBlock};
use s3::BucketName;
use store::{Configuration, Store, StoreError};
use tokio::sync::{Mutex, MutexGuard};

use crate::limits::{KEPT_POLICY_BYTES_MAX, KEPT_RULEBOOKS_MAX};
use crate::refusal::Refusal;

/// The rules of one bucket.
#[derive(Debug, Default)]
pub(crate) struct Rulebook {
    policy: Option<Result<Policy, PolicyError>>,
    /// The switches.
    pub(crate) block: PublicAccessBlock,
    /// How long the text of the policy is.
    text_bytes: usize,
}

impl Rulebook {
    /// Reads the rules of a bucket.
    fn load(store: &Store, bucket: &BucketName) -> Result<Self, StoreError> {
        let both = [Configuration::Policy, Configuration::PublicAccessBlock];
        let [text, block] = store.configurations(bucket, both)?;
        let policy = text.as_ref().map(|text| {
            // A policy was UTF-8 when it was put.
            Policy::parse(
                &String::from_utf8_lossy(text),
                Kind::Resource { bucket: bucket.as_str() },
            )
        });
        let text_bytes = text.map_or(0, |text| text.len());
        let block = read_block(block.as_deref()).unwrap_or_default();
        Ok(Self { policy, block, text_bytes })
    }

    /// The policy. None must be judged by one that cannot be read: it may have denied everything.
    pub(crate) fn policy(&self) -> Result<Option<&Policy>, &PolicyError> {
        self.policy.as_ref().map(Result::as_ref).transpose()
    }
}

/// The switches as they are kept: all on when they never were put, none when they were taken off.
pub(crate) fn read_block(kept: Option<&[u8]>) -> Option<PublicAccessBlock> {
    match kept {
        None => Some(PublicAccessBlock::ALL),
        Some([]) => None,
        Some([bits, ..]) => Some(PublicAccessBlock {
            block_public_acls: bits & 1 != 0,
            ignore_public_acls: bits & 2 != 0,
            block_public_policy: bits & 4 != 0,
            restrict_public_buckets: bits & 8 != 0,
        }),
    }
}

/// The switches as they are to be kept.
pub(crate) fn write_block(block: PublicAccessBlock) -> Vec<u8> {
    let switches = [
        block.block_public_acls,
        block.ignore_public_acls,
        block.block_public_policy,
        block.restrict_public_buckets,
    ];
    vec![switches.into_iter().rev().fold(0, |bits, switch| bits << 1 | u8::from(switch))]
}

/// The rules of the buckets that were asked for lately.
#[derive(Debug, Default)]
pub(crate) struct Rulebooks {
    kept: RwLock<Kept>,
    turn: Mutex<()>,
}

#[derive(Debug, Default)]
struct Kept {
    books: HashMap<BucketName, Arc<Rulebook>>,
    /// Of the texts of all policies.
    text_bytes: usize,
    /// How many changes there were.
    changes: u64,
}

impl Rulebooks {
    /// The rules of a bucket; those of one that is not there are none.
    pub(crate) fn of(
        &self,
        store: &Store,
        bucket: &BucketName,
    ) -> Result<Arc<Rulebook>, StoreError> {
        let changes = {
            let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(book) = kept.books.get(bucket) {
                return Ok(Arc::clone(book));
            }
            kept.changes
        };
        let book = match Rulebook::load(store, bucket) {
            Ok(book) => Arc::new(book),
            Err(StoreError::NoSuchBucket) => return Ok(Arc::default()),
            Err(error) => return Err(error),
        };
        self.keep_if_unchanged(bucket, &book, changes);
        Ok(book)
    }

    /// Keeps rules that were read when there had been so many changes.
    fn keep_if_unchanged(&self, bucket: &BucketName, book: &Arc<Rulebook>, changes: u64) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.changes == changes {
            kept.keep(bucket, book);
        }
    }

    /// Does what may change the rules of `bucket`, to its end though nobody may wait for it any
    /// more, and forgets those that were kept before anybody is told.
    pub(crate) async fn change<T: Send + 'static>(
        self: &Arc<Self>,
        bucket: &BucketName,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (books, bucket) = (Arc::clone(self), bucket.clone());
        let task = tokio::spawn(async move {
            let done = work.await;
            books.forget(&bucket);
            done
        });
        task.await.map_err(Refusal::of_task)
    }

    /// The turn of one that looks at the rules of a bucket before it changes them.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    fn forget(&self, bucket: &BucketName) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.changes += 1;
        if let Some(book) = kept.books.remove(bucket) {
            kept.text_bytes -= book.text_bytes;
        }
    }
}

impl Kept {
    /// Keeps rules; of too many, all others go, and those in use are soon read again.
    fn keep(&mut self, bucket: &BucketName, book: &Arc<Rulebook>) {
        let text_bytes = self.text_bytes + book.text_bytes;
        if self.books.len() >= KEPT_RULEBOOKS_MAX || text_bytes > KEPT_POLICY_BYTES_MAX {
            self.books.clear();
            self.text_bytes = 0;
        }
        self.text_bytes += book.text_bytes;
        if let Some(before) = self.books.insert(bucket.clone(), Arc::clone(book)) {
            self.text_bytes -= before.text_bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = r#"{"Statement": {"Effect": "Allow", "Principal": "*",
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}}"#;

    fn store() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        store.create_bucket(&bucket("bucket"), 0).wait().unwrap();
        (dir, store)
    }

    fn bucket(name: &str) -> BucketName {
        BucketName::parse(name).unwrap()
    }

    fn put(store: &Store, text: &str) {
        let put = store.configure(&bucket("bucket"), Configuration::Policy, Some(text.into()));
        put.wait().unwrap();
    }

    fn is_public(books: &Rulebooks, store: &Store) -> bool {
        let book = books.of(store, &bucket("bucket")).unwrap();
        book.policy().unwrap().is_some_and(Policy::is_public)
    }

    #[test]
    fn switches_are_kept_as_they_are_put_and_all_on_before() {
        assert_eq!(read_block(None), Some(PublicAccessBlock::ALL));
        assert_eq!(read_block(Some(&[])), None);
        for bits in 0..16_u8 {
            let block = read_block(Some(&[bits])).unwrap();
            assert_eq!(write_block(block), [bits]);
        }
        let one = PublicAccessBlock { block_public_policy: true, ..PublicAccessBlock::default() };
        assert_eq!(write_block(one), [4]);
    }

    #[test]
    fn rules_are_read_once_and_again_when_they_were_forgotten() {
        let ((_dir, store), books) = (store(), Rulebooks::default());
        assert!(!is_public(&books, &store));
        put(&store, PUBLIC);
        assert!(!is_public(&books, &store));
        books.forget(&bucket("bucket"));
        assert!(is_public(&books, &store));
    }

    #[test]
    fn rules_that_were_read_before_a_change_are_not_kept_after_it() {
        let ((_dir, store), books) = (store(), Rulebooks::default());
        let changes = books.kept.read().unwrap().changes;
        let old = Arc::new(Rulebook::load(&store, &bucket("bucket")).unwrap());
        put(&store, PUBLIC);
        books.forget(&bucket("bucket"));
        books.keep_if_unchanged(&bucket("bucket"), &old, changes);
        assert!(is_public(&books, &store));
    }

    #[test]
    fn a_change_is_done_to_its_end_though_nobody_waits_for_it() {
        let ((_dir, store), books) = (store(), Arc::new(Rulebooks::default()));
        assert!(!is_public(&books, &store));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        runtime.block_on(async {
            let (begun, is_begun) = tokio::sync::oneshot::channel();
            let (go, goes) = tokio::sync::oneshot::channel::<()>();
            let (writer, changing) = (store.clone(), Arc::clone(&books));
            let waiting = tokio::spawn(async move {
                let work = async move {
                    begun.send(()).unwrap();
                    goes.await.unwrap();
                    put(&writer, PUBLIC);
                };
                changing.change(&bucket("bucket"), work).await
            });
            is_begun.await.unwrap();
            waiting.abort();
            assert!(waiting.await.is_err());
            go.send(()).unwrap();
        });
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while !is_public(&books, &store) && std::time::Instant::now() < patience {
            std::thread::yield_now();
        }
        assert!(is_public(&books, &store));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut kept = Kept::default();
        let book = |text_bytes| Arc::new(Rulebook { text_bytes, ..Rulebook::default() });
        for number in 0..2 * KEPT_RULEBOOKS_MAX {
            kept.keep(&bucket(&format!("bucket-{number}")), &book(0));
            assert!(kept.books.len() <= KEPT_RULEBOOKS_MAX);
        }
        for number in 0..1000 {
            kept.keep(&bucket(&format!("bucket-{number}")), &book(20_000));
            let bytes: usize = kept.books.values().map(|book| book.text_bytes).sum();
            assert_eq!(bytes, kept.text_bytes);
            assert!(bytes <= KEPT_POLICY_BYTES_MAX);
        }
    }

    #[test]
    fn a_bucket_that_is_not_there_is_not_kept() {
        let ((_dir, store), books) = (store(), Rulebooks::default());
        assert!(books.of(&store, &bucket("absent")).unwrap().policy().unwrap().is_none());
        assert!(books.kept.read().unwrap().books.is_empty());
    }
}
