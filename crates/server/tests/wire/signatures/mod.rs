//! Signatures that few clients make: over a body in chunks, and for a set of regions.

mod chunked;
mod region_sets;
