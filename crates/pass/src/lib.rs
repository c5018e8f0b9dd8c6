//! What a pass allows, how it is spelled, how it is spent.
//!
//! Floor 1, on the ledger. There are no passes yet; this crate holds their place among the
//! floors.
