//! Read: what arrived, and then what it asks for.
//!
//! In two steps, so that a signature is verified over what was received before anything in it is
//! interpreted: [`request`] splits and decodes the target, [`Received::with_form`] adds the fields
//! of a form, where signature and key stand in the body; [`Received::call`] gives it meaning.

mod call;
mod form;
mod tags;
mod target;

pub(crate) use call::{Call, Source, parse_key, parse_version};
pub(crate) use form::ReceivedForm;
pub(crate) use tags::{document_tags, refused_tags, request_tags};
pub(crate) use target::{Received, request};
