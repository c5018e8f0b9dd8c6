//! The host: what somebody on the way changes, and what AWS sends elsewhere.
//!
//! SigV4 covers the `host` header, so a host that is another one on arrival breaks the signature.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingRouting.html>

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use super::claim::{Claim, Version};
use super::finding::Said;
use super::place::{Host, Place};
use super::url::{Scheme, Url};

/// What can be said about scheme and host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostFinding {
    /// The URL and what it opens travel in the open.
    PlainHttp,
    /// The scheme's own port is written out; holds it.
    DefaultPort(&'static str),
    /// The host is an address of this machine or in this network; holds it.
    Address(String),
    /// AWS's host for all regions, for a bucket elsewhere than in us-east-1; holds the region.
    Global(String),
    /// The host is of another region than the credential.
    Region {
        /// The host's.
        host: String,
        /// The credential's.
        signed: String,
    },
}

/// What there is to say about the host of `url`.
pub(super) fn inspect(url: &Url<'_>, claim: &Claim<'_>, place: &Place) -> Vec<HostFinding> {
    let mut found = Vec::new();
    if url.scheme == Scheme::Http {
        found.push(HostFinding::PlainHttp);
    }
    if url.authority.ends_with(url.scheme.port()) {
        found.push(HostFinding::DefaultPort(url.scheme.port().trim_start_matches(':')));
    }
    let address = url.host_name().trim_matches(['[', ']']);
    if address.parse::<IpAddr>().is_ok() {
        found.push(HostFinding::Address(address.into()));
    }
    found.extend(region(claim, place));
    found
}

/// Only SigV4 binds a URL to one region.
fn region(claim: &Claim<'_>, place: &Place) -> Option<HostFinding> {
    let signed = claim.region().filter(|_| claim.version == Version::V4)?;
    match &place.host {
        Host::Global => (signed != "us-east-1").then(|| HostFinding::Global(signed.into())),
        Host::Regional(host) => (host != signed)
            .then(|| HostFinding::Region { host: host.clone(), signed: signed.into() }),
        Host::Regionless | Host::Other => None,
    }
}

impl HostFinding {
    pub(super) fn said(&self) -> Said {
        match self {
            Self::PlainHttp => Said::warning(
                "plain-http",
                "plain http: who sees the URL on its way can use it",
                "use https; where http is redirected, the host must stay the same, its port too",
            ),
            Self::DefaultPort(port) => Said::warning(
                "default-port",
                format!(
                    "port {port} is written out, which clients and proxies leave out of `host`"
                ),
                "sign for the host without its port",
            ),
            Self::Address(address) => Said::warning(
                "address",
                format!("the host is the address {address}, which not everybody can reach"),
                "sign for the name that others use; the host cannot be changed afterwards",
            ),
            Self::Global(region) => Said::warning(
                "global-host",
                format!("AWS may redirect this host to that of {region}, which was not signed"),
                "sign for the regional host, s3.REGION.amazonaws.com",
            ),
            Self::Region { host, signed } => Said::refusal(
                "host-region",
                format!("the host is of region {host} and the URL is signed for {signed}"),
                "sign for the region of the bucket, and send it to the host of that region",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(url: &str, region: &str) -> Vec<HostFinding> {
        let url = format!("{url}?X-Amz-Credential=ID/d/{region}/s3/aws4_request");
        let url = Url::read(&url).unwrap();
        inspect(&url, &Claim::read(url.query), &Place::read(&url, &[]))
    }

    #[test]
    fn plain_http_is_seen_and_https_is_fine() {
        assert_eq!(found("http://s3.example/b", "r"), [HostFinding::PlainHttp]);
        assert_eq!(found("https://s3.example:9443/b", "r"), []);
    }

    #[test]
    fn port_that_goes_without_saying_is_seen() {
        assert_eq!(found("https://s3.example:443/b", "r"), [HostFinding::DefaultPort("443")]);
        assert_eq!(found("https://s3.example:80/b", "r"), []);
        let plain = [HostFinding::PlainHttp, HostFinding::DefaultPort("80")];
        assert_eq!(found("http://s3.example:80/b", "r"), plain);
    }

    #[test]
    fn addresses_are_seen() {
        for (host, address) in [("127.0.0.1:9", "127.0.0.1"), ("[::1]", "::1")] {
            let found = found(&format!("https://{host}/b"), "r");
            assert_eq!(found, [HostFinding::Address(address.into())]);
        }
    }

    #[test]
    fn host_of_another_region_is_seen() {
        let (host, signed) = ("eu-west-1".into(), "us-east-1".into());
        let differs = HostFinding::Region { host, signed };
        assert_eq!(found("https://b.s3.eu-west-1.amazonaws.com/k", "us-east-1"), [differs]);
        assert_eq!(found("https://b.s3.eu-west-1.amazonaws.com/k", "eu-west-1"), []);
    }

    #[test]
    fn host_that_redirects_is_seen() {
        let global = HostFinding::Global("eu-west-1".into());
        assert_eq!(found("https://b.s3.amazonaws.com/k", "eu-west-1"), [global]);
        assert_eq!(found("https://b.s3.amazonaws.com/k", "us-east-1"), []);
    }
}
