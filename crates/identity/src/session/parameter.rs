//! Parameters of STS, checked as its model has them.

use super::StsError;
use crate::error::IamError;
use crate::record::{self, Tag};

/// Refuses a text whose length or characters the parameter does not have.
pub(super) fn demand_text(
    parameter: &str,
    text: &str,
    (min, max): (usize, usize),
    is_of: fn(u8) -> bool,
) -> Result<(), StsError> {
    if (min..=max).contains(&text.len()) && text.bytes().all(is_of) {
        return Ok(());
    }
    Err(StsError::Validation(format!(
        "The value of {parameter} must have {min} to {max} characters out of those allowed."
    )))
}

/// Refuses a name that `[\w+=,.@-]` does not spell.
pub(super) fn demand_name(parameter: &str, text: &str, max: usize) -> Result<(), StsError> {
    demand_text(parameter, text, (2, max), record::is_of_name)
}

/// Refuses an external id that `[\w+=,.@:/-]` does not spell.
pub(super) fn demand_external_id(text: &str) -> Result<(), StsError> {
    let is_of = |byte| record::is_of_name(byte) || byte == b':' || byte == b'/';
    demand_text("ExternalId", text, (2, 1224), is_of)
}

/// Refuses a life of a session that is shorter or longer than it may be.
pub(super) fn demand_duration(seconds: u32, (min, max): (u32, u32)) -> Result<(), StsError> {
    if (min..=max).contains(&seconds) {
        return Ok(());
    }
    Err(StsError::Validation(format!(
        "The requested DurationSeconds must be between {min} and {max}."
    )))
}

/// Refuses what are no tags.
pub(super) fn demand_tags(tags: &[Tag]) -> Result<(), StsError> {
    record::checked(tags)
        .map(|_| ())
        .map_err(|error: IamError| StsError::Validation(error.to_string()))
}
