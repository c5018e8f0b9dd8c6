//! The body of a refusal, from a file or stdin.

use std::fs::File;
use std::io::{self, Read};

use s3::xml::read_element;
use signature::explain::Refusal;

use crate::failure::{Exit, Failure};

/// Most bytes of an answer: a canonical request of the longest URL, and its bytes in hexadecimal.
const ANSWER_BYTES_MAX: u64 = 1 << 20;

/// The elements of an error document, each as far as it is there.
pub(super) struct Answer {
    code: String,
    message: Option<String>,
    canonical_request: Option<String>,
    string_to_sign: Option<String>,
    headers_not_signed: Option<String>,
    region: Option<String>,
    expires: Option<String>,
    signed_at: Option<String>,
    request_time: Option<String>,
    server_time: Option<String>,
    endpoint: Option<String>,
}

impl Answer {
    /// Reads the document in `file`; `-` is stdin.
    pub(super) fn read(file: &str) -> Result<Self, Failure> {
        let text = match file {
            "-" => read_text(io::stdin().lock()),
            file => File::open(file).and_then(read_text),
        };
        let text = text.map_err(|e| Failure {
            error: format!("cannot read `{file}`: {e}"),
            hint: "name the file with the body of the answer, or - for stdin".into(),
            exit: Exit::Failed,
        })?;
        Self::parse(&text).ok_or_else(|| Failure {
            error: format!("`{file}` is not an error document of S3"),
            hint: "save the body of the answer: `curl -sS URL -o FILE`, without -f".into(),
            exit: Exit::Failed,
        })
    }

    fn parse(text: &str) -> Option<Self> {
        // Because: tools that show headers too, or a line of their own, leave them before the XML.
        let text =
            text.find("<?xml").or_else(|| text.find("<Error")).and_then(|at| text.get(at..))?;
        let element = |name| read_element(text.trim_end(), name);
        Some(Self {
            code: element("Code").filter(|code| !code.is_empty())?,
            message: element("Message"),
            canonical_request: element("CanonicalRequest"),
            string_to_sign: element("StringToSign"),
            headers_not_signed: element("HeadersNotSigned"),
            region: element("Region"),
            expires: element("Expires"),
            signed_at: element("X-Amz-Date"),
            request_time: element("RequestTime"),
            server_time: element("ServerTime"),
            endpoint: element("Endpoint"),
        })
    }

    /// What it says.
    pub(super) fn refusal(&self) -> Refusal<'_> {
        Refusal {
            code: &self.code,
            message: self.message.as_deref().unwrap_or_default(),
            canonical_request: self.canonical_request.as_deref(),
            string_to_sign: self.string_to_sign.as_deref(),
            headers_not_signed: self.headers_not_signed.as_deref(),
            region: self.region.as_deref(),
            expires: self.expires.as_deref(),
            signed_at: self.signed_at.as_deref(),
            request_time: self.request_time.as_deref(),
            server_time: self.server_time.as_deref(),
            endpoint: self.endpoint.as_deref(),
        }
    }
}

fn read_text(from: impl Read) -> io::Result<String> {
    let mut text = String::new();
    from.take(ANSWER_BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_is_read_behind_whatever_stands_before_it() {
        let document = "<?xml version=\"1.0\"?>\n<Error><Code>X</Code><Region>r</Region></Error>\n";
        for before in ["", "HTTP/1.1 403 Forbidden\r\n\r\n", "\u{feff}"] {
            let answer = Answer::parse(&format!("{before}{document}")).unwrap();
            let refusal = answer.refusal();
            assert_eq!((refusal.code, refusal.message, refusal.region), ("X", "", Some("r")));
        }
    }

    #[test]
    fn other_texts_are_no_refusals() {
        for text in ["", "<html>", "<Error>", "<Error><Code/></Error>", "{}"] {
            assert!(Answer::parse(text).is_none(), "{text}");
        }
    }
}
