//! A disk that knows live from durable: what a crash can leave of the calls made so far.
//!
//! Bytes are durable once their file was synced, names once their folder was; until then a crash
//! may keep any of them and lose any other, and keep some sectors of a write. Changes of one name
//! keep their order; a rename is one change. No file system is this unkind.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::trace::{Act, Call};

/// What a disk writes whole or not at all.
pub(super) const SECTOR: usize = 512;

/// A folder or a file, by number. Numbers stay when names change; 0 is the folder of the store.
type Node = usize;

const ROOT: Node = 0;

/// A name in a folder.
type Name = (Node, OsString);

/// Names, and the bytes of files.
#[derive(Clone, Debug, Default)]
pub(super) struct Image {
    names: BTreeMap<Name, Node>,
    bytes: BTreeMap<Node, Arc<Vec<u8>>>,
}

/// A change that is not durable yet.
pub(super) struct Change {
    /// The line of the record where its call ended.
    ends: usize,
    what: What,
}

enum What {
    Names(Vec<(Name, Option<Node>)>),
    Bytes { file: Node, offset: usize, bytes: Arc<Vec<u8>> },
    Size { file: Node, size: usize },
}

/// The sectors of a write that reach the disk; all else reaches it whole.
pub(super) type Torn = Range<usize>;

/// A class of sync, to be left out to see that it is missed.
pub(super) type Ignored = fn(&Path) -> bool;

/// The disk while the record is replayed.
#[derive(Default)]
pub(super) struct Disk {
    names: BTreeMap<Name, Node>,
    nodes: usize,
    pub(super) folders: BTreeSet<Node>,
    durable: Image,
    pub(super) pending: Vec<Change>,
}

impl Disk {
    /// A call begins: from here on a crash may show what it does.
    pub(super) fn begin(&mut self, call: &Call) {
        let what = match &call.act {
            Act::Report(_) | Act::Sync(_) => return,
            Act::Create(path) if self.find(path).is_some() => return,
            Act::Create(path) | Act::MakeFolder(path) => {
                self.nodes += 1;
                if matches!(call.act, Act::MakeFolder(_)) {
                    self.folders.insert(self.nodes);
                }
                What::Names(vec![(self.name(path), Some(self.nodes))])
            }
            Act::Rename(from, to) => {
                let node = self.find(from).unwrap();
                What::Names(vec![(self.name(from), None), (self.name(to), Some(node))])
            }
            Act::Remove(path) => What::Names(vec![(self.name(path), None)]),
            Act::Write { path, offset, bytes, .. } => {
                let (file, bytes) = (self.find(path).unwrap(), Arc::new(bytes.clone()));
                What::Bytes { file, offset: *offset, bytes }
            }
            Act::Resize(path, size) => What::Size { file: self.find(path).unwrap(), size: *size },
        };
        if let What::Names(names) = &what {
            rename(&mut self.names, names);
        }
        self.pending.push(Change { ends: call.ends, what });
    }

    fn find(&self, path: &Path) -> Option<Node> {
        let mut names = path.iter();
        names.try_fold(ROOT, |folder, name| self.names.get(&(folder, name.to_owned())).copied())
    }

    fn name(&self, path: &Path) -> Name {
        let folder = self.find(path.parent().unwrap()).unwrap();
        (folder, path.file_name().unwrap().to_owned())
    }

    /// A call ends: what it made durable, no crash takes away any more.
    pub(super) fn end(&mut self, call: &Call, is_ignored: Ignored) {
        let (path, covers): (_, &dyn Fn(&Change) -> bool) = match &call.act {
            Act::Sync(path) => (path, &|change| change.ends < call.begins),
            Act::Write { path, is_synced: true, .. } => (path, &|change| change.ends == call.ends),
            Act::Create(_)
            | Act::MakeFolder(_)
            | Act::Rename(..)
            | Act::Remove(_)
            | Act::Write { .. }
            | Act::Resize(..)
            | Act::Report(_) => return,
        };
        if is_ignored(path) {
            self.lengthen(path);
            return;
        }
        let synced = self.find(path).unwrap();
        let is_synced = |change: &Change| {
            covers(change)
                && match &change.what {
                    What::Names(names) => names.iter().any(|((folder, _), _)| *folder == synced),
                    What::Bytes { file, .. } | What::Size { file, .. } => *file == synced,
                }
        };
        let chosen = self.pending.iter().map(is_synced).collect();
        let chosen = self.with_what_comes_before(chosen);
        self.durable = self.image(&chosen, None);
        let mut kept = chosen.iter().map(|chosen| !chosen);
        self.pending.retain(|_| kept.next().unwrap());
    }

    /// A sync that is left out loses bytes but no length: who maps a file that is too short is not
    /// told of an error, but ended.
    fn lengthen(&mut self, path: &Path) {
        let synced = self.find(path).unwrap();
        for change in &self.pending {
            if let What::Bytes { file, offset, bytes } = &change.what
                && *file == synced
            {
                let size = offset + bytes.len();
                self.durable.apply(&What::Size { file: *file, size }, None);
            }
        }
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

fn rename(names: &mut BTreeMap<Name, Node>, changes: &[(Name, Option<Node>)]) {
    for (name, node) in changes {
        match node {
            Some(node) => drop(names.insert(name.clone(), *node)),
            None => drop(names.remove(name)),
        }
    }
}

impl Image {
    fn apply(&mut self, what: &What, torn: Option<Torn>) {
        match what {
            What::Names(names) => rename(&mut self.names, names),
            What::Size { file, size } => {
                let content = Arc::make_mut(self.bytes.entry(*file).or_default());
                content.resize(content.len().max(*size), 0);
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
        self.names.hash(&mut hasher);
        self.bytes.hash(&mut hasher);
        hasher.finish()
    }

    /// Puts it into the empty folder `dir`. What stands in a folder that is lost is lost with it.
    pub(super) fn write(&self, dir: &Path, folders: &BTreeSet<Node>) {
        self.write_folder(ROOT, dir, folders);
    }

    fn write_folder(&self, folder: Node, dir: &Path, folders: &BTreeSet<Node>) {
        let names = self.names.range((folder, OsString::new())..(folder + 1, OsString::new()));
        for ((_, name), node) in names {
            let path = dir.join(name);
            if folders.contains(node) {
                std::fs::create_dir(&path).unwrap();
                self.write_folder(*node, &path, folders);
            } else {
                let bytes = self.bytes.get(node).map_or(&[][..], |bytes| bytes.as_slice());
                std::fs::write(path, bytes).unwrap();
            }
        }
    }
}
