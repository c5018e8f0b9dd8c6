//! Where a signature holds: one region, one service, and how that service spells what is signed.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use crate::encode::Sink;
use crate::{Short, Timestamp};

/// The region and service that a signature is bound to.
///
/// Where a function takes one, the name of a region alone means S3 there:
///
/// ```
/// use signature::{Credentials, Presigner, Scope, Timestamp};
///
/// let credentials = Credentials::new("AKIDEXAMPLE", "secret", None);
/// let now = Timestamp::parse("20260102T030405Z").unwrap();
/// let _of_s3 = Presigner::new(&credentials, "eu-west-1", now);
/// let _of_sts = Presigner::new(&credentials, Scope::generic("eu-west-1", "sts"), now);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    /// The region, such as `eu-west-1`. A signer with SigV4A takes a list of them, such as
    /// `us-east-1,eu-*`.
    pub region: &'a str,
    /// The service, such as `s3`, `s3express` or `sts`.
    pub service: &'a str,
    /// How the service spells what is signed.
    pub dialect: Dialect,
}

/// S3 and the other services sign two things differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The path is encoded once and nothing in it is resolved; a URL says nothing of the body
    /// unless it names a hash.
    S3,
    /// `.`, `..` and empty parts of the path are resolved, then it is encoded a second time; the
    /// body of a URL is empty unless it names a hash.
    Generic,
}

impl<'a> Scope<'a> {
    /// S3 in `region`.
    #[must_use]
    pub const fn s3(region: &'a str) -> Self {
        Self { region, service: "s3", dialect: Dialect::S3 }
    }

    /// Another service than the family of S3.
    #[must_use]
    pub const fn generic(region: &'a str, service: &'a str) -> Self {
        Self { region, service, dialect: Dialect::Generic }
    }

    /// `day/region/service/aws4_request`.
    pub(crate) fn text(&self, at: Timestamp) -> Short {
        slashed(&at.day(), &[self.region, self.service, "aws4_request"])
    }

    /// `day/service/aws4_request`, as SigV4A has it.
    pub(crate) fn text_of_regions(&self, at: Timestamp) -> Short {
        slashed(&at.day(), &[self.service, "aws4_request"])
    }
}

impl<'a> From<&'a str> for Scope<'a> {
    fn from(region: &'a str) -> Self {
        Self::s3(region)
    }
}

impl<'a> From<&'a alloc::string::String> for Scope<'a> {
    fn from(region: &'a alloc::string::String) -> Self {
        Self::s3(region)
    }
}

fn slashed(day: &[u8], parts: &[&str]) -> Short {
    let mut text = Short::from_slice(day);
    for part in parts {
        text.put(b"/");
        text.put(part.as_bytes());
    }
    text
}
