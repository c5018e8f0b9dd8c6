//! `hallpass presign`: one URL on stdout and nothing else.

use client::{Link, SignatureVersion};
use signature::Timestamp;

use crate::configuration::Configuration;
use crate::failure::{Exit, Failure};
use crate::lifetime::Lifetime;
use crate::location::Object;
use crate::{machine, output};

/// The arguments of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Presign {
    /// What whoever holds the URL may do
    verb: Verb,
    /// The object, as s3://BUCKET/KEY
    #[arg(value_parser = Object::parse)]
    object: Object,
    /// How long the URL works: 90s, 15m, 12h, 7d, or seconds
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = Lifetime::parse)]
    expires: Lifetime,
    /// Sign a header, which the user of the URL then has to send as it is here; may be repeated.
    /// `If-None-Match: *` makes an upload that never overwrites
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = Pair::header)]
    headers: Vec<Pair>,
    /// Sign a query parameter, such as versionId=... or response-content-disposition=attachment;
    /// may be repeated
    #[arg(long = "query", value_name = "NAME=VALUE", value_parser = Pair::parameter)]
    query: Vec<Pair>,
    /// Sign as of this moment, in UTC as 20261124T031209Z, so that the same URL comes out again
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    at: Option<Timestamp>,
    /// Fail when the session of the credentials ends before the URL would
    #[arg(long)]
    strict: bool,
    /// Sign with the legacy SigV2, which few services still take and which has no limit of 7 days
    #[arg(long)]
    sigv2: bool,
    #[command(flatten)]
    configuration: Configuration,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Verb {
    /// Read the object
    Get,
    /// Write the object
    Put,
    /// Read the object's headers
    Head,
    /// Remove the object
    Delete,
}

/// A name and a value.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) value: String,
}

impl Pair {
    /// Reads `NAME: VALUE`.
    pub(super) fn header(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once(':').ok_or("a header is NAME: VALUE")?;
        let (name, value) = (name.trim(), value.trim());
        let is_token = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if name.is_empty() || !name.bytes().all(is_token) || value.contains(['\r', '\n']) {
            return Err("this can be no header".into());
        }
        Ok(Self { name: name.to_ascii_lowercase(), value: value.into() })
    }

    fn parameter(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let signing = name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"));
        if name.is_empty() || signing {
            return Err("parameters are NAME=VALUE; X-Amz- ones are made by signing".into());
        }
        Ok(Self { name: name.into(), value: value.into() })
    }
}

fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "a moment is 20261124T031209Z".into())
}

impl Presign {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        self.check_legacy()?;
        let config = self.configuration.load()?;
        let at = self.at.unwrap_or_else(machine::now);
        let headers: Vec<_> = self.headers.iter().map(|p| (&*p.name, &*p.value)).collect();
        let query: Vec<_> = self.query.iter().map(|p| (&*p.name, Some(&*p.value))).collect();
        let link = Link {
            verb: self.verb.into(),
            bucket: &self.object.bucket,
            key: &self.object.key,
            expires_seconds: self.expires.seconds(),
            version: if self.sigv2 { SignatureVersion::V2 } else { SignatureVersion::V4 },
            query: &query,
            headers: &headers,
        };
        let url = client::presign(&config, &link, at)?;
        let session_end = output::session_end(&config, at.plus(self.expires.seconds()));
        match session_end {
            Some(until) if self.strict => return Err(ends_early(&until)),
            Some(until) => output::note(&until),
            None => {}
        }
        output::print(url.as_str())
    }

    /// SigV2 cannot cover every header; one that it leaves out must not be taken for signed.
    fn check_legacy(&self) -> Result<(), Failure> {
        let covered = |name: &str| {
            name.starts_with("x-amz-") || ["content-type", "content-md5"].contains(&name)
        };
        match self.headers.iter().find(|header| self.sigv2 && !covered(&header.name)) {
            Some(header) => {
                Err(Failure::usage(format!("SigV2 cannot sign the header {}", header.name)))
            }
            None => Ok(()),
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

impl From<Verb> for client::Verb {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Get => Self::Get,
            Verb::Put => Self::Put,
            Verb::Head => Self::Head,
            Verb::Delete => Self::Delete,
        }
    }
}
