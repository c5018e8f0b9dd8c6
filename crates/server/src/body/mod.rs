//! Bodies on their way in and out: bounded, timed, checked while they stream.

mod arriving;
mod intake;
mod leaving;

pub(crate) use arriving::Arriving;
pub(crate) use intake::{sent_checksum, take};
pub(crate) use leaving::{Content, Leaving};
