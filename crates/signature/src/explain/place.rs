//! Which object a URL leads to: bucket and key, from the path or the host name.
//!
//! A host does not say whether its first label is a bucket. It is one before the hosts of AWS,
//! before `localhost`, before a label `s3`, and before the domains that the caller names;
//! everywhere else the bucket stands in the path.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use super::redact;
use super::url::Url;
use crate::encode::{Plus, decode};

/// Where in a URL the bucket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// In the path.
    Path,
    /// In the host name.
    VirtualHost,
}

/// Whose host it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// One region's of AWS.
    Regional(String),
    /// The one of AWS that stands for all regions and sends requests on.
    Global,
    /// Another one of AWS that has no region in its name.
    Regionless,
    /// Somebody else's.
    Other,
}

/// What a URL leads to.
pub(super) struct Place {
    pub(super) bucket: Option<String>,
    pub(super) key: Option<String>,
    pub(super) addressing: Addressing,
    pub(super) host: Host,
}

impl Place {
    pub(super) fn read(url: &Url<'_>, domains: &[&str]) -> Self {
        let name = url.host_name().to_ascii_lowercase();
        let (bucket, host) = split_host(&name, domains);
        let path = url.path.strip_prefix('/').unwrap_or(url.path);
        match bucket {
            Some(bucket) => Self {
                bucket: Some(bucket),
                key: shown(path),
                addressing: Addressing::VirtualHost,
                host,
            },
            None => {
                let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
                let (bucket, key) = (shown(bucket), shown(key));
                Self { bucket, key, addressing: Addressing::Path, host }
            }
        }
    }
}

/// The decoded text; none when it is empty.
fn shown(raw: &str) -> Option<String> {
    let bytes: Vec<u8> = decode(raw, Plus::Itself).collect();
    (!bytes.is_empty()).then(|| redact::path(&String::from_utf8_lossy(&bytes)))
}

fn split_host(name: &str, domains: &[&str]) -> (Option<String>, Host) {
    let domains = || domains.iter().copied().chain(["localhost"]);
    if domains().any(|domain| name.eq_ignore_ascii_case(domain)) {
        return (None, Host::Other);
    }
    let before = |domain: &str| {
        let bucket = name.strip_suffix(&domain.to_ascii_lowercase())?.strip_suffix('.')?;
        Some(bucket.to_owned())
    };
    if let Some(bucket) = domains().find_map(before) {
        return (Some(bucket), Host::Other);
    }
    let aws = ["amazonaws.com", "amazonaws.com.cn"]
        .iter()
        .find_map(|domain| name.strip_suffix(domain)?.strip_suffix('.'));
    match aws {
        Some(labels) => split_aws(labels),
        None => (split_at_s3(name).and_then(|(bucket, _, _)| bucket), Host::Other),
    }
}

/// Spec: <https://docs.aws.amazon.com/general/latest/gr/s3.html>
fn split_aws(labels: &str) -> (Option<String>, Host) {
    let (labels, is_interface) = match labels.strip_suffix(".vpce") {
        Some(labels) => (labels, true),
        None => (labels, false),
    };
    let Some((before, service, after)) = split_at_s3(labels) else {
        return (None, Host::Regionless);
    };
    // `bucket.vpce-ID.s3...` is an interface endpoint for paths, `NAME.bucket.vpce-ID.s3...` names.
    let bucket = match before {
        Some(before) if is_interface => {
            before.rsplit_once(".bucket.vpce-").map(|(bucket, _)| bucket.to_owned())
        }
        before => before,
    };
    let region = after.rsplit('.').next().filter(|label| is_region(label));
    let behind = ["s3-website-", "s3-"].iter().find_map(|begin| service.strip_prefix(begin));
    let old = behind.filter(|label| is_region(label));
    let host = match region.or(old) {
        Some(region) => Host::Regional(region.to_owned()),
        None if service == "s3" && after.is_empty() => Host::Global,
        None => Host::Regionless,
    };
    (bucket, host)
}

/// Splits at the last label that names the service: what stands before it, it, and what follows.
fn split_at_s3(name: &str) -> Option<(Option<String>, &str, &str)> {
    let is_service =
        |label: &str| label == "s3" || label.starts_with("s3-") || label.starts_with("s3express-");
    let mut end = name.len();
    for label in name.rsplit('.') {
        let start = end.checked_sub(label.len())?;
        if is_service(label) {
            let bucket = name.get(..start)?.strip_suffix('.').map(str::to_owned);
            let after = name.get(end..)?.trim_start_matches('.');
            return Some((bucket, label, after));
        }
        end = start.saturating_sub(1);
    }
    None
}

/// Two hyphens and a number at the end, such as `eu-west-1` and `us-gov-east-1`.
fn is_region(label: &str) -> bool {
    label.matches('-').count() >= 2 && label.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(url: &str, domains: &[&str]) -> (Option<String>, Option<String>, Host) {
        let place = Place::read(&Url::read(url).unwrap(), domains);
        (place.bucket, place.key, place.host)
    }

    #[test]
    fn hosts_of_aws_say_bucket_and_region() {
        let regional = |region: &str| Host::Regional(region.into());
        for (host, bucket, expected) in [
            ("s3.amazonaws.com", None, Host::Global),
            ("b.s3.amazonaws.com", Some("b"), Host::Global),
            ("s3.eu-west-1.amazonaws.com", None, regional("eu-west-1")),
            ("a.b.s3.eu-west-1.amazonaws.com", Some("a.b"), regional("eu-west-1")),
            ("s3.s3.us-gov-west-1.amazonaws.com", Some("s3"), regional("us-gov-west-1")),
            ("b.s3-us-west-2.amazonaws.com", Some("b"), regional("us-west-2")),
            ("b.s3.dualstack.us-west-2.amazonaws.com", Some("b"), regional("us-west-2")),
            ("b.s3.cn-north-1.amazonaws.com.cn", Some("b"), regional("cn-north-1")),
            ("b.s3-accelerate.amazonaws.com", Some("b"), Host::Regionless),
            (
                "b--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com",
                Some("b--usw2-az1--x-s3"),
                regional("us-west-2"),
            ),
            ("b.s3-website-us-east-1.amazonaws.com", Some("b"), regional("us-east-1")),
            ("bucket.vpce-1a-2b.s3.us-east-1.vpce.amazonaws.com", None, regional("us-east-1")),
            (
                "b.c.bucket.vpce-1a-2b.s3.us-east-1.vpce.amazonaws.com",
                Some("b.c"),
                regional("us-east-1"),
            ),
            ("other.amazonaws.com", None, Host::Regionless),
        ] {
            let path = if bucket.is_some() { "k" } else { "p/k" };
            let found = place(&alloc::format!("https://{host}/{path}"), &[]);
            let bucket = bucket.unwrap_or("p").to_owned();
            assert_eq!(found, (Some(bucket), Some("k".into()), expected), "{host}");
        }
    }

    #[test]
    fn other_hosts_have_the_bucket_in_the_path_unless_they_are_known() {
        for (url, domains, bucket, key) in [
            ("http://127.0.0.1:9000/b/k/l", [].as_slice(), Some("b"), Some("k/l")),
            ("http://[::1]:9000/b//k", &[], Some("b"), Some("/k")),
            ("http://localhost:1/b/k", &[], Some("b"), Some("k")),
            ("http://b.LOCALHOST:1/k", &[], Some("b"), Some("k")),
            ("http://s3.example/b/k", &[], Some("b"), Some("k")),
            ("http://b.s3.example/k", &[], Some("b"), Some("k")),
            ("http://x.example/b/k", &[], Some("b"), Some("k")),
            ("http://b.x.example:1/k", &["X.example"], Some("b"), Some("k")),
            ("http://x.example:1/b/k", &["x.example"], Some("b"), Some("k")),
            ("http://x.example/b/", &[], Some("b"), None),
            ("http://x.example/", &[], None, None),
        ] {
            let (found, at, host) = place(url, domains);
            let expected = (bucket, key, Host::Other);
            assert_eq!((found.as_deref(), at.as_deref(), host), expected, "{url}");
        }
    }

    #[test]
    fn key_is_decoded_once_and_a_plus_is_a_plus() {
        let (_, key, _) = place("https://s3.example/b/a%20b+%2541%C3%A9", &[]);
        assert_eq!(key.as_deref(), Some("a b+%41\u{e9}"));
    }
}
