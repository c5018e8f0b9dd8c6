//! Records of one kind, found by name and by unique id. Cloning a table shares it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ledger::Version;

use crate::record::{Record, key_of_name};

/// Records of one kind.
pub(crate) struct Table<R: Record>(Arc<Rows<R>>);

struct Rows<R: Record> {
    by_name: BTreeMap<Arc<str>, Arc<Row<R>>>,
    by_id: HashMap<Arc<str>, Arc<Row<R>>>,
}

/// A record as it was read.
pub(crate) struct Row<R: Record> {
    pub(crate) record: R,
    pub(crate) version: Version,
    pub(crate) compiled: R::Compiled,
}

impl<R: Record> Table<R> {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.by_name.len()
    }

    /// The one of a name, whatever its case.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<Row<R>>> {
        self.0.by_name.get(key_of_name(name).as_str())
    }

    /// The one of a unique id.
    pub(crate) fn identified(&self, id: &str) -> Option<&Arc<Row<R>>> {
        self.0.by_id.get(id)
    }

    /// All of them, in the order of their names.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Arc<Row<R>>> {
        self.0.by_name.values()
    }

    /// Puts one in the place of the one of its name, which it returns.
    pub(crate) fn insert(&mut self, row: Arc<Row<R>>) -> Option<Arc<Row<R>>> {
        let rows = Arc::make_mut(&mut self.0);
        let before = rows.by_name.insert(key_of_name(row.record.name()).into(), Arc::clone(&row));
        if let Some(before) = &before {
            rows.by_id.remove(before.record.id());
        }
        rows.by_id.insert(row.record.id().into(), row);
        before
    }

    /// Takes out the one of a name.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Arc<Row<R>>> {
        let rows = Arc::make_mut(&mut self.0);
        let removed = rows.by_name.remove(key_of_name(name).as_str())?;
        rows.by_id.remove(removed.record.id());
        Some(removed)
    }
}

impl<R: Record> Clone for Table<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R: Record> Default for Table<R> {
    fn default() -> Self {
        Self(Arc::new(Rows { by_name: BTreeMap::new(), by_id: HashMap::new() }))
    }
}

impl<R: Record> Clone for Rows<R> {
    fn clone(&self) -> Self {
        Self { by_name: self.by_name.clone(), by_id: self.by_id.clone() }
    }
}
