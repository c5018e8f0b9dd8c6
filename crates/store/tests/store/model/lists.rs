//! Listings, the slow way: look at every key.

use proptest::prelude::*;
use store::{ListQuery, VersionEntry, VersionId, VersionQuery};

use super::{Line, Model, Pick, key_of};
use crate::fixture::Fixture;

#[derive(Clone, Debug)]
pub(super) struct List {
    prefix: &'static str,
    delimiter: &'static str,
    after: Option<&'static str>,
    limit: usize,
}

pub(super) fn list() -> impl Strategy<Value = List> {
    let prefixes = prop::sample::select(vec!["", "a", "a/", "a/b", "b/", "c"]);
    let delimiters = prop::sample::select(vec!["", "/", "b", "//"]);
    (prefixes, delimiters, prop::option::of(key_of()), 1..4_usize)
        .prop_map(|(prefix, delimiter, after, limit)| List { prefix, delimiter, after, limit })
}

/// An entry of a listing of versions: a key, its version, whether it is the latest and whether it
/// is a delete marker; or a common prefix.
type Shown = (String, Option<(VersionId, bool, bool)>);

impl List {
    pub(super) fn all() -> Self {
        Self { prefix: "", delimiter: "", after: None, limit: 1000 }
    }

    /// What a key is rolled up in.
    fn roll(&self, key: &str) -> Option<String> {
        let rest = key.strip_prefix(self.prefix)?;
        let at = rest.find(self.delimiter).filter(|_| !self.delimiter.is_empty())?;
        key.get(..self.prefix.len() + at + self.delimiter.len()).map(str::to_owned)
    }

    /// Whether a key or common prefix follows `after`, and what `after` is rolled up in.
    fn follows(&self, text: &str) -> bool {
        self.after.is_none_or(|after| {
            let rolled = self.roll(after);
            text > after && rolled.is_none_or(|rolled| !text.starts_with(&rolled))
        })
    }
}

impl Model {
    pub(super) fn list(&self, house: &Fixture, list: List) {
        let there = super::KEYS.into_iter().filter(|key| self.plain.current(key).is_some());
        let mut there: Vec<&str> = there.collect();
        there.sort_unstable();
        let there = there.into_iter().filter(|key| key.starts_with(list.prefix));
        let rolled = there.map(|key| list.roll(key).unwrap_or_else(|| key.to_owned()));
        let mut expected: Vec<_> = rolled.filter(|text| list.follows(text)).collect();
        expected.dedup();

        let (prefix, delimiter) = (list.prefix.to_owned(), Some(list.delimiter.to_owned()));
        let after = list.after.map(str::to_owned);
        let mut query = ListQuery { prefix, delimiter, after, limit: list.limit };
        let mut got = Vec::new();
        loop {
            let listing = house.store.list(&house.bucket, &query).unwrap();
            got.extend(listing.entries.iter().map(|entry| entry.text().to_owned()));
            let Some(next) = listing.next else { break };
            assert_eq!(listing.entries.len(), query.limit);
            assert_eq!(got.last(), Some(&next));
            query.after = Some(next);
        }
        assert_eq!(got, expected, "{list:?}");
    }

    pub(super) fn list_versions(&self, house: &Fixture, list: List, pick: Option<Pick>) {
        let id = list.after.zip(pick).and_then(|(key, pick)| self.plain.pick(key, pick));
        let id = id.filter(|id| self.plain.find(list.after.unwrap(), Some(*id)).is_some());
        let expected = self.shown(&list, id);

        let (prefix, delimiter) = (list.prefix.to_owned(), Some(list.delimiter.to_owned()));
        let after = list.after.map(|key| (key.to_owned(), id));
        let mut query = VersionQuery { prefix, delimiter, after, limit: list.limit };
        let mut got = Vec::new();
        loop {
            let page = house.store.versions(&house.bucket, &query).unwrap();
            got.extend(page.entries.iter().map(shown));
            if !page.more {
                break;
            }
            assert_eq!(page.entries.len(), query.limit);
            query.after = page.entries.last().map(|entry| {
                let (key, id) = entry.marker();
                (key.to_owned(), id)
            });
        }
        assert_eq!(got, expected, "{list:?} {id:?}");
    }

    /// All entries behind `after` of the list, and behind the version `id` of it.
    fn shown(&self, list: &List, id: Option<VersionId>) -> Vec<Shown> {
        let mut expected: Vec<Shown> = Vec::new();
        let mut keys = super::KEYS;
        keys.sort_unstable();
        for key in keys.into_iter().filter(|key| key.starts_with(list.prefix)) {
            let lines = self.plain.lines(key);
            let follows = list.follows(&list.roll(key).unwrap_or_else(|| key.to_owned()));
            let from = match id.filter(|_| list.after == Some(key)) {
                Some(id) => lines.iter().position(|line| line.id == id).unwrap() + 1,
                None if follows => 0,
                None => lines.len(),
            };
            match list.roll(key) {
                Some(rolled) if follows && !lines.is_empty() => expected.push((rolled, None)),
                Some(_) => {}
                None => {
                    let lines = lines.iter().enumerate().skip(from);
                    expected.extend(lines.map(|(at, line)| line_of(key, at, line)));
                }
            }
        }
        expected.dedup_by(|a, b| a.1.is_none() && a == b);
        expected
    }
}

fn line_of(key: &str, at: usize, line: &Line) -> Shown {
    (key.to_owned(), Some((line.id, at == 0, line.content.is_none())))
}

fn shown(entry: &VersionEntry) -> Shown {
    match entry {
        VersionEntry::Object(version, object) => {
            (object.key.to_string(), Some((version.id, version.is_latest, false)))
        }
        VersionEntry::DeleteMarker(version, key, _) => {
            (key.to_string(), Some((version.id, version.is_latest, true)))
        }
        VersionEntry::CommonPrefix(prefix) => (prefix.clone(), None),
    }
}
