//! The tags that a request puts on what it writes.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html>

use s3::xml::read_tagging;
use s3::{Code, TagError, Tagged, Tags};
use signature::encode::{Plus, decode_strict};

use super::Call;
use crate::refusal::Refusal;

const HEADER: &str = "x-amz-tagging";

/// The tags that a request gives what it writes: in a header, as a query, or in the field of a
/// form, as a document.
pub(crate) fn request_tags(call: &Call) -> Result<Tags, Refusal> {
    let Some(text) = call.header(HEADER) else {
        return Ok(Tags::default());
    };
    if call.form().is_some() {
        return document_tags(text, Tagged::Object);
    }
    let invalid = || {
        Refusal::argument(HEADER, text).saying(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query \
             parameters without tag name duplicates.",
        )
    };
    let decoded = |text| decode_strict(text, Plus::Blank).ok_or_else(invalid);
    let pieces = text.split('&').filter(|piece| !piece.is_empty());
    let pieces = pieces.map(|piece| piece.split_once('=').unwrap_or((piece, "")));
    let tags = pieces.map(|(key, value)| Ok((decoded(key)?, decoded(value)?)));
    Tags::new(tags.collect::<Result<_, _>>()?, Tagged::Object).map_err(|error| match error {
        TagError::Repeated(_) | TagError::Key(_) | TagError::Value(..) => invalid(),
        error @ (TagError::TooMany(_) | TagError::Reserved(_)) => {
            refused_tags(error, Tagged::Object)
        }
    })
}

/// The tags of a document.
pub(crate) fn document_tags(text: &str, of: Tagged) -> Result<Tags, Refusal> {
    let tags = read_tagging(text).map_err(|_| Refusal::new(Code::MalformedXML))?;
    Tags::new(tags, of).map_err(|error| refused_tags(error, of))
}

/// Tags that are none, in S3's words.
pub(crate) fn refused_tags(error: TagError, of: Tagged) -> Refusal {
    match (error, of) {
        (TagError::TooMany(max), Tagged::Object) => Refusal::new(Code::BadRequest)
            .saying(format!("Object tags cannot be greater than {max}")),
        (TagError::TooMany(max), Tagged::Bucket) => Refusal::new(Code::BadRequest)
            .saying(format!("Bucket tag count cannot be greater than {max}")),
        (TagError::Repeated(key), _) => Refusal::new(Code::InvalidTag)
            .saying("Cannot provide multiple Tags with the same key")
            .with("TagKey", key),
        (TagError::Reserved(key), Tagged::Object) => Refusal::new(Code::InvalidTag)
            .saying("Your TagKey cannot be prefixed with aws:")
            .with("TagKey", key),
        (TagError::Reserved(key), Tagged::Bucket) => Refusal::new(Code::InvalidTag)
            .saying("System tags cannot be added/updated by requester")
            .with("TagKey", key),
        (TagError::Key(key), _) => Refusal::new(Code::InvalidTag)
            .saying("The TagKey you have provided is invalid")
            .with("TagKey", key),
        (TagError::Value(key, value), _) => Refusal::new(Code::InvalidTag)
            .saying("The TagValue you have provided is invalid")
            .with("TagKey", key)
            .with("TagValue", value),
    }
}
