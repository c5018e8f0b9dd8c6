//! The arguments that go before the AWS environment variables and files.

use client::{Config, Endpoint, EndpointFault, Explicit, Service};

use crate::failure::Failure;
use crate::machine;

/// Arguments of every command that reads the AWS configuration.
#[derive(Debug, clap::Args)]
pub(crate) struct Configuration {
    /// The URL of the service [env: AWS_ENDPOINT_URL_S3, or AWS_ENDPOINT_URL_IAM for the account;
    /// AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL", value_parser = read_endpoint)]
    endpoint_url: Option<String>,
    /// The region [env: AWS_REGION, AWS_DEFAULT_REGION]
    #[arg(long)]
    region: Option<String>,
    /// The profile in the AWS configuration files [env: AWS_PROFILE, AWS_DEFAULT_PROFILE]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

impl Configuration {
    /// Whether none of them is given.
    pub(crate) fn is_empty(&self) -> bool {
        self.endpoint_url.is_none() && self.region.is_none() && self.profile.is_none()
    }

    /// The configuration that they, the environment and the files make.
    pub(crate) fn load(&self) -> Result<Config, Failure> {
        self.load_for(Service::S3)
    }

    /// The same for another service.
    pub(crate) fn load_for(&self, service: Service) -> Result<Config, Failure> {
        let explicit = Explicit {
            service,
            profile: self.profile.as_deref(),
            region: self.region.as_deref(),
            endpoint_url: self.endpoint_url.as_deref(),
        };
        Ok(Config::load(explicit, &machine::variable)?)
    }
}

fn read_endpoint(url: &str) -> Result<String, String> {
    match Endpoint::parse(url) {
        Ok(_) => Ok(url.to_owned()),
        // What was typed can be anything, a secret among it, and is not repeated.
        Err(EndpointFault::NotHttp(_)) => Err("write it like https://host:port".into()),
        Err(fault @ EndpointFault::TooMuch) => Err(fault.to_string()),
    }
}
