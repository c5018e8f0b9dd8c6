//! The `VersioningConfiguration` document.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html>

use super::DocumentError;
use super::read::{child, parse};

/// What a bucket is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersioningStatus {
    /// Keep versions.
    Enabled,
    /// Keep no more of them.
    Suspended,
}

/// A `VersioningConfiguration` document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versioning {
    /// The status, when there is one.
    pub status: Option<VersioningStatus>,
    /// Whether deleting shall need a device.
    pub wants_mfa_delete: bool,
}

/// Reads a `VersioningConfiguration` document.
///
/// # Errors
/// When it is not such a document.
pub fn read_versioning(text: &str) -> Result<Versioning, DocumentError> {
    let document = parse(text)?;
    let root = document.root_element();
    if root.tag_name().name() != "VersioningConfiguration" {
        return Err(DocumentError::Malformed);
    }
    let status = match child(root, "Status") {
        None => None,
        Some("Enabled") => Some(VersioningStatus::Enabled),
        Some("Suspended") => Some(VersioningStatus::Suspended),
        Some(_) => return Err(DocumentError::Malformed),
    };
    let wants_mfa_delete = match child(root, "MfaDelete") {
        None | Some("Disabled") => false,
        Some("Enabled") => true,
        Some(_) => return Err(DocumentError::Malformed),
    };
    Ok(Versioning { status, wants_mfa_delete })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn read(inner: &str) -> Result<Versioning, DocumentError> {
        read_versioning(&format!("<VersioningConfiguration>{inner}</VersioningConfiguration>"))
    }

    #[test]
    fn a_status_is_read() {
        let status = |inner| read(inner).unwrap().status;
        assert_eq!(status("<Status>Enabled</Status>"), Some(VersioningStatus::Enabled));
        assert_eq!(status("<Status>Suspended</Status>"), Some(VersioningStatus::Suspended));
        assert_eq!(status(""), None);
        assert!(read("<MfaDelete>Enabled</MfaDelete>").unwrap().wants_mfa_delete);
        assert!(!read("<MfaDelete>Disabled</MfaDelete>").unwrap().wants_mfa_delete);
    }

    #[test]
    fn other_words_are_malformed() {
        for inner in ["<Status>enabled</Status>", "<Status/>", "<MfaDelete>On</MfaDelete>", "<"] {
            assert_eq!(read(inner), Err(DocumentError::Malformed), "{inner}");
        }
        assert_eq!(read_versioning("<Other/>"), Err(DocumentError::Malformed));
        assert_eq!(read_versioning(""), Err(DocumentError::Malformed));
    }
}
