//! `hallpass presign`: URLs on stdout, one on a line, and nothing else.

mod batch;
mod order;
mod pair;
mod source;

use client::{SignatureVersion, Target};
use signature::Timestamp;

use self::order::{Order, Style};
pub(super) use self::pair::Pair;
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::lifetime::Lifetime;
use crate::location::{Object, Prefix};
use crate::{machine, output};

/// The arguments of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Presign {
    /// What whoever holds the URL may do
    verb: Verb,
    /// The object, as s3://BUCKET/KEY; with --batch, what the keys of many begin with
    #[arg(value_name = "S3_URL")]
    place: Option<String>,
    /// Print a URL for each s3://BUCKET/KEY on a line of stdin, or for each object below S3_URL,
    /// which is listed. A line that is no address ends it
    #[arg(long)]
    batch: bool,
    /// Print JSON, one object on a line, with the fields s3, url and expires_at
    #[arg(long)]
    json: bool,
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

fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "a moment is 20261124T031209Z".into())
}

impl Presign {
    pub(crate) fn run(self) -> Result<(), Failure> {
        self.check_legacy()?;
        let place = Place::parse(self.place.as_deref(), self.batch)?;
        let order = Order {
            config: self.configuration.load()?,
            verb: self.verb.into(),
            version: if self.sigv2 { SignatureVersion::V2 } else { SignatureVersion::V4 },
            expires: self.expires,
            at: self.at.unwrap_or_else(machine::now),
            query: self.query,
            headers: self.headers,
            style: if self.json { Style::Json } else { Style::Plain },
        };
        // Because: what cannot be signed is said before a session that ends too early.
        order.with_presigner(|_| Ok(()))?;
        order.check_session(self.strict)?;
        match place {
            Place::Object(object) => print_one(&order, &object),
            Place::Prefix(prefix) => batch::run(order, Some(prefix)),
            Place::Stdin => batch::run(order, None),
        }
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

/// What the URLs lead to.
enum Place {
    /// This object.
    Object(Object),
    /// Each of these objects.
    Prefix(Prefix),
    /// Each object that stdin names.
    Stdin,
}

impl Place {
    fn parse(text: Option<&str>, is_batch: bool) -> Result<Self, Failure> {
        match (text, is_batch) {
            (Some(text), true) => Prefix::parse(text).map(Self::Prefix),
            (None, true) => Ok(Self::Stdin),
            (Some(text), false) => Object::parse(text).map(Self::Object),
            (None, false) => Err("name an object as s3://BUCKET/KEY, or many with --batch".into()),
        }
        .map_err(Failure::usage)
    }
}

fn print_one(order: &Order, object: &Object) -> Result<(), Failure> {
    let Object { bucket, key } = object;
    order.with_presigner(|presigner| {
        let url = presigner.presign(&Target::object(&order.config, bucket, key)?)?;
        output::print(&order.line(&url, (bucket, key)))
    })
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
