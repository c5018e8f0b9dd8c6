//! The target of a request: bucket, key and parameters, decoded, beside the raw request.
//!
//! A bucket stands in the path or in the host:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>. A host that is
//! none of the server's names means path style, so that a server can be reached by any name.

use std::fmt;

use http::request::Parts;
use s3::{Code, Level};
use signature::encode::{Plus, decode_strict};

use super::ReceivedForm;
use crate::limits::{HEADERS_BYTES_MAX, PARAMETERS_MAX};
use crate::refusal::Refusal;

/// A request as received, its target decoded.
pub(crate) struct Received {
    pub(crate) head: Parts,
    pub(crate) bucket: Option<String>,
    pub(crate) key: Option<String>,
    /// The bucket stood in the host.
    pub(crate) is_virtual_hosted: bool,
    /// Decoded parameters in order of arrival.
    pub(crate) query: Vec<(String, String)>,
    /// The fields in front of the file, when it is an upload with a form.
    pub(crate) form: Option<ReceivedForm>,
}

/// Shows the method alone: a signature can stand in every other part.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("method", &self.head.method).finish_non_exhaustive()
    }
}

/// Splits and decodes the target of a request.
pub(crate) fn request(head: Parts, domains: &[String]) -> Result<Received, Refusal> {
    check_size(&head)?;
    check_host(&head)?;
    check_headers(&head)?;
    let path = decode_strict(head.uri.path(), Plus::Itself)
        .ok_or_else(|| Refusal::new(Code::InvalidURI))?;
    let query = query(head.uri.query().unwrap_or(""))?;
    let from_host = host(&head).and_then(|host| bucket_in_host(host, domains));
    let is_virtual_hosted = from_host.is_some();
    let path = path.strip_prefix('/').unwrap_or(&path);
    let (bucket, key) = match (from_host, path.split_once('/')) {
        (Some(bucket), _) => (Some(bucket), path),
        (None, Some((bucket, key))) => (Some(bucket.to_owned()), key),
        (None, None) if path.is_empty() => (None, ""),
        (None, None) => (Some(path.to_owned()), ""),
    };
    let key = (!key.is_empty()).then(|| key.to_owned());
    Ok(Received { bucket, key, is_virtual_hosted, query, head, form: None })
}

impl Received {
    /// The key that is asked for, in the target or in the form.
    pub(crate) fn key(&self) -> Option<&str> {
        let in_form = || self.form.as_ref().map(|received| received.form.key());
        self.key.as_deref().or_else(in_form)
    }

    /// The host that was asked for, with its port.
    pub(crate) fn host(&self) -> Option<&str> {
        host(&self.head)
    }

    pub(crate) fn level(&self) -> Level {
        match (&self.bucket, &self.key) {
            (None, _) => Level::Service,
            (Some(_), None) => Level::Bucket,
            (Some(_), Some(_)) => Level::Object,
        }
    }

    /// The first header of this name, when it is ASCII.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// What is buffered of a head is bounded, though not to the byte: it comes in pieces.
fn check_size(head: &Parts) -> Result<(), Refusal> {
    let length =
        |(name, value): (&http::HeaderName, &http::HeaderValue)| name.as_str().len() + value.len();
    let size: usize = head.headers.iter().map(length).sum();
    if size > HEADERS_BYTES_MAX {
        return Err(Refusal::new(Code::RequestHeaderSectionTooLarge)
            .with("MaxSizeAllowed", HEADERS_BYTES_MAX));
    }
    Ok(())
}

/// HTTP/1.1 wants one host. With several, a proxy and this server might each take another one.
fn check_host(head: &Parts) -> Result<(), Refusal> {
    match head.headers.get_all(http::header::HOST).iter().count() {
        1 => Ok(()),
        0 if head.version < http::Version::HTTP_11 => Ok(()),
        _ => Err(Refusal::new(Code::InvalidRequest)
            .saying("A request must have exactly one Host header.")),
    }
}

/// A header that decides something stands there once and in ASCII: one that is repeated or cannot
/// be read would be verified in one way and obeyed in another, or not at all. The type of a body
/// is kept as the bytes that it is, and SigV2 signs the first one alone.
fn check_headers(head: &Parts) -> Result<(), Refusal> {
    let refusal = |said| Err(Refusal::new(Code::InvalidRequest).saying(said));
    for name in head.headers.keys() {
        let is_decisive = is_decisive(name.as_str());
        let mut values = head.headers.get_all(name).iter();
        let is_readable = values.next().is_some_and(|value| value.to_str().is_ok());
        let is_repeated = values.next().is_some();
        if is_decisive && (!is_readable || is_repeated) {
            return refusal(format!("The header {name} must be given once, in ASCII."));
        }
        if *name == http::header::CONTENT_TYPE && is_repeated {
            return refusal(format!("The header {name} must be given once."));
        }
    }
    Ok(())
}

fn is_decisive(name: &str) -> bool {
    let is_amz = name.starts_with("x-amz-") && !name.starts_with("x-amz-meta-");
    let names = ["authorization", "content-encoding", "content-md5", "date", "expect", "range"];
    is_amz || name.starts_with("if-") || names.contains(&name)
}

fn host(head: &Parts) -> Option<&str> {
    let in_header = head.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
    in_header.or_else(|| head.uri.authority().map(http::uri::Authority::as_str))
}

/// The label in front of the longest domain that fits. The domains are in lower case.
fn bucket_in_host(host: &str, domains: &[String]) -> Option<String> {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let name = name.to_ascii_lowercase();
    if domains.contains(&name) {
        return None;
    }
    let label = |domain: &String| name.strip_suffix(domain.as_str())?.strip_suffix('.');
    let labels = domains.iter().filter_map(label).filter(|label| !label.is_empty());
    labels.min_by_key(|label| label.len()).map(str::to_owned)
}

/// Parameters that most queries have room for, without growing.
const PARAMETERS_MOST: usize = 8;

fn query(raw: &str) -> Result<Vec<(String, String)>, Refusal> {
    let decoded =
        |text| decode_strict(text, Plus::Blank).ok_or_else(|| Refusal::new(Code::InvalidURI));
    let mut parameters = Vec::with_capacity(PARAMETERS_MOST);
    for piece in raw.split('&').filter(|piece| !piece.is_empty()) {
        if parameters.len() == PARAMETERS_MAX {
            return Err(Refusal::new(Code::InvalidURI).because("too many query parameters"));
        }
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        parameters.push((decoded(name)?, decoded(value)?));
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(host: &str, target: &str) -> Result<Received, Refusal> {
        let request = http::Request::get(target).header("host", host).body(()).unwrap();
        super::request(
            request.into_parts().0,
            &["localhost", "s3.example.org", "deep.s3.example.org"].map(str::to_owned),
        )
    }

    fn place(host: &str, target: &str) -> (Option<String>, Option<String>) {
        let received = received(host, target).unwrap();
        (received.bucket, received.key)
    }

    fn named(bucket: &str, key: &str) -> (Option<String>, Option<String>) {
        (Some(bucket.into()), (!key.is_empty()).then(|| key.into()))
    }

    #[test]
    fn a_bucket_stands_in_the_path() {
        assert_eq!(place("127.0.0.1:80", "/"), (None, None));
        assert_eq!(place("127.0.0.1:80", "/b"), named("b", ""));
        assert_eq!(place("anything", "/b/"), named("b", ""));
        assert_eq!(place("localhost:9000", "/b//a/../c%2Fd+%20"), named("b", "/a/../c/d+ "));
    }

    #[test]
    fn a_bucket_stands_in_the_host() {
        assert_eq!(place("b.localhost:9000", "/a/b"), named("b", "a/b"));
        assert_eq!(place("B.C.S3.example.org", "/"), named("b.c", ""));
        assert_eq!(place("s3.example.org", "/b/k"), named("b", "k"));
        assert_eq!(place("xs3.example.org", "/b/k"), named("b", "k"));
        assert_eq!(place("b.deep.s3.example.org", "/k"), named("b", "k"));
        assert_eq!(place("deep.s3.example.org", "/b/k"), named("b", "k"));
    }

    #[test]
    fn a_signature_is_not_shown_wherever_it_stands() {
        for target in ["/b/k?X-Amz-Signature=5ec", "/b/k%3FX-Amz-Signature=5ec", "/5ec"] {
            assert_eq!(
                format!("{:?}", received("5ec", target).unwrap()),
                "Received { method: GET, .. }"
            );
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        for target in ["/b/%zz", "/b/%", "/b/%ff", "/b?a=%f", "/b?%c3%28=1"] {
            assert_eq!(received("h", target).unwrap_err().code(), Code::InvalidURI, "{target}");
        }
    }
}
