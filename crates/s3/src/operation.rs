//! The table of operations: the one place that says what exists.
//!
//! A row drives routing, the actions that policy is asked for, the name in logs, and the page of
//! what is supported. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html>

use Level::{Bucket, Object, Service};
use Operation as Op;
use Selector::{Header, Query, QueryIs};

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The service itself: `/`.
    Service,
    /// A bucket.
    Bucket,
    /// An object.
    Object,
}

impl Level {
    /// The word in the `ResourceType` element of errors.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => "SERVICE",
            Self::Bucket => "BUCKET",
            Self::Object => "OBJECT",
        }
    }
}

/// Something in a request that chooses among operations of one method and level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector {
    /// A query parameter of this name, with any value.
    Query(&'static str),
    /// A query parameter of this name and value.
    QueryIs(&'static str, &'static str),
    /// A header of this name.
    Header(&'static str),
}

/// Whose permission an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// All buckets of the account.
    Service,
    /// The bucket of the request.
    Bucket,
    /// The object of the request.
    Object,
    /// The object that `x-amz-copy-source` names.
    Source,
    /// The bucket of that object.
    SourceBucket,
}

/// One operation of S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Ends a multipart upload and drops its parts.
    AbortMultipartUpload,
    /// Makes an object of the parts of an upload.
    CompleteMultipartUpload,
    /// Makes an object of another one.
    CopyObject,
    /// Makes a bucket.
    CreateBucket,
    /// Begins a multipart upload.
    CreateMultipartUpload,
    /// Removes an empty bucket.
    DeleteBucket,
    /// Removes an object.
    DeleteObject,
    /// Says in which region a bucket is.
    GetBucketLocation,
    /// Reads an object.
    GetObject,
    /// Says whether a bucket is there.
    HeadBucket,
    /// Reads an object's headers.
    HeadObject,
    /// Lists the account's buckets.
    ListBuckets,
    /// Lists a bucket's uploads in progress.
    ListMultipartUploads,
    /// Lists a bucket, first version.
    ListObjects,
    /// Lists a bucket, second version.
    ListObjectsV2,
    /// Lists the parts of an upload.
    ListParts,
    /// Writes an object with a form.
    PostObject,
    /// Writes an object.
    PutObject,
    /// Writes one part of an upload.
    UploadPart,
    /// Makes one part of an object, or of a range of it.
    UploadPartCopy,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which operation.
    pub operation: Operation,
    /// Its name in the API reference.
    pub name: &'static str,
    /// The method.
    pub method: &'static str,
    /// What it is about.
    pub level: Level,
    /// What must be in the request, all of it. Among rows that fit, the first one is meant.
    pub selectors: &'static [Selector],
    /// The actions that the caller needs, all of them.
    pub needs: &'static [(On, &'static str)],
    /// The name in server access logs.
    pub log: &'static str,
}

/// Every operation there is. More exact rows stand before less exact ones of the same method.
#[rustfmt::skip]
pub const TABLE: [Row; 20] = [
    row(Op::ListBuckets, "ListBuckets", "GET", Service, &[],
        &[(On::Service, "s3:ListAllMyBuckets")], "REST.GET.SERVICE"),

    row(Op::CreateBucket, "CreateBucket", "PUT", Bucket, &[],
        &[(On::Bucket, "s3:CreateBucket")], "REST.PUT.BUCKET"),
    row(Op::HeadBucket, "HeadBucket", "HEAD", Bucket, &[],
        &[(On::Bucket, "s3:ListBucket")], "REST.HEAD.BUCKET"),
    row(Op::DeleteBucket, "DeleteBucket", "DELETE", Bucket, &[],
        &[(On::Bucket, "s3:DeleteBucket")], "REST.DELETE.BUCKET"),
    row(Op::GetBucketLocation, "GetBucketLocation", "GET", Bucket, &[Query("location")],
        &[(On::Bucket, "s3:GetBucketLocation")], "REST.GET.LOCATION"),
    row(Op::ListMultipartUploads, "ListMultipartUploads", "GET", Bucket, &[Query("uploads")],
        &[(On::Bucket, "s3:ListBucketMultipartUploads")], "REST.GET.UPLOADS"),
    row(Op::ListObjectsV2, "ListObjectsV2", "GET", Bucket, &[QueryIs("list-type", "2")],
        &[(On::Bucket, "s3:ListBucket")], "REST.GET.BUCKET"),
    row(Op::ListObjects, "ListObjects", "GET", Bucket, &[],
        &[(On::Bucket, "s3:ListBucket")], "REST.GET.BUCKET"),
    // The key stands in the form.
    row(Op::PostObject, "PostObject", "POST", Bucket, &[],
        &[(On::Object, "s3:PutObject")], "REST.POST.OBJECT"),

    row(Op::ListParts, "ListParts", "GET", Object, &[Query("uploadId")],
        &[(On::Object, "s3:ListMultipartUploadParts")], "REST.GET.UPLOAD"),
    row(Op::GetObject, "GetObject", "GET", Object, &[],
        &[(On::Object, "s3:GetObject")], "REST.GET.OBJECT"),
    row(Op::HeadObject, "HeadObject", "HEAD", Object, &[],
        &[(On::Object, "s3:GetObject")], "REST.HEAD.OBJECT"),
    row(Op::UploadPartCopy, "UploadPartCopy", "PUT", Object,
        &[Query("uploadId"), Query("partNumber"), Header("x-amz-copy-source")],
        &[(On::Source, "s3:GetObject"), (On::Object, "s3:PutObject")], "REST.COPY.PART"),
    row(Op::UploadPart, "UploadPart", "PUT", Object, &[Query("uploadId"), Query("partNumber")],
        &[(On::Object, "s3:PutObject")], "REST.PUT.PART"),
    row(Op::CopyObject, "CopyObject", "PUT", Object, &[Header("x-amz-copy-source")],
        &[(On::Source, "s3:GetObject"), (On::Object, "s3:PutObject")], "REST.COPY.OBJECT"),
    row(Op::PutObject, "PutObject", "PUT", Object, &[],
        &[(On::Object, "s3:PutObject")], "REST.PUT.OBJECT"),
    row(Op::AbortMultipartUpload, "AbortMultipartUpload", "DELETE", Object, &[Query("uploadId")],
        &[(On::Object, "s3:AbortMultipartUpload")], "REST.DELETE.UPLOAD"),
    row(Op::DeleteObject, "DeleteObject", "DELETE", Object, &[],
        &[(On::Object, "s3:DeleteObject")], "REST.DELETE.OBJECT"),
    row(Op::CreateMultipartUpload, "CreateMultipartUpload", "POST", Object, &[Query("uploads")],
        &[(On::Object, "s3:PutObject")], "REST.POST.UPLOADS"),
    row(Op::CompleteMultipartUpload, "CompleteMultipartUpload", "POST", Object,
        &[Query("uploadId")], &[(On::Object, "s3:PutObject")], "REST.POST.UPLOAD"),
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

#[expect(clippy::too_many_arguments, reason = "one argument for each column")]
const fn row(
    operation: Operation,
    name: &'static str,
    method: &'static str,
    level: Level,
    selectors: &'static [Selector],
    needs: &'static [(On, &'static str)],
    log: &'static str,
) -> Row {
    Row { operation, name, method, level, selectors, needs, log }
}

impl Operation {
    /// The row of this operation.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test finds every operation in the table")]
    pub fn row(self) -> &'static Row {
        TABLE
            .iter()
            .find(|row| row.operation == self)
            .expect("invariant: every operation has a row")
    }
}

/// What a request is, before its parameters are read.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// The method in capitals.
    pub method: &'a str,
    /// What it is about.
    pub level: Level,
    /// Decoded query parameters.
    pub query: &'a [(alloc::string::String, alloc::string::String)],
    /// Names of the headers, and of query parameters that stand for headers, in lower case.
    pub headers: &'a [&'a str],
}

/// Why no row fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unrouted {
    /// S3 has no such method on this resource.
    Method,
    /// S3 has this operation and hallpass does not; holds what named it.
    NotImplemented(&'static str),
}

/// The operation that a request asks for.
///
/// # Errors
/// When no row of the table fits.
pub fn route(shape: &Shape<'_>) -> Result<Operation, Unrouted> {
    let chosen = TABLE.iter().find(|row| row.fits(shape));
    let is_left_over = |name: &'static str| {
        shape.has_query(name) && !chosen.is_some_and(|row| row.selectors.contains(&Query(name)))
    };
    if let Some(name) = SUBRESOURCES.into_iter().find(|name| is_left_over(name)) {
        return Err(Unrouted::NotImplemented(name));
    }
    match (chosen, shape.method, shape.level) {
        (Some(row), ..) => Ok(row.operation),
        (None, "OPTIONS", _) => Err(Unrouted::NotImplemented("OPTIONS")),
        (None, "POST", Object) => Err(Unrouted::NotImplemented("POST")),
        (None, ..) => Err(Unrouted::Method),
    }
}

impl Row {
    fn fits(&self, shape: &Shape<'_>) -> bool {
        self.method == shape.method
            && self.level == shape.level
            && self.selectors.iter().all(|selector| match *selector {
                Query(name) => shape.has_query(name),
                QueryIs(name, value) => shape.query.iter().any(|(n, v)| n == name && v == value),
                Header(name) => shape.headers.contains(&name),
            })
    }
}

impl Shape<'_> {
    fn has_query(&self, name: &str) -> bool {
        self.query.iter().any(|(n, _)| n == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    fn routed(method: &str, level: Level, query: &str, headers: &[&str]) -> Result<Op, Unrouted> {
        let query: Vec<(String, String)> = query
            .split('&')
            .filter(|q| !q.is_empty())
            .map(|q| q.split_once('=').unwrap_or((q, "")))
            .map(|(n, v)| (n.to_string(), v.to_string()))
            .collect();
        route(&Shape { method, level, query: &query, headers })
    }

    #[test]
    fn every_row_routes_to_itself_and_every_operation_has_one() {
        for row in &TABLE {
            let query: Vec<String> = row
                .selectors
                .iter()
                .filter_map(|selector| match selector {
                    Query(name) => Some(name.to_string()),
                    QueryIs(name, value) => Some(alloc::format!("{name}={value}")),
                    Header(_) => None,
                })
                .collect();
            let headers: Vec<&str> = row
                .selectors
                .iter()
                .filter_map(|selector| match selector {
                    Header(name) => Some(*name),
                    Query(_) | QueryIs(..) => None,
                })
                .collect();
            let operation = routed(row.method, row.level, &query.join("&"), &headers);
            assert_eq!(operation, Ok(row.operation), "{}", row.name);
            assert_eq!(row.operation.row().name, row.name);
        }
    }

    #[test]
    fn a_subresource_is_never_taken_for_the_plain_operation() {
        for name in SUBRESOURCES {
            for method in ["GET", "PUT", "POST", "DELETE"] {
                for level in [Bucket, Object] {
                    let operation = routed(method, level, name, &[]);
                    let plain = routed(method, level, "", &[]);
                    assert!(operation != plain || operation.is_err(), "{method} ?{name}");
                }
            }
        }
        assert_eq!(routed("PUT", Object, "acl", &[]), Err(Unrouted::NotImplemented("acl")));
    }

    #[test]
    fn unknown_parameters_do_not_matter() {
        assert_eq!(routed("GET", Object, "x-id=GetObject&foo", &[]), Ok(Op::GetObject));
    }

    #[test]
    fn methods_that_s3_does_not_have_are_told_apart() {
        assert_eq!(routed("PATCH", Object, "", &[]), Err(Unrouted::Method));
        assert_eq!(routed("PUT", Service, "", &[]), Err(Unrouted::Method));
        assert_eq!(routed("POST", Object, "", &[]), Err(Unrouted::NotImplemented("POST")));
    }
}
