//! Tags of an object or of one of its versions, put in place of those that are there.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html>. The object stays
//! what it is, and so does the time it was modified.

use s3::{BucketName, ObjectKey, Tags};

use crate::commit::pending::Pending;
use crate::error::StoreError;
use crate::format::Table;
use crate::format::rows::ObjectRow;
use crate::format::versions::{Past, Versioning};
use crate::store::Store;
use crate::version::VersionId;
use crate::version::find::{self, Located};

/// How tags are put.
#[derive(Clone, Debug, Default)]
pub struct TagOptions {
    /// On which version; none is the current object.
    pub version: Option<VersionId>,
    /// The tags; none takes all off.
    pub tags: Tags,
    /// The tags that the object must have until then; none is any.
    pub expected: Option<Tags>,
}

impl Store {
    /// Puts tags on a version, or on the current object, and says which version that is, if the
    /// bucket has versions. Errors: `NoSuchBucket`, `NoSuchKey`, `NoSuchVersion`, `DeleteMarker`,
    /// `Full`, `Changed` when the object has other tags than those `expected`.
    pub fn set_tags(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        options: TagOptions,
    ) -> Pending<Option<VersionId>> {
        let (bucket, key) = (bucket.clone(), key.clone());
        let TagOptions { version, tags, expected } = options;
        self.submit(move |transaction| {
            let bucket = transaction.bucket(&bucket)?;
            let found = find::object(transaction.view(), &bucket, &key, version)?;
            if expected.is_some_and(|expected| expected != found.row.tags) {
                return Err(StoreError::Changed);
            }
            if !tags.is_empty() {
                transaction.need_room()?;
            }
            let Located { row_key, table, row } = found;
            let row = ObjectRow { tags, ..row };
            let id = VersionId::of(row.summary.version);
            if table == Table::Objects {
                transaction.put(&row_key, &row)?;
            } else {
                transaction.put(&row_key, &Past::Object(row))?;
            }
            Ok::<_, StoreError>((bucket.versioning != Versioning::Never).then_some(id))
        })
    }
}
