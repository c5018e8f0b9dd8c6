//! aws-sdk-s3: an operation built on a client, and presigned instead of sent.
//! <https://docs.rs/aws-sdk-s3/latest/aws_sdk_s3/presigning/index.html>

use std::time::Duration;

use ::aws_sdk_s3::Client;
use ::aws_sdk_s3::config::{BehaviorVersion, Config, Credentials, Region};
use ::aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};

use super::Outcome;
use crate::case::Case;

pub(super) struct Presigner {
    client: Client,
    bucket: String,
    expires: Duration,
}

impl super::Presigner for Presigner {
    const PACKAGE: &'static str = "aws-sdk-s3";

    type Url = PresignedRequest;

    fn new(case: &Case) -> Outcome<Self> {
        let (id, secret) = (&case.access_key_id, &case.secret_access_key);
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(case.region.clone()))
            .credentials_provider(Credentials::new(id, secret, None, None, "the case"))
            .build();
        Ok(Self {
            client: Client::from_conf(config),
            bucket: case.bucket.clone(),
            expires: Duration::from_secs(case.expires_seconds.into()),
        })
    }

    async fn presign(&mut self, key: &str) -> Outcome<PresignedRequest> {
        let presigning = PresigningConfig::expires_in(self.expires)?;
        let get = self.client.get_object().bucket(&self.bucket).key(key);
        Ok(get.presigned(presigning).await?)
    }

    fn text(url: &PresignedRequest) -> String {
        url.uri().to_owned()
    }
}
