//! A file that holds secrets: written whole or not at all, readable by its owner only.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// Why a file of secrets is of no use.
#[derive(Debug)]
pub enum FileError {
    /// The file does not hold what it should.
    Malformed {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
    },
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

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { path, expected } => {
                write!(f, "`{}` does not hold {expected}", path.display())
            }
            Self::Exposed(path) => {
                write!(f, "`{}` can be read by others than its owner", path.display())
            }
            Self::Io { path, source } => write!(f, "`{}`: {source}", path.display()),
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Io { source, .. } = self { Some(source) } else { None }
    }
}

/// What the file `name` in `dir` holds; none when there is no such file.
pub(crate) fn read(dir: &Path, name: &str) -> Result<Option<Zeroizing<String>>, FileError> {
    let path = dir.join(name);
    let io_error = |source| FileError::Io { path: path.clone(), source };
    let file = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(io_error)?,
    };
    if file.metadata().map_err(io_error)?.mode() & 0o077 != 0 {
        return Err(FileError::Exposed(path));
    }
    let text = io::read_to_string(file).map_err(io_error)?;
    Ok(Some(Zeroizing::new(text)))
}

/// Writes a new file: under another name first, synced, then renamed.
pub(crate) fn create(dir: &Path, name: &str, text: &str) -> Result<(), FileError> {
    let path = dir.join(name);
    save(dir, &path, text).map_err(|source| FileError::Io { path, source })
}

fn save(dir: &Path, path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_added_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    File::open(dir)?.sync_all()
}
