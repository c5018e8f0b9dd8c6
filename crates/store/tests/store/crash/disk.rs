//! A disk that knows live from durable: what a crash can leave of the calls made so far.
//!
//! Bytes are durable once their file was synced, names once their folder was; until then a crash
//! may keep any of them and lose any other, and keep some sectors of a write. Changes of one name
//! keep their order; a rename is one change. No file system is this unkind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::trace::{Act, Call};

/// What a disk writes whole or not at all.
pub(super) const SECTOR: usize = 512;

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Node {
    Folder,
    File(usize),
}

/// Names, and the bytes of files by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Image {
    names: BTreeMap<PathBuf, Node>,
    bytes: BTreeMap<usize, Arc<Vec<u8>>>,
}

/// A change that is not durable yet.
#[derive(Clone)]
pub(super) struct Change {
    /// The line of the record where its call ended.
    ends: usize,
    what: What,
}

#[derive(Clone)]
enum What {
    Names(Vec<(PathBuf, Option<Node>)>),
    Bytes { file: usize, offset: usize, bytes: Arc<Vec<u8>> },
    Size { file: usize, size: usize },
}

/// The sectors of a write that reach the disk; all else reaches it whole.
pub(super) type Torn = Range<usize>;

/// A class of sync, to be left out to see that it is missed.
pub(super) type Ignored = fn(&Path) -> bool;

/// The disk while the record is replayed.
#[derive(Default)]
pub(super) struct Disk {
    names: BTreeMap<PathBuf, Node>,
    files: usize,
    durable: Image,
    pub(super) pending: Vec<Change>,
}

impl Disk {
    /// A call begins: from here on a crash may show what it does.
    pub(super) fn begin(&mut self, call: &Call) {
        let ends = call.ends;
        let mut pend = |what| self.pending.push(Change { ends, what });
        match &call.act {
            Act::Report(_) | Act::Sync(_) => {}
            Act::Create(path) if self.names.contains_key(path) => {}
            Act::Create(path) => {
                let node = Node::File(self.files);
                self.files += 1;
                self.names.insert(path.clone(), node);
                pend(What::Names(vec![(path.clone(), Some(node))]));
            }
            Act::MakeFolder(path) => {
                self.names.insert(path.clone(), Node::Folder);
                pend(What::Names(vec![(path.clone(), Some(Node::Folder))]));
            }
            Act::Rename(from, to) => {
                let node = self.names.remove(from).unwrap();
                self.names.insert(to.clone(), node);
                pend(What::Names(vec![(from.clone(), None), (to.clone(), Some(node))]));
            }
            Act::Remove(path) => {
                self.names.remove(path).unwrap();
                pend(What::Names(vec![(path.clone(), None)]));
            }
            Act::Write { path, offset, bytes, .. } => {
                let (file, bytes) = (self.names[path].number(), Arc::new(bytes.clone()));
                pend(What::Bytes { file, offset: *offset, bytes });
            }
            Act::Truncate(path, size) => {
                pend(What::Size { file: self.names[path].number(), size: *size });
            }
        }
    }

    /// A call ends: what it made durable, no crash takes away any more.
    pub(super) fn end(&mut self, call: &Call, is_ignored: Ignored) {
        let (path, covers): (_, &dyn Fn(&Change) -> bool) = match &call.act {
            Act::Sync(path) => (path, &|change| change.ends < call.begins),
            Act::Write { path, is_synced: true, .. } => (path, &|change| change.ends == call.ends),
            _ => return,
        };
        if is_ignored(path) {
            return;
        }
        let synced = self.names.get(path).copied();
        let is_synced = |change: &Change| {
            covers(change)
                && match &change.what {
                    // The folder of the store itself has no name in it.
                    What::Names(names) => {
                        synced.is_none_or(|node| node == Node::Folder)
                            && names.iter().any(|(name, _)| name.parent() == Some(path))
                    }
                    What::Bytes { file, .. } | What::Size { file, .. } => {
                        synced == Some(Node::File(*file))
                    }
                }
        };
        let chosen = self.pending.iter().map(is_synced).collect();
        let chosen = self.with_what_comes_before(chosen);
        self.durable = self.image(&chosen, None);
        let mut kept = chosen.iter().map(|chosen| !chosen);
        self.pending.retain(|_| kept.next().unwrap());
    }

    /// What a crash leaves that keeps the `chosen` changes, one of them torn.
    pub(super) fn image(&self, chosen: &[bool], torn: Option<(usize, Torn)>) -> Image {
        let mut image = self.durable.clone();
        for (number, change) in self.pending.iter().enumerate() {
            if chosen[number] {
                let torn = torn.clone().filter(|(torn, _)| *torn == number);
                image.apply(&change.what, torn.map(|(_, sectors)| sectors));
            }
        }
        image
    }

    /// Adds the earlier changes of the names that `chosen` ones change.
    pub(super) fn with_what_comes_before(&self, mut chosen: Vec<bool>) -> Vec<bool> {
        let mut needed = BTreeSet::new();
        for (number, change) in self.pending.iter().enumerate().rev() {
            let What::Names(names) = &change.what else {
                continue;
            };
            chosen[number] |= names.iter().any(|(name, _)| needed.contains(name));
            if chosen[number] {
                needed.extend(names.iter().map(|(name, _)| name));
            }
        }
        chosen
    }
}

impl Change {
    /// Over how many sectors its bytes go, if it has bytes.
    pub(super) fn sectors(&self) -> usize {
        match &self.what {
            What::Bytes { offset, bytes, .. } => {
                (offset + bytes.len()).div_ceil(SECTOR) - offset / SECTOR
            }
            What::Names(_) | What::Size { .. } => 0,
        }
    }
}

/// In a few words: bytes say nothing to who reads them.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Names(names) => write!(f, "{names:?}"),
            What::Bytes { file, offset, bytes } => {
                write!(f, "{} bytes at {offset} of file {file}", bytes.len())
            }
            What::Size { file, size } => write!(f, "file {file} of {size} bytes"),
        }
    }
}

impl Node {
    fn number(self) -> usize {
        match self {
            Self::File(number) => number,
            Self::Folder => panic!("a folder has no bytes"),
        }
    }
}

impl Image {
    fn apply(&mut self, what: &What, torn: Option<Torn>) {
        match what {
            What::Names(names) => {
                for (name, node) in names {
                    match node {
                        Some(node) => drop(self.names.insert(name.clone(), *node)),
                        None => drop(self.names.remove(name)),
                    }
                }
            }
            What::Size { file, size } => {
                Arc::make_mut(self.bytes.entry(*file).or_default()).resize(*size, 0);
            }
            What::Bytes { file, offset, bytes } => {
                let whole = *offset..offset + bytes.len();
                let kept = torn.map_or(whole.clone(), |sectors| {
                    let first = offset / SECTOR;
                    let (from, to) = (first + sectors.start, first + sectors.end);
                    (from * SECTOR).max(whole.start)..(to * SECTOR).min(whole.end)
                });
                let content = Arc::make_mut(self.bytes.entry(*file).or_default());
                content.resize(content.len().max(kept.end), 0);
                content[kept.clone()]
                    .copy_from_slice(&bytes[kept.start - offset..kept.end - offset]);
            }
        }
    }

    /// The same number for the same image, to see that it was looked at before.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (name, node) in &self.names {
            name.hash(&mut hasher);
            match node {
                Node::Folder => 0.hash(&mut hasher),
                Node::File(file) => self.bytes.get(file).hash(&mut hasher),
            }
        }
        hasher.finish()
    }

    /// Puts it into the empty folder `dir`. What stands in a folder that is lost is lost with it.
    pub(super) fn write(&self, dir: &Path) {
        for (name, node) in &self.names {
            let path = dir.join(name);
            if !path.parent().unwrap().is_dir() {
                continue;
            }
            match node {
                Node::Folder => std::fs::create_dir(path).unwrap(),
                Node::File(file) => {
                    let bytes = self.bytes.get(file).map_or(&[][..], |bytes| bytes.as_slice());
                    std::fs::write(path, bytes).unwrap();
                }
            }
        }
    }
}
