//! Small durable records with compare-and-swap: on the embedded disk, in memory, or in an S3
//! bucket through conditional writes.
//!
//! Floor 1. Nothing keeps such records yet; identities and passes will, and this crate holds
//! their place among the floors.
