//! Multipart upload: begun, filled with parts in any order, then completed or aborted.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>

mod begin;
mod end;
mod lists;
mod part;

pub(super) use begin::create;
pub(super) use end::{abort, complete};
pub(super) use lists::{list_parts, list_uploads};
pub(super) use part::{upload_part, upload_part_copy};

use s3::{Code, PartNumber};
use store::{UploadId, UploadName};

use crate::authorize::Permit;
use crate::refusal::Refusal;

/// The upload that a permit is for. A text that no upload can have names none.
fn name(permit: &Permit) -> Result<UploadName, Refusal> {
    let text = permit.call().parameter("uploadId").unwrap_or("");
    let id = UploadId::parse(text)
        .ok_or_else(|| Refusal::new(Code::NoSuchUpload).with("UploadId", text))?;
    Ok(UploadName { bucket: permit.bucket()?.clone(), key: permit.key()?.clone(), id })
}

fn part_number(permit: &Permit) -> Result<PartNumber, Refusal> {
    let text = permit.call().parameter("partNumber").unwrap_or("");
    PartNumber::parse(text).map_err(|_| {
        Refusal::argument("partNumber", text)
            .saying("Part number must be an integer between 1 and 10000, inclusive")
    })
}
