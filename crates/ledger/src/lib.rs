//! Small durable records with compare-and-swap: on the embedded disk or in memory.
//!
//! Floor 1: keeps state; knows no socket, no runtime and no clock. [`Ledger`] is what identities
//! and passes stand on: what was answered with `Ok` is there after a crash, and of any number of
//! writers that expect the same version of a record exactly one is acknowledged. The bytes on the
//! disk are drawn in `docs/disk-format.md`.
//!
//! ```
//! # let dir = tempfile::tempdir()?;
//! use ledger::{Change, DiskLedger, Expect, Ledger, LedgerError};
//!
//! let ledger = DiskLedger::open(dir.path())?;
//! let version = ledger.write(Change::put(b"uses/1", b"3", Expect::Absent)).wait()?;
//!
//! let spend = || Change::put(b"uses/1", b"2", Expect::Version(version.clone()));
//! ledger.write(spend()).wait()?;
//! assert!(matches!(ledger.write(spend()).wait(), Err(LedgerError::Conflict)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod contract;
mod disk;
mod error;
pub mod limits;
mod memory;
mod pending;
mod version;

pub use contract::{Atomic, Change, Entry, Expect, Ledger, Page, Record, Scan, write_with_retries};
pub use disk::DiskLedger;
pub use error::LedgerError;
pub use memory::Memory;
pub use pending::{Answered, Pending};
pub use version::Version;
