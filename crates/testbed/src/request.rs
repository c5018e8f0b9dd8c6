//! A request as bytes: signed in some way, or broken in some other.

use sha2::{Digest as _, Sha256};
use signature::encode::{Plus, decode_strict};
use signature::{
    Credentials, HeadersToSend, Presign, PresignedUrl, Presigner, Scope, Sign, Timestamp, sign, v2,
    v4a,
};

use crate::house::root;

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Not at all.
    None,
    /// SigV4 in the `Authorization` header.
    Header,
    /// SigV4A in the `Authorization` header, for all regions.
    HeaderV4a,
    /// SigV4 in the query, for so many seconds.
    Presigned(u32),
    /// SigV2 in the query, for so many seconds.
    Legacy(u32),
    /// SigV2 in the `Authorization` header.
    LegacyHeader,
}

/// A request under construction.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    path: String,
    query: String,
    signed_headers: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    auth: Auth,
    credentials: Credentials,
    region: String,
    /// Another service than S3.
    service: Option<String>,
    payload_hash: Option<String>,
    signed_ago_seconds: i64,
    length: Option<u64>,
    host: Option<String>,
}

impl Request {
    /// A request for `target`, percent-encoded, not signed.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            signed_headers: Vec::new(),
            headers: Vec::new(),
            body: Vec::new(),
            auth: Auth::None,
            credentials: root(),
            region: "us-east-1".into(),
            service: None,
            payload_hash: None,
            signed_ago_seconds: 0,
            length: None,
            host: None,
        }
    }

    /// Signs it so.
    #[must_use]
    pub fn auth(self, auth: Auth) -> Self {
        Self { auth, ..self }
    }

    /// Signs it with another key.
    #[must_use]
    pub fn by(self, access_key_id: &str, secret: &str, session_token: Option<&str>) -> Self {
        Self { credentials: Credentials::new(access_key_id, secret, session_token), ..self }
    }

    /// Signs it with these credentials.
    #[must_use]
    pub fn signed_by(self, credentials: &Credentials) -> Self {
        Self { credentials: credentials.clone(), ..self }
    }

    /// Signs it for another service than S3, over its body.
    #[must_use]
    pub fn service(self, service: &str) -> Self {
        Self { service: Some(service.into()), ..self }
    }

    /// Signs it for another region.
    #[must_use]
    pub fn region(self, region: &str) -> Self {
        Self { region: region.into(), ..self }
    }

    /// Says this of the body, in `x-amz-content-sha256`.
    #[must_use]
    pub fn payload_hash(self, payload_hash: &str) -> Self {
        Self { payload_hash: Some(payload_hash.into()), ..self }
    }

    /// The signature in its `Authorization` header, as of `now`.
    #[must_use]
    pub fn signature(&self, authority: &str, now: Timestamp) -> String {
        let host = self.host.as_deref().unwrap_or(authority);
        self.signed(host, now).map(|added| added.signature().to_owned()).unwrap_or_default()
    }

    /// Signs it as of so many seconds ago; a negative number is ahead.
    #[must_use]
    pub fn signed_ago(self, seconds: i64) -> Self {
        Self { signed_ago_seconds: seconds, ..self }
    }

    /// Adds a header that the signature covers.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.signed_headers.push((name.into(), value.into()));
        self
    }

    /// Adds a header behind the signature's back.
    #[must_use]
    pub fn unsigned_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Gives it a body.
    #[must_use]
    pub fn body(self, body: &[u8]) -> Self {
        Self { body: body.into(), ..self }
    }

    /// Announces another length than the body has.
    #[must_use]
    pub fn length(self, length: u64) -> Self {
        Self { length: Some(length), ..self }
    }

    /// Asks for another host than the server's address.
    #[must_use]
    pub fn host(self, host: &str) -> Self {
        Self { host: Some(host.into()), ..self }
    }

    /// Path and query as they will be sent, signed as of `now`.
    #[must_use]
    pub fn target(&self, authority: &str, now: Timestamp) -> String {
        let authority = self.host.as_deref().unwrap_or(authority);
        let at = self.signed_at(now);
        let url = match self.auth {
            Auth::None | Auth::Header | Auth::HeaderV4a | Auth::LegacyHeader => {
                let mark = if self.query.is_empty() { "" } else { "?" };
                return format!("{}{mark}{}", self.path, self.query);
            }
            Auth::Presigned(seconds) => self.with_presign(authority, seconds, |presign| {
                let presigner = Presigner::new(&self.credentials, self.scope(), at);
                presigner.presign(presign).unwrap()
            }),
            Auth::Legacy(seconds) => self.with_presign(authority, seconds, |presign| {
                v2::presign(presign, &self.credentials, None, at.plus(u64::from(seconds)))
            }),
        };
        let target = url.as_str().strip_prefix("http://").unwrap();
        target.strip_prefix(authority).unwrap().to_owned()
    }

    fn with_presign(
        &self,
        authority: &str,
        expires_seconds: u32,
        sign: impl FnOnce(&Presign<'_>) -> PresignedUrl,
    ) -> PresignedUrl {
        let query = self.decoded_query();
        let query: Vec<_> = query.iter().map(|(n, v)| (n.as_str(), v.as_deref())).collect();
        sign(&Presign {
            method: &self.method,
            scheme: "http",
            authority,
            path: &self.path,
            query: &query,
            headers: &pairs(&self.signed_headers),
            expires_seconds,
        })
    }

    /// The bytes on the wire.
    #[must_use]
    pub fn bytes(&self, authority: &str, now: Timestamp) -> Vec<u8> {
        let host = self.host.as_deref().unwrap_or(authority);
        let target = self.target(authority, now);
        let mut head = format!("{} {target} HTTP/1.1\r\nhost: {host}\r\n", self.method);
        let mut add = |name: &str, value: &str| head.push_str(&format!("{name}: {value}\r\n"));
        for (name, value) in self.signed_headers.iter().chain(&self.headers) {
            add(name, value);
        }
        if let Some(added) = self.signed(host, now) {
            added.iter().for_each(|(name, value)| add(name, value));
        }
        let length = self.length.unwrap_or(self.body.len() as u64);
        if length > 0 || self.method == "PUT" || self.method == "POST" {
            add("content-length", &length.to_string());
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }

    /// The headers that hold a signature, where it stands in one.
    fn signed(&self, host: &str, now: Timestamp) -> Option<HeadersToSend> {
        let (headers, at) = (pairs(&self.signed_headers), self.signed_at(now));
        let payload_hash = self.said_of_body();
        let request = Sign {
            method: &self.method,
            scheme: "http",
            authority: host,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            payload_hash: &payload_hash,
        };
        match self.auth {
            Auth::Header => Some(sign(&request, &self.credentials, self.scope(), at)),
            Auth::HeaderV4a => Some(v4a::Signer::new(&self.credentials, "*").sign(&request, at)),
            Auth::LegacyHeader => Some(v2::sign(&request, &self.credentials, None, at)),
            Auth::None | Auth::Presigned(_) | Auth::Legacy(_) => None,
        }
    }

    /// What the signature says of the body: for S3 nothing, for others its hash.
    fn said_of_body(&self) -> String {
        let hash = || Sha256::digest(&self.body).iter().map(|b| format!("{b:02x}")).collect();
        match (&self.payload_hash, &self.service) {
            (Some(said), _) => said.clone(),
            (None, Some(_)) => hash(),
            (None, None) => "UNSIGNED-PAYLOAD".into(),
        }
    }

    fn scope(&self) -> Scope<'_> {
        match &self.service {
            Some(service) => Scope::generic(&self.region, service),
            None => Scope::s3(&self.region),
        }
    }

    fn signed_at(&self, now: Timestamp) -> Timestamp {
        Timestamp::from_seconds(now.seconds().saturating_add_signed(-self.signed_ago_seconds))
    }

    fn decoded_query(&self) -> Vec<(String, Option<String>)> {
        let decoded = |text: &str| decode_strict(text, Plus::Blank).unwrap();
        self.query
            .split('&')
            .filter(|piece| !piece.is_empty())
            .map(|piece| match piece.split_once('=') {
                Some((name, value)) => (decoded(name), Some(decoded(value))),
                None => (decoded(piece), None),
            })
            .collect()
    }
}

fn pairs(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect()
}
