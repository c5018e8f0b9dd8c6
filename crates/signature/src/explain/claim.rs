//! What a URL claims, read with forbearance: also from a URL that no server accepts.
//!
//! Nothing is decided here; [`verify`](crate::verify) does that. A parameter whose name has
//! another case, or the rest of an HTML escape before it, is still read, so that the explanation
//! can say so.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use crate::canonical::UNSIGNED_PAYLOAD;
use crate::query::Params;
use crate::{Request, Timestamp, v4a};

/// The parameters that every SigV4 URL has.
pub(super) const REQUIRED: [&str; 6] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
];
/// The parameters that every SigV2 URL has.
pub(super) const REQUIRED_V2: [&str; 3] = ["AWSAccessKeyId", "Expires", "Signature"];
/// Parameters that belong to a signature when they are there.
const OPTIONAL: [&str; 3] = ["X-Amz-Security-Token", "X-Amz-Content-Sha256", "X-Amz-Region-Set"];

/// The version of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// There is no signature.
    Unsigned,
    /// The legacy SigV2.
    V2,
    /// SigV4 for one region.
    V4,
    /// SigV4A for a set of regions.
    V4a,
}

/// What a URL claims.
pub(super) struct Claim<'a> {
    pub(super) params: Params<'a>,
    pub(super) version: Version,
    pub(super) credential: Option<Credential>,
    pub(super) date: Option<String>,
    pub(super) signed_at: Option<Timestamp>,
    pub(super) expires: Option<String>,
    pub(super) expires_seconds: Option<u64>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) signed_headers: Vec<String>,
    pub(super) region_set: Option<String>,
    pub(super) signature: Option<String>,
    pub(super) session_token: Option<String>,
}

/// A credential taken apart; SigV2 has the access key id alone.
pub(super) struct Credential {
    pub(super) access_key_id: String,
    pub(super) scope: Option<Scope>,
}

/// The rest of a SigV4 credential.
pub(super) struct Scope {
    pub(super) day: String,
    /// SigV4A has none.
    pub(super) region: Option<String>,
    pub(super) service: String,
}

impl<'a> Claim<'a> {
    pub(super) fn read(query: &'a str) -> Self {
        let params = Params::read(query);
        let version = version(&params);
        let (credential, expires) = match version {
            Version::V2 => ("AWSAccessKeyId", "Expires"),
            Version::Unsigned | Version::V4 | Version::V4a => ("X-Amz-Credential", "X-Amz-Expires"),
        };
        let signature = if version == Version::V2 { "Signature" } else { "X-Amz-Signature" };
        let value = |name| if version == Version::Unsigned { None } else { value(&params, name) };
        let date = value("X-Amz-Date").filter(|_| version != Version::V2);
        let signed_at = date.as_deref().and_then(Timestamp::parse);
        let expires = value(expires);
        let expires_seconds = expires.as_deref().and_then(seconds);
        let signed_headers = value("X-Amz-SignedHeaders").unwrap_or_default();
        Self {
            credential: value(credential).map(|text| Credential::read(&text, version)),
            signed_at,
            expires_at: match version {
                Version::V2 => expires_seconds.map(Timestamp::from_seconds),
                Version::Unsigned | Version::V4 | Version::V4a => {
                    signed_at.zip(expires_seconds).map(|(at, seconds)| at.plus(seconds))
                }
            },
            date,
            expires,
            expires_seconds: expires_seconds.filter(|_| version != Version::V2),
            signed_headers: signed_headers.split(';').map(str::to_owned).collect(),
            region_set: value("X-Amz-Region-Set"),
            signature: value(signature),
            session_token: value("X-Amz-Security-Token"),
            version,
            params,
        }
    }

    /// The parameters that are not the signature's own, decoded.
    pub(super) fn others(&self) -> impl Iterator<Item = (String, String)> {
        let is_own = |name: &str| match self.version {
            Version::Unsigned => false,
            Version::V2 => REQUIRED_V2.contains(&name) || is_alike(name, "x-amz-security-token"),
            Version::V4 | Version::V4a => {
                REQUIRED.iter().chain(&OPTIONAL).any(|own| is_alike(name, own))
            }
        };
        let params = self.params.iter().map(|param| (text(param.name()), text(param.value())));
        params.filter(move |(name, _)| !is_own(name))
    }

    /// The names of the parameters, decoded, in order of arrival.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.params.iter().map(|param| text(param.name()))
    }

    /// The names of the headers that were signed, besides `host`.
    pub(super) fn headers(&self) -> impl Iterator<Item = &str> {
        self.signed_headers.iter().map(String::as_str).filter(|n| *n != "host" && !n.is_empty())
    }

    /// The payload line of the signature; SigV2 has none.
    pub(super) fn payload_hash(&self, request: &Request<'_>) -> Option<String> {
        if matches!(self.version, Version::Unsigned | Version::V2) {
            return None;
        }
        let name = "x-amz-content-sha256";
        let is_signed = self.signed_headers.iter().any(|signed| signed == name);
        let sent = request.header(name).filter(|_| is_signed).map(str::to_owned);
        Some(value(&self.params, name).or(sent).unwrap_or_else(|| UNSIGNED_PAYLOAD.into()))
    }

    /// The region, or the set of them.
    pub(super) fn region(&self) -> Option<&str> {
        let scope = self.credential.as_ref()?.scope.as_ref()?;
        scope.region.as_deref().or(self.region_set.as_deref())
    }
}

impl Credential {
    fn read(text: &str, version: Version) -> Self {
        let parts: Vec<&str> = text.rsplitn(5, '/').collect();
        let scope = match (version, parts.as_slice()) {
            (Version::V4, ["aws4_request", service, region, day, id]) => {
                Some((*id, day, Some(region), service))
            }
            (Version::V4a, ["aws4_request", service, day, id]) => Some((*id, day, None, service)),
            (Version::Unsigned | Version::V2 | Version::V4 | Version::V4a, _) => None,
        };
        match scope {
            Some((id, day, region, service)) => Self {
                access_key_id: id.to_owned(),
                scope: Some(Scope {
                    day: (*day).to_owned(),
                    region: region.map(|region| (*region).to_owned()),
                    service: (*service).to_owned(),
                }),
            },
            None => Self {
                access_key_id: text.split('/').next().unwrap_or_default().to_owned(),
                scope: None,
            },
        }
    }
}

fn version(params: &Params<'_>) -> Version {
    let is_any = |names: &[&str]| names.iter().any(|name| params.find(name).is_some());
    let alike = |names: &[&str]| names.iter().any(|name| value(params, name).is_some());
    if is_any(&REQUIRED) || (!is_any(&["AWSAccessKeyId", "Signature"]) && alike(&REQUIRED)) {
        match value(params, "X-Amz-Algorithm") {
            Some(algorithm) if algorithm == v4a::ALGORITHM => Version::V4a,
            Some(_) | None => Version::V4,
        }
    } else if is_any(&["AWSAccessKeyId", "Signature"]) || alike(&["AWSAccessKeyId"]) {
        Version::V2
    } else {
        Version::Unsigned
    }
}

/// Whether a parameter that is called `sent` was meant to be `name`.
pub(super) fn is_alike(sent: &str, name: &str) -> bool {
    sent.trim_start_matches(HTML_ESCAPE).eq_ignore_ascii_case(name)
}

/// What remains of `&amp;` before a parameter's name.
pub(super) const HTML_ESCAPE: &str = "amp;";

/// The decoded value of the parameter `name`, else of one that was meant to be it.
pub(super) fn value(params: &Params<'_>, name: &str) -> Option<String> {
    let alike = || params.iter().find(|param| is_alike(&text(param.name()), name));
    params.find(name).or_else(alike).map(|param| text(param.value()))
}

/// A number of seconds; one that is too large is the largest.
fn seconds(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

fn text(bytes: impl Iterator<Item = u8>) -> String {
    let bytes: Vec<u8> = bytes.collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_in_any_case_and_through_html() {
        for query in [
            "X-Amz-Date=20130524T000000Z&X-Amz-Expires=60&X-Amz-Credential=ID%2Fd%2Fr%2Fs3%2F",
            "x-amz-date=20130524T000000Z&amp;x-amz-expires=60&amp;X-AMZ-CREDENTIAL=ID/d/r",
        ] {
            let claim = Claim::read(query);
            assert_eq!((claim.version, claim.expires_seconds), (Version::V4, Some(60)), "{query}");
            assert_eq!(claim.expires_at, claim.signed_at.map(|at| at.plus(60)), "{query}");
            assert_eq!(claim.credential.unwrap().access_key_id, "ID", "{query}");
        }
    }

    #[test]
    fn version_follows_the_parameters_and_the_algorithm() {
        for (query, version) in [
            ("", Version::Unsigned),
            ("Expires=1&versionId=2", Version::Unsigned),
            ("AWSAccessKeyId=a&x-amz-date=b", Version::V2),
            ("Signature=a", Version::V2),
            ("X-Amz-Algorithm=AWS4-HMAC-SHA256", Version::V4),
            ("X-Amz-Algorithm=other", Version::V4),
            ("X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256", Version::V4a),
        ] {
            assert_eq!(Claim::read(query).version, version, "{query}");
        }
    }

    #[test]
    fn numbers_are_digits_and_have_no_end() {
        assert_eq!(seconds("99999999999999999999999"), Some(u64::MAX));
        for bad in ["", "-1", "+1", "1.5", "x"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
