//! The answer to a call, read to its end: headers and a document, or a refusal.
//!
//! Some refusals come with status 200: an operation that takes long begins its answer before it
//! knows how it ends.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>

use http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use s3::xml::read_element;
use s3::{Checksum, ChecksumAlgorithm, Operation};
use tokio::time::timeout;

use crate::error::{Error, ErrorKind};
use crate::limits::{ANSWER_BYTES_MAX, STALL};

/// An answer that says yes.
#[derive(Debug)]
pub(crate) struct Answer {
    headers: HeaderMap,
    document: String,
}

impl Answer {
    /// Reads the answer to `operation`.
    pub(crate) async fn read(
        operation: Operation,
        response: Response<Incoming>,
    ) -> Result<Self, Error> {
        let (head, body) = response.into_parts();
        let document = read_document(operation.row().name, body).await?;
        if !head.status.is_success() || read_element(&document, "Error").is_some() {
            return Err(Error::of(operation, refused(head.status, &document)));
        }
        Ok(Self { headers: head.headers, document })
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The document; empty where there is none.
    pub(crate) fn document(&self) -> &str {
        &self.document
    }

    /// The text of an element of the document.
    pub(crate) fn element(&self, name: &str) -> Option<String> {
        read_element(&self.document, name).filter(|text| !text.is_empty())
    }

    /// Whether the service says that it stored bytes of another sum than `crc`.
    pub(crate) fn denies(&self, crc: &Checksum) -> bool {
        let algorithm = ChecksumAlgorithm::Crc64Nvme;
        let said = self.header(algorithm.header()).map(str::to_owned);
        said.or_else(|| self.element(algorithm.element())).is_some_and(|said| said != crc.text())
    }
}

/// Reads a document to its end.
pub(crate) async fn read_document(
    operation: &'static str,
    mut body: Incoming,
) -> Result<String, Error> {
    let fail = |kind| Error::new(operation, kind);
    let mut document = Vec::new();
    loop {
        let frame = timeout(STALL, body.frame()).await;
        let frame = match frame.map_err(|_| fail(ErrorKind::Stalled))? {
            None => break,
            Some(frame) => frame.map_err(|e| fail(ErrorKind::Broken).because(e))?,
        };
        document.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
        if document.len() > ANSWER_BYTES_MAX {
            return Err(fail(ErrorKind::Nonsense));
        }
    }
    String::from_utf8(document).map_err(|e| fail(ErrorKind::Nonsense).because(e))
}

/// The refusal in S3's words; what is no S3 has its status to say.
pub(crate) fn refused(status: StatusCode, document: &str) -> ErrorKind {
    let reason = status.canonical_reason().unwrap_or("no reason given");
    ErrorKind::Refused {
        status: status.as_u16(),
        code: read_element(document, "Code").unwrap_or_else(|| "no S3 code".into()),
        message: read_element(document, "Message").unwrap_or_else(|| reason.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_is_read_from_the_document_or_the_status() {
        let document = "<Error><Code>NoSuchBucket</Code><Message>Not there.</Message></Error>";
        let of_s3 = ErrorKind::Refused {
            status: 404,
            code: "NoSuchBucket".into(),
            message: "Not there.".into(),
        };
        assert_eq!(refused(StatusCode::NOT_FOUND, document), of_s3);
        let of_another = ErrorKind::Refused {
            status: 502,
            code: "no S3 code".into(),
            message: "Bad Gateway".into(),
        };
        assert_eq!(refused(StatusCode::BAD_GATEWAY, "<html>"), of_another);
    }
}
