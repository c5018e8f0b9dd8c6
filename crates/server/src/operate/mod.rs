//! Operate: does what a permit allows. One file for each operation, or for a pair that shares
//! its steps.

mod attributes;
mod buckets;
mod copy_object;
mod copy_source;
mod delete_object;
mod delete_objects;
mod get_object;
mod list_objects;
mod list_versions;
mod multipart;
mod object_attributes;
mod outcome;
mod post_object;
mod put_object;
mod tagging;

use s3::{Code, Operation};

pub(crate) use outcome::Outcome;

use crate::authorize::Permit;
use crate::body::Arriving;
use crate::house::House;
use crate::read::Received;
use crate::refusal::Refusal;

/// Does what `permit` allows.
pub(crate) async fn run(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    attributes::check(permit)?;
    // Boxed: what takes a body in holds kilobytes of hashes and decoders. Without, the future of
    // every request would be as large, and is moved around.
    match permit.operation() {
        Operation::ListBuckets => buckets::list(permit, house),
        Operation::CreateBucket => Box::pin(buckets::create(permit, body, house)).await,
        Operation::HeadBucket => buckets::head(permit, house),
        Operation::DeleteBucket => buckets::delete(permit, house).await,
        Operation::GetBucketTagging => tagging::get_of_bucket(permit, house),
        Operation::PutBucketTagging => tagging::put_on_bucket(permit, body, house).await,
        Operation::DeleteBucketTagging => tagging::delete_of_bucket(permit, house).await,
        Operation::GetBucketVersioning => buckets::versioning(permit, house),
        Operation::PutBucketVersioning => buckets::put_versioning(permit, body, house).await,
        Operation::GetBucketPolicy => buckets::get_policy(permit, house),
        Operation::PutBucketPolicy => Box::pin(buckets::put_policy(permit, body, house)).await,
        Operation::DeleteBucketPolicy => buckets::delete_policy(permit, house).await,
        Operation::GetBucketPolicyStatus => buckets::policy_status(permit, house),
        Operation::GetPublicAccessBlock => buckets::get_public_access(permit, house),
        Operation::PutPublicAccessBlock => {
            Box::pin(buckets::put_public_access(permit, body, house)).await
        }
        Operation::DeletePublicAccessBlock => buckets::delete_public_access(permit, house).await,
        Operation::GetBucketLocation => buckets::location(permit, house),
        Operation::ListObjects => list_objects::v1(permit, house),
        Operation::ListObjectsV2 => list_objects::v2(permit, house),
        Operation::ListObjectVersions => list_versions::list(permit, house),
        Operation::GetObject => get_object::get(permit, house).await,
        Operation::HeadObject => get_object::head(permit, house),
        Operation::PostObject => Box::pin(post_object::post(permit, body, house)).await,
        Operation::PutObject => Box::pin(put_object::put(permit, body, house)).await,
        Operation::CopyObject => copy_object::copy(permit, house).await,
        Operation::DeleteObject => delete_object::delete(permit, house).await,
        Operation::DeleteObjects => delete_objects::delete(permit, body, house).await,
        Operation::GetObjectAttributes => object_attributes::get(permit, house),
        Operation::GetObjectTagging => tagging::get_of_object(permit, house),
        Operation::PutObjectTagging => tagging::put_on_object(permit, body, house).await,
        Operation::DeleteObjectTagging => tagging::delete_of_object(permit, house).await,
        Operation::CreateMultipartUpload => multipart::create(permit, house).await,
        Operation::UploadPart => Box::pin(multipart::upload_part(permit, body, house)).await,
        Operation::UploadPartCopy => multipart::upload_part_copy(permit, house).await,
        Operation::CompleteMultipartUpload => {
            Box::pin(multipart::complete(permit, body, house)).await
        }
        Operation::AbortMultipartUpload => multipart::abort(permit, house).await,
        Operation::ListParts => multipart::list_parts(permit, house),
        Operation::ListMultipartUploads => multipart::list_uploads(permit, house),
    }
}

/// Hallpass's own routes, below `/-/` in path style, which no bucket name can spell. They touch
/// no bucket and need no permit.
pub(crate) fn house_route(received: &Received) -> Option<Result<Outcome, Refusal>> {
    if received.is_virtual_hosted || received.bucket.as_deref() != Some("-") {
        return None;
    }
    Some(match (received.key.as_deref(), received.head.method.as_str()) {
        (Some("health"), "GET" | "HEAD") => Ok(Outcome::text("ok\n")),
        (Some("health"), _) => Err(Refusal::new(Code::MethodNotAllowed)),
        (Some(_) | None, _) => Err(Refusal::new(Code::InvalidURI)),
    })
}
