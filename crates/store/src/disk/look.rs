//! What lies in the folder, for who looks at it as a whole.

use std::io::{self, ErrorKind};

use super::{BLOBS, Disk};
use crate::error::StoreError;
use crate::format::FileId;
use crate::limits::DISK_RESERVE;

/// What is in one folder of blobs.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// Files of content, with their sizes.
    pub files: Vec<(FileId, u64)>,
    /// The names of all else.
    pub strangers: Vec<String>,
}

impl Disk {
    /// Lists one folder of blobs. What goes meanwhile is not there.
    pub(crate) fn listed(&self, folder: u8) -> Result<Listed, StoreError> {
        let path = self.dir.join(BLOBS).join(s3::hex::encode(&[folder]));
        let list = || -> io::Result<Listed> {
            let mut listed = Listed::default();
            for entry in path.read_dir()? {
                let entry = entry?;
                let name = entry.file_name();
                let id = name.to_str().and_then(FileId::parse);
                match (id.filter(|id| id.folder() == folder), entry.metadata()) {
                    (_, Err(e)) if e.kind() == ErrorKind::NotFound => {}
                    (_, Err(e)) => return Err(e),
                    (Some(id), Ok(metadata)) if metadata.is_file() => {
                        listed.files.push((id, metadata.len()));
                    }
                    (_, Ok(_)) => listed.strangers.push(name.to_string_lossy().into_owned()),
                }
            }
            Ok(listed)
        };
        list().map_err(|e| StoreError::io("listing blobs", e))
    }

    /// The size of a file, wherever it is; none when it is not.
    pub(crate) fn size_of(&self, id: FileId) -> Result<Option<u64>, StoreError> {
        let sized = self.find(id, |path| path.metadata());
        let sized = sized.map_err(|e| StoreError::io("looking at a blob", e))?;
        Ok(sized.map(|metadata| metadata.len()))
    }

    /// Whether there is room for more than removals.
    pub(crate) fn has_room(&self) -> Result<bool, StoreError> {
        Ok(self.free_bytes()? >= DISK_RESERVE)
    }

    /// What the disk has left for us.
    pub(crate) fn free_bytes(&self) -> Result<u64, StoreError> {
        let free = rustix::fs::statvfs(&self.dir);
        let free = free.map_err(|e| StoreError::io("measuring the disk", e.into()))?;
        Ok(free.f_bavail.saturating_mul(free.f_frsize))
    }
}
