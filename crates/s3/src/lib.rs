//! The words of the S3 API: names, operations, error codes, documents, ranges, dates.
//!
//! Floor 0: pure. No clock, no disk, no network, no sibling crates; `no_std` keeps it so.
//! Servers, clients and stores share these types, so that each word is spelled in one place.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod checksum;
pub mod code;
pub mod date;
pub mod etag;
pub mod hex;
pub mod name;
pub mod operation;
pub mod precondition;
pub mod range;
pub mod tag;
pub mod xml;

pub use checksum::{Checksum, ChecksumAlgorithm};
pub use code::Code;
pub use etag::ETag;
pub use name::{BucketName, NameError, ObjectKey, PartNumber};
pub use operation::{Level, Operation};
pub use tag::{TagError, Tagged, Tags};
