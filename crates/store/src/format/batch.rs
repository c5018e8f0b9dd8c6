//! A batch of the log: what one commit changes, in whole blocks of its own.
//!
//! `length` u32, `number` u64, `run` 16 bytes, so many bytes of changes, then the CRC-32C of all
//! before it, and zeros up to the next block. A change is its table u8, then 0, `key` (removed), or
//! 1, `key`, `value`.

use super::Table;
use super::bytes::{Fields, Row, crc32c};
use super::keys::random_bits;
use crate::error::StoreError;

/// A batch fills blocks of this size, so that writing it changes no byte of another.
pub(crate) const BLOCK: usize = 4096;

const HEAD: usize = 4 + 8 + RUN;
const RUN: usize = 16;
const SUM: usize = 4;

/// What the batches of a file have in common since it was begun anew: random bits, so that content
/// which somebody put, and which an older batch left behind, cannot pass as a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run([u8; RUN]);

impl Run {
    pub(crate) fn random() -> Result<Self, StoreError> {
        random_bits().map(Self)
    }
}

/// A batch that is being made.
#[derive(Debug)]
pub(crate) struct BatchBytes(Row);

impl BatchBytes {
    pub(crate) fn new() -> Self {
        Self(Row(vec![0; HEAD]))
    }

    /// Appends a change: a row's new value, or none when it is removed.
    pub(crate) fn add(&mut self, table: Table, key: &[u8], value: Option<&[u8]>) {
        self.0.u8(table.number());
        self.0.u8(u8::from(value.is_some()));
        self.0.bytes(key);
        if let Some(value) = value {
            self.0.bytes(value);
        }
    }

    /// The bytes of batch `number`; none when there are 4 GiB of them.
    pub(crate) fn seal(self, number: u64, run: Run) -> Option<Vec<u8>> {
        let Self(Row(mut bytes)) = self;
        let length = u32::try_from(bytes.len() - HEAD).ok()?;
        let head = bytes.first_chunk_mut::<HEAD>()?;
        let mut fields = Row(Vec::with_capacity(HEAD));
        fields.raw(&length.to_be_bytes());
        fields.u64(number);
        fields.raw(&run.0);
        head.copy_from_slice(&fields.0);
        let sum = crc32c(&[], &bytes);
        bytes.extend_from_slice(&sum.to_be_bytes());
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        Some(bytes)
    }
}

/// A change of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change<'b> {
    pub table: Table,
    pub key: &'b [u8],
    /// None when the row is removed.
    pub value: Option<&'b [u8]>,
}

/// A batch that was read whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Batch<'b> {
    pub number: u64,
    pub run: Run,
    pub changes: Vec<Change<'b>>,
    /// What it takes, in whole blocks.
    pub bytes: usize,
}

/// What is before the changes: their length, the number of the batch, and its run.
fn head(fields: &mut Fields<'_>) -> Option<(usize, u64, Run)> {
    let length = usize::try_from(u32::from_be_bytes(fields.array()?)).ok()?;
    Some((length, fields.u64()?, Run(fields.array()?)))
}

/// The number of the last batch of `run` that begins in one of the blocks, whole or not. Nothing
/// else begins as one does.
pub(crate) fn last_of(run: Run, bytes: &[u8]) -> Option<u64> {
    let heads = bytes.chunks(BLOCK).filter_map(|block| head(&mut Fields(block)));
    heads.filter(|(_, _, of)| *of == run).map(|(_, number, _)| number).max()
}

/// Reads the batch at the beginning of `bytes`; none when none is there whole.
pub(crate) fn read(bytes: &[u8]) -> Option<Batch<'_>> {
    let mut fields = Fields(bytes);
    let (length, number, run) = head(&mut fields)?;
    let mut changes = Fields(fields.raw(length)?);
    let sum = u32::from_be_bytes(fields.array()?);
    if crc32c(&[], bytes.get(..HEAD + length)?) != sum {
        return None;
    }
    let mut list = Vec::new();
    while !changes.0.is_empty() {
        list.push(change(&mut changes)?);
    }
    let bytes = (HEAD + length + SUM).next_multiple_of(BLOCK);
    Some(Batch { number, run, changes: list, bytes })
}

fn change<'b>(fields: &mut Fields<'b>) -> Option<Change<'b>> {
    let (table, kind) = (fields.u8()?, fields.u8()?);
    let table = Table::ALL.into_iter().find(|known| known.number() == table)?;
    let key = fields.bytes()?;
    let value = match kind {
        0 => None,
        1 => Some(fields.bytes()?),
        _ => return None,
    };
    Some(Change { table, key, value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Owned = (Table, Vec<u8>, Option<Vec<u8>>);

    fn sealed(number: u64, changes: &[Owned]) -> Vec<u8> {
        let mut batch = BatchBytes::new();
        for (table, key, value) in changes {
            batch.add(*table, key, value.as_deref());
        }
        batch.seal(number, Run([0xa5; RUN])).unwrap()
    }

    fn changes() -> impl Strategy<Value = Vec<Owned>> {
        let bytes = || prop::collection::vec(any::<u8>(), 0..300);
        let change = (prop::sample::select(&Table::ALL), bytes(), prop::option::of(bytes()));
        prop::collection::vec(change, 0..40)
    }

    proptest! {
        #[test]
        fn what_was_sealed_is_read(number: u64, changes in changes(), behind: Vec<u8>) {
            let bytes = sealed(number, &changes);
            prop_assert_eq!(bytes.len() % BLOCK, 0);
            let whole = [&*bytes, &behind].concat();
            let batch = read(&whole).unwrap();
            prop_assert_eq!((batch.number, batch.bytes), (number, bytes.len()));
            let read: Vec<_> = batch.changes.iter().map(|change| {
                (change.table, change.key.to_vec(), change.value.map(<[u8]>::to_vec))
            }).collect();
            prop_assert_eq!(read, changes);
        }

        #[test]
        fn a_batch_that_is_not_whole_is_none(
            changes in changes(),
            at in any::<prop::sample::Index>(),
            flip in 1_u8..,
        ) {
            let mut bytes = sealed(7, &changes);
            let used = read(&bytes).unwrap();
            let length = HEAD + SUM + usize::try_from(u32::from_be_bytes(
                *bytes.first_chunk().unwrap(),
            )).unwrap();
            prop_assert!(length <= used.bytes);
            let at = at.index(length);
            prop_assert!(read(&bytes[..at]).is_none());
            bytes[at] ^= flip;
            prop_assert!(read(&bytes).is_none());
        }

        #[test]
        fn nothing_that_is_read_panics(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }
    }
}
