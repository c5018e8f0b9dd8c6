//! A signed request as it reaches a server.

use signature::verify::{Legacy, Rules, read};
use signature::{Mismatch, Presented, Request, Scope, SecretKey, Timestamp, Verified, VerifyError};

#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) virtual_bucket: Option<String>,
    pub(crate) now: Timestamp,
    pub(crate) region: String,
}

impl Sent {
    pub(crate) fn verify(&self, secret: &str) -> Result<Verified, VerifyError> {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(n, v)| (n.as_str(), v.as_slice())).collect();
        let request = Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            virtual_bucket: self.virtual_bucket.as_deref(),
        };
        let rules = Rules { now: self.now, scope: Scope::s3(&self.region), legacy: Legacy::Accept };
        match read(&request, &rules)? {
            Presented::Signature(unverified) => unverified.verify(&SecretKey::new(secret), &rules),
            Presented::Nothing => panic!("the vector presents a signature"),
        }
    }

    /// Both sides' texts, which a wrong secret brings to light.
    pub(crate) fn mismatch(&self, secret: &str) -> Box<Mismatch> {
        match self.verify(secret) {
            Err(VerifyError::Mismatch(mismatch)) => mismatch,
            other => panic!("not a mismatch: {other:?}"),
        }
    }
}
