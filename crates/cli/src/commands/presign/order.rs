//! What all URLs of one command have in common, and how one of them is printed.

use std::borrow::Cow;
use std::fmt::Arguments;

use client::{Config, Link, Presigner, SignatureVersion, Verb};
use serde_json::json;
use signature::{PresignedUrl, Timestamp};

use super::pair::Pair;
use crate::failure::Failure;
use crate::lifetime::Lifetime;

/// An order for any number of URLs.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) config: Config,
    pub(super) verb: Verb,
    pub(super) version: Version,
    pub(super) expires: Lifetime,
    pub(super) at: Timestamp,
    pub(super) query: Vec<Pair>,
    pub(super) headers: Vec<Pair>,
    pub(super) style: Style,
}

/// The version of the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// SigV4.
    V4,
    /// SigV4A, with its set of regions.
    V4a(String),
    /// The legacy SigV2.
    V2,
}

/// How a URL is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Itself, on a line.
    Plain,
    /// A JSON object on a line.
    Json,
}

impl Order {
    /// Makes the presigner and lets `work` use it.
    pub(super) fn with_presigner<T>(
        &self,
        work: impl FnOnce(&Presigner<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let query: Vec<_> = self.query.iter().map(|p| (&*p.name, Some(&*p.value))).collect();
        let headers: Vec<_> = self.headers.iter().map(|p| (&*p.name, &*p.value)).collect();
        let link = Link {
            verb: self.verb,
            expires_seconds: self.expires.seconds(),
            version: match &self.version {
                Version::V4 => SignatureVersion::V4,
                Version::V4a(region_set) => SignatureVersion::V4a { region_set },
                Version::V2 => SignatureVersion::V2,
            },
            query: &query,
            headers: &headers,
        };
        work(&Presigner::new(&self.config, link, self.at)?)
    }

    /// When the URLs end.
    pub(super) fn end(&self) -> Timestamp {
        self.at.plus(self.expires.seconds())
    }

    /// The line of one URL, which leads to `s3`.
    pub(super) fn line<'u>(&self, url: &'u PresignedUrl, s3: Arguments<'_>) -> Cow<'u, str> {
        match self.style {
            Style::Plain => url.as_str().into(),
            Style::Json => {
                let line = json!({
                    "s3": s3.to_string(),
                    "url": url.as_str(),
                    "expires_at": self.end().to_string(),
                });
                line.to_string().into()
            }
        }
    }
}
