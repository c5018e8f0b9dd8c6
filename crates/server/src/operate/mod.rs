//! Operate: does what a permit allows. One file for each operation, or for a pair that shares
//! its steps.

mod attributes;
mod buckets;
mod copy_object;
mod copy_source;
mod delete_object;
mod get_object;
mod list_objects;
mod multipart;
mod outcome;
mod put_object;

use http::StatusCode;
use http::request::Parts;
use s3::{Code, Operation};

pub(crate) use outcome::Outcome;

use crate::authorize::Permit;
use crate::body::Arriving;
use crate::house::House;
use crate::refusal::Refusal;

/// Does what `permit` allows.
pub(crate) async fn run(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
    now_ms: u64,
) -> Result<Outcome, Refusal> {
    match permit.operation() {
        Operation::ListBuckets => buckets::list(permit, house),
        Operation::CreateBucket => buckets::create(permit, body, house, now_ms).await,
        Operation::HeadBucket => buckets::head(permit, house),
        Operation::DeleteBucket => buckets::delete(permit, house).await,
        Operation::GetBucketLocation => buckets::location(permit, house),
        Operation::ListObjects => list_objects::v1(permit, house),
        Operation::ListObjectsV2 => list_objects::v2(permit, house),
        Operation::GetObject => get_object::get(permit, house).await,
        Operation::HeadObject => get_object::head(permit, house),
        Operation::PutObject => put_object::put(permit, body, house, now_ms).await,
        Operation::CopyObject => copy_object::copy(permit, house, now_ms).await,
        Operation::DeleteObject => delete_object::delete(permit, house).await,
        Operation::CreateMultipartUpload => multipart::create(permit, house, now_ms).await,
        Operation::UploadPart => multipart::upload_part(permit, body, house, now_ms).await,
        Operation::UploadPartCopy => multipart::upload_part_copy(permit, house, now_ms).await,
        Operation::CompleteMultipartUpload => {
            multipart::complete(permit, body, house, now_ms).await
        }
        Operation::AbortMultipartUpload => multipart::abort(permit, house).await,
        Operation::ListParts => multipart::list_parts(permit, house),
        Operation::ListMultipartUploads => multipart::list_uploads(permit, house),
    }
}

/// Hallpass's own routes, below `/-/`, which no bucket name can spell. They touch no bucket and
/// need no permit.
pub(crate) fn house_route(head: &Parts) -> Option<Result<Outcome, Refusal>> {
    let route = head.uri.path().strip_prefix("/-/")?;
    Some(match (route, head.method.as_str()) {
        ("health", "GET" | "HEAD") => Ok(Outcome::text("ok\n")),
        ("health", _) => Err(Refusal::new(Code::MethodNotAllowed)),
        _ => Err(Refusal::new(Code::InvalidURI).because(StatusCode::NOT_FOUND.to_string())),
    })
}
