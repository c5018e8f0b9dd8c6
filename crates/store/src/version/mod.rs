//! Versions: what else there is under a key, and what is, without ever having had any, the null
//! version of it.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html>. The current
//! object of a key is in a table of its own, so that reading and listing what is current costs the
//! same with versions as without: `docs/disk-format.md` says what holds between the two tables.

pub(crate) mod delete;
pub(crate) mod find;
pub(crate) mod list;
pub(crate) mod slot;

use std::fmt;

use s3::BucketName;

use crate::commit::pending::Pending;
use crate::format::keys;
use crate::format::rows::BucketRow;
use crate::format::versions::{Version, Versioning};
use crate::store::Store;

/// Names a version of a key; opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionId(Option<[u8; 16]>);

impl VersionId {
    /// The version that is written when no versions are kept: at most one of each key.
    pub const NULL: Self = Self(None);

    /// The id with this text; none when no version can have it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let id = if text == "null" { None } else { Some(s3::hex::decode(text)?) };
        Some(Self(id)).filter(|id| id.to_string() == text)
    }

    /// Whether it is the null version's.
    #[must_use]
    pub fn is_null(self) -> bool {
        self == Self::NULL
    }

    /// What finds the version; the null version has none.
    pub(crate) fn number(self) -> Option<u64> {
        let [a, b, c, d, e, f, g, h, ..] = self.0?;
        Some(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }

    pub(crate) fn of(version: Version) -> Self {
        Self(version.random.map(|random| {
            let mut id = [0; 16];
            let (number, rest) = id.split_at_mut(8);
            number.copy_from_slice(&version.number.to_be_bytes());
            rest.copy_from_slice(&random);
            id
        }))
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(id) => f.write_str(&s3::hex::encode(id)),
            None => f.write_str("null"),
        }
    }
}

impl Store {
    /// Enables or suspends versions; a bucket that has had them never goes back to `Never`, which
    /// changes nothing. Errors: `NoSuchBucket`.
    pub fn set_versioning(&self, bucket: &BucketName, versioning: Versioning) -> Pending<()> {
        let bucket = bucket.clone();
        self.submit(move |transaction| {
            let row = transaction.bucket(&bucket)?;
            if versioning == Versioning::Never || versioning == row.versioning {
                return Ok(());
            }
            transaction.put(keys::bucket(&bucket), &BucketRow { versioning, ..row })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_its_text_and_finds_its_number() {
        let version = Version { number: 258, random: Some([0xab; 8]) };
        let id = VersionId::of(version);
        assert_eq!(id.to_string(), "0000000000000102abababababababab");
        assert_eq!((VersionId::parse(&id.to_string()), id.number()), (Some(id), Some(258)));
        let null = VersionId::of(Version { number: 9, random: None });
        assert_eq!((null, null.to_string().as_str()), (VersionId::NULL, "null"));
        assert_eq!(VersionId::parse("null"), Some(VersionId::NULL));
    }

    #[test]
    fn other_texts_are_no_ids() {
        for text in
            ["", "Null", "0", "0000000000000102ABABABABABABABAB", "HPniJFCxqTsMuIH9KX8K8wEj"]
        {
            assert_eq!(VersionId::parse(text), None, "{text}");
        }
    }
}
