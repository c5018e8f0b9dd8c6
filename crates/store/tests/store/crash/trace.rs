//! What the child asked of the disk: its system calls, recorded with strace, in their order.
//!
//! strace stops a thread where a call begins and where it ends, and writes one line for each stop
//! when others come between. So a line tells that its thread was there and not beyond.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::workload;

/// All calls by which a store could change a disk. One that is not understood fails the test.
const CALLS: &str = "trace=write,pwrite64,writev,pwritev,pwritev2,lseek,truncate,ftruncate,\
    fallocate,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,\
    mkdirat,open,openat,openat2,creat,fsync,fdatasync,sync,syncfs,sync_file_range,msync,sendfile,\
    copy_file_range,splice";

/// What a call did to the disk. Paths are from the folder of the store on.
#[derive(Debug)]
pub(super) enum Act {
    Create(PathBuf),
    MakeFolder(PathBuf),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    /// With `is_synced`, the bytes are durable when the call has ended.
    Write {
        path: PathBuf,
        offset: usize,
        bytes: Vec<u8>,
        is_synced: bool,
    },
    /// Nothing in a store is cut off, so this lengthens at most.
    Resize(PathBuf, usize),
    Sync(PathBuf),
    /// Not to the disk, but to those who wait.
    Report(String),
}

/// A call that did something, between two lines of the record.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) begins: usize,
    pub(super) ends: usize,
    pub(super) act: Act,
}

/// Whether strace is here and may do its work.
pub(super) fn is_possible() -> bool {
    let mut probe = Command::new("strace");
    probe.args(["-o", "/dev/null", "true"]).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

/// Runs the child on a store in `dir` and returns what it did, in the order in which it began.
pub(super) fn record(dir: &Path, seed: u64, turns: u64) -> Vec<Call> {
    let (text, ended) = run(dir, (seed, turns), None);
    assert!(ended);
    read(dir, &text, 0)
}

/// The same for two runs, the first of which is killed at its `fsync` of this number.
pub(super) fn record_killed(dir: &Path, turns: u64, at_sync: u32) -> Vec<Call> {
    let (text, ended) = run(dir, (0, turns), Some(at_sync));
    assert!(!ended, "there are fewer syncs than {at_sync}");
    let mut calls = read(dir, &text, 0);
    let (again, ended) = run(dir, (1, turns), None);
    assert!(ended);
    calls.extend(read(dir, &again, text.lines().count()));
    calls
}

/// Runs the child to its end, or to where it is killed; and whether it came to its end.
fn run(dir: &Path, (seed, turns): (u64, u64), killed_at: Option<u32>) -> (String, bool) {
    let record = dir.with_extension("strace");
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-xx", "-s", "99999999", "-e", CALLS, "-o"]).arg(&record);
    if let Some(number) = killed_at {
        command.arg("-e").arg(format!("inject=fsync:signal=KILL:when={number}"));
    }
    command.arg(std::env::current_exe().unwrap()).args(workload::ARGUMENTS);
    workload::instruct(&mut command, dir, seed, turns);
    let ended = command.stdout(Stdio::null()).status().unwrap().success();
    let text = std::fs::read_to_string(&record).unwrap();
    std::fs::remove_file(record).unwrap();
    (text, ended)
}

/// Reads a record, whose lines follow so many others.
fn read(dir: &Path, text: &str, before: usize) -> Vec<Call> {
    let mut reading = Reading { dir, positions: HashMap::new(), synced: HashMap::new() };
    let mut calls = Vec::new();
    for Spoken { begins, ends, text } in spoken(text) {
        let (begins, ends) = (begins + before, ends + before);
        calls.extend(reading.read(&text).map(|act| Call { begins, ends, act }));
    }
    calls.sort_by_key(|call| call.begins);
    calls
}

/// A call as strace tells it, put together from its two lines if it has two.
struct Spoken {
    begins: usize,
    ends: usize,
    text: String,
}

fn spoken(record: &str) -> Vec<Spoken> {
    let mut calls = Vec::new();
    let mut open = HashMap::new();
    for (number, line) in record.lines().enumerate() {
        let (thread, text) = line.split_once(' ').unwrap();
        let text = text.trim_start();
        if let Some(text) = text.strip_suffix(" <unfinished ...>") {
            open.insert(thread, (number, text));
        } else if let Some((_, end)) =
            text.strip_prefix("<... ").and_then(|t| t.split_once(" resumed>"))
        {
            let (begins, begin) = open.remove(thread).unwrap();
            calls.push(Spoken { begins, ends: number, text: format!("{begin}{end}") });
        } else {
            calls.push(Spoken { begins: number, ends: number, text: text.to_owned() });
        }
    }
    calls
}

/// Reads calls in the order in which they ended.
struct Reading<'d> {
    dir: &'d Path,
    /// Where each descriptor stands.
    positions: HashMap<String, usize>,
    /// Which descriptors make each write durable.
    synced: HashMap<String, bool>,
}

impl Reading<'_> {
    /// What the call did; none when it failed, or to something else than the store.
    fn read(&mut self, text: &str) -> Option<Act> {
        let (name, rest) = text.split_once('(')?;
        // Between arguments and result there may be spaces, so that results stand in a column.
        let (arguments, result) = rest.rsplit_once(" = ")?;
        let arguments = arguments.trim_end().strip_suffix(')')?;
        let arguments: Vec<_> = arguments.split(", ").collect();
        if result.starts_with('-') || result.starts_with('?') {
            return None;
        }
        match (name, &arguments[..]) {
            ("openat", [_, path, flags, ..]) => self.open(path, flags, result),
            ("mkdir", [path, ..]) => Some(Act::MakeFolder(self.path(path)?)),
            ("rename", [from, to]) => Some(Act::Rename(self.path(from)?, self.path(to)?)),
            ("unlink" | "rmdir", [path]) => Some(Act::Remove(self.path(path)?)),
            ("unlinkat", [folder, name, _]) => {
                let folder = self.file(folder).map(|(_, path)| path).unwrap_or_default();
                let name = PathBuf::from(String::from_utf8(bytes(name)).unwrap());
                if name.is_absolute() {
                    return Some(Act::Remove(name.strip_prefix(self.dir).ok()?.to_owned()));
                }
                Some(Act::Remove(folder.join(name)))
            }
            ("fsync" | "fdatasync", [file]) => Some(Act::Sync(self.file(file)?.1)),
            ("ftruncate", [file, size]) | ("fallocate", [file, "0", "0", size]) => {
                Some(Act::Resize(self.file(file)?.1, size.parse().unwrap()))
            }
            // Gives blocks, and changes nothing that can be read.
            ("fallocate", [_, "FALLOC_FL_KEEP_SIZE", "0", _]) => None,
            ("lseek", [file, ..]) => {
                let at = result.parse().unwrap();
                self.positions.insert(self.file(file)?.0, at);
                None
            }
            ("write", [file, text, _]) if file.starts_with("1<") => {
                Some(Act::Report(String::from_utf8(bytes(text)).unwrap()))
            }
            ("write", [file, content, _]) => self.write(file, bytes(content), result),
            ("writev", [file, pieces @ .., _]) => self.write(file, gather(pieces), result),
            ("pwrite64", [file, content, _, offset]) => {
                self.write_at(file, bytes(content), offset.parse().unwrap(), result)
            }
            _ if !text.contains(&spell(self.dir)) => None,
            _ => panic!("what did this do? {name} {arguments:.200?}"),
        }
    }

    fn open(&mut self, path: &str, flags: &str, result: &str) -> Option<Act> {
        let (descriptor, _) = result.split_once('<')?;
        self.positions.insert(descriptor.to_owned(), 0);
        self.synced.insert(descriptor.to_owned(), flags.contains("SYNC"));
        let path = self.path(path)?;
        // Nothing in a store is opened to be emptied, except what is not there yet.
        flags.contains("O_CREAT").then_some(Act::Create(path))
    }

    fn write(&mut self, file: &str, bytes: Vec<u8>, result: &str) -> Option<Act> {
        let (descriptor, _) = self.file(file)?;
        let position = self.positions.get_mut(&descriptor).unwrap();
        let offset = *position;
        *position += result.parse::<usize>().unwrap();
        self.write_at(file, bytes, offset, result)
    }

    fn write_at(&self, file: &str, mut bytes: Vec<u8>, at: usize, result: &str) -> Option<Act> {
        let (descriptor, path) = self.file(file)?;
        bytes.truncate(result.parse().unwrap());
        Some(Act::Write { path, offset: at, bytes, is_synced: self.synced[&descriptor] })
    }

    /// The descriptor and the path of `3<path>`, when it is one of the store.
    fn file(&self, spoken: &str) -> Option<(String, PathBuf)> {
        let (descriptor, path) = spoken.split_once('<')?;
        let path = String::from_utf8(unescape(path.split_once('>')?.0)).unwrap();
        let path = Path::new(&path).strip_prefix(self.dir).ok()?.to_owned();
        Some((descriptor.to_owned(), path))
    }

    fn path(&self, spoken: &str) -> Option<PathBuf> {
        let path = String::from_utf8(bytes(spoken)).unwrap();
        Some(Path::new(&path).strip_prefix(self.dir).ok()?.to_owned())
    }
}

/// The bytes of `"\x00\x01"`. Cut short they would be worth nothing.
fn bytes(spoken: &str) -> Vec<u8> {
    let text = spoken.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    unescape(text.unwrap_or_else(|| panic!("not a whole text: {spoken:.80}")))
}

/// The bytes of `[{iov_base="\x00", iov_len=1}`, `{iov_base=..., iov_len=1}]`.
fn gather(pieces: &[&str]) -> Vec<u8> {
    let bases = pieces.iter().filter_map(|piece| piece.split_once("iov_base=").map(|(_, b)| b));
    bases.flat_map(bytes).collect()
}

fn unescape(text: &str) -> Vec<u8> {
    let digits = text.split("\\x").skip(1);
    digits.map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect()
}

fn spell(path: &Path) -> String {
    path.to_str().unwrap().bytes().map(|byte| format!("\\x{byte:02x}")).collect()
}
