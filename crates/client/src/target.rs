//! From a bucket and a key to scheme, authority and path.
//!
//! The bucket stands in the host name on AWS, as AWS asks for, except when a dot in its name
//! would break TLS: a wildcard certificate covers one label. Every other endpoint gets it in the
//! path, because a service of one's own seldom has a wildcard name and certificate, and every
//! service understands the path; `addressing_style = virtual` says that this one is different.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>

use std::fmt;

use s3::{BucketName, ObjectKey};
use signature::encode::{Slash, encode};

use crate::config::{AddressingStyle, Config};
use crate::endpoint::Scheme;

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// With or without TLS.
    pub scheme: Scheme,
    /// Host, and port where it is not the scheme's own.
    pub authority: String,
    /// The path, percent-encoded, beginning with `/`.
    pub path: String,
    /// The bucket, when it stands in `authority`.
    pub virtual_bucket: Option<BucketName>,
}

/// Why there is no target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetFault {
    /// A region that cannot be part of a host name.
    Region(String),
}

impl fmt::Display for TargetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region(region) => write!(f, "`{region}` is not the name of a region"),
        }
    }
}

impl Target {
    /// The target of requests about an object.
    ///
    /// # Errors
    /// When AWS has no such region.
    pub fn object(
        config: &Config,
        bucket: &BucketName,
        key: &ObjectKey,
    ) -> Result<Self, TargetFault> {
        let mut objects = Objects::of(config, bucket)?;
        objects.target(key);
        Ok(objects.target)
    }

    /// The target of requests about no bucket: the list of them all.
    ///
    /// # Errors
    /// When AWS has no such region.
    pub fn account(config: &Config) -> Result<Self, TargetFault> {
        let Place { scheme, authority, path, .. } = Place::of(config)?;
        Ok(Self { scheme, authority, path: format!("{path}/"), virtual_bucket: None })
    }

    /// The target of requests about a bucket.
    ///
    /// # Errors
    /// When AWS has no such region.
    pub fn bucket(config: &Config, bucket: &BucketName) -> Result<Self, TargetFault> {
        let place = Place::of(config)?;
        if place.is_virtual(config.addressing_style, bucket) {
            return Ok(Self {
                scheme: place.scheme,
                authority: format!("{bucket}.{}", place.authority),
                path: format!("{}/", place.path),
                virtual_bucket: Some(bucket.clone()),
            });
        }
        Ok(Self {
            scheme: place.scheme,
            authority: place.authority,
            path: format!("{}/{bucket}", place.path),
            virtual_bucket: None,
        })
    }

    /// The URL, without a query.
    #[must_use]
    pub fn url(&self) -> String {
        let Self { scheme, authority, path, .. } = self;
        format!("{}://{authority}{path}", scheme.word())
    }
}

/// The targets of requests about the objects of one bucket, one at a time.
#[derive(Clone, Debug)]
pub struct Objects {
    target: Target,
    /// What of the path stands before the key.
    before_key: usize,
}

impl Objects {
    /// The objects of `bucket`.
    ///
    /// # Errors
    /// When AWS has no such region.
    pub fn of(config: &Config, bucket: &BucketName) -> Result<Self, TargetFault> {
        let mut target = Target::bucket(config, bucket)?;
        if !target.path.ends_with('/') {
            target.path.push('/');
        }
        Ok(Self { before_key: target.path.len(), target })
    }

    /// The target of requests about the object with `key`.
    pub fn target(&mut self, key: &ObjectKey) -> &Target {
        self.target.path.truncate(self.before_key);
        self.target.path.push_str(&encode(key.as_str(), Slash::Keep));
        &self.target
    }
}

/// Where the service is.
struct Place {
    scheme: Scheme,
    authority: String,
    path: String,
    auto: AddressingStyle,
    can_be_virtual: bool,
}

impl Place {
    fn of(config: &Config) -> Result<Self, TargetFault> {
        match &config.endpoint {
            Some(endpoint) => Ok(Self {
                scheme: endpoint.scheme(),
                authority: endpoint.authority().to_owned(),
                path: endpoint.path().to_owned(),
                auto: AddressingStyle::Path,
                can_be_virtual: !endpoint.is_ip(),
            }),
            None => Ok(Self {
                scheme: Scheme::Https,
                authority: aws(&config.region)?,
                path: String::new(),
                auto: AddressingStyle::Virtual,
                can_be_virtual: true,
            }),
        }
    }

    fn is_virtual(&self, style: AddressingStyle, bucket: &BucketName) -> bool {
        let dotted = self.scheme == Scheme::Https && bucket.as_str().contains('.');
        match style {
            AddressingStyle::Auto => self.auto == AddressingStyle::Virtual && !dotted,
            AddressingStyle::Path => false,
            AddressingStyle::Virtual => self.can_be_virtual,
        }
    }
}

/// The regional host of S3, also in us-east-1: only there is the region that signatures name the
/// one that answers.
fn aws(region: &str) -> Result<String, TargetFault> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if region.is_empty() || !region.bytes().all(fits) {
        return Err(TargetFault::Region(region.into()));
    }
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    Ok(format!("s3.{region}.amazonaws.com{suffix}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Endpoint;

    fn url(region: &str, endpoint: Option<&str>, style: AddressingStyle, bucket: &str) -> String {
        let config = Config {
            region: region.into(),
            endpoint: endpoint.map(|url| Endpoint::parse(url).unwrap()),
            credentials: None,
            credentials_expire: None,
            addressing_style: style,
        };
        let bucket = BucketName::parse(bucket).unwrap();
        let key = ObjectKey::parse("/a b/\u{e9}//.").unwrap();
        Target::object(&config, &bucket, &key).unwrap().url()
    }

    #[test]
    fn aws_has_the_bucket_in_the_regional_host_name() {
        for (region, expected) in [
            ("us-east-1", "https://photos.s3.us-east-1.amazonaws.com"),
            ("eu-west-3", "https://photos.s3.eu-west-3.amazonaws.com"),
            ("cn-north-1", "https://photos.s3.cn-north-1.amazonaws.com.cn"),
        ] {
            let url = url(region, None, AddressingStyle::Auto, "photos");
            assert_eq!(url, format!("{expected}//a%20b/%C3%A9//."));
        }
    }

    #[test]
    fn bucket_with_dots_stands_in_the_path_where_tls_would_break() {
        let of = |endpoint, style| url("eu-west-1", endpoint, style, "my.photos");
        assert_eq!(
            of(None, AddressingStyle::Auto),
            "https://s3.eu-west-1.amazonaws.com/my.photos//a%20b/%C3%A9//."
        );
        let asked = of(Some("https://s3.example"), AddressingStyle::Virtual);
        assert!(asked.starts_with("https://my.photos.s3.example//a"), "{asked}");
    }

    #[test]
    fn other_endpoints_have_the_bucket_in_the_path_unless_told_otherwise() {
        for (endpoint, style, expected) in [
            ("http://127.0.0.1:9", AddressingStyle::Auto, "http://127.0.0.1:9/photos/"),
            ("http://127.0.0.1:9", AddressingStyle::Virtual, "http://127.0.0.1:9/photos/"),
            ("http://localhost:9", AddressingStyle::Auto, "http://localhost:9/photos/"),
            ("http://localhost:9", AddressingStyle::Virtual, "http://photos.localhost:9/"),
            ("https://x.example/v1/s3", AddressingStyle::Auto, "https://x.example/v1/s3/photos/"),
            ("https://x.example/v1", AddressingStyle::Virtual, "https://photos.x.example/v1/"),
        ] {
            let url = url("auto", Some(endpoint), style, "photos");
            assert_eq!(url, format!("{expected}/a%20b/%C3%A9//."), "{style:?}");
        }
    }

    #[test]
    fn objects_of_a_bucket_follow_each_other() {
        let endpoint = Some(Endpoint::parse("http://127.0.0.1:9").unwrap());
        for (endpoint, stem) in [(endpoint, "http://127.0.0.1:9/photos/"), (None, AWS)] {
            let config = Config {
                region: "eu-west-1".into(),
                endpoint,
                credentials: None,
                credentials_expire: None,
                addressing_style: AddressingStyle::Auto,
            };
            let mut objects = Objects::of(&config, &BucketName::parse("photos").unwrap()).unwrap();
            for (key, path) in [("a long/one", "a%20long/one"), ("/b", "/b"), ("c", "c")] {
                let key = ObjectKey::parse(key).unwrap();
                assert_eq!(objects.target(&key).url(), format!("{stem}{path}"));
            }
        }
    }

    const AWS: &str = "https://photos.s3.eu-west-1.amazonaws.com/";

    #[test]
    fn region_cannot_lead_to_another_host() {
        let config = Config {
            region: "x.evil.example/".into(),
            endpoint: None,
            credentials: None,
            credentials_expire: None,
            addressing_style: AddressingStyle::Auto,
        };
        let bucket = BucketName::parse("photos").unwrap();
        let refused = Target::bucket(&config, &bucket);
        assert_eq!(refused, Err(TargetFault::Region("x.evil.example/".into())));
    }
}
