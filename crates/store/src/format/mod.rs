//! Every byte of the index, as `docs/disk-format.md` draws it.
//!
//! A value is a [`Record`]: its fields in order, big endian, lengths as varints, and last the
//! CRC32C of key and fields. Nothing outside this folder knows an offset.

pub(crate) mod batch;
pub(crate) mod bytes;
pub(crate) mod keys;
pub(crate) mod rows;
pub(crate) mod values;
pub(crate) mod versions;

pub(crate) use bytes::{Record, Table};
pub(crate) use keys::FileId;
