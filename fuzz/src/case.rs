//! Requests worth signing, and changes to them, made from the bytes of an input.

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use signature::encode::{Slash, encode};
use signature::{Presign, Presigner, Sign, sign, v2, v4a};

use crate::wire::{Wire, is_token, is_value};
use crate::{REGION, REGION_SET, credentials, now};

const AUTHORITY: &str = "bucket.s3.example.org";
const METHODS: [&str; 5] = ["GET", "PUT", "HEAD", "DELETE", "POST"];

/// Parameters that a signer writes itself.
const OF_THE_SIGNATURE: [&str; 12] = [
    "AWSAccessKeyId",
    "Expires",
    "Signature",
    "X-Amz-Algorithm",
    "X-Amz-Content-Sha256",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Region-Set",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
];

/// Headers that a signer writes itself, and `host`.
const OF_THE_SIGNER: [&str; 7] = [
    "authorization",
    "date",
    "host",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-region-set",
    "x-amz-security-token",
];

/// Where the signature goes.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// A presigned URL.
    V4Url,
    /// An `Authorization` header.
    V4Header,
    /// A URL that is presigned for a set of regions.
    V4aUrl,
    /// An `Authorization` header for a set of regions.
    V4aHeader,
    /// A legacy presigned URL.
    V2Url,
    /// A legacy `Authorization` header.
    V2Header,
}

/// A request that somebody wants signed.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    place: Place,
    method: &'static str,
    key: &'a str,
    query: Vec<(&'a str, Option<&'a str>)>,
    headers: Vec<(&'a str, &'a str)>,
    token: Option<&'a str>,
    expires_seconds: u32,
}

/// A signed request, ready to be sent and to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
}

impl<'a> Case<'a> {
    /// Makes a case, signed in one of these places.
    ///
    /// # Errors
    /// Never with enough bytes.
    pub fn read(bytes: &mut Unstructured<'a>, places: &[Place]) -> Result<Self> {
        let place = *bytes.choose(places)?;
        let method = bytes.choose(&METHODS)?;
        let expires_seconds = bytes.int_in_range(1..=604_800)?;
        let (mut query, mut headers) = (Vec::new(), Vec::new());
        for _ in 0..bytes.int_in_range(0..=3)? {
            let (name, value): (&str, Option<&str>) = bytes.arbitrary()?;
            if is_free_parameter(name, value) {
                query.push((name, value));
            }
        }
        for _ in 0..bytes.int_in_range(0..=3)? {
            let (name, value): (&str, &str) = bytes.arbitrary()?;
            if is_free_header(name, value) {
                headers.push((name, value));
            }
        }
        let token: Option<&str> = bytes.arbitrary()?;
        let token = token.filter(|token| !token.is_empty() && is_value(token.as_bytes()));
        let key = bytes.arbitrary()?;
        Ok(Self { place, method, key, query, headers, token, expires_seconds })
    }

    /// Signs it.
    #[must_use]
    pub fn sign(&self) -> Sent {
        match self.place {
            Place::V4Url | Place::V4aUrl => self.presigned(),
            Place::V4Header | Place::V4aHeader | Place::V2Header => self.signed(),
            Place::V2Url => self.legacy(),
        }
    }

    fn path(&self) -> String {
        format!("/{}", encode(self.key, Slash::Keep))
    }

    fn presigned(&self) -> Sent {
        let (credentials, path) = (credentials(self.token), self.path());
        let presigner = match self.place {
            Place::V4aUrl => v4a::Signer::new(&credentials, REGION_SET).presigner(now()),
            Place::V4Url | Place::V4Header | Place::V4aHeader | Place::V2Url | Place::V2Header => {
                Presigner::new(&credentials, REGION, now())
            }
        };
        let url = presigner.presign(&self.presign(&path));
        Sent::new(self.method, url.expect("a life that S3 takes").as_str(), &self.headers)
    }

    fn legacy(&self) -> Sent {
        let (credentials, path) = (credentials(self.token), self.path());
        let expires_at = now().plus(self.expires_seconds.into());
        let url = v2::presign(&self.presign(&path), &credentials, None, expires_at);
        let is_positional = |name: &str| {
            ["content-md5", "content-type"].iter().any(|own| own.eq_ignore_ascii_case(name))
        };
        let headers = self.headers.iter().copied().filter(|(name, _)| is_positional(name));
        Sent::new(self.method, url.as_str(), &headers.collect::<Vec<_>>())
    }

    fn presign<'c>(&'c self, path: &'c str) -> Presign<'c> {
        Presign {
            method: self.method,
            scheme: "https",
            authority: AUTHORITY,
            path,
            query: &self.query,
            headers: &self.headers,
            expires_seconds: self.expires_seconds,
        }
    }

    fn signed(&self) -> Sent {
        let (path, query) = (self.path(), self.raw_query());
        let request = Sign {
            method: self.method,
            scheme: "https",
            authority: AUTHORITY,
            path: &path,
            query: &query,
            headers: &self.headers,
            payload_hash: "UNSIGNED-PAYLOAD",
        };
        let credentials = credentials(self.token);
        let added = match self.place {
            Place::V4aHeader => v4a::Signer::new(&credentials, REGION_SET).sign(&request, now()),
            Place::V2Header => v2::sign(&request, &credentials, None, now()),
            Place::V4Url | Place::V4Header | Place::V4aUrl | Place::V2Url => {
                sign(&request, &credentials, REGION, now())
            }
        };
        let headers: Vec<_> = self.headers.iter().copied().chain(added.iter()).collect();
        Sent::new(self.method, &format!("https://{AUTHORITY}{path}?{query}"), &headers)
    }

    fn raw_query(&self) -> String {
        let encoded = |text: &str| encode(text, Slash::Encode);
        let piece = |(name, value): &(&str, Option<&str>)| match value {
            Some(value) => format!("{}={}", encoded(name), encoded(value)),
            None => encoded(name),
        };
        self.query.iter().map(piece).collect::<Vec<_>>().join("&")
    }
}

/// A line break in a parameter that stands for a header has no meaning that SigV2 keeps.
fn is_free_parameter(name: &str, value: Option<&str>) -> bool {
    let is_own = OF_THE_SIGNATURE.iter().any(|own| own.eq_ignore_ascii_case(name));
    let breaks = |text: &str| text.contains(['\n', '\r']);
    !is_own && !breaks(name) && !value.is_some_and(breaks)
}

fn is_free_header(name: &str, value: &str) -> bool {
    let is_own = OF_THE_SIGNER.iter().any(|own| own.eq_ignore_ascii_case(name));
    is_token(name.as_bytes()) && is_value(value.as_bytes()) && !is_own
}

impl Sent {
    fn new(method: &str, url: &str, headers: &[(&str, &str)]) -> Self {
        let target = url.strip_prefix("https://").and_then(|url| url.strip_prefix(AUTHORITY));
        let host = [("Host", AUTHORITY)];
        let headers = host.iter().chain(headers);
        Self {
            method: method.to_owned(),
            target: target.expect("a URL of this authority").to_owned(),
            headers: headers.map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        }
    }

    /// The request.
    #[must_use]
    pub fn wire(&self) -> Wire<'_> {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let headers = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())).collect();
        Wire { method: &self.method, path, query, headers, virtual_bucket: None }
    }

    /// Changes it in one place, as somebody would who holds it and wants more.
    ///
    /// # Errors
    /// Never with enough bytes.
    pub fn change(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        match bytes.int_in_range(0..=6)? {
            0 => self.method = (*bytes.choose(&METHODS)?).to_owned(),
            1 => self.change_header(bytes)?,
            2 => {
                let (name, value): (&str, &str) = bytes.arbitrary()?;
                if is_token(name.as_bytes()) && is_value(value.as_bytes()) {
                    self.headers.push((name.to_owned(), value.to_owned()));
                }
            }
            _ => self.change_target(bytes)?,
        }
        Ok(())
    }

    fn change_header(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let at = bytes.choose_index(self.headers.len().max(1))?;
        let value: &str = bytes.arbitrary()?;
        if at < self.headers.len() && bytes.arbitrary()? {
            self.headers.remove(at);
        } else if let Some(header) = self.headers.get_mut(at)
            && is_value(value.as_bytes())
        {
            value.clone_into(&mut header.1);
        }
        Ok(())
    }

    /// Puts some bytes into the target in place of some others, behind its first slash.
    fn change_target(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let from = bytes.int_in_range(1..=self.target.len())?;
        let to = bytes.int_in_range(from..=self.target.len().min(from + 3))?;
        let piece: &str = bytes.arbitrary()?;
        let fits = self.target.is_char_boundary(from) && self.target.is_char_boundary(to);
        if fits && !piece.contains([' ', '\r', '\n']) {
            self.target.replace_range(from..to, piece);
        }
        Ok(())
    }
}
