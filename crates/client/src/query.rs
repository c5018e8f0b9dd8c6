//! Actions of IAM, asked for in AWS's query protocol: a form goes, a document comes back.
//!
//! Each is sent once: whether one that broke off was done is for whoever asked to see.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/iam-query.html>

use std::sync::Arc;

use http::{Request, Uri};
use signature::{Scope, Sign, sign};

use crate::answer::{read_document, refused};
use crate::body::{Body, Payload, Progress};
use crate::client::{Client, query_text, unless_stalled};
use crate::endpoint::{Endpoint, Scheme};
use crate::error::{Error, ErrorKind};

const VERSION: &str = "2010-05-08";
/// Where IAM is without an endpoint.
const AUTHORITY: &str = "iam.amazonaws.com";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");

impl Client {
    /// Has IAM do `action` and returns its answer, an XML document.
    ///
    /// # Errors
    /// What IAM refuses, and whatever keeps the request from being answered.
    pub async fn iam(
        &self,
        action: &'static str,
        parameters: &[(&str, &str)],
    ) -> Result<String, Error> {
        let fail = |kind| Error::new(action, kind);
        let named = [("Action", action), ("Version", VERSION)];
        let form = query_text(&[&named, parameters].concat());
        let progress = Arc::new(Progress::default());
        let request = self.query(action, form, &progress)?;
        let response = unless_stalled(self.transport.send(request), &progress).await;
        progress.end();
        let response = response.ok_or_else(|| fail(ErrorKind::Stalled))?.map_err(|e| {
            let kind = if e.is_connect() { ErrorKind::Connect } else { ErrorKind::Broken };
            fail(kind).because(e)
        })?;
        let (head, body) = response.into_parts();
        let document = read_document(action, body).await?;
        if head.status.is_success() {
            return Ok(document);
        }
        Err(fail(refused(head.status, &document)))
    }

    fn query(
        &self,
        action: &'static str,
        form: String,
        progress: &Arc<Progress>,
    ) -> Result<Request<Body>, Error> {
        let endpoint = self.config().endpoint.as_ref();
        let scheme = endpoint.map_or(Scheme::Https, Endpoint::scheme);
        let authority = endpoint.map_or(AUTHORITY, Endpoint::authority);
        let path = format!("{}/", endpoint.map_or("", Endpoint::path));
        let payload = Payload::Document(form.into());
        let hash = payload.hash(scheme);
        let signed = sign(
            &Sign {
                method: "POST",
                scheme: scheme.word(),
                authority,
                path: &path,
                query: "",
                headers: &[FORM],
                payload_hash: &hash,
            },
            &self.credentials,
            Scope::generic(&self.config().region, "iam"),
            (self.clock)(),
        );
        let nonsense = || Error::new(action, ErrorKind::Nonsense);
        let url: Uri = format!("{}://{authority}{path}", scheme.word())
            .parse()
            .map_err(|e: http::uri::InvalidUri| nonsense().because(e))?;
        let mut request = Request::builder()
            .method("POST")
            .uri(url)
            .header("content-length", payload.bytes())
            .header(FORM.0, FORM.1);
        for (name, value) in signed.iter() {
            request = request.header(name, value);
        }
        let body = Body::new(&payload, progress.clone());
        request.body(body).map_err(|e| nonsense().because(e))
    }
}
