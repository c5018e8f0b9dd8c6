//! Small durable records with compare-and-swap: on the embedded disk or in memory.
//!
//! Floor 1: keeps state; knows no socket, no runtime and no clock. [`Ledger`] is what identities
//! and passes stand on. Of any number of writers that expect the same version of a record exactly
//! one is acknowledged.
//!
//! ```
//! use ledger::{Change, Expect, Ledger, LedgerError, Memory};
//!
//! let ledger = Memory::new();
//! let claim = || Change::put(b"claims/1", b"mine", Expect::Absent);
//! ledger.write(claim()).wait()?;
//! assert!(matches!(ledger.write(claim()).wait(), Err(LedgerError::Conflict)));
//! # Ok::<(), LedgerError>(())
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
