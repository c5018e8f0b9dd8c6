//! Crashes: what was acknowledged is there and whole, what was not is there whole or not at all.
//!
//! The test binary starts itself again as a child that works on a store and reports, on its
//! standard output, each step before it begins and after it was acknowledged (`workload.rs`). It is
//! killed in the midst (`kill.rs`), or its system calls are recorded (`trace.rs`) and replayed onto
//! a disk that knows what is durable and what may be lost (`disk.rs`), to be cut off everywhere
//! (`power.rs`). Either way the store is opened and compared with the reports (`known.rs`).

mod disk;
mod kill;
mod known;
mod power;
mod trace;
mod versions;
mod workload;
