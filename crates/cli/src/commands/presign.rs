//! `hallpass presign`: one URL on stdout and nothing else.

use client::{Link, SignatureVersion};

use crate::configuration::Configuration;
use crate::failure::Failure;
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

impl Presign {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let config = self.configuration.load()?;
        let now = machine::now();
        let link = Link {
            verb: self.verb.into(),
            bucket: &self.object.bucket,
            key: &self.object.key,
            expires_seconds: self.expires.seconds(),
            version: if self.sigv2 { SignatureVersion::V2 } else { SignatureVersion::V4 },
        };
        let url = client::presign(&config, &link, now)?;
        output::print(url.as_str())?;
        if let Some(until) = output::session_end(&config, now.plus(self.expires.seconds())) {
            output::note(&until);
        }
        Ok(())
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
