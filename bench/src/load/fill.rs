//! A store with many objects, filled without a server: a million takes seconds then.

use std::collections::VecDeque;

use s3::{BucketName, ObjectKey};
use store::{Pending, PutOptions, Store};

use crate::failure::Failure;
use crate::output::say;
use crate::place::Folder;

/// Objects below one common prefix.
pub(super) const OBJECTS_OF_PREFIX: usize = 5;
/// Writes under way at a time: the store takes 4096, and 1024 share a commit.
const PENDING_MAX: usize = 3000;

/// Fills the store `name` in `folder`, which `bench` is the bucket of.
pub(super) fn fill(folder: &Folder, name: &str, objects: usize) -> Result<(), Failure> {
    say(&format!("filling a store with {objects} objects"));
    let filling = || Failure::while_doing::<String>("filling the store");
    let stored = |error: store::StoreError| filling()(error.to_string());
    let store = Store::open(&folder.join(name)).map_err(stored)?;
    let bucket = BucketName::parse("bench").map_err(|e| filling()(e.to_string()))?;
    store.create_bucket(&bucket, 0).wait().map_err(stored)?;
    let mut under_way: VecDeque<Pending<store::Object>> = VecDeque::new();
    for n in 0..objects {
        if under_way.len() >= PENDING_MAX
            && let Some(oldest) = under_way.pop_front()
        {
            oldest.wait().map_err(stored)?;
        }
        let key = ObjectKey::parse(key(n)).map_err(|e| filling()(e.to_string()))?;
        let mut writer = store.writer();
        writer.write(&n.to_string().into_bytes()).map_err(stored)?;
        let content = writer.finish().map_err(stored)?;
        under_way.push_back(store.put(&bucket, key, content, PutOptions::default()));
    }
    for pending in under_way {
        pending.wait().map_err(stored)?;
    }
    store.close();
    Ok(())
}

/// The key of the `n`th object, as long as keys often are.
pub(super) fn key(n: usize) -> String {
    let (prefix, n) = (n / OBJECTS_OF_PREFIX, n % OBJECTS_OF_PREFIX);
    format!("customers/{prefix:07}/invoices/invoice-{n:03}.pdf")
}
