//! A copy of a store in a folder of its own, made file by file. It becomes a store at its end.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::marker::{NOT_COPIED, write_marker};
use super::{BLOBS, Disk, File, INDEX, INDEX_FILE, STAGING, make_folder, sync_folder};
use crate::error::StoreError;
use crate::format::FileId;

/// How files of content come into a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilesAre {
    /// As copies, which share nothing with the store, or blocks where the file system can do that.
    Copied,
    /// As second names of the same files: at once, and safe from removal but not from the disk.
    Linked,
}

/// A copy that is being made. Without its marker it is no store, so that one that was cut short is
/// not taken for one.
#[derive(Debug)]
pub(crate) struct Copy(PathBuf);

impl Copy {
    /// Begins a copy in `dir`, which is absent or empty.
    pub(crate) fn begin(dir: &Path) -> Result<Self, StoreError> {
        let copying = |e| StoreError::io("beginning the copy", e);
        make_folder(dir).map_err(copying)?;
        if dir.read_dir().map_err(copying)?.next().is_some() {
            return Err(StoreError::Foreign(dir.to_owned()));
        }
        let lay_out = || -> io::Result<()> {
            for folder in [INDEX, STAGING, BLOBS] {
                make_folder(&dir.join(folder))?;
            }
            (0..=u8::MAX).try_for_each(|first| {
                make_folder(&dir.join(BLOBS).join(s3::hex::encode(&[first]))).map(drop)
            })
        };
        lay_out().map_err(copying)?;
        Ok(Self(dir.to_owned()))
    }

    /// The file for the index.
    pub(crate) fn index_file(&self) -> Result<File, StoreError> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.index().join(INDEX_FILE));
        file.map_err(|e| StoreError::io("creating the copy of the index", e))
    }

    /// Where the index is.
    pub(crate) fn index(&self) -> PathBuf {
        self.0.join(INDEX)
    }

    /// Takes in a file of content and returns its size; none when the store does not have it.
    pub(crate) fn take(
        &self,
        disk: &Disk,
        id: FileId,
        files: FilesAre,
    ) -> Result<Option<u64>, StoreError> {
        let to = self.0.join(BLOBS).join(s3::hex::encode(&[id.folder()])).join(id.name());
        let taken = disk.find(id, |from| match files {
            FilesAre::Copied => fs::copy(from, &to),
            FilesAre::Linked => fs::hard_link(from, &to).and_then(|()| Ok(to.metadata()?.len())),
        });
        taken.map_err(|e| StoreError::io("copying a blob", e))
    }

    /// Takes in what else lies in the folder, as the credentials do, makes all of it durable, and
    /// marks it as a store.
    pub(crate) fn finish(self, disk: &Disk) -> Result<(), StoreError> {
        let finish = || -> io::Result<()> {
            for entry in disk.dir.read_dir()? {
                let entry = entry?;
                let is_ours = NOT_COPIED.iter().any(|name| entry.file_name() == *name);
                if entry.file_type()?.is_file() && !is_ours {
                    fs::copy(entry.path(), self.0.join(entry.file_name()))?;
                }
            }
            rustix::fs::syncfs(File::open(&self.0)?)?;
            let parent = self.0.parent().filter(|parent| !parent.as_os_str().is_empty());
            sync_folder(parent.unwrap_or(Path::new(".")))?;
            write_marker(&self.0)
        };
        finish().map_err(|e| StoreError::io("finishing the copy", e))
    }
}
