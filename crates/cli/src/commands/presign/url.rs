//! What all commands that make URLs have in common.

use client::Verb;
use signature::{Timestamp, v2};

use super::order::{Order, Style, Version};
use super::pair::Pair;
use super::{LEGACY, batch, check_once, moment};
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::lifetime::Lifetime;
use crate::location::{Prefix, Resource};
use crate::{machine, output, session};

/// Arguments of every URL.
#[derive(Debug, clap::Args)]
pub(super) struct Url {
    /// The object, as s3://BUCKET/KEY; with --batch, what the keys of many begin with. A bucket
    /// alone, s3://BUCKET, needs --query
    #[arg(value_name = "S3_URL")]
    place: Option<String>,
    /// Print a URL for each s3://BUCKET/KEY on a line of stdin, or for each object below S3_URL,
    /// which is listed. The first line that is no address ends it
    #[arg(long)]
    batch: bool,
    /// Print JSON, one object on a line, with the fields s3, url and expires_at
    #[arg(long)]
    json: bool,
    /// How long the URL works: 90s, 15m, 12h, 7d, or seconds
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = Lifetime::parse)]
    expires: Lifetime,
    /// Sign a header, which the user of the URL then has to send as it is here; may be repeated
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = Pair::header)]
    headers: Vec<Pair>,
    /// Sign a query parameter: a sub-resource such as tagging, versionId=..., response-...; may be
    /// repeated
    #[arg(long = "query", value_name = "NAME[=VALUE]", value_parser = Pair::parameter)]
    query: Vec<Pair>,
    /// Sign as of this moment, in UTC as 20261124T031209Z, so that the same URL comes out again
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    at: Option<Timestamp>,
    /// Fail when the session of the credentials ends before the URL would
    #[arg(long)]
    strict: bool,
    /// Sign with SigV4A for these regions, such as '*' or us-east-1,eu-*; S3 asks for it at
    /// Multi-Region Access Points
    #[arg(long, value_name = "REGIONS", value_parser = region_set)]
    region_set: Option<String>,
    /// Sign with the legacy SigV2, which few services still take and which has no limit of 7 days
    #[arg(long, conflicts_with = "region_set")]
    sigv2: bool,
    #[command(flatten)]
    configuration: Configuration,
}

/// What the URLs lead to.
enum Place {
    /// This, as it is written.
    One(Resource, String),
    /// Each of these objects.
    Prefix(Prefix),
    /// Each object that stdin names.
    Stdin,
}

impl Url {
    /// Prints what was asked for. `query` and `headers` are signed beside those of `self`.
    pub(super) fn run(
        mut self,
        verb: Verb,
        query: Vec<Pair>,
        headers: Vec<Pair>,
    ) -> Result<(), Failure> {
        let place = self.place()?;
        self.query.extend(query);
        self.headers.extend(headers);
        self.check_legacy()?;
        self.check_headers()?;
        check_once("header", self.headers.iter().map(|pair| pair.name.clone()))?;
        check_once("parameter", self.query.iter().map(|pair| pair.name.clone()))?;
        let order = Order {
            config: self.configuration.load()?,
            verb,
            version: match (self.region_set, self.sigv2) {
                (Some(region_set), _) => Version::V4a(region_set),
                (None, true) => Version::V2,
                (None, false) => Version::V4,
            },
            expires: self.expires,
            at: self.at.unwrap_or_else(machine::now),
            query: self.query,
            headers: self.headers,
            style: if self.json { Style::Json } else { Style::Plain },
        };
        // Because: what cannot be signed is said before a session that ends too early.
        order.with_presigner(|_| Ok(()))?;
        session::check(&order.config, order.end(), self.strict)?;
        if order.version == Version::V2 {
            output::note(LEGACY);
        }
        match place {
            Place::One(resource, text) => print_one(&order, &resource, &text),
            Place::Prefix(prefix) => batch::run(order, Some(prefix)),
            Place::Stdin => batch::run(order, None),
        }
    }

    fn place(&self) -> Result<Place, Failure> {
        let place = match (&self.place, self.batch) {
            (Some(text), true) => Prefix::parse(text).map(Place::Prefix),
            (None, true) => Ok(Place::Stdin),
            (Some(text), false) => self.resource(text).map(|it| Place::One(it, text.clone())),
            (None, false) => Err("name an object as s3://BUCKET/KEY, or many with --batch".into()),
        };
        place.map_err(Failure::usage)
    }

    /// Because: whoever forgets a key must not get a URL that, say, deletes the bucket.
    fn resource(&self, text: &str) -> Result<Resource, String> {
        let resource = Resource::parse(text)?;
        if self.query.is_empty() && !matches!(resource, Resource::Object(_)) {
            return Err(
                "write s3://BUCKET/KEY with a key, or say with --query what is meant".into()
            );
        }
        Ok(resource)
    }

    /// Because: the URL names the host, and a request is signed in one place alone.
    fn check_headers(&self) -> Result<(), Failure> {
        let made = ["authorization", "host", "x-amz-security-token"];
        match self.headers.iter().find(|header| made.contains(&header.name.as_str())) {
            Some(Pair { name, .. }) => {
                Err(Failure::usage(format!("the header {name} is made by signing or by the URL")))
            }
            None => Ok(()),
        }
    }

    /// SigV2 cannot cover everything; what it leaves out must not be taken for signed.
    fn check_legacy(&self) -> Result<(), Failure> {
        let is_covered = |name: &str| {
            name.starts_with("x-amz-") || ["content-type", "content-md5"].contains(&name)
        };
        let header = self.headers.iter().find(|header| !is_covered(&header.name));
        let parameter = self.query.iter().find(|pair| !v2::signs_parameter(&pair.name));
        match (self.sigv2, header, parameter) {
            (false, ..) | (true, None, None) => Ok(()),
            (true, Some(Pair { name, .. }), _) => {
                Err(Failure::usage(format!("SigV2 cannot sign the header {name}")))
            }
            (true, None, Some(Pair { name, .. })) => {
                Err(Failure::usage(format!("SigV2 cannot sign the parameter {name}")))
            }
        }
    }
}

fn print_one(order: &Order, resource: &Resource, text: &str) -> Result<(), Failure> {
    order.with_presigner(|presigner| {
        let url = presigner.presign(&resource.target(&order.config)?)?;
        output::print(&order.line(&url, format_args!("{text}")))
    })
}

fn region_set(text: &str) -> Result<String, String> {
    let is_region = |part: &str| {
        let name = part.strip_suffix('*').unwrap_or(part);
        !part.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if text.split(',').all(is_region) {
        return Ok(text.into());
    }
    Err("write regions separated by commas, such as us-east-1,eu-*, or * for all".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_sets_are_lists_of_regions() {
        for text in ["*", "us-east-1", "us-east-1,eu-*"] {
            assert_eq!(region_set(text).as_deref(), Ok(text));
        }
        for text in ["", ",", "us-east-1,", "a*b", "us east", "**"] {
            assert!(region_set(text).is_err(), "{text}");
        }
    }
}
