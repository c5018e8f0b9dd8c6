//! The operations that are timed, on inputs made once.

use std::hint::black_box;

use sha2::block_api::compress256;
use signature::{
    Credentials, Legacy, Presented, Presign, Presigner, Request, Rules, Scope, SigningKey,
    Timestamp, verify,
};

const HOST: &str = "s3.us-east-1.amazonaws.com";
const PATH: &str =
    "/bucket-of-20-letter/folder/of/some/depth/and-a-name-of-sixty-characters-all.pdf";

pub(crate) struct Work {
    presigner: Presigner<'static>,
    credentials: &'static Credentials,
    key: SigningKey,
    at: Timestamp,
    query: String,
    state: [u32; 8],
}

impl Work {
    pub(crate) fn new() -> Self {
        let at = Timestamp::from_seconds(1_767_225_600);
        let credentials: &'static Credentials = Box::leak(Box::new(Credentials::new(
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            None,
        )));
        let presigner = Presigner::new(credentials, "us-east-1", at);
        let query = match presigner.presign(&GET) {
            Ok(url) => url.as_str().split_once('?').map_or("", |(_, query)| query).to_owned(),
            Err(_) => String::new(),
        };
        let key = SigningKey::derive(credentials.secret(), at, "us-east-1");
        Self { presigner, credentials, key, at, query, state: [0; 8] }
    }

    pub(crate) fn presign(&mut self) {
        let url = self.presigner.presign(black_box(&GET));
        debug_assert!(url.is_ok());
        black_box(&url);
    }

    pub(crate) fn verify_cached(&mut self) {
        self.verify(|claim, _, work| claim.verify_with(&work.key).is_ok());
    }

    pub(crate) fn verify_derived(&mut self) {
        self.verify(|claim, rules, work| claim.verify(work.credentials.secret(), rules).is_ok());
    }

    fn verify(&self, settle: fn(&signature::Unverified<'_>, &Rules<'_>, &Self) -> bool) {
        let headers: [(&str, &[u8]); 3] =
            [("host", HOST.as_bytes()), ("user-agent", b"curl/8.0"), ("accept", b"*/*")];
        let request = Request {
            method: "GET",
            path: PATH,
            query: &self.query,
            headers: &headers,
            virtual_bucket: None,
        };
        let rules = Rules { now: self.at, scope: Scope::s3("us-east-1"), legacy: Legacy::Refuse };
        let verdict = verify::read(black_box(&request), &rules);
        let is_good = match &verdict {
            Ok(Presented::Signature(claim)) => settle(claim, &rules, self),
            Ok(Presented::Nothing) | Err(_) => false,
        };
        assert!(is_good, "what was presigned verifies");
    }

    /// The compressions of one presign and nothing else.
    pub(crate) fn compress(&mut self) {
        let block = [0x5a; 64];
        for _ in 0..self.compressions() {
            compress256(&mut self.state, black_box(&[block]));
        }
    }

    /// Blocks of the canonical request, of the inner hash behind its key, and of the outer one.
    pub(crate) fn compressions(&self) -> usize {
        let query = self.query.split_once("&X-Amz-Signature").map_or(0, |(query, _)| query.len());
        let canonical = "GET\n".len()
            + PATH.len()
            + 1
            + query
            + "\nhost:".len()
            + HOST.len()
            + "\n\nhost\nUNSIGNED-PAYLOAD".len();
        let string_to_sign = "AWS4-HMAC-SHA256\n20260101T000000Z\n".len()
            + "20260101/us-east-1/s3/aws4_request\n".len()
            + 64;
        let blocks = |bytes: usize| (bytes + 9).div_ceil(64);
        blocks(canonical) + blocks(string_to_sign) + 1
    }
}

const GET: Presign<'static> = Presign {
    method: "GET",
    scheme: "https",
    authority: HOST,
    path: PATH,
    query: &[],
    headers: &[],
    expires_seconds: 3600,
};
