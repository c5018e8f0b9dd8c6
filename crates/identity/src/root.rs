//! The root user's access key: made at first start, kept in `root-credentials` in the data
//! folder, readable by its owner only, in the format of AWS's shared credentials file.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>

use std::path::Path;

use signature::Credentials;
use zeroize::Zeroizing;

use crate::file::{self, FileError};
use crate::random;

/// The file's name in the data folder.
pub const FILE_NAME: &str = "root-credentials";

/// The root access key that `dir` keeps; a new one when it keeps none.
///
/// # Errors
/// A file that is malformed, or that others can read, or that the machine cannot handle.
pub fn load_or_create(dir: &Path) -> Result<Credentials, FileError> {
    let path = || dir.join(FILE_NAME);
    if let Some(text) = file::read(dir, FILE_NAME)? {
        let expected = "aws_access_key_id and aws_secret_access_key";
        return parse(&text).ok_or_else(|| FileError::Malformed { path: path(), expected });
    }
    let credentials =
        random::credentials().map_err(|source| FileError::Io { path: path(), source })?;
    file::create(dir, FILE_NAME, &text(&credentials))?;
    Ok(credentials)
}

fn parse(text: &str) -> Option<Credentials> {
    let value = |name: &str| {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .find(|(n, _)| n.trim() == name)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    };
    let (id, secret) = (value("aws_access_key_id")?, value("aws_secret_access_key")?);
    Some(Credentials::new(id, secret, None))
}

fn text(credentials: &Credentials) -> Zeroizing<String> {
    Zeroizing::new(format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        credentials.access_key_id(),
        credentials.secret().expose()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_key_is_made_once_and_then_kept() {
        let dir = tempfile::tempdir().unwrap();
        let first = load_or_create(dir.path()).unwrap();
        let again = load_or_create(dir.path()).unwrap();
        assert_eq!(first.access_key_id(), again.access_key_id());
        assert_eq!(first.secret().expose(), again.secret().expose());
        assert_eq!((first.access_key_id().len(), first.secret().expose().len()), (20, 40));
        let mode = std::fs::metadata(dir.path().join(FILE_NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn two_folders_have_two_keys() {
        let [a, b] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [a, b] = [a, b].map(|dir| load_or_create(dir.path()).unwrap());
        assert_ne!(a.access_key_id(), b.access_key_id());
        assert_ne!(a.secret().expose(), b.secret().expose());
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        load_or_create(dir.path()).unwrap();
        let path = dir.path().join(FILE_NAME);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(load_or_create(dir.path()), Err(FileError::Exposed(_))));
    }

    #[test]
    fn a_damaged_file_is_refused_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        load_or_create(dir.path()).unwrap();
        std::fs::write(&path, "[default]\naws_access_key_id = AKIA\n").unwrap();
        assert!(matches!(load_or_create(dir.path()), Err(FileError::Malformed { .. })));
        assert!(std::fs::read_to_string(&path).unwrap().contains("AKIA"));
    }
}
