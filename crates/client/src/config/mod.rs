//! The AWS configuration: arguments, environment variables and shared files made into one
//! [`Config`].
//!
//! An argument goes before the environment, and the environment before the profile. The
//! environment itself is an argument ([`Lookup`]): this crate never asks the machine for it.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>

mod credentials;
mod fault;
mod profile;
mod shared_file;
#[cfg(test)]
mod tests;

pub use fault::{ConfigFault, CredentialsSource};

use signature::{Credentials, Timestamp};
use zeroize::Zeroizing;

use self::credentials::Named;
use self::profile::{Profile, SharedFiles};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};

/// The region when nothing names one: where S3 itself begins.
pub const REGION_DEFAULT: &str = "us-east-1";

/// The value of an environment variable.
pub type Lookup<'e> = dyn Fn(&str) -> Option<String> + 'e;

/// How to reach which S3 as whom.
#[derive(Clone, Debug)]
pub struct Config {
    /// The region that signatures name.
    pub region: String,
    /// Where S3 is; AWS itself when none.
    pub endpoint: Option<Endpoint>,
    /// Who signs; without, nothing can be signed.
    pub credentials: Option<Credentials>,
    /// When the session of `credentials` ends, as far as that is known.
    pub credentials_expire: Option<Timestamp>,
    /// Where in a URL the bucket stands.
    pub addressing_style: AddressingStyle,
}

/// The service that a configuration is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Service {
    /// Objects and buckets.
    #[default]
    S3,
    /// Users, access keys, roles and policies.
    Iam,
}

impl Service {
    /// The variable with the URL of the service alone.
    fn variable(self) -> &'static str {
        match self {
            Self::S3 => "AWS_ENDPOINT_URL_S3",
            Self::Iam => "AWS_ENDPOINT_URL_IAM",
        }
    }

    /// Its name in a section of `services`.
    fn name(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Iam => "iam",
        }
    }
}

/// Where in a URL the bucket stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressingStyle {
    /// Wherever it works: see [`Target`](crate::Target).
    #[default]
    Auto,
    /// In the path.
    Path,
    /// In the host name.
    Virtual,
}

/// What the user of the program said in so many words.
#[derive(Clone, Copy, Debug, Default)]
pub struct Explicit<'a> {
    /// What is to be reached.
    pub service: Service,
    /// The profile to use.
    pub profile: Option<&'a str>,
    /// The region.
    pub region: Option<&'a str>,
    /// The URL of the service.
    pub endpoint_url: Option<&'a str>,
}

impl Config {
    /// Puts together what arguments, environment and shared files say.
    ///
    /// # Errors
    /// A profile that does not exist, a file or a value that cannot be read, and credentials from
    /// a source that is not supported.
    pub fn load(explicit: Explicit<'_>, environment: &Lookup<'_>) -> Result<Self, Error> {
        let environment = Environment(environment);
        let files = SharedFiles::read(&environment)?;
        let in_environment = environment.get(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]);
        let profile = files.profile(explicit.profile.or(in_environment.as_deref()))?;
        let named = match explicit.profile {
            Some(_) => Named::Explicitly,
            None => Named::Otherwise,
        };
        let endpoint = match explicit.endpoint_url {
            Some(url) => Some(url.to_owned()),
            None => configured_endpoint(explicit.service, &environment, &files, profile)?,
        };
        let found = credentials::find(&environment, profile, named)?;
        let expire = found.as_ref().and_then(|found| found.expire);
        Ok(Self {
            region: region(explicit, &environment, profile),
            endpoint: endpoint.map(|url| read_endpoint(&url)).transpose()?,
            credentials: found.map(|found| found.credentials),
            credentials_expire: expire,
            addressing_style: addressing_style(profile)?,
        })
    }
}

/// The environment, in which an empty variable is none.
struct Environment<'e>(&'e Lookup<'e>);

impl Environment<'_> {
    /// The first of these variables that is set.
    fn get(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| (self.0)(name).filter(|value| !value.is_empty()))
    }

    /// A variable that is wiped when it has been used.
    fn secret(&self, name: &str) -> Option<Zeroizing<String>> {
        self.get(&[name]).map(Zeroizing::new)
    }
}

fn fault(fault: ConfigFault) -> Error {
    Error::new("Configure", ErrorKind::Config(fault))
}

fn region(explicit: Explicit<'_>, environment: &Environment<'_>, profile: Profile<'_>) -> String {
    explicit
        .region
        .map(str::to_owned)
        .or_else(|| environment.get(&["AWS_REGION", "AWS_DEFAULT_REGION"]))
        .or_else(|| profile.get("region").map(str::to_owned))
        .unwrap_or_else(|| REGION_DEFAULT.to_owned())
}

/// Spec: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
fn configured_endpoint(
    service: Service,
    environment: &Environment<'_>,
    files: &SharedFiles,
    profile: Profile<'_>,
) -> Result<Option<String>, Error> {
    let ignored = environment.get(&["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]).or_else(|| {
        let ignored = profile.get("ignore_configured_endpoint_urls")?;
        Some(ignored.to_owned())
    });
    if ignored.is_some_and(|word| word.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let variables = [service.variable(), "AWS_ENDPOINT_URL"];
    if let Some(url) = environment.get(&variables) {
        return Ok(Some(url));
    }
    let services = files.services(profile)?;
    let of_it = services.and_then(|section| section.nested(service.name(), "endpoint_url"));
    Ok(of_it.or_else(|| profile.get("endpoint_url")).map(str::to_owned))
}

fn read_endpoint(url: &str) -> Result<Endpoint, Error> {
    Endpoint::parse(url).map_err(|wrong| fault(ConfigFault::Endpoint(wrong)))
}

fn addressing_style(profile: Profile<'_>) -> Result<AddressingStyle, Error> {
    match profile.nested("s3", "addressing_style") {
        None | Some("auto") => Ok(AddressingStyle::Auto),
        Some("path") => Ok(AddressingStyle::Path),
        Some("virtual") => Ok(AddressingStyle::Virtual),
        Some(other) => Err(fault(ConfigFault::AddressingStyle(other.into()))),
    }
}
