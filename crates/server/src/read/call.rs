//! A call: one operation on checked names, with the parameters that came along.

use s3::operation::{Shape, Unrouted, route};
use s3::{BucketName, Code, NameError, ObjectKey, Operation};
use signature::Mechanism;
use signature::encode::{Plus, decode_strict};

use super::Received;
use crate::refusal::Refusal;
use crate::verify::Caller;

/// An operation that is asked for.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    pub(crate) bucket: Option<BucketName>,
    pub(crate) key: Option<ObjectKey>,
    pub(crate) source: Option<Source>,
    received: Received,
    query_stands_for_headers: QueryHeaders,
}

/// The object that `x-amz-copy-source` names.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) bucket: BucketName,
    pub(crate) key: ObjectKey,
}

/// Whether `x-amz-*` parameters of the query count as headers: in presigned URLs they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum QueryHeaders {
    Count,
    DoNotCount,
}

impl Received {
    /// What the request asks for, now that its caller is known.
    pub(crate) fn call(self, caller: &Caller) -> Result<Call, Refusal> {
        let query_stands_for_headers = match caller.mechanism() {
            Some(Mechanism::V4Query | Mechanism::V2Query) => QueryHeaders::Count,
            Some(Mechanism::V4Header | Mechanism::V2Header) | None => QueryHeaders::DoNotCount,
        };
        let operation = self.route(query_stands_for_headers)?;
        let bucket = self.bucket.as_deref().map(bucket).transpose()?;
        let key = self.key.clone().map(key).transpose()?;
        let mut call = Call {
            operation,
            bucket,
            key,
            source: None,
            received: self,
            query_stands_for_headers,
        };
        if matches!(operation, Operation::CopyObject | Operation::UploadPartCopy) {
            call.source = Some(source(call.header("x-amz-copy-source").unwrap_or(""))?);
        }
        Ok(call)
    }

    fn route(&self, query_headers: QueryHeaders) -> Result<Operation, Refusal> {
        let mut headers: Vec<&str> = self
            .head
            .headers
            .keys()
            .map(http::HeaderName::as_str)
            .collect();
        if query_headers == QueryHeaders::Count {
            headers.extend(self.query.iter().map(|(name, _)| name.as_str()));
        }
        let method = self.head.method.as_str();
        let shape = Shape {
            method,
            level: self.level(),
            query: &self.query,
            headers: &headers,
        };
        route(&shape).map_err(|unrouted| match unrouted {
            Unrouted::Method => Refusal::new(Code::MethodNotAllowed)
                .with("Method", method)
                .with("ResourceType", self.level().word()),
            Unrouted::NotImplemented(what) => Refusal::new(Code::NotImplemented)
                .saying(format!(
                    "This server does not implement this operation ({what})."
                ))
                .because("the operation is not supported"),
        })
    }
}

impl Call {
    /// The value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.received
            .query
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a header; in presigned URLs a query parameter can stand for it.
    ///
    /// Not a checksum, though: URLs made by one SDK carry the checksum of an empty body, and S3
    /// does not hold the body to it.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let in_query = || {
            let may = self.query_stands_for_headers == QueryHeaders::Count
                && (name.starts_with("x-amz-") || name.starts_with("if-"))
                && !name.starts_with("x-amz-checksum-")
                && name != "x-amz-sdk-checksum-algorithm";
            let mut query = self.received.query.iter().filter(|_| may);
            query
                .find(|(n, _)| n.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.as_str())
        };
        self.received.header(name).or_else(in_query)
    }

    /// Every header of the request, and in presigned URLs the parameters that stand for one:
    /// names in lower case, values as bytes.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (String, &[u8])> {
        let sent = self.received.head.headers.iter();
        let sent = sent.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes()));
        let counts = self.query_stands_for_headers == QueryHeaders::Count;
        let in_query = self.received.query.iter().filter(move |_| counts);
        let in_query = in_query
            .map(|(name, value)| (name.to_ascii_lowercase(), value.as_bytes()))
            .filter(|(name, _)| name.starts_with("x-amz-") && !self.is_sent(name));
        sent.chain(in_query)
    }

    fn is_sent(&self, name: &str) -> bool {
        self.received.head.headers.contains_key(name)
    }

    /// Parameters of the query in order of arrival, decoded.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.received
            .query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn bucket(name: &str) -> Result<BucketName, Refusal> {
    BucketName::parse(name)
        .map_err(|_| Refusal::new(Code::InvalidBucketName).with("BucketName", name))
}

fn key(key: String) -> Result<ObjectKey, Refusal> {
    ObjectKey::parse(key).map_err(|error| match error {
        NameError::KeyTooLong(bytes) => Refusal::new(Code::KeyTooLongError)
            .with("Size", bytes)
            .with("MaxSizeAllowed", s3::name::KEY_BYTES_MAX),
        NameError::KeyEmpty | NameError::Bucket | NameError::PartNumber => {
            Refusal::new(Code::InvalidURI)
        }
    })
}

/// Reads `bucket/key`, percent-encoded, with or without a slash in front.
fn source(text: &str) -> Result<Source, Refusal> {
    let refusal =
        |message: &'static str| Refusal::argument("x-amz-copy-source", text).saying(message);
    let (path, version) = text.split_once("?versionId=").unwrap_or((text, "null"));
    if version != "null" {
        return Err(Refusal::not_implemented_header("x-amz-copy-source"));
    }
    let decoded = decode_strict(path, Plus::Itself)
        .ok_or_else(|| refusal("Copy Source must be URL encoded"))?;
    let decoded = decoded.strip_prefix('/').unwrap_or(&decoded);
    let (bucket_name, key_text) = decoded.split_once('/').ok_or_else(|| {
        refusal(
            "Copy Source must mention the source bucket and key: \
                                sourcebucket/sourcekey",
        )
    })?;
    Ok(Source {
        bucket: bucket(bucket_name)?,
        key: key(key_text.to_owned())?,
    })
}
