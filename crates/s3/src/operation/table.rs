//! The rows, and the names that are never taken for anything else.

use super::Level::{Bucket, Object, Service};
use super::Operation as Op;
use super::Selector::{Header, Query, QueryIs};
use super::{Level, On, Operation, Row, Selector};

const VERSION: Selector = Query("versionId");
const UPLOAD: Selector = Query("uploadId");
const PART: Selector = Query("partNumber");
const COPY: Selector = Header("x-amz-copy-source");
const TAGS: (&str, On, &str) = ("x-amz-tagging", On::Object, "s3:PutObjectTagging");
const MATCH: (&str, On, &str) = ("if-match", On::Object, "s3:GetObject");

/// Every operation there is. More exact rows stand before less exact ones of the same method.
#[rustfmt::skip]
pub static TABLE: [Row; 45] = [
    row(Op::ListBuckets, "ListBuckets", ("GET", Service, &[]),
        &[(On::Service, "s3:ListAllMyBuckets")], "REST.GET.SERVICE"),

    row(Op::PutBucketPolicy, "PutBucketPolicy", ("PUT", Bucket, &[Query("policy")]),
        &[(On::Bucket, "s3:PutBucketPolicy")], "REST.PUT.BUCKETPOLICY"),
    row(Op::GetBucketPolicy, "GetBucketPolicy", ("GET", Bucket, &[Query("policy")]),
        &[(On::Bucket, "s3:GetBucketPolicy")], "REST.GET.BUCKETPOLICY"),
    row(Op::DeleteBucketPolicy, "DeleteBucketPolicy", ("DELETE", Bucket, &[Query("policy")]),
        &[(On::Bucket, "s3:DeleteBucketPolicy")], "REST.DELETE.BUCKETPOLICY"),
    row(Op::GetBucketPolicyStatus, "GetBucketPolicyStatus",
        ("GET", Bucket, &[Query("policyStatus")]),
        &[(On::Bucket, "s3:GetBucketPolicyStatus")], "REST.GET.POLICY_STATUS"),
    row(Op::PutPublicAccessBlock, "PutPublicAccessBlock",
        ("PUT", Bucket, &[Query("publicAccessBlock")]),
        &[(On::Bucket, "s3:PutBucketPublicAccessBlock")], "REST.PUT.PUBLIC_ACCESS_BLOCK"),
    row(Op::GetPublicAccessBlock, "GetPublicAccessBlock",
        ("GET", Bucket, &[Query("publicAccessBlock")]),
        &[(On::Bucket, "s3:GetBucketPublicAccessBlock")], "REST.GET.PUBLIC_ACCESS_BLOCK"),
    // S3 has no action of its own for it.
    row(Op::DeletePublicAccessBlock, "DeletePublicAccessBlock",
        ("DELETE", Bucket, &[Query("publicAccessBlock")]),
        &[(On::Bucket, "s3:PutBucketPublicAccessBlock")], "REST.DELETE.PUBLIC_ACCESS_BLOCK"),
    row(Op::PutBucketTagging, "PutBucketTagging", ("PUT", Bucket, &[Query("tagging")]),
        &[(On::Bucket, "s3:PutBucketTagging")], "REST.PUT.TAGGING"),
    row(Op::PutBucketVersioning, "PutBucketVersioning", ("PUT", Bucket, &[Query("versioning")]),
        &[(On::Bucket, "s3:PutBucketVersioning")], "REST.PUT.VERSIONING"),
    row(Op::CreateBucket, "CreateBucket", ("PUT", Bucket, &[]),
        &[(On::Bucket, "s3:CreateBucket")], "REST.PUT.BUCKET"),
    row(Op::HeadBucket, "HeadBucket", ("HEAD", Bucket, &[]),
        &[(On::Bucket, "s3:ListBucket")], "REST.HEAD.BUCKET"),
    // S3 has no action of its own for it.
    row(Op::DeleteBucketTagging, "DeleteBucketTagging", ("DELETE", Bucket, &[Query("tagging")]),
        &[(On::Bucket, "s3:PutBucketTagging")], "REST.DELETE.TAGGING"),
    row(Op::DeleteBucket, "DeleteBucket", ("DELETE", Bucket, &[]),
        &[(On::Bucket, "s3:DeleteBucket")], "REST.DELETE.BUCKET"),
    row(Op::GetBucketLocation, "GetBucketLocation", ("GET", Bucket, &[Query("location")]),
        &[(On::Bucket, "s3:GetBucketLocation")], "REST.GET.LOCATION"),
    row(Op::GetBucketTagging, "GetBucketTagging", ("GET", Bucket, &[Query("tagging")]),
        &[(On::Bucket, "s3:GetBucketTagging")], "REST.GET.TAGGING"),
    row(Op::GetBucketVersioning, "GetBucketVersioning", ("GET", Bucket, &[Query("versioning")]),
        &[(On::Bucket, "s3:GetBucketVersioning")], "REST.GET.VERSIONING"),
    row(Op::ListMultipartUploads, "ListMultipartUploads", ("GET", Bucket, &[Query("uploads")]),
        &[(On::Bucket, "s3:ListBucketMultipartUploads")], "REST.GET.UPLOADS"),
    row(Op::ListObjectVersions, "ListObjectVersions", ("GET", Bucket, &[Query("versions")]),
        &[(On::Bucket, "s3:ListBucketVersions")], "REST.GET.BUCKETVERSIONS"),
    row(Op::ListObjectsV2, "ListObjectsV2", ("GET", Bucket, &[QueryIs("list-type", "2")]),
        &[(On::Bucket, "s3:ListBucket")], "REST.GET.BUCKET"),
    row(Op::ListObjects, "ListObjects", ("GET", Bucket, &[]),
        &[(On::Bucket, "s3:ListBucket")], "REST.GET.BUCKET"),
    // With a version, each needs s3:DeleteObjectVersion instead.
    row(Op::DeleteObjects, "DeleteObjects", ("POST", Bucket, &[Query("delete")]),
        &[(On::Named, "s3:DeleteObject")], "REST.POST.MULTI_OBJECT_DELETE"),
    // The key stands in the form.
    row(Op::PostObject, "PostObject", ("POST", Bucket, &[]),
        &[(On::Object, "s3:PutObject")], "REST.POST.OBJECT").needing_with(&[TAGS]),

    row(Op::GetObjectAttributes, "GetObjectAttributes",
        ("GET", Object, &[Query("attributes"), VERSION]),
        &[(On::Object, "s3:GetObjectVersion"), (On::Object, "s3:GetObjectVersionAttributes")],
        "REST.GET.OBJECT_ATTRIBUTES"),
    row(Op::GetObjectAttributes, "GetObjectAttributes", ("GET", Object, &[Query("attributes")]),
        &[(On::Object, "s3:GetObject"), (On::Object, "s3:GetObjectAttributes")],
        "REST.GET.OBJECT_ATTRIBUTES"),
    row(Op::GetObjectTagging, "GetObjectTagging", ("GET", Object, &[Query("tagging"), VERSION]),
        &[(On::Object, "s3:GetObjectVersionTagging")], "REST.GET.OBJECT_TAGGING"),
    row(Op::GetObjectTagging, "GetObjectTagging", ("GET", Object, &[Query("tagging")]),
        &[(On::Object, "s3:GetObjectTagging")], "REST.GET.OBJECT_TAGGING"),
    row(Op::ListParts, "ListParts", ("GET", Object, &[UPLOAD]),
        &[(On::Object, "s3:ListMultipartUploadParts")], "REST.GET.UPLOAD"),
    row(Op::GetObject, "GetObject", ("GET", Object, &[VERSION]),
        &[(On::Object, "s3:GetObjectVersion")], "REST.GET.OBJECT").taking(&["partNumber"]),
    row(Op::GetObject, "GetObject", ("GET", Object, &[]),
        &[(On::Object, "s3:GetObject")], "REST.GET.OBJECT").taking(&["partNumber"]),
    row(Op::HeadObject, "HeadObject", ("HEAD", Object, &[VERSION]),
        &[(On::Object, "s3:GetObjectVersion")], "REST.HEAD.OBJECT").taking(&["partNumber"]),
    row(Op::HeadObject, "HeadObject", ("HEAD", Object, &[]),
        &[(On::Object, "s3:GetObject")], "REST.HEAD.OBJECT").taking(&["partNumber"]),
    row(Op::PutObjectTagging, "PutObjectTagging", ("PUT", Object, &[Query("tagging"), VERSION]),
        &[(On::Object, "s3:PutObjectVersionTagging")], "REST.PUT.OBJECT_TAGGING"),
    row(Op::PutObjectTagging, "PutObjectTagging", ("PUT", Object, &[Query("tagging")]),
        &[(On::Object, "s3:PutObjectTagging")], "REST.PUT.OBJECT_TAGGING"),
    // Of a version that the header names, copies need s3:GetObjectVersion instead.
    row(Op::UploadPartCopy, "UploadPartCopy", ("PUT", Object, &[UPLOAD, PART, COPY]),
        &[(On::Source, "s3:GetObject"), (On::Object, "s3:PutObject")], "REST.COPY.PART"),
    row(Op::UploadPart, "UploadPart", ("PUT", Object, &[UPLOAD, PART]),
        &[(On::Object, "s3:PutObject")], "REST.PUT.PART"),
    row(Op::CopyObject, "CopyObject", ("PUT", Object, &[COPY]),
        &[(On::Source, "s3:GetObject"), (On::Object, "s3:PutObject")], "REST.COPY.OBJECT")
        .needing_with(&[TAGS, MATCH]),
    row(Op::PutObject, "PutObject", ("PUT", Object, &[]),
        &[(On::Object, "s3:PutObject")], "REST.PUT.OBJECT").needing_with(&[TAGS, MATCH]),
    row(Op::AbortMultipartUpload, "AbortMultipartUpload", ("DELETE", Object, &[UPLOAD]),
        &[(On::Object, "s3:AbortMultipartUpload")], "REST.DELETE.UPLOAD"),
    row(Op::DeleteObjectTagging, "DeleteObjectTagging",
        ("DELETE", Object, &[Query("tagging"), VERSION]),
        &[(On::Object, "s3:DeleteObjectVersionTagging")], "REST.DELETE.OBJECT_TAGGING"),
    row(Op::DeleteObjectTagging, "DeleteObjectTagging", ("DELETE", Object, &[Query("tagging")]),
        &[(On::Object, "s3:DeleteObjectTagging")], "REST.DELETE.OBJECT_TAGGING"),
    row(Op::DeleteObject, "DeleteObject", ("DELETE", Object, &[VERSION]),
        &[(On::Object, "s3:DeleteObjectVersion")], "REST.DELETE.OBJECT"),
    row(Op::DeleteObject, "DeleteObject", ("DELETE", Object, &[]),
        &[(On::Object, "s3:DeleteObject")], "REST.DELETE.OBJECT").needing_with(&[MATCH]),
    row(Op::CreateMultipartUpload, "CreateMultipartUpload", ("POST", Object, &[Query("uploads")]),
        &[(On::Object, "s3:PutObject")], "REST.POST.UPLOADS").needing_with(&[TAGS]),
    row(Op::CompleteMultipartUpload, "CompleteMultipartUpload", ("POST", Object, &[UPLOAD]),
        &[(On::Object, "s3:PutObject")], "REST.POST.UPLOAD").needing_with(&[MATCH]),
];

#[rustfmt::skip]
/// Query parameters that name a sub-resource: with one of them a request is never the plain
/// operation of its method. Those that no row selects are operations that do not exist here.
pub const SUBRESOURCES: [&str; 40] = [
    "abac", "accelerate", "acl", "analytics", "annotation", "attributes", "cors", "delete",
    "encryption", "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "location",
    "logging", "metadataConfiguration", "metadataTable", "metrics", "notification",
    "object-lock", "ownershipControls", "partNumber", "policy", "policyStatus",
    "publicAccessBlock", "renameObject", "replication", "requestPayment", "restore",
    "retention", "select", "session", "tagging", "torrent", "uploadId", "uploads", "versionId",
    "versioning", "versions", "website",
];

const fn row(
    operation: Operation,
    name: &'static str,
    (method, level, selectors): (&'static str, Level, &'static [Selector]),
    needs: &'static [(On, &'static str)],
    log: &'static str,
) -> Row {
    Row { operation, name, method, level, selectors, takes: &[], needs, needs_with: &[], log }
}

impl Row {
    const fn taking(self, takes: &'static [&'static str]) -> Self {
        Self { takes, ..self }
    }

    const fn needing_with(self, needs_with: &'static [(&'static str, On, &'static str)]) -> Self {
        Self { needs_with, ..self }
    }
}
