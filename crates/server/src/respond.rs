//! Respond: an outcome or a refusal becomes an answer, with the ids that the log knows it by.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use s3::xml::{Writer, carried};

use crate::body::{Content, Leaving, Outbox};
use crate::log::Entry;
use crate::operate::Outcome;
use crate::refusal::Refusal;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");
const HOST_ID: HeaderName = HeaderName::from_static("x-amz-id-2");

/// The answer to a request, which leaves through the connection of `outbox`.
pub(crate) fn to(
    method: &Method,
    result: Result<Outcome, Refusal>,
    mut entry: Entry,
    outbox: Outbox,
) -> Response<Leaving> {
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(refusal) => {
            entry.refused(&refusal);
            refused(&refusal, method, &entry)
        }
    };
    let Outcome { status, mut headers, content, object_bytes, because } = outcome;
    entry.answered(status, object_bytes);
    entry.noted(because);
    if let Ok(id) = HeaderValue::from_str(entry.request_id()) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(HOST_ID, entry.host_id().value.clone());
    let content = if *method == Method::HEAD { Content::Nothing } else { content };
    let mut response = Response::new(Leaving::new(content, entry, outbox));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn refused(refusal: &Refusal, method: &Method, entry: &Entry) -> Outcome {
    let status = StatusCode::from_u16(refusal.code().row().status)
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut headers = HeaderMap::new();
    for (name, value) in refusal.headers() {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    if status == StatusCode::NOT_MODIFIED {
        return Outcome { headers, ..Outcome::status(status) };
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    let document = document(refusal, entry);
    if *method == Method::HEAD {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    Outcome { headers, content: Content::Bytes(document.into()), ..Outcome::status(status) }
}

/// Code, message, what the code brings along, and the ids, in that order; no namespace. What a
/// client sent can hold characters that XML cannot, and the document has to be read all the same.
fn document(refusal: &Refusal, entry: &Entry) -> String {
    let mut document = Writer::new();
    document.element("Error", |error| {
        error.text("Code", refusal.code().row().word);
        error.text("Message", carried(refusal.message()));
        for (name, text) in refusal.elements() {
            error.text(name, carried(text));
        }
        error.text("RequestId", entry.request_id());
        error.text("HostId", &entry.host_id().text);
    });
    document.finish()
}
