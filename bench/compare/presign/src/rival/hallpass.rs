//! Hallpass: the presigner of `signature`, made anew when a second is over.

use std::time::SystemTime;

use signature::encode::{Slash, encode_into};
use signature::{Credentials, Presign, PresignedUrl, Timestamp};

use super::Outcome;
use crate::case::Case;

pub(super) struct Presigner {
    credentials: &'static Credentials,
    region: String,
    host: String,
    expires_seconds: u32,
    path: String,
    at: Timestamp,
    presigner: signature::Presigner<'static>,
}

impl super::Presigner for Presigner {
    const PACKAGE: &'static str = "hallpass-signature";

    type Url = PresignedUrl;

    fn new(case: &Case) -> Outcome<Self> {
        let credentials = Credentials::new(&case.access_key_id, &case.secret_access_key, None);
        let credentials: &'static Credentials = Box::leak(Box::new(credentials));
        let at = now()?;
        Ok(Self {
            credentials,
            region: case.region.clone(),
            host: case.host(),
            expires_seconds: case.expires_seconds,
            path: String::new(),
            at,
            presigner: signature::Presigner::new(credentials, &case.region, at),
        })
    }

    async fn presign(&mut self, key: &str) -> Outcome<PresignedUrl> {
        let at = now()?;
        if at != self.at {
            self.presigner = signature::Presigner::new(self.credentials, &self.region, at);
            self.at = at;
        }
        self.path.clear();
        self.path.push('/');
        encode_into(&mut self.path, key, Slash::Keep);
        Ok(self.presigner.presign(&Presign {
            method: "GET",
            scheme: "https",
            authority: &self.host,
            path: &self.path,
            query: &[],
            headers: &[],
            expires_seconds: self.expires_seconds,
        })?)
    }

    fn text(url: &PresignedUrl) -> String {
        url.as_str().to_owned()
    }
}

#[expect(clippy::disallowed_methods, reason = "a URL is signed now")]
fn now() -> Outcome<Timestamp> {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(Timestamp::from_seconds(since_1970.as_secs()))
}
