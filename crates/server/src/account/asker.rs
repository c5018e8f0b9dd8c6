//! Who asks something of the account, and what conditions may ask of the request.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use identity::Caller;
use policy::{Context, Key};
use s3::date;

use super::Asked;
use crate::origin::Origin;

/// A caller with the request that it made.
#[derive(Debug)]
pub(crate) struct Asker {
    /// Who that is, proven.
    pub(crate) caller: Caller,
    /// The request.
    pub(crate) around: Around,
}

/// What is known of a request, whoever made it.
#[derive(Debug)]
pub(crate) struct Around {
    origin: Origin,
    region: String,
    user_agent: Option<String>,
    referer: Option<String>,
    now_ms: u64,
}

impl Around {
    /// What is known of a request to the account of a server in `region`.
    pub(super) fn of(asked: &Asked, region: &str) -> Self {
        let header = |name: &str| asked.received.header(name).map(str::to_owned);
        Self {
            origin: asked.origin,
            region: region.to_owned(),
            user_agent: header("user-agent"),
            referer: header("referer"),
            now_ms: asked.now_ms,
        }
    }
}

/// The keys of the request and those of the caller.
impl Context for Asker {
    fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        self.around.values(key, each);
        self.caller.values(key, each);
    }
}

impl Context for Around {
    fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        match key.name() {
            "aws:CurrentTime" => each(&date::iso(self.now_ms)),
            "aws:EpochTime" => each(&(self.now_ms / 1000).to_string()),
            "aws:Referer" => self.referer.iter().for_each(|referer| each(referer)),
            "aws:RequestedRegion" => each(&self.region),
            "aws:SecureTransport" => each(if self.origin.is_secure { "true" } else { "false" }),
            "aws:SourceIp" => {
                self.origin.address.iter().for_each(|address| each(&address.to_string()));
            }
            "aws:UserAgent" => self.user_agent.iter().for_each(|agent| each(agent)),
            _ => {}
        }
    }
}
