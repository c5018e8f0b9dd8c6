//! Read: what arrived, and then what it asks for.
//!
//! In two steps, so that a signature is verified over what was received before anything in it is
//! interpreted: [`request`] splits and decodes the target; [`Received::call`] gives it meaning.

mod call;
mod target;

pub(crate) use call::{Call, Source};
pub(crate) use target::{Received, host, request};
