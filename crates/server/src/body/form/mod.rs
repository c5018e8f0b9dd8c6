//! A body of `multipart/form-data`: fields first, then one file.
//!
//! Both halves are fed with bytes as they come, in pieces of any size, and hold no more than the
//! fields or a delimiter. <https://www.rfc-editor.org/rfc/rfc7578>

mod disposition;
mod fields;
mod file;

pub(crate) use fields::{Fields, FieldsFault, Step};
pub(crate) use file::FileEnd;
