//! object_store: the store of a bucket, as its `Signer`.
//! <https://docs.rs/object_store/latest/object_store/signer/trait.Signer.html>

use std::time::Duration;

use ::object_store::aws::{AmazonS3, AmazonS3Builder};
use ::object_store::path::Path;
use ::object_store::signer::Signer;
use http::Method;
use url::Url;

use super::Outcome;
use crate::case::Case;

pub(super) struct Presigner {
    store: AmazonS3,
    expires: Duration,
}

impl super::Presigner for Presigner {
    const PACKAGE: &'static str = "object_store";

    type Url = Url;

    fn new(case: &Case) -> Outcome<Self> {
        let store = AmazonS3Builder::new()
            .with_access_key_id(&case.access_key_id)
            .with_secret_access_key(&case.secret_access_key)
            .with_region(&case.region)
            .with_bucket_name(&case.bucket)
            .with_virtual_hosted_style_request(true)
            .build()?;
        Ok(Self { store, expires: Duration::from_secs(case.expires_seconds.into()) })
    }

    async fn presign(&mut self, key: &str) -> Outcome<Url> {
        Ok(self.store.signed_url(Method::GET, &Path::from(key), self.expires).await?)
    }

    fn text(url: &Url) -> String {
        url.to_string()
    }
}
