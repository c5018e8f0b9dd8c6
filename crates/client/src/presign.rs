//! Presigned URLs for objects, made offline.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html>

use std::fmt;

use s3::BucketName;
use signature::{
    Credentials, EXPIRES_SECONDS_MAX, Presign, PresignError, PresignedUrl, Timestamp, v2, v4a,
};

use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::target::Target;

/// What whoever holds the URL may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Read.
    Get,
    /// Write.
    Put,
    /// Read the headers.
    Head,
    /// Remove.
    Delete,
    /// Have something done: begin or complete an upload, remove many objects, restore one.
    Post,
}

impl Verb {
    /// The method of HTTP.
    fn method(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Head => "HEAD",
            Self::Delete => "DELETE",
            Self::Post => "POST",
        }
    }
}

/// The version of the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureVersion<'a> {
    /// SigV4: at most 7 days.
    V4,
    /// SigV4A, which Multi-Region Access Points ask for: at most 7 days.
    V4a {
        /// Where the URL works: regions separated by commas, each of which may end in `*`.
        region_set: &'a str,
    },
    /// The legacy SigV2, which many services refuse: no limit.
    V2,
}

/// What URLs of one kind have in common: everything but what they lead to.
#[derive(Clone, Copy)]
pub struct Link<'a> {
    /// What it allows.
    pub verb: Verb,
    /// How long it lives, from the moment of signing.
    pub expires_seconds: u64,
    /// How it is signed.
    pub version: SignatureVersion<'a>,
    /// Parameters of the operation, decoded: `versionId`, `response-*`, ...
    pub query: &'a [(&'a str, Option<&'a str>)],
    /// Headers that are signed, so that the user of the URL has to send them. SigV2 carries
    /// `x-amz-*` in the URL, signs `content-type` and `content-md5`, and leaves others out.
    pub headers: &'a [(&'a str, &'a str)],
}

/// Shows the names of headers and parameters alone: a value can be a customer's key.
impl fmt::Debug for Link<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query: Vec<&str> = self.query.iter().map(|(name, _)| *name).collect();
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Link")
            .field("verb", &self.verb)
            .field("expires_seconds", &self.expires_seconds)
            .field("version", &self.version)
            .field("query", &query)
            .field("headers", &headers)
            .finish()
    }
}

/// Presigns links of one kind, all of one moment. Making it derives the keys.
#[derive(Debug)]
pub struct Presigner<'a> {
    link: Link<'a>,
    expires_seconds: u32,
    signer: Signer<'a>,
}

#[derive(Debug)]
enum Signer<'a> {
    V4(Box<signature::Presigner<'a>>),
    V2 { credentials: &'a Credentials, expires_at: Timestamp },
}

impl<'a> Presigner<'a> {
    /// A presigner whose URLs are signed at `at`.
    ///
    /// # Errors
    /// Without credentials, and for a lifetime that S3 would refuse.
    pub fn new(config: &'a Config, link: Link<'a>, at: Timestamp) -> Result<Self, Error> {
        let credentials = config.credentials.as_ref();
        let credentials = credentials.ok_or_else(|| failed(ErrorKind::NoCredentials))?;
        let signer = match link.version {
            SignatureVersion::V4 => {
                Signer::V4(signature::Presigner::new(credentials, &config.region, at).into())
            }
            SignatureVersion::V4a { region_set } => {
                let signer = v4a::Signer::new(credentials, region_set);
                Signer::V4(signer.presigner(at).into())
            }
            SignatureVersion::V2 => {
                Signer::V2 { credentials, expires_at: at.plus(link.expires_seconds) }
            }
        };
        Ok(Self { link, expires_seconds: expires_seconds(link)?, signer })
    }

    /// The URL that leads to `target`.
    ///
    /// # Errors
    /// None but those of [`Presigner::new`].
    pub fn presign(&self, target: &Target) -> Result<PresignedUrl, Error> {
        let presign = Presign {
            method: self.link.verb.method(),
            scheme: target.scheme.word(),
            authority: &target.authority,
            path: &target.path,
            query: self.link.query,
            headers: self.link.headers,
            expires_seconds: self.expires_seconds,
        };
        match &self.signer {
            Signer::V4(presigner) => {
                presigner.presign(&presign).map_err(|wrong| failed(ErrorKind::Presign(wrong)))
            }
            Signer::V2 { credentials, expires_at } => {
                let bucket = target.virtual_bucket.as_ref().map(BucketName::as_str);
                Ok(v2::presign(&presign, credentials, bucket, *expires_at))
            }
        }
    }
}

/// A lifetime that the signature allows. SigV2 does not look at the number.
fn expires_seconds(link: Link<'_>) -> Result<u32, Error> {
    let fail = |wrong| Err(failed(ErrorKind::Presign(wrong)));
    match (link.version, u32::try_from(link.expires_seconds)) {
        (_, Ok(0)) => fail(PresignError::ExpiresZero),
        (SignatureVersion::V2, seconds) => Ok(seconds.unwrap_or(u32::MAX)),
        (_, Ok(seconds @ ..=EXPIRES_SECONDS_MAX)) => Ok(seconds),
        (_, _) => fail(PresignError::ExpiresTooLong),
    }
}

fn failed(kind: ErrorKind) -> Error {
    Error::new("Presign", kind)
}

#[cfg(test)]
mod tests {
    use s3::ObjectKey;

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

    fn made(
        config: &Config,
        version: SignatureVersion<'_>,
        seconds: u64,
    ) -> Result<String, ErrorKind> {
        let link =
            Link { verb: Verb::Get, expires_seconds: seconds, version, query: &[], headers: &[] };
        let at = Timestamp::parse("20130524T000000Z").unwrap();
        let bucket = BucketName::parse("examplebucket").unwrap();
        let target = Target::object(config, &bucket, &ObjectKey::parse("test.txt").unwrap());
        let made = Presigner::new(config, link, at)
            .and_then(|presigner| presigner.presign(&target.unwrap()));
        match made {
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
        let v4a = SignatureVersion::V4a { region_set: "us-east-1,eu-*" };
        let v4a = made(&config(), v4a, 86400).unwrap();
        assert!(v4a.starts_with(host) && v4a.contains("=us-east-1%2Ceu-%2A&"), "{v4a}");
    }

    #[test]
    fn seven_days_are_the_end_for_v4_and_not_for_v2() {
        let too_long = Err(ErrorKind::Presign(PresignError::ExpiresTooLong));
        assert!(made(&config(), SignatureVersion::V4, 604_800).is_ok());
        assert_eq!(made(&config(), SignatureVersion::V4, 604_801), too_long);
        assert_eq!(made(&config(), SignatureVersion::V4, u64::MAX), too_long);
        let v4a = SignatureVersion::V4a { region_set: "*" };
        assert_eq!(made(&config(), v4a, 604_801), too_long);
        assert!(made(&config(), SignatureVersion::V2, 604_801).is_ok());
        let zero = Err(ErrorKind::Presign(PresignError::ExpiresZero));
        assert_eq!(made(&config(), SignatureVersion::V2, 0), zero);
        assert_eq!(made(&config(), SignatureVersion::V4, 0), zero);
    }

    #[test]
    fn values_of_headers_are_not_shown() {
        let link = Link {
            verb: Verb::Put,
            expires_seconds: 60,
            version: SignatureVersion::V4,
            query: &[("versionId", Some("5ec"))],
            headers: &[("x-amz-server-side-encryption-customer-key", "5ec")],
        };
        let shown = format!("{link:?}");
        assert!(shown.contains("customer-key") && !shown.contains("5ec"), "{shown}");
    }

    #[test]
    fn nothing_is_signed_without_credentials() {
        let config = Config { credentials: None, ..config() };
        let refused = made(&config, SignatureVersion::V4, 60);
        assert_eq!(refused, Err(ErrorKind::NoCredentials));
    }
}
