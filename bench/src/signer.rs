//! Presigned requests for one server.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use signature::{Credentials, Presign, Presigner, Timestamp};

use crate::connection::Connection;
use crate::failure::Failure;

/// An access key in the form that Garage wants; the others take any.
pub(crate) const ACCESS_KEY_ID: &str = "GKbe2c0a1d5e9f3b7a8c6d4e0f";
/// Its secret, in the same form.
pub(crate) const SECRET_ACCESS_KEY: &str =
    "7d1f0c3b5a9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a29181706f5e4d3c2b1a0";
/// The region of all servers.
pub(crate) const REGION: &str = "us-east-1";
/// Longer than any measurement takes.
const EXPIRES_SECONDS: u32 = 24 * 3600;

/// Makes presigned requests for the server at one address.
#[derive(Debug)]
pub(crate) struct Signer {
    address: SocketAddr,
    credentials: Credentials,
}

impl Signer {
    /// Requests for the server at `address`.
    pub(crate) fn new(address: SocketAddr) -> Self {
        let credentials = Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None);
        Self { address, credentials }
    }

    /// The path and query of a presigned URL.
    pub(crate) fn target(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, Option<&str>)],
    ) -> Result<String, Failure> {
        self.target_with(method, path, query, &[])
    }

    /// The same with headers that have to be sent as they are.
    pub(crate) fn target_with(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, Option<&str>)],
        headers: &[(&str, &str)],
    ) -> Result<String, Failure> {
        let authority = self.address.to_string();
        let url = Presigner::new(&self.credentials, REGION, now())
            .presign(&Presign {
                method,
                scheme: "http",
                authority: &authority,
                path,
                query,
                headers,
                expires_seconds: EXPIRES_SECONDS,
            })
            .map_err(Failure::while_doing("presigning"))?;
        let target = url.as_str().split_once(&authority).map_or("", |(_, target)| target);
        Ok(target.to_owned())
    }

    /// The head of a request by presigned URL, announcing the bytes of its body if it has one.
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        length: Option<usize>,
    ) -> Result<Vec<u8>, Failure> {
        let target = self.target(method, path, &[])?;
        let length = length.map(|length| format!("Content-Length: {length}\r\n"));
        let (address, length) = (self.address, length.unwrap_or_default());
        Ok(format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\n{length}\r\n").into())
    }

    /// Puts a small object on an open connection; an empty one at a bucket's path is the bucket.
    pub(crate) fn put(
        &self,
        connection: &mut Connection,
        path: &str,
        content: &[u8],
    ) -> Result<(), Failure> {
        let doing = format!("putting `{path}`");
        let request = [&self.request("PUT", path, Some(content.len()))?, content].concat();
        let mut body = Vec::new();
        let head = connection.exchange(&request, &mut body);
        let head = head.map_err(Failure::while_doing(&doing))?;
        if head.status == 200 {
            return Ok(());
        }
        let said = format!("{} {}", head.status, String::from_utf8_lossy(&body));
        Err(Failure::while_doing(&doing)(said))
    }
}

#[expect(clippy::disallowed_methods, reason = "a signature is made at a time")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp::from_seconds(since.map_or(0, |since| since.as_secs()))
}
