//! What all URLs of one command have in common, and how one of them is printed.

use std::borrow::Cow;

use client::{Config, Link, Presigner, SignatureVersion, Verb};
use s3::{BucketName, ObjectKey};
use serde_json::json;
use signature::{PresignedUrl, Timestamp};

use super::pair::Pair;
use crate::failure::{Exit, Failure};
use crate::lifetime::Lifetime;
use crate::output;

/// An order for any number of URLs.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) config: Config,
    pub(super) verb: Verb,
    pub(super) version: SignatureVersion,
    pub(super) expires: Lifetime,
    pub(super) at: Timestamp,
    pub(super) query: Vec<Pair>,
    pub(super) headers: Vec<Pair>,
    pub(super) style: Style,
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
            version: self.version,
            query: &query,
            headers: &headers,
        };
        work(&Presigner::new(&self.config, link, self.at)?)
    }

    /// When the URLs end.
    pub(super) fn end(&self) -> Timestamp {
        self.at.plus(self.expires.seconds())
    }

    /// Says so when the session of the credentials ends before the URLs do; `strict` makes it a
    /// failure.
    pub(super) fn check_session(&self, strict: bool) -> Result<(), Failure> {
        match output::session_end(&self.config, self.end()) {
            Some(until) if strict => return Err(ends_early(&until)),
            Some(until) => output::note(&until),
            None => {}
        }
        Ok(())
    }

    /// The line of one URL, which leads to `key` of `bucket`.
    pub(super) fn line<'u>(
        &self,
        url: &'u PresignedUrl,
        (bucket, key): (&BucketName, &ObjectKey),
    ) -> Cow<'u, str> {
        match self.style {
            Style::Plain => url.as_str().into(),
            Style::Json => {
                let line = json!({
                    "s3": format!("s3://{bucket}/{key}"),
                    "url": url.as_str(),
                    "expires_at": self.end().to_string(),
                });
                line.to_string().into()
            }
        }
    }
}

fn ends_early(until: &str) -> Failure {
    Failure {
        error: format!("the URL only {until}"),
        hint: "ask for a shorter life, sign with credentials that live longer, or leave --strict \
               away"
            .into(),
        exit: Exit::Refused,
    }
}
