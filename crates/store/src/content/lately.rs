//! What was summed lately: files whose bytes were right a short while ago, block by block.
//!
//! A block of such a file that is in the page cache may leave without passing through the program.
//! Whoever reads a file from the disk without summing it says so, and the file has to be summed
//! again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::disk::Stamp;
use crate::format::FileId;
use crate::limits::{BLOCK_BYTES, KNOWN_SUMS_MAX, SUMMED_LATELY};

/// The files.
#[derive(Debug)]
pub(crate) struct Lately {
    known: Mutex<Known>,
    /// How often files were read from the disk unsummed, in classes by the first byte of the id.
    unsummed: [AtomicU64; 256],
}

#[derive(Debug, Default)]
struct Known {
    files: HashMap<FileId, Arc<Sums>>,
    /// What they weigh together.
    weight: usize,
}

/// The sums of a file, and when they were right.
#[derive(Debug)]
pub(crate) struct Sums {
    at: Instant,
    stamp: Stamp,
    /// The state of the CRC in front of each block.
    before: Vec<u64>,
}

/// What `unsummed` was when a file began to be summed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begun(u64);

impl Lately {
    pub(crate) fn new() -> Self {
        Self { known: Mutex::default(), unsummed: [const { AtomicU64::new(0) }; 256] }
    }

    /// The sums of a file that was summed lately.
    pub(crate) fn sums(&self, id: FileId) -> Option<Arc<Sums>> {
        self.lock().files.get(&id).filter(|sums| sums.are_fresh()).cloned()
    }

    /// A file begins to be summed.
    pub(crate) fn begin(&self, id: FileId) -> Begun {
        Begun(self.unsummed(id).load(Ordering::SeqCst))
    }

    /// All of a file, which had this stamp when it began, was summed and was right, in `before` the
    /// state in front of each block.
    pub(crate) fn confirm(&self, id: FileId, (begun, stamp): (Begun, Stamp), before: Vec<u64>) {
        let mut known = self.lock();
        if self.unsummed(id).load(Ordering::SeqCst) != begun.0 {
            return;
        }
        let sums = Sums { at: Instant::now(), stamp, before };
        known.remove(id);
        if known.weight + sums.weight() > KNOWN_SUMS_MAX {
            *known = Known::default();
        }
        known.weight += sums.weight();
        known.files.insert(id, Arc::new(sums));
    }

    /// Bytes of a file came from the disk and are not summed.
    pub(crate) fn doubt(&self, id: FileId) {
        let mut known = self.lock();
        self.unsummed(id).fetch_add(1, Ordering::SeqCst);
        known.remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unsummed(&self, FileId([class, ..]): FileId) -> &AtomicU64 {
        let [first, ..] = &self.unsummed;
        self.unsummed.get(usize::from(class)).unwrap_or(first)
    }
}

impl Known {
    fn remove(&mut self, id: FileId) {
        if let Some(sums) = self.files.remove(&id) {
            self.weight -= sums.weight();
        }
    }
}

impl Sums {
    /// As many sums, and about as many that the rest of it is as large as.
    fn weight(&self) -> usize {
        self.before.len() + 16
    }

    /// Whether they are those of a file with this stamp.
    pub(crate) fn are_of(&self, stamp: Option<Stamp>) -> bool {
        stamp == Some(self.stamp)
    }

    pub(crate) fn are_fresh(&self) -> bool {
        self.at.elapsed() < SUMMED_LATELY
    }

    /// The state of the CRC in front of `offset`, where a block begins.
    pub(crate) fn before(&self, offset: u64) -> Option<u64> {
        let block = usize::try_from(offset / BLOCK_BYTES).ok()?;
        self.before.get(block).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: FileId = FileId([7; 16]);

    fn begin(lately: &Lately, id: FileId) -> (Begun, Stamp) {
        (lately.begin(id), Stamp::default())
    }

    #[test]
    fn what_was_read_unsummed_meanwhile_is_not_known() {
        let lately = Lately::new();
        let begun = begin(&lately, ID);
        lately.doubt(ID);
        lately.confirm(ID, begun, vec![1]);
        assert!(lately.sums(ID).is_none());
        lately.confirm(ID, begin(&lately, ID), vec![1, 2]);
        assert_eq!(lately.sums(ID).unwrap().before(BLOCK_BYTES), Some(2));
        lately.doubt(ID);
        assert!(lately.sums(ID).is_none());
    }

    #[test]
    fn what_is_known_is_bounded() {
        let lately = Lately::new();
        for number in 0..=u8::MAX {
            let id = FileId([number; 16]);
            lately.confirm(id, begin(&lately, id), vec![0; KNOWN_SUMS_MAX / 100]);
            lately.confirm(id, begin(&lately, id), vec![0; KNOWN_SUMS_MAX / 100]);
        }
        let known = lately.lock();
        let weight: usize = known.files.values().map(|sums| sums.weight()).sum();
        assert_eq!(weight, known.weight);
        assert!(weight <= KNOWN_SUMS_MAX && known.files.len() > 40, "{}", known.files.len());
    }
}
