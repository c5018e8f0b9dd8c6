//! An object of 100 GiB: an upload whose parts are copies of the one of 5 GiB, which take no more
//! room on the disk.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html>

use super::OBJECT_BYTES;
use super::transfer;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::process::Hallpass;

const PATH: &str = "/bench/100gib";
pub(super) const PARTS: usize = 20;

/// Makes it; its path.
pub(super) fn make(server: &Hallpass) -> Result<&'static str, Failure> {
    let mut upload = Upload { server, connection: server.connect()? };
    let begun = upload.ask("POST", &[("uploads", None)], &[], "")?;
    let id = element(&begun, "UploadId")?;
    let mut parts = String::new();
    for number in 1..=PARTS {
        let number = number.to_string();
        let query = [("partNumber", Some(number.as_str())), ("uploadId", Some(id))];
        let source = [("x-amz-copy-source", transfer::PATH)];
        let copied = upload.ask("PUT", &query, &source, "")?;
        let etag = element(&copied, "ETag")?;
        parts += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    }
    let document = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    upload.ask("POST", &[("uploadId", Some(id))], &[], &document)?;
    Ok(PATH)
}

/// Its size.
pub(super) const fn bytes() -> u64 {
    (PARTS * OBJECT_BYTES) as u64
}

struct Upload<'s> {
    server: &'s Hallpass,
    connection: Connection,
}

impl Upload<'_> {
    /// Sends a presigned request; the document that answers it.
    fn ask(
        &mut self,
        method: &str,
        query: &[(&str, Option<&str>)],
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<String, Failure> {
        let target = self.server.signer().target_with(method, PATH, query, headers)?;
        let (address, length) = (self.server.address(), body.len());
        let headers: String =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {address}\r\n{headers}\
             Content-Length: {length}\r\n\r\n{body}"
        );
        let mut answer = Vec::new();
        let head = self.connection.exchange(request.as_bytes(), &mut answer);
        let head = head.map_err(Failure::while_doing("assembling an object"))?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        // A completion that fails may have begun its answer with 200.
        if head.status == 200 && !answer.contains("<Error>") {
            return Ok(answer);
        }
        Err(Failure::while_doing("assembling an object")(format!("{} {answer}", head.status)))
    }
}

/// The text of the first element of this name.
fn element<'d>(document: &'d str, name: &str) -> Result<&'d str, Failure> {
    let rest = document.split_once(&format!("<{name}>")).map(|(_, rest)| rest);
    let text = rest.and_then(|rest| rest.split_once("</")).map(|(text, _)| text);
    text.ok_or_else(|| Failure::while_doing("assembling an object")(format!("no {name}")))
}
