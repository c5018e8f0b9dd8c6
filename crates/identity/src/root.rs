//! The root user's access key: made at first start, kept in `root-credentials` in the data
//! folder, readable by its owner only, in the format of AWS's shared credentials file.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use signature::Credentials;
use zeroize::Zeroizing;

/// The file's name in the data folder.
pub const FILE_NAME: &str = "root-credentials";

/// Why there is no root access key.
#[derive(Debug)]
pub enum RootError {
    /// The file does not hold an access key id and a secret.
    Malformed(PathBuf),
    /// The file could be read by others than its owner.
    Exposed(PathBuf),
    /// The machine failed.
    Io {
        /// The file.
        path: PathBuf,
        /// What the machine said.
        source: io::Error,
    },
}

impl fmt::Display for RootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(path) => write!(
                f,
                "`{}` does not hold aws_access_key_id and aws_secret_access_key",
                path.display()
            ),
            Self::Exposed(path) => {
                write!(f, "`{}` can be read by others than its owner", path.display())
            }
            Self::Io { path, source } => write!(f, "`{}`: {source}", path.display()),
        }
    }
}

impl std::error::Error for RootError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Io { source, .. } = self { Some(source) } else { None }
    }
}

/// The root access key that `dir` keeps; a new one when it keeps none.
///
/// # Errors
/// A file that is malformed, or that others can read, or that the machine cannot handle.
pub fn load_or_create(dir: &Path) -> Result<Credentials, RootError> {
    let path = dir.join(FILE_NAME);
    match load(&path) {
        Err(RootError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            let credentials = random().map_err(|source| io_error(&path, source))?;
            save(dir, &path, &credentials).map_err(|source| io_error(&path, source))?;
            Ok(credentials)
        }
        loaded => loaded,
    }
}

fn io_error(path: &Path, source: io::Error) -> RootError {
    RootError::Io { path: path.into(), source }
}

fn load(path: &Path) -> Result<Credentials, RootError> {
    use std::os::unix::fs::MetadataExt as _;
    let file = File::open(path).map_err(|source| io_error(path, source))?;
    let mode = file.metadata().map_err(|source| io_error(path, source))?.mode();
    if mode & 0o077 != 0 {
        return Err(RootError::Exposed(path.into()));
    }
    let text = io::read_to_string(file).map_err(|source| io_error(path, source))?;
    let text = Zeroizing::new(text);
    let value = |name: &str| {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .find(|(n, _)| n.trim() == name)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    };
    match (value("aws_access_key_id"), value("aws_secret_access_key")) {
        (Some(id), Some(secret)) => Ok(Credentials::new(id, secret, None)),
        (None, _) | (_, None) => Err(RootError::Malformed(path.into())),
    }
}

/// Writes a new file, whole or not at all: under another name first, synced, then renamed.
fn save(dir: &Path, path: &Path, credentials: &Credentials) -> io::Result<()> {
    let draft = dir.join("root-credentials.new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    write!(
        file,
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        credentials.access_key_id(),
        credentials.secret().expose()
    )?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    File::open(dir)?.sync_all()
}

/// An access key in AWS's dress: `AKIA` and 16 characters, and a secret of 40 (240 random bits).
fn random() -> io::Result<Credentials> {
    const ID: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const SECRET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let id = format!("AKIA{}", *random_text::<16>(ID)?);
    Ok(Credentials::new(&id, &random_text::<40>(SECRET)?, None))
}

/// `N` characters of an alphabet whose size divides 256, so that none is likelier.
fn random_text<const N: usize>(alphabet: &[u8]) -> io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(io::Error::other)?;
    // With room for all: what a growing text leaves behind is not wiped.
    let mut text = Zeroizing::new(String::with_capacity(N));
    let pick = |byte: &u8| alphabet.get(usize::from(*byte) % alphabet.len()).copied();
    text.extend(bytes.iter().filter_map(pick).map(char::from));
    Ok(text)
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
        assert!(matches!(load_or_create(dir.path()), Err(RootError::Exposed(_))));
    }

    #[test]
    fn a_damaged_file_is_refused_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        load_or_create(dir.path()).unwrap();
        std::fs::write(&path, "[default]\naws_access_key_id = AKIA\n").unwrap();
        assert!(matches!(load_or_create(dir.path()), Err(RootError::Malformed(_))));
        assert!(std::fs::read_to_string(&path).unwrap().contains("AKIA"));
    }
}
