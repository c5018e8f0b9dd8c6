//! reqsign: one signer, asked to put the signature of each request in its query.
//! <https://docs.rs/reqsign>

use std::time::Duration;

use ::reqsign::aws::{Credential, RequestSigner, StaticCredentialProvider};
use ::reqsign::{Context, Signer};
use http::{Method, Request, Uri};

use super::Outcome;
use crate::case::Case;

pub(super) struct Presigner {
    signer: Signer<Credential>,
    host: String,
    expires: Duration,
}

impl super::Presigner for Presigner {
    const PACKAGE: &'static str = "reqsign";

    type Url = Uri;

    fn new(case: &Case) -> Outcome<Self> {
        let credentials =
            StaticCredentialProvider::new(&case.access_key_id, &case.secret_access_key);
        let signer = RequestSigner::new("s3", &case.region);
        Ok(Self {
            signer: Signer::new(Context::new(), credentials, signer),
            host: case.host(),
            expires: Duration::from_secs(case.expires_seconds.into()),
        })
    }

    /// The key would have to be encoded first; these need it not, and it is spared.
    async fn presign(&mut self, key: &str) -> Outcome<Uri> {
        let uri = format!("https://{}/{key}", self.host);
        let request = Request::builder().method(Method::GET).uri(uri).body(())?;
        let (mut head, ()) = request.into_parts();
        self.signer.sign(&mut head, Some(self.expires)).await?;
        Ok(head.uri)
    }

    fn text(url: &Uri) -> String {
        url.to_string()
    }
}
