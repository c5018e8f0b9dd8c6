//! `hallpass serve` of the release build, and presigned requests for it.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{ChildStdout, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use signature::{Credentials, Presign, Presigner, Timestamp};

use super::Process;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::place::{self, Folder};

const ACCESS_KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// Longer than any measurement takes.
const EXPIRES_SECONDS: u32 = 3600;

/// A running server with an empty store and one bucket, `bench`.
#[derive(Debug)]
pub(crate) struct Hallpass {
    process: Process,
    address: SocketAddr,
    credentials: Credentials,
    /// Held open, so that the server may go on writing to it.
    _said: BufReader<ChildStdout>,
}

impl Hallpass {
    /// Starts a server whose data and access log lie in `folder` under `name`.
    pub(crate) fn start(folder: &Folder, name: &str) -> Result<Self, Failure> {
        let log = folder.join(&format!("{name}.log"));
        let log = File::create(log).map_err(Failure::while_doing("creating the access log"))?;
        let mut command = Command::new(place::hallpass()?);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.join(name))
            .env_clear()
            .env("HALLPASS_ROOT_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("HALLPASS_ROOT_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut process = Process::start(&mut command)?;
        let said = process.0.stdout.take().ok_or_else(|| silent(folder, name))?;
        let mut said = BufReader::new(said);
        let address = read_address(&mut said).ok_or_else(|| silent(folder, name))?;
        let server = Self {
            process,
            address,
            credentials: Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None),
            _said: said,
        };
        server.put("/bench", b"")?;
        Ok(server)
    }

    /// The process.
    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    /// Opens a connection to it.
    pub(crate) fn connect(&self) -> Result<Connection, Failure> {
        Connection::open(self.address).map_err(Failure::while_doing("connecting to hallpass"))
    }

    /// A whole request that nobody signed.
    pub(crate) fn plain_get(&self, path: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).into()
    }

    /// The head of a request by presigned URL, announcing the bytes of its body if it has one.
    pub(crate) fn presigned(
        &self,
        method: &str,
        path: &str,
        length: Option<usize>,
    ) -> Result<Vec<u8>, Failure> {
        let authority = self.address.to_string();
        let url = Presigner::new(&self.credentials, "us-east-1", now())
            .presign(&Presign {
                method,
                scheme: "http",
                authority: &authority,
                path,
                query: &[],
                headers: &[],
                expires_seconds: EXPIRES_SECONDS,
            })
            .map_err(Failure::while_doing("presigning"))?;
        let target = url.as_str().split_once(&authority).map_or("", |(_, target)| target);
        let length = length.map(|length| format!("Content-Length: {length}\r\n"));
        let length = length.unwrap_or_default();
        Ok(format!("{method} {target} HTTP/1.1\r\nHost: {authority}\r\n{length}\r\n").into())
    }

    /// Puts a small object, or the bucket.
    pub(crate) fn put(&self, path: &str, content: &[u8]) -> Result<(), Failure> {
        let doing = format!("putting `{path}`");
        let request = [&self.presigned("PUT", path, Some(content.len()))?, content].concat();
        let mut body = Vec::new();
        let head = self.connect()?.exchange(&request, &mut body);
        let head = head.map_err(Failure::while_doing(&doing))?;
        if head.status == 200 {
            return Ok(());
        }
        let said = format!("{} {}", head.status, String::from_utf8_lossy(&body));
        Err(Failure::while_doing(&doing)(said))
    }
}

/// The address in the line with which the server says that it is ready.
fn read_address(said: &mut impl BufRead) -> Option<SocketAddr> {
    let mut line = String::new();
    said.by_ref().take(1024).read_line(&mut line).ok()?;
    line.trim_end().strip_prefix("listening on http://")?.parse().ok()
}

fn silent(folder: &Folder, name: &str) -> Failure {
    // The complaint is an addition: without it the failure still says what happened.
    let complaint = std::fs::read_to_string(folder.join(&format!("{name}.log")));
    let complaint = complaint.unwrap_or_default();
    Failure::new(
        format!("hallpass did not say where it listens: {}", complaint.trim_end()),
        "start `target/release/hallpass serve --data DIR` by hand and see",
    )
}

#[expect(clippy::disallowed_methods, reason = "a signature is made at a time")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp::from_seconds(since.map_or(0, |since| since.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_read_from_the_line_that_says_so() {
        let address = read_address(&mut &b"listening on http://127.0.0.1:9000\n"[..]);
        assert_eq!(address, Some(([127, 0, 0, 1], 9000).into()));
        for other in [&b""[..], b"error: no\n", b"listening on http://nowhere\n"] {
            assert_eq!(read_address(&mut &other[..]), None);
        }
    }
}
