//! The form of a request: read up to its file, before anything in it is believed.
//!
//! A form carries its signature and its key in its body, so receiving one means receiving its
//! fields: 20 KB at most, in [`HEAD_TIME_MAX`] at most, as if they were one more head. The file
//! stays in the body. <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html>

use bytes::Bytes;
use http::Method;
use http::header::CONTENT_TYPE;
use s3::{Code, Level, Operation};
use signature::form::Form;
use tokio::time::timeout;

use super::Received;
use super::call::OF_THE_SIGNATURE;
use crate::body::{Arriving, Fields, Step};
use crate::limits::HEAD_TIME_MAX;
use crate::refusal::Refusal;

/// The longest boundary that there may be.
/// <https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1>
const BOUNDARY_BYTES_MAX: usize = 70;

/// A form whose fields have come and whose file has not.
#[derive(Debug)]
pub(crate) struct ReceivedForm {
    pub(crate) form: Form,
    /// What ends the file.
    pub(crate) delimiter: Bytes,
    /// How long the file is, if nothing but the end of the form follows it.
    pub(crate) file_bytes: u64,
}

impl Received {
    /// Reads the fields too, if the request uploads with a form.
    pub(crate) async fn with_form(self, body: &mut Arriving) -> Result<Self, Refusal> {
        let is_form = self.head.method == Method::POST
            && self.level() == Level::Bucket
            && self.route(&[]).is_ok_and(|row| row.operation == Operation::PostObject);
        if !is_form {
            return Ok(self);
        }
        let delimiter = self.delimiter()?;
        let bucket = self.bucket.as_deref().unwrap_or("");
        let form = timeout(HEAD_TIME_MAX, read(bucket, delimiter, body))
            .await
            .map_err(|_| Refusal::new(Code::RequestTimeout))??;
        Ok(Self { form: Some(form), ..self })
    }

    fn delimiter(&self) -> Result<Bytes, Refusal> {
        let mut types = self.head.headers.get_all(CONTENT_TYPE).iter();
        let content_type = types.next().and_then(|value| value.to_str().ok());
        let boundary = content_type.filter(|_| types.next().is_none()).map(boundary);
        match boundary {
            Some(Some(boundary)) => Ok(format!("\r\n--{boundary}").into()),
            Some(None) | None => Err(Refusal::precondition(
                "Bucket POST must be of the enclosure-type multipart/form-data",
            )),
        }
    }
}

/// The boundary of `multipart/form-data; boundary=...`, with or without quotes.
fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    let mut parameters = parameters.split(';').filter_map(|text| text.split_once('='));
    let (_, boundary) =
        parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))?;
    let boundary = boundary.trim();
    let boundary = boundary.strip_prefix('"').and_then(|b| b.strip_suffix('"')).unwrap_or(boundary);
    let is_form = kind.trim().eq_ignore_ascii_case("multipart/form-data");
    let is_boundary = (1..=BOUNDARY_BYTES_MAX).contains(&boundary.len());
    (is_form && is_boundary).then_some(boundary)
}

async fn read(
    bucket: &str,
    delimiter: Bytes,
    body: &mut Arriving,
) -> Result<ReceivedForm, Refusal> {
    let length = body.length()?;
    let mut fields = Fields::new(delimiter.clone());
    let mut received = 0;
    loop {
        let Some(mut bytes) = body.next().await? else {
            return Err(Refusal::new(Code::MalformedPOSTRequest));
        };
        match fields.feed(&bytes).map_err(Refusal::of_fields)? {
            Step::More => received += bytes.len(),
            Step::File { at, fields, file_name } => {
                received += at;
                body.unread(bytes.split_off(at));
                let form = Form::new(bucket, fields, file_name.as_deref());
                let form = form.map_err(Refusal::of_field_list)?;
                // Behind the file comes its delimiter with two hyphens and a line break.
                let around = u64::try_from(received + delimiter.len() + 4).unwrap_or(u64::MAX);
                let file_bytes = length.saturating_sub(around);
                return Ok(ReceivedForm { form, delimiter, file_bytes });
            }
        }
    }
}

impl ReceivedForm {
    /// The fields that stand for headers of the object, under the names of these.
    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let fields = self.form.iter().filter_map(|(name, value)| Some((header(name)?, value)));
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

fn header(field: &str) -> Option<&str> {
    match field {
        "acl" => Some("x-amz-acl"),
        "tagging" => Some("x-amz-tagging"),
        "cache-control"
        | "content-disposition"
        | "content-encoding"
        | "content-type"
        | "expires" => Some(field),
        field => {
            (field.starts_with("x-amz-") && !OF_THE_SIGNATURE.contains(&field)).then_some(field)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_stands_in_the_content_type() {
        for (content_type, known) in [
            ("multipart/form-data; boundary=b", Some("b")),
            (
                "Multipart/Form-Data;charset=utf-8; BOUNDARY=\"a b'()+_,-./:=?\"",
                Some("a b'()+_,-./:=?"),
            ),
            ("multipart/form-data; boundary=", None),
            ("multipart/form-data", None),
            ("multipart/mixed; boundary=b", None),
            ("application/x-www-form-urlencoded", None),
        ] {
            assert_eq!(boundary(content_type), known, "{content_type}");
        }
        let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
        assert_eq!(boundary(&long), None);
    }
}
