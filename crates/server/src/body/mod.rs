//! Bodies on their way in and out: bounded, timed, checked while they stream.

mod arriving;
mod checks;
mod form;
mod framing;
mod intake;
mod leaving;
mod outbox;
mod pieces;

pub(crate) use arriving::Arriving;
pub(crate) use checks::{OfTheBody, has_digest, sent_checksum_of_whole};
pub(crate) use form::{Fields, FieldsFault, Step};
pub(crate) use intake::{take, take_document, take_text};
pub(crate) use leaving::{Content, Leaving};
pub(crate) use outbox::{Outbox, is_stand_in};
pub(crate) use pieces::Pieces;
