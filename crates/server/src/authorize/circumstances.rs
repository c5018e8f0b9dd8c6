//! The condition keys of a request, one at a time and only when a condition asks.
//!
//! A key has the value that is acted upon, and none where it is not: a prefix counts for listings
//! alone, the source of a copy is spelled as it was read, a header is the one that the operation
//! obeys. What a client could say of itself is taken from the socket, the clock and the signature.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>

use std::borrow::Cow;

use policy::{Context, Key};
use s3::operation::On;
use s3::{Operation, Tags, date};
use signature::Mechanism;

use super::case::{Ask, Case, Document};
use crate::read::request_tags;

/// What is known of a request, for one action that it asks for.
pub(super) struct Circumstances<'a> {
    pub(super) case: &'a Case,
    pub(super) ask: &'a Ask<'a>,
}

/// Keys that are the header of the same name.
const HEADERS: [&str; 13] = [
    "s3:x-amz-acl",
    "s3:x-amz-grant-full-control",
    "s3:x-amz-grant-read",
    "s3:x-amz-grant-read-acp",
    "s3:x-amz-grant-write",
    "s3:x-amz-grant-write-acp",
    "s3:x-amz-metadata-directive",
    "s3:x-amz-object-ownership",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-server-side-encryption-customer-algorithm",
    "s3:x-amz-storage-class",
    "s3:x-amz-website-redirect-location",
];

/// Actions for which AWS looks at the tags of the object that is there.
const ON_EXISTING: [&str; 10] = [
    "s3:DeleteObjectTagging",
    "s3:DeleteObjectVersionTagging",
    "s3:GetObject",
    "s3:GetObjectAttributes",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionAttributes",
    "s3:GetObjectVersionTagging",
    "s3:PutObjectTagging",
    "s3:PutObjectVersionTagging",
];

/// Actions that put tags.
const TAGGING: [&str; 3] = ["s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectVersionTagging"];

type Value<'a> = Option<Cow<'a, str>>;

impl Context for Circumstances<'_> {
    fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        let value = match (key.name(), key.tag()) {
            ("s3:ExistingObjectTag", Some(tag)) => {
                self.existing_tags().and_then(|tags| tags.get(tag)).map(Cow::from)
            }
            ("s3:RequestObjectTag", Some(tag)) => {
                self.request_tags().and_then(|tags| tags.get(tag).map(|it| it.to_owned().into()))
            }
            ("s3:RequestObjectTagKeys", None) => {
                let tags = self.request_tags();
                return tags.iter().flat_map(|tags| tags.iter()).for_each(|(key, _)| each(key));
            }
            (name, None) => self.value(name),
            (_, Some(_)) => None,
        };
        match value {
            Some(value) => each(&value),
            None => self.case.caller.values(key, each),
        }
    }
}

impl Circumstances<'_> {
    fn value(&self, name: &str) -> Value<'_> {
        if let Some(header) = HEADERS.iter().find(|known| **known == name) {
            return self.header(header.strip_prefix("s3:")?);
        }
        match name {
            "aws:CurrentTime" => Some(date::iso(self.case.now_ms).into()),
            "aws:EpochTime" => Some((self.case.now_ms / 1000).to_string().into()),
            "aws:Referer" => self.case.call.sent_header("referer").map(Cow::from),
            "aws:RequestedRegion" => Some(self.case.house.settings.region.as_str().into()),
            "aws:SecureTransport" => Some(self.case.origin.is_secure.to_string().into()),
            "aws:SourceIp" => self.case.origin.address.map(|address| address.to_string().into()),
            "aws:UserAgent" => self.case.call.sent_header("user-agent").map(Cow::from),
            "s3:authType" => self.mechanism().map(|mechanism| place(mechanism).into()),
            "s3:signatureversion" => self.mechanism().map(|mechanism| version(mechanism).into()),
            "s3:signatureAge" => self.age_ms().map(|age| age.to_string().into()),
            "s3:x-amz-content-sha256" => self.mechanism().and(self.header("x-amz-content-sha256")),
            "s3:delimiter" | "s3:max-keys" | "s3:prefix" => self.of_listing(name),
            "s3:VersionId" => self.version().map(|version| version.to_string().into()),
            "s3:if-match" | "s3:if-none-match" => self.condition(name),
            "s3:ObjectCreationOperation" => self.creates_object().map(|is| is.to_string().into()),
            "s3:x-amz-copy-source" => self.copy_source(),
            "s3:locationconstraint" => self.location(),
            _ => None,
        }
    }

    fn header(&self, name: &str) -> Value<'_> {
        self.case.call.header(name).map(Cow::from)
    }

    fn mechanism(&self) -> Option<Mechanism> {
        self.case.caller.mechanism()
    }

    /// How long ago a presigned URL or a form was signed. A SigV2 signature does not say.
    fn age_ms(&self) -> Option<u64> {
        match self.mechanism()? {
            Mechanism::V4Query | Mechanism::V4aQuery | Mechanism::V4Form => {
                let signed_ms = self.case.caller.signed_at()?.seconds().saturating_mul(1000);
                Some(self.case.now_ms.saturating_sub(signed_ms))
            }
            Mechanism::V2Query | Mechanism::V2Form => Some(0),
            Mechanism::V4Header | Mechanism::V4aHeader | Mechanism::V2Header => None,
        }
    }

    /// Whoever reads one object could add a prefix to its URL and would be taken for one who lists
    /// below it.
    fn of_listing(&self, name: &str) -> Value<'_> {
        let is_listing = matches!(
            self.case.call.row.operation,
            Operation::ListObjects | Operation::ListObjectsV2 | Operation::ListObjectVersions
        );
        if !is_listing {
            return None;
        }
        let parameter = name.strip_prefix("s3:")?;
        let value = self.case.call.parameter(parameter)?;
        // Without a value, delimiter and max-keys are as if they were not there.
        (parameter == "prefix" || !value.is_empty()).then(|| value.into())
    }

    fn version(&self) -> Option<store::VersionId> {
        match (self.ask.on, self.ask.document) {
            (_, Document::Named(named)) => named.version,
            (On::Source, _) => self.case.call.source.as_ref().and_then(|source| source.version),
            (On::Object, _) => self.case.call.version,
            (On::Service | On::Bucket | On::SourceBucket | On::Named, _) => None,
        }
    }

    /// A condition on writing or deleting, where the operation obeys it.
    fn condition(&self, name: &str) -> Value<'_> {
        let header = name.strip_prefix("s3:")?;
        if let Document::Named(named) = self.ask.document {
            return named.etag.filter(|_| header == "if-match").map(Cow::from);
        }
        let is_deletion = self.case.call.row.operation == Operation::DeleteObject;
        let is_obeyed = self.creates_object() == Some(true) || is_deletion && header == "if-match";
        if is_obeyed { self.header(header) } else { None }
    }

    /// Whether writing makes an object, or only prepares one.
    fn creates_object(&self) -> Option<bool> {
        if self.ask.action != "s3:PutObject" {
            return None;
        }
        let operation = self.case.call.row.operation;
        Some(!matches!(
            operation,
            Operation::CreateMultipartUpload | Operation::UploadPart | Operation::UploadPartCopy
        ))
    }

    /// As it was read: with one spelling, whatever was sent.
    fn copy_source(&self) -> Value<'_> {
        let source = self.case.call.source.as_ref().filter(|_| self.ask.on == On::Object)?;
        let path = format!("{}/{}", source.bucket, source.key);
        Some(match source.version {
            Some(version) => format!("{path}?versionId={version}").into(),
            None => path.into(),
        })
    }

    fn location(&self) -> Value<'_> {
        match self.ask.document {
            Document::Location(location) => location.map(Cow::from),
            Document::Unread(asked) => {
                asked.get_or_init(|| ());
                None
            }
            Document::Nothing | Document::Tags(_) | Document::Named(_) => None,
        }
    }

    /// The tags that are put: those of the document, or of the header where it is obeyed.
    fn request_tags(&self) -> Option<Cow<'_, Tags>> {
        if !TAGGING.contains(&self.ask.action) {
            return None;
        }
        match self.ask.document {
            Document::Tags(tags) => return Some(Cow::Borrowed(tags)),
            Document::Unread(asked) => {
                asked.get_or_init(|| ());
                return None;
            }
            Document::Nothing | Document::Location(_) | Document::Named(_) => {}
        }
        let call = &self.case.call;
        let is_replacing = call.header("x-amz-tagging-directive") == Some("REPLACE");
        let operation = call.row.operation;
        let is_obeyed = matches!(
            operation,
            Operation::PutObject | Operation::PostObject | Operation::CreateMultipartUpload
        ) || operation == Operation::CopyObject && is_replacing;
        // Tags that are none are refused by the operation.
        if is_obeyed { request_tags(call).ok().map(Cow::Owned) } else { None }
    }

    /// The tags of the object that is there.
    fn existing_tags(&self) -> Option<&Tags> {
        if !ON_EXISTING.contains(&self.case.action(self.ask)) {
            return None;
        }
        if self.ask.existing.is_some() {
            return self.ask.existing;
        }
        let case = self.case;
        case.look(self.ask.on)?.at(|| {
            let (bucket, key, version) = match (self.ask.on, &case.call.source) {
                (On::Source, Some(source)) => (&source.bucket, &source.key, source.version),
                _ => (case.call.bucket.as_ref()?, case.call.key.as_ref()?, case.call.version),
            };
            // What cannot be read has no tags, and is looked at again before it is given out.
            let found = case.house.store.object_version(bucket, key, version);
            found.ok().map(|object| object.tags)
        })
    }
}

fn place(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::V4Header | Mechanism::V4aHeader | Mechanism::V2Header => "REST-HEADER",
        Mechanism::V4Query | Mechanism::V4aQuery | Mechanism::V2Query => "REST-QUERY-STRING",
        Mechanism::V4Form | Mechanism::V2Form => "POST",
    }
}

fn version(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::V4Header | Mechanism::V4Query | Mechanism::V4Form => "AWS4-HMAC-SHA256",
        Mechanism::V4aHeader | Mechanism::V4aQuery => "AWS4-ECDSA-P256-SHA256",
        Mechanism::V2Header | Mechanism::V2Query | Mechanism::V2Form => "AWS",
    }
}
