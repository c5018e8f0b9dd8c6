//! An answer, read from a socket.

use std::io::{self, BufReader, Read as _};
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

/// What an answer consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// A head alone: the answer to a HEAD has a length and no body.
    Head,
    /// A head and a body.
    Whole,
}

impl Answer {
    /// Reads one answer; interim ones are passed over.
    pub(crate) fn read(stream: &mut TcpStream, content: Expected) -> io::Result<Self> {
        let mut reader = BufReader::new(stream);
        let mut answer = Self::read_head(&mut reader)?;
        while answer.status == 100 {
            answer = Self::read_head(&mut reader)?;
        }
        let is_bare = content == Expected::Head || matches!(answer.status, 204 | 304);
        if !is_bare {
            let length = answer.header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
            reader.take(length).read_to_end(&mut answer.body)?;
        }
        Ok(answer)
    }

    fn read_head(reader: &mut impl io::BufRead) -> io::Result<Self> {
        let first = read_line(reader)?;
        let status = first.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        let mut headers = Vec::new();
        while let Some((name, value)) = read_line(reader)?.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Ok(Self { status, headers, body: Vec::new() })
    }

    /// The first header of this name, in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
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
        let plain = inner.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        Some(plain.replace("&#xA;", "\n").replace("&amp;", "&"))
    }

    /// Status and code of a refusal.
    #[must_use]
    pub fn refusal(&self) -> (u16, String) {
        (self.status, self.element("Code").unwrap_or_default())
    }
}

/// One line, whatever its bytes are: a header may hold Latin-1.
fn read_line(reader: &mut impl io::BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    Ok(String::from_utf8_lossy(line.trim_ascii_end()).into_owned())
}
