//! The plain map: under each key its versions, the latest first.

use std::collections::{BTreeMap, BTreeSet};

use s3::Tags;
use store::{Deleted, VersionId, Versioning};

use super::Pick;
use crate::fixture::{LARGE, pattern};

/// What one object holds. Pieces with one seed are one content, however many objects have it.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) pieces: Vec<(u64, usize)>,
    pub(super) attributes: u64,
    pub(super) tags: Tags,
}

impl Content {
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.pieces.iter().flat_map(|(seed, size)| pattern(*seed, *size)).collect()
    }
}

/// A version of a key; without content it is a delete marker.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) id: VersionId,
    pub(super) modified_ms: u64,
    pub(super) content: Option<Content>,
}

#[derive(Default)]
pub(super) struct Plain {
    pub(super) versioning: Versioning,
    keys: BTreeMap<&'static str, Vec<Line>>,
    gone: Vec<VersionId>,
    ids: BTreeSet<VersionId>,
}

impl Plain {
    pub(super) fn lines(&self, name: &str) -> &[Line] {
        self.keys.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &Line)> {
        self.keys.iter().flat_map(|(name, lines)| lines.iter().map(|line| (*name, line)))
    }

    pub(super) fn current(&self, name: &str) -> Option<&Line> {
        self.lines(name).first().filter(|line| line.content.is_some())
    }

    pub(super) fn find(&self, name: &str, version: Option<VersionId>) -> Option<&Line> {
        let lines = self.lines(name);
        version.map_or(lines.first(), |id| lines.iter().find(|line| line.id == id))
    }

    pub(super) fn find_mut(&mut self, name: &str, version: Option<VersionId>) -> Option<&mut Line> {
        let lines = self.keys.get_mut(name)?;
        match version {
            None => lines.first_mut(),
            Some(id) => lines.iter_mut().find(|line| line.id == id),
        }
    }

    pub(super) fn pick(&self, name: &str, pick: Pick) -> Option<VersionId> {
        let lines = self.lines(name);
        match pick {
            Pick::Current => None,
            Pick::Nth(n) => lines.get(n % lines.len().max(1)).map(|line| line.id),
            Pick::Gone => self.gone.last().copied(),
        }
    }

    /// Why a version cannot be read, in a word.
    pub(super) fn refusal(&self, name: &str, version: Option<VersionId>) -> Option<&'static str> {
        match (self.find(name, version), version) {
            (Some(Line { content: Some(_), .. }), _) => None,
            (Some(_), _) => Some("marker"),
            (None, Some(_)) => Some("no version"),
            (None, None) => Some("no key"),
        }
    }

    /// Puts an object, which got this id.
    pub(super) fn put(
        &mut self,
        name: &'static str,
        id: Option<VersionId>,
        modified_ms: u64,
        content: Content,
    ) {
        assert_eq!(id.is_none(), self.versioning == Versioning::Never);
        self.write(name, id.unwrap_or(VersionId::NULL), modified_ms, Some(content));
    }

    fn write(
        &mut self,
        name: &'static str,
        id: VersionId,
        modified_ms: u64,
        content: Option<Content>,
    ) {
        assert_eq!(id.is_null(), self.versioning != Versioning::Enabled);
        assert!(id.is_null() || self.ids.insert(id), "{id} was drawn twice");
        let lines = self.keys.entry(name).or_default();
        lines.retain(|line| line.id != id);
        lines.insert(0, Line { id, modified_ms, content });
    }

    /// Deletes, and holds the store's answer to it.
    pub(super) fn delete(
        &mut self,
        name: &'static str,
        version: Option<VersionId>,
        modified_ms: u64,
        deleted: Deleted,
    ) {
        let version = match (version, self.versioning) {
            (None, Versioning::Enabled | Versioning::Suspended) => {
                return self.write(name, deleted.marker.unwrap(), modified_ms, None);
            }
            (None, Versioning::Never) => VersionId::NULL,
            (Some(id), _) => id,
        };
        let lines = self.keys.entry(name).or_default();
        let at = lines.iter().position(|line| line.id == version);
        let line = at.map(|at| lines.remove(at));
        assert_eq!(deleted.existed, line.is_some());
        let marker = line.filter(|line| line.content.is_none());
        assert_eq!(deleted.marker, marker.map(|marker| marker.id));
        self.gone.push(version);
    }

    /// How many files there should be, with those of some parts.
    pub(super) fn files(&self, parts: impl Iterator<Item = (u64, usize)>) -> usize {
        let contents = self.all().filter_map(|(_, line)| line.content.as_ref());
        let pieces = contents.flat_map(|content| content.pieces.iter().copied());
        let large = pieces.chain(parts).filter(|(_, size)| *size >= LARGE);
        large.map(|(seed, _)| seed).collect::<BTreeSet<_>>().len()
    }
}
