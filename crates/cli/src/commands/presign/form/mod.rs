//! `hallpass presign form`: a form with which browsers, or curl, upload within bounds.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>

mod length;
mod print;

use client::{Config, Target};
use signature::form::PostPolicy;
use signature::{EXPIRES_SECONDS_MAX, PresignError, Timestamp};

use self::length::LengthRange;
use self::print::Filled;
use super::pair::Pair;
use super::{LEGACY, check_once, moment, pairs};
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::lifetime::Lifetime;
use crate::location::Object;
use crate::{machine, output, session};

pub(super) const EXAMPLES: &str = "\
Examples:
  hallpass presign form s3://photos/inbox/ --content-length-range 1..10MiB
  hallpass presign form s3://photos/cat.jpg --field Content-Type=image/jpeg --json
  hallpass presign form 's3://photos/inbox/${filename}' --starts-with Content-Type=image/
  hallpass presign form s3://photos/inbox/ --success-redirect https://example.com/done --html";

/// What becomes the name of the file, as the uploader's machine has it.
const FILE_NAME: &str = "${filename}";
/// Fields that the signature, the address or the file fills.
const MADE_FIELDS: [&str; 11] = [
    "awsaccesskeyid",
    "bucket",
    "file",
    "key",
    "policy",
    "signature",
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-signature",
];

/// Arguments of `form`. Without --json or --html, it prints a command of curl's.
#[derive(Debug, clap::Args)]
pub(crate) struct Form {
    /// The object, as s3://BUCKET/KEY. Below a key that ends in / or ${filename}, each file gets
    /// its own name
    #[arg(value_name = "S3_URL", value_parser = Object::parse)]
    object: Object,
    /// How long the form works: 90s, 15m, 12h, 7d, or seconds
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = Lifetime::parse)]
    expires: Lifetime,
    /// Put a field into the form and hold it to its value, such as Content-Type=image/png or
    /// x-amz-meta-from=form; may be repeated
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field)]
    fields: Vec<Pair>,
    /// Ask for a field that begins so, which the user of the form fills in; may be repeated
    #[arg(long, value_name = "NAME=PREFIX", value_parser = field)]
    starts_with: Vec<Pair>,
    /// Bounds of the file's length, both included, such as 1..10MiB
    #[arg(long, value_name = "MIN..MAX", value_parser = LengthRange::parse)]
    content_length_range: Option<LengthRange>,
    /// The status of the answer to an upload [default: 204]
    #[arg(long, value_name = "STATUS", value_parser = ["200", "201", "204"])]
    success_status: Option<String>,
    /// Where browsers are sent after an upload
    #[arg(long, value_name = "URL", conflicts_with = "success_status")]
    success_redirect: Option<String>,
    /// Print JSON with the fields url and fields, as boto3's generate_presigned_post has it
    #[arg(long)]
    json: bool,
    /// Print a page with the form
    #[arg(long, conflicts_with = "json")]
    html: bool,
    /// Sign as of this moment, in UTC as 20261124T031209Z, so that the same form comes out again
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    at: Option<Timestamp>,
    /// Fail when the session of the credentials ends before the form would
    #[arg(long)]
    strict: bool,
    /// Sign with the legacy SigV2, which few services still take and which has no limit of 7 days
    #[arg(long)]
    sigv2: bool,
    #[command(flatten)]
    configuration: Configuration,
}

impl Form {
    pub(super) fn run(self) -> Result<(), Failure> {
        let fields = self.all_fields();
        self.check_fields(&fields)?;
        if !self.sigv2 && self.expires.seconds() > u64::from(EXPIRES_SECONDS_MAX) {
            return Err(PresignError::ExpiresTooLong.into());
        }
        let config = self.configuration.load()?;
        let at = self.at.unwrap_or_else(machine::now);
        let filled = self.fill(&config, at, &fields)?;
        session::check(&config, at.plus(self.expires.seconds()), self.strict)?;
        if self.sigv2 {
            output::note(LEGACY);
        }
        output::print(&match (self.json, self.html) {
            (true, _) => filled.json(),
            (false, true) => filled.html(),
            (false, false) => filled.curl(),
        })
    }

    /// Fields with their values: a flag stands for a field, of which there can be one alone.
    fn all_fields(&self) -> Vec<Pair> {
        let flags = [
            ("success_action_status", self.success_status.clone()),
            ("success_action_redirect", self.success_redirect.clone()),
        ];
        self.fields.iter().cloned().chain(pairs(flags)).collect()
    }

    fn check_fields(&self, fields: &[Pair]) -> Result<(), Failure> {
        let all = || fields.iter().chain(&self.starts_with);
        check_once("field", all().map(|field| field.name.to_ascii_lowercase()))?;
        if self.key().strip_suffix(FILE_NAME).unwrap_or(&self.key()).contains(FILE_NAME)
            || all().any(|field| field.value.contains(FILE_NAME))
        {
            let error = format!("{FILE_NAME} can stand at the end of the key alone");
            return Err(Failure::usage(error));
        }
        Ok(())
    }

    /// The key, with the place of the file's name where several are meant.
    fn key(&self) -> String {
        let key = self.object.key.as_str();
        if key.ends_with('/') { format!("{key}{FILE_NAME}") } else { key.into() }
    }

    fn fill(&self, config: &Config, at: Timestamp, fields: &[Pair]) -> Result<Filled, Failure> {
        let credentials = config.credentials.as_ref().ok_or_else(Failure::no_credentials)?;
        let bucket = &self.object.bucket;
        let end = at.plus(self.expires.seconds());
        let mut policy = PostPolicy::new(bucket.as_str(), &self.key(), end);
        for Pair { name, value } in fields {
            policy = policy.field(name, value);
        }
        for Pair { name, value } in &self.starts_with {
            policy = policy.prefix(name, value);
        }
        if let Some(LengthRange(bytes)) = &self.content_length_range {
            policy = policy.content_length(bytes.clone());
        }
        let signed = if self.sigv2 {
            policy.sign_legacy(credentials)
        } else {
            policy.sign(credentials, &config.region, at)
        };
        Ok(Filled {
            url: Target::bucket(config, bucket)?.url(),
            signed,
            open: self.starts_with.clone(),
        })
    }
}

/// Reads `NAME=VALUE` of a field that is not made by itself.
fn field(text: &str) -> Result<Pair, String> {
    let (name, value) = text.split_once('=').ok_or("a field is NAME=VALUE")?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if name.is_empty() || !name.bytes().all(fits) {
        return Err("the name of a field has letters, digits, `-`, `_` and `.`".into());
    }
    if MADE_FIELDS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err("the address and the signature make this field".into());
    }
    if value.contains(char::is_control) {
        return Err("the value of a field is one line of text".into());
    }
    Ok(Pair { name: name.into(), value: value.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_names_with_values_and_none_that_is_made() {
        let pair = Pair { name: "Content-Type".into(), value: "a=b".into() };
        assert_eq!(field("Content-Type=a=b"), Ok(pair));
        assert!(field("x-amz-meta-a=").is_ok());
        for text in ["", "a", "=b", "a b=c", "a\"=c", "Policy=x", "key=x", "a=b\nc"] {
            assert!(field(text).is_err(), "{text}");
        }
    }
}
