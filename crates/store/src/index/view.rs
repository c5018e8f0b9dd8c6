//! One moment of the index: the layers of the log over the tree.

use std::iter::Peekable;
use std::ops::Bound;
use std::sync::Arc;

use super::layer::{Bounds, Change, Layer, Layers, Range};
use super::tree::{Moment, TreeRows};
use crate::error::StoreError;
use crate::format::{Record, Table, keys};

/// One moment of the index.
pub(crate) struct View<'t> {
    pub(super) layers: Arc<Layers>,
    pub(super) tree: Moment<'t>,
}

impl View<'_> {
    /// The record under `key`.
    pub(crate) fn get<R: Record>(&self, key: &[u8]) -> Result<Option<R>, StoreError> {
        let value = self.value(R::TABLE, key)?;
        value.map(|value| Found { key, value }.unseal()).transpose()
    }

    /// Whether there is a row under `key`, damaged or not.
    pub(crate) fn contains(&self, table: Table, key: &[u8]) -> Result<bool, StoreError> {
        self.value(table, key).map(|value| value.is_some())
    }

    fn value(&self, table: Table, key: &[u8]) -> Result<Option<&[u8]>, StoreError> {
        match self.layers.each().find_map(|layer| layer.get(table, key)) {
            Some(value) => Ok(value),
            None => self.tree.get(table, key),
        }
    }

    /// The rows from `from` on whose keys begin with `prefix`, in order.
    pub(crate) fn scan<'v>(
        &'v self,
        table: Table,
        prefix: &[u8],
        from: Bound<&[u8]>,
    ) -> Result<impl Iterator<Item = Result<Found<'v>, StoreError>> + use<'v>, StoreError> {
        // Because: LMDB knows no empty key, not even to look for.
        let from = match from {
            Bound::Included([]) | Bound::Excluded([]) | Bound::Unbounded => Bound::Unbounded,
            Bound::Included(_) | Bound::Excluded(_) => from,
        };
        let to = keys::successor(prefix).map_or(Bound::Unbounded, Bound::Excluded);
        let bounds = Bounds { from: from.map(<[u8]>::to_vec), to };
        let above = self.layers.each().map(|layer| layer.range(table, &bounds).peekable());
        let above = above.collect();
        Ok(Merged { above, tree: self.tree.range(table, &bounds)?.peekable() })
    }

    /// How many rows there are.
    pub(crate) fn count(&self, table: Table) -> Result<u64, StoreError> {
        let mut count = self.tree.count(table)?;
        let mut newer: Option<&Layer> = None;
        for layer in self.layers.each() {
            for (key, value) in layer.rows(table) {
                if newer.is_some_and(|newer| newer.get(table, key).is_some()) {
                    continue;
                }
                match (self.tree.get(table, key)?.is_some(), value.is_some()) {
                    (false, true) => count += 1,
                    (true, false) => count -= 1,
                    (true, true) | (false, false) => {}
                }
            }
            newer = Some(layer);
        }
        Ok(count)
    }

    /// All rows whose keys begin with `prefix`.
    pub(crate) fn scan_all<'v>(
        &'v self,
        table: Table,
        prefix: &[u8],
    ) -> Result<impl Iterator<Item = Result<Found<'v>, StoreError>> + use<'v>, StoreError> {
        self.scan(table, prefix, Bound::Included(prefix))
    }
}

/// A row as it lies in the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'t> {
    pub key: &'t [u8],
    value: &'t [u8],
}

impl Found<'_> {
    /// Reads the record.
    pub(crate) fn unseal<R: Record>(&self) -> Result<R, StoreError> {
        R::unseal(self.key, self.value).ok_or_else(|| self.corrupt::<R>())
    }

    /// Says that this row is damaged.
    pub(crate) fn corrupt<R: Record>(&self) -> StoreError {
        StoreError::Corrupt { what: R::WHAT, at: self.key.escape_ascii().to_string() }
    }
}

/// Rows of the layers and the tree in one order. Of a key, the newest layer's value counts.
struct Merged<'v> {
    /// Newest first.
    above: Vec<Peekable<Range<'v>>>,
    tree: Peekable<TreeRows<'v>>,
}

impl<'v> Merged<'v> {
    /// The next key, with its value unless it was removed.
    fn step(&mut self) -> Option<Result<Change<'v>, StoreError>> {
        let least_above = self.above.iter_mut().filter_map(|rows| rows.peek()).map(|row| row.0);
        let least_above = least_above.min();
        let in_tree = match self.tree.peek() {
            Some(Ok((key, _))) => Some(*key),
            Some(Err(_)) => return self.tree.next().map(|row| row.map(|(k, v)| (k, Some(v)))),
            None => None,
        };
        let key = least_above.into_iter().chain(in_tree).min()?;
        let below = self.tree.next_if(|row| row.as_ref().is_ok_and(|(k, _)| *k == key));
        let mut value = below.and_then(Result::ok).map(|(_, value)| value);
        for rows in self.above.iter_mut().rev() {
            if let Some((_, newer)) = rows.next_if(|(k, _)| *k == key) {
                value = newer;
            }
        }
        Some(Ok((key, value)))
    }
}

impl<'v> Iterator for Merged<'v> {
    type Item = Result<Found<'v>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.step()? {
                Ok((key, Some(value))) => return Some(Ok(Found { key, value })),
                Ok((_, None)) => {}
                Err(e) => return Some(Err(e)),
            }
        }
    }
}
