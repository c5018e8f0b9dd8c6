//! An answer, read from a socket.

use std::io::{self, BufRead as _, BufReader, Read as _};
use std::net::TcpStream;

/// An answer of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status; 0 when the server closed without a word.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, as long as `content-length` says.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads one answer; interim ones are passed over.
    pub(crate) fn read(stream: &mut TcpStream) -> io::Result<Self> {
        let mut reader = BufReader::new(stream);
        loop {
            let mut answer = Self::read_head(&mut reader)?;
            if answer.status == 100 {
                continue;
            }
            let length = answer
                .header("content-length")
                .and_then(|n| n.parse().ok())
                .unwrap_or(0);
            answer.body = vec![0; length];
            let has_body = answer.status != 304 && answer.status != 204;
            if !has_body || reader.read_exact(&mut answer.body).is_err() {
                // The answer to a HEAD has a length and no body.
                answer.body.clear();
            }
            return Ok(answer);
        }
    }

    fn read_head(reader: &mut impl io::BufRead) -> io::Result<Self> {
        let mut lines = reader.lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        let status = first
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .unwrap_or(0);
        let mut headers = Vec::new();
        for line in lines {
            let line = line?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Ok(Self {
            status,
            headers,
            body: Vec::new(),
        })
    }

    /// The first header of this name, in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text of the first element of this name, with the five entities undone.
    #[must_use]
    pub fn element(&self, name: &str) -> Option<String> {
        let text = self.text();
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (inner, _) = rest.split_once(&format!("</{name}>"))?;
        let plain = inner
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"");
        Some(plain.replace("&#xA;", "\n").replace("&amp;", "&"))
    }

    /// Status and code of a refusal.
    #[must_use]
    pub fn refusal(&self) -> (u16, String) {
        (self.status, self.element("Code").unwrap_or_default())
    }
}
