//! What is to be committed together: rows for the log, and what they leave for who looks.

use std::sync::Arc;

use super::layer::Layers;
use super::tree::Moment;
use super::view::View;
use super::{Index, Uncommitted};
use crate::error::StoreError;
use crate::format::batch::BatchBytes;
use crate::format::{Record, Table};
use crate::limits::KEY_BYTES_MAX;

/// What is to be committed together.
pub(crate) struct Changes<'t> {
    index: &'t Index,
    /// The moment at which it began, with the changes made so far.
    view: View<'t>,
    batch: BatchBytes,
    /// Writes tried so far.
    attempts: u64,
}

impl<'t> Changes<'t> {
    pub(super) fn new(index: &'t Index, layers: Arc<Layers>, tree: Moment<'t>) -> Self {
        Self { index, view: View { layers, tree }, batch: BatchBytes::new(), attempts: 0 }
    }

    /// The index with the changes made so far.
    pub(crate) fn view(&self) -> &View<'t> {
        &self.view
    }

    pub(crate) fn put<R: Record>(&mut self, key: &[u8], record: &R) -> Result<(), StoreError> {
        self.change(R::TABLE, key, Some(&record.seal(key)))
    }

    pub(crate) fn delete(&mut self, table: Table, key: &[u8]) -> Result<(), StoreError> {
        self.change(table, key, None)
    }

    fn change(&mut self, table: Table, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        self.attempts += 1;
        // A row that the tree refuses would keep all that is behind it out of the tree.
        if key.is_empty() || key.len() > KEY_BYTES_MAX {
            return Err(StoreError::Corrupt { what: "key", at: key.escape_ascii().to_string() });
        }
        Arc::make_mut(&mut self.view.layers).active.set(table, key, value);
        self.batch.add(table, key, value);
        Ok(())
    }

    /// How many writes were tried. Unchanged over an operation, it left nothing behind.
    pub(crate) fn attempts(&self) -> u64 {
        self.attempts
    }

    /// Makes the changes durable and visible.
    pub(crate) fn commit(self) -> Result<(), Uncommitted> {
        let Self { index, view: View { layers, .. }, batch, .. } = self;
        index.commit(batch, layers)
    }
}
