//! Tags: those a request puts on what it writes, and the operations on tags themselves.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html>

mod bucket;
mod object;

pub(super) use bucket::{delete_of_bucket, get_of_bucket, put_on_bucket};
pub(super) use object::{delete_of_object, get_of_object, put_on_object};

use s3::operation::On;
use s3::xml::{read_create_bucket_tags, read_tagging};
use s3::{Code, TagError, Tagged, Tags};
use signature::encode::{Plus, decode_strict};
use store::Object;

use crate::authorize::Permit;
use crate::refusal::Refusal;

const HEADER: &str = "x-amz-tagging";

/// The tags that a request gives what it writes: in a header, as a query, or in the field of a
/// form, as a document.
pub(super) fn of(permit: &Permit) -> Result<Tags, Refusal> {
    let Some(text) = permit.call().header(HEADER) else {
        return Ok(Tags::default());
    };
    if permit.call().form().is_some() {
        return of_document(text, Tagged::Object);
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
        error @ (TagError::TooMany(_) | TagError::Reserved(_)) => refused(error, Tagged::Object),
    })
}

/// The tags of a copy: the source's, or with the directive `REPLACE` those of the request.
pub(super) fn of_copy(permit: &Permit, source: &Object) -> Result<Tags, Refusal> {
    match permit.call().header("x-amz-tagging-directive").unwrap_or("COPY") {
        "REPLACE" => of(permit),
        "COPY" => {
            if !source.tags.is_empty() {
                permit.demand(On::Source, "s3:GetObjectTagging")?;
                permit.demand(On::Object, "s3:PutObjectTagging")?;
            }
            Ok(source.tags.clone())
        }
        other => Err(Refusal::argument("x-amz-tagging-directive", other)
            .saying("Unknown tagging directive.")),
    }
}

/// The tags of a bucket that is to be made.
pub(super) fn of_new_bucket(text: &str) -> Result<Tags, Refusal> {
    let tags = read_create_bucket_tags(text).map_err(|_| Refusal::new(Code::MalformedXML))?;
    Tags::new(tags, Tagged::Bucket).map_err(|error| match error {
        TagError::Reserved(_) => Refusal::new(Code::InvalidTag).saying(
            "User-defined tag keys can't start with \"aws:\". This prefix is reserved for system \
             tags. Remove \"aws:\" from your tag keys and try again.",
        ),
        error @ (TagError::TooMany(_)
        | TagError::Repeated(_)
        | TagError::Key(_)
        | TagError::Value(..)) => refused(error, Tagged::Bucket),
    })
}

/// The tags of a document.
fn of_document(text: &str, of: Tagged) -> Result<Tags, Refusal> {
    let tags = read_tagging(text).map_err(|_| Refusal::new(Code::MalformedXML))?;
    Tags::new(tags, of).map_err(|error| refused(error, of))
}

fn refused(error: TagError, of: Tagged) -> Refusal {
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
