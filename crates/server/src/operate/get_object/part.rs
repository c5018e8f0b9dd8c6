//! One part of an object, asked for by its number.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>. An object that was put
//! whole is its own first part.

use std::ops::Range;

use s3::{Checksum, Code, PartNumber};
use store::OpenObject;

use crate::read::Call;
use crate::refusal::Refusal;

const PARAMETER: &str = "partNumber";

/// A part of an object.
pub(super) struct Part {
    /// Its bytes within the object.
    pub(super) range: Range<u64>,
    /// How many parts there are; none when the object was put whole.
    pub(super) count: Option<usize>,
    /// Its checksum, if it has one of its own.
    pub(super) checksum: Option<Checksum>,
}

/// Whether a part is asked for.
pub(super) fn is_asked(call: &Call) -> bool {
    call.parameter(PARAMETER).is_some()
}

/// The part that is asked for; none when it is the whole.
pub(super) fn of(call: &Call, opened: &OpenObject) -> Result<Option<Part>, Refusal> {
    let Some(text) = call.parameter(PARAMETER) else {
        return Ok(None);
    };
    let number = PartNumber::parse(text).map_err(|_| {
        Refusal::argument(PARAMETER, text)
            .saying("Part number must be an integer between 1 and 10000, inclusive")
    })?;
    if call.header("range").is_some() {
        return Err(Refusal::new(Code::InvalidRequest)
            .saying("Cannot specify both Range header and partNumber query parameter"));
    }
    let summary = &opened.object.summary;
    let (mut begin, mut count) = (0, 0);
    let mut found = None;
    for part in opened.parts() {
        if part.number == number {
            found = Some((begin..begin + part.size, part.checksum.clone()));
        }
        begin += part.size;
        count += 1;
    }
    let is_whole = count == 0 && number.get() == 1;
    let found = if is_whole { Some((0..summary.size, summary.checksum.clone())) } else { found };
    let (range, checksum) = found.ok_or_else(|| {
        Refusal::new(Code::InvalidPartNumber)
            .with("PartNumberRequested", number)
            .with("ActualPartCount", count.max(1))
    })?;
    // The parts of an object with a checksum over all its bytes are shown without.
    let has_checksum = is_whole || summary.checksum.parts.is_some();
    let checksum = has_checksum.then_some(checksum);
    Ok(Some(Part { range, count: (!is_whole).then_some(count), checksum }))
}
