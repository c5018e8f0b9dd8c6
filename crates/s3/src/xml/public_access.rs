//! The `PublicAccessBlockConfiguration` document.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html>

use alloc::string::String;

use super::read::{child, parse};
use super::{DocumentError, Writer};

/// The four switches, in the order of the document. One that is not there is off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "S3's four switches, independent of each other")]
pub struct PublicAccess {
    /// `BlockPublicAcls`.
    pub block_public_acls: bool,
    /// `IgnorePublicAcls`.
    pub ignore_public_acls: bool,
    /// `BlockPublicPolicy`.
    pub block_public_policy: bool,
    /// `RestrictPublicBuckets`.
    pub restrict_public_buckets: bool,
}

const ROOT: &str = "PublicAccessBlockConfiguration";

/// Reads a `PublicAccessBlockConfiguration` document.
///
/// # Errors
/// When it is not such a document.
pub fn read_public_access(text: &str) -> Result<PublicAccess, DocumentError> {
    let document = parse(text)?;
    let root = document.root_element();
    if root.tag_name().name() != ROOT {
        return Err(DocumentError::Malformed);
    }
    let switch = |name| match child(root, name).map(str::trim) {
        None => Ok(false),
        Some(word) if word.eq_ignore_ascii_case("true") => Ok(true),
        Some(word) if word.eq_ignore_ascii_case("false") => Ok(false),
        Some(_) => Err(DocumentError::Malformed),
    };
    Ok(PublicAccess {
        block_public_acls: switch("BlockPublicAcls")?,
        ignore_public_acls: switch("IgnorePublicAcls")?,
        block_public_policy: switch("BlockPublicPolicy")?,
        restrict_public_buckets: switch("RestrictPublicBuckets")?,
    })
}

/// Writes a `PublicAccessBlockConfiguration` document.
#[must_use]
pub fn write_public_access(access: PublicAccess) -> String {
    let document = Writer::new().root(ROOT, |root| {
        root.text("BlockPublicAcls", access.block_public_acls);
        root.text("IgnorePublicAcls", access.ignore_public_acls);
        root.text("BlockPublicPolicy", access.block_public_policy);
        root.text("RestrictPublicBuckets", access.restrict_public_buckets);
    });
    document.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn read(inner: &str) -> Result<PublicAccess, DocumentError> {
        read_public_access(&format!("<{ROOT}>{inner}</{ROOT}>"))
    }

    #[test]
    fn switches_read_as_they_were_written() {
        for bits in 0..16_u8 {
            let access = PublicAccess {
                block_public_acls: bits & 1 != 0,
                ignore_public_acls: bits & 2 != 0,
                block_public_policy: bits & 4 != 0,
                restrict_public_buckets: bits & 8 != 0,
            };
            assert_eq!(read_public_access(&write_public_access(access)), Ok(access));
        }
    }

    #[test]
    fn a_switch_that_is_not_there_is_off() {
        assert_eq!(read(""), Ok(PublicAccess::default()));
        let some = read("<BlockPublicPolicy>TRUE</BlockPublicPolicy>").unwrap();
        assert_eq!(some, PublicAccess { block_public_policy: true, ..PublicAccess::default() });
    }

    #[test]
    fn other_words_are_malformed() {
        assert_eq!(read("<BlockPublicAcls>on</BlockPublicAcls>"), Err(DocumentError::Malformed));
        assert_eq!(read("<BlockPublicAcls/>"), Err(DocumentError::Malformed));
        assert_eq!(read_public_access("<Other/>"), Err(DocumentError::Malformed));
        assert_eq!(read_public_access(""), Err(DocumentError::Malformed));
    }
}
