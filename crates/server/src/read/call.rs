//! A call: one operation on checked names, with the parameters that came along.

use std::fmt;

use s3::operation::{Row, Selector, Shape, Unrouted, route};
use s3::{BucketName, ChecksumAlgorithm, Code, NameError, ObjectKey, Operation};
use signature::Mechanism;
use signature::encode::{Plus, Slash, decode_strict, encode};
use store::VersionId;

use super::{Received, ReceivedForm};
use crate::refusal::Refusal;
use crate::verify::Caller;

/// An operation that is asked for.
pub(crate) struct Call {
    pub(crate) row: &'static Row,
    pub(crate) bucket: Option<BucketName>,
    pub(crate) key: Option<ObjectKey>,
    pub(crate) version: Option<VersionId>,
    pub(crate) source: Option<Source>,
    received: Received,
    /// What stands for headers: in the query of a presigned URL, or in the fields of a form.
    standing: Vec<(String, String)>,
}

/// Shows the operation alone: what came along with it can be a signature.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("operation", &self.row.operation).finish_non_exhaustive()
    }
}

/// The object that `x-amz-copy-source` names.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) bucket: BucketName,
    pub(crate) key: ObjectKey,
    pub(crate) version: Option<VersionId>,
}

impl Received {
    /// What the request asks for, now that its caller is known.
    pub(crate) fn call(self, caller: &Caller) -> Result<Call, Refusal> {
        let standing = match (&self.form, caller.mechanism()) {
            (Some(form), _) => form.headers(),
            (None, Some(Mechanism::V4Query | Mechanism::V4aQuery | Mechanism::V2Query)) => {
                self.hoisted()?
            }
            (None, Some(Mechanism::V4Header | Mechanism::V4aHeader | Mechanism::V2Header)) => {
                Vec::new()
            }
            (None, Some(Mechanism::V4Form | Mechanism::V2Form) | None) => Vec::new(),
        };
        let row = self.route(&standing)?;
        let bucket = self.bucket.as_deref().map(bucket).transpose()?;
        let key = self.key().map(|text| parse_key(text.to_owned())).transpose()?;
        let of_version = row.selectors.contains(&Selector::Query("versionId"));
        let mut call =
            Call { row, bucket, key, version: None, source: None, received: self, standing };
        if of_version {
            call.version = call.parameter("versionId").map(parse_version).transpose()?;
        }
        if matches!(row.operation, Operation::CopyObject | Operation::UploadPartCopy) {
            call.source = Some(source(call.header("x-amz-copy-source").unwrap_or(""))?);
        }
        Ok(call)
    }

    /// Parameters of a presigned URL that stand for headers: names in lower case, and values. One
    /// that is repeated, or that a header contradicts, could be obeyed in two ways.
    fn hoisted(&self) -> Result<Vec<(String, String)>, Refusal> {
        let mut hoisted: Vec<(String, String)> = Vec::new();
        for (name, value) in &self.query {
            if OF_THE_SIGNATURE.iter().any(|own| own.eq_ignore_ascii_case(name)) {
                continue;
            }
            let name = name.to_ascii_lowercase();
            if !stands_for_header(&name) && !self.is_signed_as_header(&name) {
                continue;
            }
            let sent = self.head.headers.get(&name).map(http::HeaderValue::as_bytes);
            let is_contradicted = sent.is_some_and(|sent| sent != value.as_bytes());
            if is_contradicted || hoisted.iter().any(|(n, _)| *n == name) {
                return Err(Refusal::new(Code::InvalidRequest)
                    .saying(format!("{name} must be given once, in the query or as a header.")));
            }
            hoisted.push((name, value.clone()));
        }
        Ok(hoisted)
    }

    /// Whether a presigned URL names a parameter among its signed headers. Its value is then signed
    /// as that of the header, whichever header that is. The host is always a header.
    fn is_signed_as_header(&self, name: &str) -> bool {
        let signed = self.query.iter().find(|(name, _)| name == "X-Amz-SignedHeaders");
        signed.is_some_and(|(_, names)| names.split(';').any(|signed| signed == name))
            && name != "host"
            && !OF_THE_SIGNATURE.contains(&name)
    }

    pub(super) fn route(&self, standing: &[(String, String)]) -> Result<&'static Row, Refusal> {
        let sent = self.head.headers.keys().map(http::HeaderName::as_str);
        let headers: Vec<&str> = sent.chain(standing.iter().map(|(n, _)| n.as_str())).collect();
        let method = self.head.method.as_str();
        let shape = Shape { method, level: self.level(), query: &self.query, headers: &headers };
        route(&shape).map_err(|unrouted| match unrouted {
            Unrouted::Method => Refusal::new(Code::MethodNotAllowed)
                .with("Method", method)
                .with("ResourceType", self.level().word()),
            Unrouted::NotImplemented(what) => Refusal::new(Code::NotImplemented)
                .saying(format!("This server does not implement this operation ({what})."))
                .because("the operation is not supported"),
        })
    }
}

/// Names that belong to the signature, in a query and in a form.
pub(super) const OF_THE_SIGNATURE: [&str; 9] = [
    "x-amz-algorithm",
    "x-amz-content-sha256",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-region-set",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
];

/// Whether a query parameter of a presigned URL is a header in another place, signed as one or not.
/// The parameters of the signature itself are not. Nor is the value of a checksum: URLs made by one
/// SDK carry the checksum of an empty body, and S3 does not hold the body to it.
fn stands_for_header(name: &str) -> bool {
    let is_checksum =
        ChecksumAlgorithm::from_header(name).is_some() || name == "x-amz-sdk-checksum-algorithm";
    (name.starts_with("x-amz-") || name.starts_with("if-"))
        && !OF_THE_SIGNATURE.contains(&name)
        && !is_checksum
}

impl Call {
    /// The value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// Parameters of the query in order of arrival, decoded.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.received.query.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The URL of an object in the bucket, at the host that was asked. TLS, if there is any, ends
    /// in front of this server, which does not know of it.
    pub(crate) fn url(&self, bucket: &BucketName, key: &ObjectKey) -> String {
        let host = self.received.host().unwrap_or("localhost");
        let path = encode(key.as_str(), Slash::Keep);
        if self.received.is_virtual_hosted {
            format!("http://{host}/{path}")
        } else {
            format!("http://{host}/{bucket}/{path}")
        }
    }

    /// The fields in front of the file of a form.
    pub(crate) fn form(&self) -> Option<&ReceivedForm> {
        self.received.form.as_ref()
    }

    /// The value of a header; in presigned URLs a query parameter can stand for it. In forms only
    /// a field can: headers that are sent with a form are not signed, and are about the form.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let sent = self.received.header(name).filter(|_| self.form().is_none());
        let standing = || self.standing.iter().find(|(n, _)| n == name);
        sent.or_else(|| standing().map(|(_, value)| value.as_str()))
    }

    /// A header that was sent beside whatever is asked, a form among it.
    pub(crate) fn sent_header(&self, name: &str) -> Option<&str> {
        self.received.header(name)
    }

    /// Every header, sent or standing elsewhere: names in lower case, values as bytes.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let sent = Some(&self.received.head.headers).filter(|_| self.form().is_none());
        let is_sent = move |name: &str| sent.is_some_and(|sent| sent.contains_key(name));
        let standing = self.standing.iter().filter(move |(name, _)| !is_sent(name));
        let standing = standing.map(|(name, value)| (name.as_str(), value.as_bytes()));
        let sent = sent.into_iter().flatten();
        sent.map(|(name, value)| (name.as_str(), value.as_bytes())).chain(standing)
    }
}

fn bucket(name: &str) -> Result<BucketName, Refusal> {
    BucketName::parse(name)
        .map_err(|_| Refusal::new(Code::InvalidBucketName).with("BucketName", name))
}

/// The version with this id. One that no version can have is refused, whatever there is.
pub(crate) fn parse_version(id: &str) -> Result<VersionId, Refusal> {
    VersionId::parse(id).ok_or_else(|| {
        Refusal::argument("versionId", id).saying(match id {
            "" => "Version id cannot be the empty string",
            _ => "Invalid version id specified",
        })
    })
}

pub(crate) fn parse_key(key: String) -> Result<ObjectKey, Refusal> {
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
    let (path, version) = match text.split_once("?versionId=") {
        Some((path, id)) => (path, Some(parse_version(id)?)),
        None => (text, None),
    };
    let decoded = decode_strict(path, Plus::Itself)
        .ok_or_else(|| refusal("Copy Source must be URL encoded"))?;
    let decoded = decoded.strip_prefix('/').unwrap_or(&decoded);
    let (bucket_name, key_text) = decoded.split_once('/').ok_or_else(|| {
        refusal("Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
    })?;
    Ok(Source { bucket: bucket(bucket_name)?, key: parse_key(key_text.to_owned())?, version })
}
