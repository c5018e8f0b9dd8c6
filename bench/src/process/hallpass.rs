//! `hallpass serve` of the release build.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{ChildStdout, Command, Stdio};

use super::Process;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::place::{self, Folder};
use crate::signer::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, Signer};

/// A running server with one bucket, `bench`.
#[derive(Debug)]
pub(crate) struct Hallpass {
    process: Process,
    address: SocketAddr,
    signer: Signer,
    /// Held open, so that the server may go on writing to it.
    _said: BufReader<ChildStdout>,
}

impl Hallpass {
    /// Starts a server whose data and access log lie in `folder` under `name`, and makes the
    /// bucket.
    pub(crate) fn start(folder: &Folder, name: &str) -> Result<Self, Failure> {
        let server = Self::start_again(folder, name)?;
        server.put("/bench", b"")?;
        Ok(server)
    }

    /// Starts a server on data that is there.
    pub(crate) fn start_again(folder: &Folder, name: &str) -> Result<Self, Failure> {
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
        let said = process.child.stdout.take().ok_or_else(|| silent(folder, name))?;
        let mut said = BufReader::new(said);
        let address = read_address(&mut said).ok_or_else(|| silent(folder, name))?;
        Ok(Self { process, address, signer: Signer::new(address), _said: said })
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

    /// Presigns for it.
    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The head of a request by presigned URL, announcing the bytes of its body if it has one.
    pub(crate) fn presigned(
        &self,
        method: &str,
        path: &str,
        length: Option<usize>,
    ) -> Result<Vec<u8>, Failure> {
        self.signer.request(method, path, length)
    }

    /// Puts a small object, or the bucket.
    pub(crate) fn put(&self, path: &str, content: &[u8]) -> Result<(), Failure> {
        self.signer.put(&mut self.connect()?, path, content)
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
