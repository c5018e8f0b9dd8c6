//! rusty-s3: an action made on a bucket, and signed.
//! <https://docs.rs/rusty-s3>

use std::time::Duration;

use ::rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use url::Url;

use super::Outcome;
use crate::case::Case;

pub(super) struct Presigner {
    bucket: Bucket,
    credentials: Credentials,
    expires: Duration,
}

impl super::Presigner for Presigner {
    const PACKAGE: &'static str = "rusty-s3";

    type Url = Url;

    fn new(case: &Case) -> Outcome<Self> {
        let endpoint = format!("https://s3.{}.amazonaws.com", case.region).parse()?;
        let (bucket, region) = (case.bucket.clone(), case.region.clone());
        let (id, secret) = (case.access_key_id.clone(), case.secret_access_key.clone());
        Ok(Self {
            bucket: Bucket::new(endpoint, UrlStyle::VirtualHost, bucket, region)?,
            credentials: Credentials::new(id, secret),
            expires: Duration::from_secs(case.expires_seconds.into()),
        })
    }

    async fn presign(&mut self, key: &str) -> Outcome<Url> {
        Ok(self.bucket.get_object(Some(&self.credentials), key).sign(self.expires))
    }

    fn text(url: &Url) -> String {
        url.to_string()
    }
}
