//! Rows that are in the log and not yet in the tree: what a look at the index asks first.
//!
//! Maps share what they have in common, so that each commit has a version of its own and a reader
//! keeps the one it began with.

use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

use crate::format::Table;

/// A new value; none for a row that was removed.
type Value = Option<Arc<[u8]>>;
type Rows = RedBlackTreeMapSync<Arc<[u8]>, Value>;

/// The rows that some batches in a row have left.
#[derive(Clone, Debug)]
pub(super) struct Layer([Rows; 9]);

impl Layer {
    pub(super) fn new() -> Self {
        Self(std::array::from_fn(|_| Rows::new_sync()))
    }

    pub(super) fn set(&mut self, table: Table, key: &[u8], value: Option<&[u8]>) {
        if let Some(rows) = self.0.get_mut(usize::from(table.number())) {
            rows.insert_mut(key.into(), value.map(Arc::from));
        }
    }

    /// The row's new value, if it has one here.
    pub(super) fn get(&self, table: Table, key: &[u8]) -> Option<Option<&[u8]>> {
        let rows = self.of(table).filter(|rows| !rows.is_empty())?;
        rows.get(key).map(|value| value.as_deref())
    }

    /// The rows within bounds, in order.
    pub(super) fn range(&self, table: Table, bounds: &Bounds) -> Range<'_> {
        match self.of(table).filter(|rows| !rows.is_empty() && !bounds.are_empty()) {
            Some(rows) => {
                let range = rows.range(bounds.clone());
                Box::new(range.map(|(key, value)| (&**key, value.as_deref())))
            }
            None => Box::new(std::iter::empty()),
        }
    }

    /// All rows of a table, in order.
    pub(super) fn rows(&self, table: Table) -> Range<'_> {
        self.range(table, &Bounds { from: Bound::Unbounded, to: Bound::Unbounded })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Rows::is_empty)
    }

    fn of(&self, table: Table) -> Option<&Rows> {
        self.0.get(usize::from(table.number()))
    }
}

/// Keys from one to another.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) from: Bound<Vec<u8>>,
    pub(super) to: Bound<Vec<u8>>,
}

impl Bounds {
    /// Whether no key can be within.
    fn are_empty(&self) -> bool {
        match (&self.from, &self.to) {
            (Bound::Included(from), Bound::Included(to)) => from > to,
            (Bound::Included(from) | Bound::Excluded(from), Bound::Excluded(to))
            | (Bound::Excluded(from), Bound::Included(to)) => from >= to,
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        }
    }
}

impl RangeBounds<[u8]> for Bounds {
    fn start_bound(&self) -> Bound<&[u8]> {
        self.from.as_ref().map(Vec::as_slice)
    }

    fn end_bound(&self) -> Bound<&[u8]> {
        self.to.as_ref().map(Vec::as_slice)
    }
}

/// A key with its new value, if it has one.
pub(super) type Change<'l> = (&'l [u8], Option<&'l [u8]>);
/// Changes in the order of their keys.
pub(super) type Range<'l> = Box<dyn Iterator<Item = Change<'l>> + 'l>;

/// What lies above the tree at one moment.
#[derive(Clone, Debug)]
pub(super) struct Layers {
    /// What the last batches have left.
    pub(super) active: Layer,
    /// What those before them have left, while it is brought into the tree.
    pub(super) frozen: Option<Arc<Layer>>,
    /// The last batch.
    pub(super) number: u64,
}

impl Layers {
    pub(super) fn new(number: u64) -> Self {
        Self { active: Layer::new(), frozen: None, number }
    }

    /// Newest first.
    pub(super) fn each(&self) -> impl Iterator<Item = &Layer> {
        [Some(&self.active), self.frozen.as_deref()].into_iter().flatten()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.each().all(Layer::is_empty)
    }
}
