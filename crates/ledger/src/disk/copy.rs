//! A copy of a ledger in a folder of its own, made while another process may write to it.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::DiskLedger;
use super::folder::{INDEX, INDEX_FILE, INDEX_NEW, make_folder, sync_folder, sync_parent};
use super::marker::{is_ledger, write_marker};
use super::table::Table;
use crate::error::LedgerError;
use crate::limits::MAP_BYTES;

impl DiskLedger {
    /// Makes a ledger in `to`, which is absent or empty, of the last commit of the one in `from`,
    /// which another process may have open and write to. The copy is durable; one that was cut
    /// short is no ledger. False, and nothing is made, where no ledger has been made yet.
    ///
    /// # Errors
    /// A folder `from` that is another's, of a later version or damaged, or that this process has
    /// open; a folder `to` that is not empty; or the machine's.
    pub fn copy(from: &Path, to: &Path) -> Result<bool, LedgerError> {
        let copying = |e| LedgerError::io("copying the ledger", e);
        if !from.try_exists().map_err(copying)? || !is_ledger(from)? {
            return Ok(false);
        }
        // A process that was killed may have left the index under its first name.
        let is_placed = from.join(INDEX).join(INDEX_FILE).try_exists().map_err(copying)?;
        let table = Table::look(&from.join(if is_placed { INDEX } else { INDEX_NEW }), MAP_BYTES)?;
        let created = make_folder(to).map_err(copying)?;
        if to.read_dir().map_err(copying)?.next().is_some() {
            return Err(LedgerError::Foreign(to.into()));
        }
        let index = to.join(INDEX);
        make_folder(&index).map_err(copying)?;
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(index.join(INDEX_FILE));
        let mut file = file.map_err(copying)?;
        table.copy_to(&mut file)?;
        file.sync_all().map_err(copying)?;
        sync_folder(&index).map_err(copying)?;
        sync_parent(to, created).map_err(copying)?;
        write_marker(to).and_then(|()| sync_folder(to)).map_err(copying)?;
        Ok(true)
    }
}
