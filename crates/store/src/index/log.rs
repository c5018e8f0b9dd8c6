//! The log: commits in a row, durable before they are answered, in two files that take turns.
//!
//! A file is begun anew, from its first byte, when all in it is in the tree. What older batches
//! left behind the new ones is of another run, so that it is not taken for more of them:
//! `docs/disk-format.md` has the argument.

use std::path::Path;

use super::Uncommitted;
use super::layer::Layer;
use crate::disk::{LogFiles, Which};
use crate::error::StoreError;
use crate::format::batch::{self, Batch, BatchBytes, Run};

/// The open log, of the one who writes it.
#[derive(Debug)]
pub(super) struct Log {
    files: LogFiles,
    current: Which,
    /// Where the next batch goes, and what it has in common with those before it.
    end: u64,
    run: Run,
    /// The last batch in the current file, and the last one in the other.
    last: u64,
    last_of_other: u64,
    /// How long the other file is.
    end_of_other: u64,
}

/// What a log holds of what is not in the tree.
#[derive(Debug)]
pub(super) struct Held {
    /// What those batches have left.
    pub(super) layer: Layer,
    /// The last batch there is, in the log or in the tree.
    pub(super) number: u64,
}

impl Log {
    /// Opens the log to write behind what it holds, of which the `applied` batches are in the tree.
    pub(super) fn open(dir: &Path, applied: u64) -> Result<(Self, Held), StoreError> {
        let files = LogFiles::open(dir, true)?;
        let bytes = [files.read(Which::First)?, files.read(Which::Second)?];
        let [first, second] = bytes.each_ref().map(|bytes| batches(bytes, applied));
        let (first, second) = first.zip(second).ok_or_else(|| gap(dir))?;
        let held = join(&first, &second, applied).ok_or_else(|| gap(dir))?;
        let last = |batches: &[Batch<'_>]| batches.last().map_or(0, |batch| batch.number);
        let (current, own, other) = if last(&first) >= last(&second) {
            (Which::First, first, second)
        } else {
            (Which::Second, second, first)
        };
        let end = |batches: &[Batch<'_>]| batches.iter().map(|batch| batch.bytes as u64).sum();
        let (end, end_of_other) = (end(&own), end(&other));
        let run = own.first().map_or_else(Run::random, |batch| Ok(batch.run))?;
        let (last, last_of_other) = (last(&own), last(&other));
        Ok((Self { files, current, end, run, last, last_of_other, end_of_other }, held))
    }

    /// Sees that the disk has room for as much in each file.
    pub(super) fn reserve(&self, bytes: u64) -> Result<(), StoreError> {
        self.files.reserve(bytes)
    }

    /// Makes a batch durable. One that failed is written over by the next.
    pub(super) fn append(&mut self, batch: BatchBytes, number: u64) -> Result<(), Uncommitted> {
        let certain = |why| Uncommitted { why, is_certain: true };
        let bytes = batch.seal(number, self.run).ok_or(certain(StoreError::Full))?;
        self.files.write(self.current, &bytes, self.end).map_err(certain)?;
        let synced = self.files.sync(self.current);
        synced.map_err(|why| Uncommitted { why, is_certain: false })?;
        self.end += bytes.len() as u64;
        self.last = number;
        Ok(())
    }

    /// Begins the current file anew if all in it is among the `applied` batches.
    pub(super) fn rewind(&mut self, applied: u64) -> Result<(), StoreError> {
        if self.end > 0 && self.last <= applied {
            self.run = Run::random()?;
            self.end = 0;
        }
        Ok(())
    }

    /// How long the current file is.
    pub(super) fn bytes(&self) -> u64 {
        self.end
    }

    /// How much is in both that is not among the `applied` batches, about.
    pub(super) fn pending(&self, applied: u64) -> u64 {
        let own = if self.last > applied { self.end } else { 0 };
        let other = if self.last_of_other > applied { self.end_of_other } else { 0 };
        own + other
    }

    /// Goes on with the other file, from its beginning. All in it is in the tree.
    pub(super) fn turn(&mut self) -> Result<(), StoreError> {
        self.run = Run::random()?;
        self.current = self.current.other();
        self.end_of_other = std::mem::take(&mut self.end);
        std::mem::swap(&mut self.last, &mut self.last_of_other);
        Ok(())
    }

    /// Whether all that is in the other file is among the `applied` batches.
    pub(super) fn can_turn(&self, applied: u64) -> bool {
        self.last_of_other <= applied
    }
}

/// What the log in `dir` holds beside the `applied` batches, while somebody may write it; none when
/// it went on meanwhile, so that some are missing.
pub(super) fn look(dir: &Path, applied: u64) -> Result<Option<Held>, StoreError> {
    let files = LogFiles::open(dir, false)?;
    let bytes = [files.read(Which::First)?, files.read(Which::Second)?];
    let [first, second] = bytes.each_ref().map(|bytes| batches(bytes, applied));
    Ok(first.zip(second).and_then(|(first, second)| join(&first, &second, applied)))
}

/// Says that batches are missing.
pub(super) fn gap(dir: &Path) -> StoreError {
    StoreError::Corrupt { what: "log", at: dir.display().to_string() }
}

/// The batches from the beginning of a file on, of one run, for as long as each is the next. What
/// a crash cut short can only be the last of its run: none when there are more behind it, but for
/// the `applied` ones, which may have been written over already.
fn batches(bytes: &[u8], applied: u64) -> Option<Vec<Batch<'_>>> {
    let mut list: Vec<Batch<'_>> = Vec::new();
    let mut rest = bytes;
    while let Some(batch) = batch::read(rest) {
        let is_next = list.last().is_none_or(|last| {
            (last.run, last.number.checked_add(1)) == (batch.run, Some(batch.number))
        });
        if !is_next {
            break;
        }
        rest = rest.get(batch.bytes..).unwrap_or_default();
        list.push(batch);
    }
    let cut_short = list.last().map(|last| (last.run, last.number.saturating_add(1)));
    let is_whole = cut_short
        .is_none_or(|(run, number)| batch::last_of(run, rest) <= Some(number.max(applied)));
    is_whole.then_some(list)
}

/// What both files hold beside the `applied` batches; none when some are missing.
fn join(first: &[Batch<'_>], second: &[Batch<'_>], applied: u64) -> Option<Held> {
    let begin = |batches: &[Batch<'_>]| batches.first().map(|batch| batch.number);
    let in_order = if begin(first) <= begin(second) { [first, second] } else { [second, first] };
    let mut held = Held { layer: Layer::new(), number: applied };
    for batch in in_order.into_iter().flatten().filter(|batch| batch.number > applied) {
        if held.number + 1 != batch.number {
            return None;
        }
        for change in &batch.changes {
            held.layer.set(change.table, change.key, change.value);
        }
        held.number = batch.number;
    }
    Some(held)
}
