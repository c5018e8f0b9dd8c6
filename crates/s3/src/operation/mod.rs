//! The table of operations: the one place that says what exists.
//!
//! A row drives routing, the actions that policy is asked for, the name in logs, and the page of
//! what is supported. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html>

mod table;

pub use table::{SUBRESOURCES, TABLE};

use Level::Object;
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
    /// Each object that the document names: asked for one by one, when it was read.
    Named,
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
    /// Takes the policy off a bucket.
    DeleteBucketPolicy,
    /// Takes the tags off a bucket.
    DeleteBucketTagging,
    /// Removes an object.
    DeleteObject,
    /// Takes the tags off an object.
    DeleteObjectTagging,
    /// Removes several objects.
    DeleteObjects,
    /// Takes off a bucket what keeps the public out of it.
    DeletePublicAccessBlock,
    /// Says in which region a bucket is.
    GetBucketLocation,
    /// Reads a bucket's policy.
    GetBucketPolicy,
    /// Says whether a bucket's policy is public.
    GetBucketPolicyStatus,
    /// Reads a bucket's tags.
    GetBucketTagging,
    /// Says whether a bucket keeps versions.
    GetBucketVersioning,
    /// Reads an object.
    GetObject,
    /// Reads what an object is, without its bytes.
    GetObjectAttributes,
    /// Reads an object's tags.
    GetObjectTagging,
    /// Reads what keeps the public out of a bucket.
    GetPublicAccessBlock,
    /// Says whether a bucket is there.
    HeadBucket,
    /// Reads an object's headers.
    HeadObject,
    /// Lists the account's buckets.
    ListBuckets,
    /// Lists a bucket's uploads in progress.
    ListMultipartUploads,
    /// Lists a bucket, old versions and delete markers included.
    ListObjectVersions,
    /// Lists a bucket, first version.
    ListObjects,
    /// Lists a bucket, second version.
    ListObjectsV2,
    /// Lists the parts of an upload.
    ListParts,
    /// Writes an object with a form.
    PostObject,
    /// Puts a policy on a bucket.
    PutBucketPolicy,
    /// Puts tags on a bucket.
    PutBucketTagging,
    /// Says whether a bucket shall keep versions.
    PutBucketVersioning,
    /// Writes an object.
    PutObject,
    /// Puts tags on an object.
    PutObjectTagging,
    /// Says what shall keep the public out of a bucket.
    PutPublicAccessBlock,
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
    /// Sub-resources that may be in the request besides.
    pub takes: &'static [&'static str],
    /// The actions that the caller needs, all of them.
    pub needs: &'static [(On, &'static str)],
    /// The actions that the caller needs when the header is in the request.
    pub needs_with: &'static [(&'static str, On, &'static str)],
    /// The name in server access logs.
    pub log: &'static str,
}

impl Operation {
    /// A row of this operation: the last one, which is the least exact.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test finds every operation in the table")]
    pub fn row(self) -> &'static Row {
        TABLE
            .iter()
            .rfind(|row| row.operation == self)
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

/// The row of the operation that a request asks for.
///
/// # Errors
/// When no row of the table fits.
pub fn route(shape: &Shape<'_>) -> Result<&'static Row, Unrouted> {
    let chosen = TABLE.iter().find(|row| row.fits(shape));
    let is_left_over =
        |name: &'static str| shape.has_query(name) && !chosen.is_some_and(|row| row.knows(name));
    if let Some(name) = SUBRESOURCES.into_iter().find(|name| is_left_over(name)) {
        return Err(Unrouted::NotImplemented(name));
    }
    match (chosen, shape.method, shape.level) {
        (Some(row), ..) => Ok(row),
        (None, "OPTIONS", _) => Err(Unrouted::NotImplemented("OPTIONS")),
        (None, "POST", Object) => Err(Unrouted::NotImplemented("POST")),
        (None, ..) => Err(Unrouted::Method),
    }
}

impl Row {
    fn knows(&self, subresource: &'static str) -> bool {
        self.selectors.contains(&Query(subresource)) || self.takes.contains(&subresource)
    }

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

    use Level::{Bucket, Service};
    use Operation as Op;

    fn routed(method: &str, level: Level, query: &str, headers: &[&str]) -> Result<Op, Unrouted> {
        find(method, level, query, headers).map(|row| row.operation)
    }

    fn find(
        method: &str,
        level: Level,
        query: &str,
        headers: &[&str],
    ) -> Result<&'static Row, Unrouted> {
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
            let found = find(row.method, row.level, &query.join("&"), &headers).unwrap();
            assert!(core::ptr::eq(found, row), "{}", row.name);
            assert_eq!(row.operation.row().name, row.name);
        }
    }

    #[test]
    fn a_subresource_is_never_taken_for_the_plain_operation() {
        for name in SUBRESOURCES {
            for method in ["GET", "PUT", "POST", "DELETE"] {
                for level in [Bucket, Object] {
                    let (found, plain) =
                        (find(method, level, name, &[]), find(method, level, "", &[]));
                    let is_taken = plain.as_ref().is_ok_and(|row| row.takes.contains(&name));
                    let is_plain =
                        found.is_ok_and(|row| plain.is_ok_and(|plain| core::ptr::eq(row, plain)));
                    assert!(!is_plain || is_taken, "{method} ?{name}");
                }
            }
        }
        assert_eq!(routed("PUT", Object, "acl", &[]), Err(Unrouted::NotImplemented("acl")));
    }

    #[test]
    fn a_version_needs_an_action_of_its_own() {
        let needs = |method, query| find(method, Object, query, &[]).unwrap().needs;
        assert_eq!(needs("GET", "versionId=x"), [(On::Object, "s3:GetObjectVersion")]);
        assert_eq!(needs("GET", "partNumber=1"), [(On::Object, "s3:GetObject")]);
        assert_eq!(
            needs("HEAD", "partNumber=1&versionId=x"),
            [(On::Object, "s3:GetObjectVersion")]
        );
        assert_eq!(
            needs("DELETE", "tagging&versionId=x"),
            [(On::Object, "s3:DeleteObjectVersionTagging")]
        );
        assert_eq!(
            routed("PUT", Object, "versionId=x", &[]),
            Err(Unrouted::NotImplemented("versionId"))
        );
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
