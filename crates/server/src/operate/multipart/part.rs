//! UploadPart and UploadPartCopy.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html>

use std::ops::Range;

use http::StatusCode;
use s3::range::ByteRange;
use s3::xml::Writer;
use s3::{Code, date};
use store::{Content, Part, PartOptions, Reader, StoreError};

use super::super::{Outcome, copy_source};
use super::{name, part_number};
use crate::authorize::Permit;
use crate::body::{Arriving, take};
use crate::house::House;
use crate::limits::{CONTENT_BYTES_MAX, PIECE_BYTES};
use crate::refusal::Refusal;

pub(in crate::operate) async fn upload_part(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    let (name, number) = (name(permit)?, part_number(permit)?);
    let refused = |error| Refusal::of_store(error, permit);
    house.store.upload(&name).map_err(refused)?;
    let taken = take(permit, body, house).await?;
    let options = PartOptions { checksum: taken.checksum, modified_ms: house.now_ms() };
    let part = house.store.put_part(&name, number, taken.content, options).await;
    let part = part.map_err(refused)?;
    Ok(Outcome::status(StatusCode::OK).with_etag(&part.etag).with_checksum(&part.checksum))
}

pub(in crate::operate) async fn upload_part_copy(
    permit: &Permit,
    house: &House,
) -> Result<Outcome, Refusal> {
    let (name, number) = (name(permit)?, part_number(permit)?);
    let refused = |error| Refusal::of_store(error, permit);
    house.store.upload(&name).map_err(refused)?;
    let source = copy_source::open(permit, house)?;
    let range = source_range(permit, source.object.summary.size)?;
    let version = source.object.version;
    let reader = source.reader(range).map_err(refused)?;
    let content = copied(reader, house).await?.map_err(refused)?;
    let options = PartOptions { checksum: None, modified_ms: house.now_ms() };
    let part = house.store.put_part(&name, number, content, options).await.map_err(refused)?;
    Ok(copy_source::named(Outcome::document(document(&part)), version))
}

/// Copies on a thread that may wait for the disk.
async fn copied(mut reader: Reader, house: &House) -> Result<Result<Content, StoreError>, Refusal> {
    let mut writer = house.store.writer();
    let work = tokio::task::spawn_blocking(move || {
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let length = reader.read(&mut piece)?;
            match piece.get(..length) {
                Some([]) | None => return writer.finish(),
                Some(bytes) => writer.write(bytes)?,
            }
        }
    });
    work.await.map_err(Refusal::of_task)
}

/// `x-amz-copy-source-range`, which unlike `Range` has to be a range inside the source.
fn source_range(permit: &Permit, size: u64) -> Result<Range<u64>, Refusal> {
    let header = "x-amz-copy-source-range";
    let range = match permit.call().header(header) {
        None => 0..size,
        Some(text) => match ByteRange::parse(text) {
            Some(ByteRange::From(first, Some(last))) if last < size => first..last + 1,
            Some(ByteRange::From(_, Some(_))) => {
                return Err(Refusal::argument(header, text).saying(format!(
                    "Range specified is not valid for source object of size: {size}"
                )));
            }
            Some(ByteRange::From(_, None) | ByteRange::Last(_)) | None => {
                return Err(Refusal::argument(header, text).saying(
                    "The x-amz-copy-source-range value must be of the form bytes=first-last \
                     where first and last are the zero-based offsets of the first and last \
                     bytes to copy",
                ));
            }
        },
    };
    if range.end - range.start > CONTENT_BYTES_MAX {
        return Err(Refusal::new(Code::InvalidRequest).saying(format!(
            "The specified copy source is larger than the maximum allowable size for a copy \
             source: {CONTENT_BYTES_MAX}"
        )));
    }
    Ok(range)
}

fn document(part: &Part) -> String {
    Writer::new()
        .root("CopyPartResult", |root| {
            root.text("LastModified", date::iso(part.modified_ms));
            root.text("ETag", part.etag.quoted());
            root.text(part.checksum.algorithm.element(), part.checksum.text());
        })
        .finish()
}
