//! What an operation came to: status, headers, content.

use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use s3::{Checksum, ETag};
use store::VersionId;

use crate::body::Content;

/// Names the version that an answer is about.
pub(crate) const VERSION_ID: HeaderName = HeaderName::from_static("x-amz-version-id");
/// Says that what there is, was put or was removed is a delete marker.
pub(crate) const DELETE_MARKER: HeaderName = HeaderName::from_static("x-amz-delete-marker");
/// Headers that most answers have room for, without growing.
const HEADERS_MOST: usize = 12;

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
    /// Size of the object that this was about, for the log.
    pub(crate) object_bytes: Option<u64>,
    /// What the operator should know, though it was a success.
    pub(crate) because: Option<String>,
}

impl Outcome {
    /// An answer with a status and no content.
    pub(crate) fn status(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::with_capacity(HEADERS_MOST),
            content: Content::Nothing,
            object_bytes: None,
            because: None,
        }
    }

    /// An XML document.
    pub(crate) fn document(document: String) -> Self {
        Self { content: Content::Bytes(document.into()), ..Self::status(StatusCode::OK) }
            .with(CONTENT_TYPE, "application/xml")
    }

    /// A line of text.
    pub(crate) fn text(text: &'static str) -> Self {
        Self { content: Content::Bytes(text.into()), ..Self::status(StatusCode::OK) }
            .with(CONTENT_TYPE, "text/plain")
    }

    /// Adds a header; a value that no header can carry is left out.
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds a header that was made for it; a value that no header can carry is left out.
    pub(crate) fn with_text(mut self, name: HeaderName, value: String) -> Self {
        if let Ok(value) = HeaderValue::try_from(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds a header that is a number.
    pub(crate) fn with_number(mut self, name: HeaderName, value: u64) -> Self {
        self.headers.insert(name, value.into());
        self
    }

    /// Adds the tag.
    pub(crate) fn with_etag(self, etag: &ETag) -> Self {
        self.with_text(ETAG, etag.quoted())
    }

    /// Adds the version that this was about; none is none.
    pub(crate) fn with_version(self, version: Option<VersionId>) -> Self {
        match version {
            Some(version) => self.with(VERSION_ID, &version.to_string()),
            None => self,
        }
    }

    /// Adds the version that was written: the null version is no news.
    pub(crate) fn with_new_version(self, version: Option<VersionId>) -> Self {
        self.with_version(version.filter(|version| !version.is_null()))
    }

    /// Adds a checksum and its type.
    pub(crate) fn with_checksum(self, checksum: &Checksum) -> Self {
        self.with(HeaderName::from_static(checksum.algorithm.header()), &checksum.text())
            .with(HeaderName::from_static("x-amz-checksum-type"), checksum.type_word())
    }
}
