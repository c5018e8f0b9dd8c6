//! One kept-alive HTTP/1.1 connection, with as little between the socket and the clock as can be.
//!
//! Answers must have a `Content-Length`, as all answers measured here do.
//! <https://www.rfc-editor.org/rfc/rfc9112>

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::stream::PIECE_BYTES;

/// How long a server may keep silent before it counts as hung: far over any fsync of 5 GiB.
const SILENCE_MAX: Duration = Duration::from_secs(300);

/// What the head of an answer says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) length: u64,
    pub(crate) etag: String,
}

/// A connection to a server.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    line: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(SILENCE_MAX))?;
        stream.set_write_timeout(Some(SILENCE_MAX))?;
        Ok(Self { stream: BufReader::with_capacity(PIECE_BYTES, stream), line: Vec::new() })
    }

    /// Sends bytes of a request.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Reads the head of an answer.
    pub(crate) fn read_head(&mut self) -> io::Result<Head> {
        let mut head = Head::default();
        let line = self.read_line()?;
        let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
        head.status = status.ok_or(io::ErrorKind::InvalidData)?;
        loop {
            let line = self.read_line()?;
            let Some((name, value)) = line.split_once(':') else {
                return Ok(head);
            };
            if name.eq_ignore_ascii_case("content-length") {
                let length = value.trim().parse().ok();
                head.length = length.ok_or(io::ErrorKind::InvalidData)?;
            } else if name.eq_ignore_ascii_case("etag") {
                value.trim().trim_matches('"').clone_into(&mut head.etag);
            }
        }
    }

    /// Reads the `length` bytes of a body and shows them to `look` as they come.
    pub(crate) fn read_body(&mut self, length: u64, mut look: impl FnMut(&[u8])) -> io::Result<()> {
        let mut left = length;
        while left > 0 {
            let there = self.stream.fill_buf()?;
            let wanted = usize::try_from(left).unwrap_or(usize::MAX);
            let taken = there.len().min(wanted);
            let bytes = there.get(..taken).unwrap_or_default();
            if bytes.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            look(bytes);
            self.stream.consume(taken);
            left = left.saturating_sub(u64::try_from(taken).unwrap_or(left));
        }
        Ok(())
    }

    /// Sends a whole request and reads the whole answer, its body into `body`.
    pub(crate) fn exchange(&mut self, request: &[u8], body: &mut Vec<u8>) -> io::Result<Head> {
        body.clear();
        self.send(request)?;
        let head = self.read_head()?;
        self.read_body(head.length, |bytes| body.extend_from_slice(bytes))?;
        Ok(head)
    }

    fn read_line(&mut self) -> io::Result<&str> {
        self.line.clear();
        if self.stream.read_until(b'\n', &mut self.line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        str::from_utf8(&self.line).map_err(|_| io::ErrorKind::InvalidData.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::net::TcpListener;
    use std::thread;

    /// Sends a request of 3 bytes to a server that answers `answer`.
    fn ask(answer: &'static [u8]) -> io::Result<(Head, Vec<u8>)> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept()?;
            stream.read_exact(&mut [0; 3])?;
            stream.write_all(answer)
        });
        let mut body = Vec::new();
        let head = Connection::open(address)?.exchange(b"ask", &mut body)?;
        server.join().unwrap()?;
        Ok((head, body))
    }

    #[test]
    fn answer_is_read_to_the_end_of_its_body() {
        let answer = b"HTTP/1.1 200 OK\r\nETag: \"abc\"\r\ncontent-length: 4\r\n\r\nbodyHTTP/1.1";
        let (head, body) = ask(answer).unwrap();
        let expected = Head { status: 200, length: 4, etag: "abc".into() };
        assert_eq!((head, body), (expected, b"body".to_vec()));
    }

    #[test]
    fn answer_cut_short_is_an_error() {
        for answer in
            [&b""[..], b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbod"]
        {
            let error = ask(answer).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        }
    }

    #[test]
    fn answer_that_is_not_http_is_an_error() {
        let error = ask(b"hello\r\n\r\n").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
