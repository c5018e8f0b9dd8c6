//! Tags: those a request puts on what it writes, and the operations on tags themselves.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html>

mod bucket;
mod object;

pub(super) use bucket::{delete_of_bucket, get_of_bucket, put_on_bucket};
pub(super) use object::{delete_of_object, get_of_object, put_on_object};

use s3::operation::On;
use s3::xml::read_create_bucket_tags;
use s3::{Code, TagError, Tagged, Tags};
use store::Object;

use crate::authorize::Permit;
use crate::read::{refused_tags, request_tags};
use crate::refusal::Refusal;

/// The tags of a copy: the source's, or with the directive `REPLACE` those of the request.
pub(super) fn of_copy(permit: &Permit, source: &Object) -> Result<Tags, Refusal> {
    match permit.call().header("x-amz-tagging-directive").unwrap_or("COPY") {
        "REPLACE" => request_tags(permit.call()),
        "COPY" => {
            if !source.tags.is_empty() {
                permit.demand_for(On::Source, "s3:GetObjectTagging", source)?;
                permit.demand_tags(&source.tags)?;
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
        | TagError::Value(..)) => refused_tags(error, Tagged::Bucket),
    })
}
