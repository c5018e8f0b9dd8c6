//! PostObject: PutObject with a form.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html>

use http::header::{CONTENT_TYPE, LOCATION};
use http::{StatusCode, Uri};
use s3::xml::Writer;
use s3::{BucketName, ObjectKey};
use signature::encode::{Slash, encode};

use super::Outcome;
use super::put_object::write;
use crate::authorize::Permit;
use crate::body::{Arriving, Content};
use crate::house::House;
use crate::refusal::Refusal;

pub(super) async fn post(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    let object = write(permit, body, house).await?;
    let etag = &object.summary.etag;
    let (bucket, key) = (permit.bucket()?, permit.key()?);
    let stored = Stored { bucket, key, etag: etag.quoted() };
    let outcome = match redirect(permit).and_then(|url| stored.redirected(url)) {
        Some(url) => Outcome::status(StatusCode::SEE_OTHER).with(LOCATION, &url),
        None => stored.answered(permit, &permit.call().url(bucket, key)),
    };
    let outcome = outcome.with_etag(etag).with_new_version(object.version);
    Ok(Outcome { object_bytes: Some(object.summary.size), ..outcome })
}

fn field<'p>(permit: &'p Permit, name: &str) -> Option<&'p str> {
    permit.call().form().and_then(|received| received.form.field(name))
}

/// Where the browser shall go; `redirect` is the field's older name.
fn redirect(permit: &Permit) -> Option<&str> {
    field(permit, "success_action_redirect").or_else(|| field(permit, "redirect"))
}

/// What was written, to be told.
struct Stored<'p> {
    bucket: &'p BucketName,
    key: &'p ObjectKey,
    etag: String,
}

impl Stored<'_> {
    fn answered(&self, permit: &Permit, location: &str) -> Outcome {
        match field(permit, "success_action_status") {
            Some("200") => Outcome::status(StatusCode::OK),
            Some("201") => self.document(location),
            Some(_) | None => Outcome::status(StatusCode::NO_CONTENT),
        }
        .with(LOCATION, location)
    }

    fn document(&self, location: &str) -> Outcome {
        let mut document = Writer::new();
        document.element("PostResponse", |root| {
            root.text("Location", location);
            root.text("Bucket", self.bucket);
            root.text("Key", self.key);
            root.text("ETag", &self.etag);
        });
        let content = Content::Bytes(document.finish().into());
        let created = Outcome { content, ..Outcome::status(StatusCode::CREATED) };
        created.with(CONTENT_TYPE, "application/xml")
    }

    /// `url` with what was written in its query; none when it cannot be used.
    fn redirected(&self, url: &str) -> Option<String> {
        let (url, fragment) = match url.split_once('#') {
            Some((url, fragment)) => (ascii(url), format!("#{}", ascii(fragment))),
            None => (ascii(url), String::new()),
        };
        let uri: Uri = url.parse().ok()?;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
        let mark = if uri.query().is_some() { '&' } else { '?' };
        let encoded = |text: &str| encode(text, Slash::Encode);
        let (bucket, key) = (encoded(self.bucket.as_str()), encoded(self.key.as_str()));
        let etag = encoded(&self.etag);
        is_web.then(|| format!("{url}{mark}bucket={bucket}&key={key}&etag={etag}{fragment}"))
    }
}

/// A URL that a header can carry: what is not printed ASCII is percent-encoded.
fn ascii(url: &str) -> String {
    url.chars()
        .map(
            |c| {
                if c.is_ascii_graphic() {
                    c.to_string()
                } else {
                    encode(&c.to_string(), Slash::Keep)
                }
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redirected(url: &str) -> Option<String> {
        let (bucket, key) =
            (BucketName::parse("bucket").unwrap(), ObjectKey::parse("a b/\u{e9}").unwrap());
        Stored { bucket: &bucket, key: &key, etag: "\"e\"".into() }.redirected(url)
    }

    const ADDED: &str = "bucket=bucket&key=a%20b%2F%C3%A9&etag=%22e%22";

    #[test]
    fn what_was_written_is_added_to_the_query() {
        for (url, begin, end) in [
            ("https://h/done", "https://h/done?", ""),
            ("http://h:8080/cb?x=1&y=\u{d55c}#f", "http://h:8080/cb?x=1&y=%ED%95%9C&", "#f"),
            ("http://h", "http://h?", ""),
            ("http://h/a b", "http://h/a%20b?", ""),
        ] {
            assert_eq!(redirected(url), Some(format!("{begin}{ADDED}{end}")), "{url}");
        }
    }

    #[test]
    fn a_url_that_leads_nowhere_is_ignored() {
        for url in ["", "done", "/done", "javascript:alert(1)", "ftp://h/", "http://", "http:///a"]
        {
            assert_eq!(redirected(url), None, "{url}");
        }
    }
}
