//! Presigned URLs for objects, made offline.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html>

use s3::{BucketName, ObjectKey, Operation};
use signature::{Presign, PresignError, PresignedUrl, Presigner, Timestamp, v2};

use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::target::Target;

/// What whoever holds the URL may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Read the object.
    Get,
    /// Write the object.
    Put,
    /// Read the object's headers.
    Head,
    /// Remove the object.
    Delete,
}

impl Verb {
    fn operation(self) -> Operation {
        match self {
            Self::Get => Operation::GetObject,
            Self::Put => Operation::PutObject,
            Self::Head => Operation::HeadObject,
            Self::Delete => Operation::DeleteObject,
        }
    }
}

/// The version of the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureVersion {
    /// SigV4: at most 7 days.
    V4,
    /// The legacy SigV2, which many services refuse: no limit.
    V2,
}

/// A URL to be made.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// What it allows.
    pub verb: Verb,
    /// The bucket.
    pub bucket: &'a BucketName,
    /// The object.
    pub key: &'a ObjectKey,
    /// How long it lives, from the moment of signing.
    pub expires_seconds: u64,
    /// How it is signed.
    pub version: SignatureVersion,
    /// Parameters of the operation beside the key, decoded: `versionId`, `response-*`, ...
    pub query: &'a [(&'a str, Option<&'a str>)],
    /// Headers that are signed, so that the user of the URL has to send them. SigV2 carries
    /// `x-amz-*` in the URL, signs `content-type` and `content-md5`, and leaves others out.
    pub headers: &'a [(&'a str, &'a str)],
}

/// The presigned URL for `link`, signed at `at`.
///
/// # Errors
/// Without credentials, and for a lifetime that S3 would refuse.
pub fn presign(config: &Config, link: &Link<'_>, at: Timestamp) -> Result<PresignedUrl, Error> {
    let fail = |kind| Error::new("Presign", kind);
    let credentials = config.credentials.as_ref();
    let credentials = credentials.ok_or_else(|| fail(ErrorKind::NoCredentials))?;
    let target = Target::object(config, link.bucket, link.key)
        .map_err(|wrong| fail(ErrorKind::Target(wrong)))?;
    let presign = Presign {
        method: link.verb.operation().row().method,
        scheme: target.scheme.word(),
        authority: &target.authority,
        path: &target.path,
        query: link.query,
        headers: link.headers,
        // Because: a longer life is one that SigV4 refuses, and SigV2 does not look here.
        expires_seconds: u32::try_from(link.expires_seconds).unwrap_or(u32::MAX),
    };
    let made = match (link.version, link.expires_seconds) {
        (SignatureVersion::V4, _) => {
            Presigner::new(credentials, &config.region, at).presign(&presign)
        }
        (SignatureVersion::V2, 0) => Err(PresignError::ExpiresZero),
        (SignatureVersion::V2, seconds) => {
            let bucket = target.virtual_bucket.as_ref().map(BucketName::as_str);
            Ok(v2::presign(&presign, credentials, bucket, at.plus(seconds)))
        }
    };
    made.map_err(|wrong| fail(ErrorKind::Expires(wrong)))
}

#[cfg(test)]
mod tests {
    use signature::Credentials;

    use super::*;
    use crate::AddressingStyle;

    fn config() -> Config {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        Config {
            region: "us-east-1".into(),
            endpoint: None,
            credentials: Some(Credentials::new("AKIAIOSFODNN7EXAMPLE", secret, None)),
            credentials_expire: None,
            addressing_style: AddressingStyle::Auto,
        }
    }

    fn made(config: &Config, version: SignatureVersion, seconds: u64) -> Result<String, ErrorKind> {
        let link = Link {
            verb: Verb::Get,
            bucket: &BucketName::parse("examplebucket").unwrap(),
            key: &ObjectKey::parse("test.txt").unwrap(),
            expires_seconds: seconds,
            version,
            query: &[],
            headers: &[],
        };
        let at = Timestamp::parse("20130524T000000Z").unwrap();
        match presign(config, &link, at) {
            Ok(url) => Ok(url.as_str().to_owned()),
            Err(e) => Err(e.kind().clone()),
        }
    }

    #[test]
    fn url_of_either_version_opens_the_object_at_its_host() {
        let host = "https://examplebucket.s3.us-east-1.amazonaws.com/test.txt?";
        let v4 = made(&config(), SignatureVersion::V4, 86400).unwrap();
        assert!(v4.starts_with(host) && v4.contains("X-Amz-Expires=86400"), "{v4}");
        let v2 = made(&config(), SignatureVersion::V2, 86400).unwrap();
        assert!(v2.starts_with(host) && v2.contains("Expires=1369440000"), "{v2}");
    }

    #[test]
    fn seven_days_are_the_end_for_v4_and_not_for_v2() {
        let too_long = Err(ErrorKind::Expires(PresignError::ExpiresTooLong));
        assert!(made(&config(), SignatureVersion::V4, 604_800).is_ok());
        assert_eq!(made(&config(), SignatureVersion::V4, 604_801), too_long);
        assert_eq!(made(&config(), SignatureVersion::V4, u64::MAX), too_long);
        assert!(made(&config(), SignatureVersion::V2, 604_801).is_ok());
        let zero = Err(ErrorKind::Expires(PresignError::ExpiresZero));
        assert_eq!(made(&config(), SignatureVersion::V2, 0), zero);
        assert_eq!(made(&config(), SignatureVersion::V4, 0), zero);
    }

    #[test]
    fn nothing_is_signed_without_credentials() {
        let config = Config { credentials: None, ..config() };
        let refused = made(&config, SignatureVersion::V4, 60);
        assert_eq!(refused, Err(ErrorKind::NoCredentials));
    }
}
