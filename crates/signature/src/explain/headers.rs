//! The headers that a URL asks for, and those that it cannot take.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html>

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::claim::{Claim, Version, value};
use super::finding::Said;
use super::redact;

/// A header that whoever uses the URL has to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredHeader {
    /// Its name in lower case.
    pub name: String,
    /// Its value.
    pub value: HeaderValue,
}

/// What is known of the value of a signed header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderValue {
    /// The caller says that it is sent with this one; a secret one is shortened.
    Sent(String),
    /// The URL has it in its query, and it need not be sent.
    InQuery(String),
    /// The one that was signed, which the URL does not say.
    Unknown,
}

/// What can be said about headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderFinding {
    /// The list of signed headers is not sorted, names one twice, or has capitals.
    Unsorted,
    /// `host` is not signed.
    HostNotSigned,
    /// Headers are sent that would have to be signed.
    NotSigned(Vec<String>),
    /// There is a signature in a header as well.
    TwoSignatures,
}

impl RequiredHeader {
    /// As it may be repeated: a list of signed headers can hold anything.
    pub(super) fn shown(&self) -> Self {
        Self { name: redact::shown(&self.name), value: self.value.clone() }
    }
}

/// The headers that `claim` asks for, when `sent` are sent.
pub(super) fn required(claim: &Claim<'_>, sent: &[(&str, &str)]) -> Vec<RequiredHeader> {
    let sent = |name: &str| {
        let values = sent.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        let values: Vec<String> = values.map(|(_, value)| redact::value(name, value)).collect();
        (!values.is_empty()).then(|| HeaderValue::Sent(values.join(",")))
    };
    let in_query = |name: &str| {
        let value = value(&claim.params, name)?;
        Some(HeaderValue::InQuery(redact::value(name, &value)))
    };
    let value = |name: &str| sent(name).or_else(|| in_query(name)).unwrap_or(HeaderValue::Unknown);
    claim.headers().map(|name| RequiredHeader { name: name.into(), value: value(name) }).collect()
}

/// What there is to say about the headers of `claim`, when `sent` are sent.
pub(super) fn inspect(claim: &Claim<'_>, sent: &[(&str, &str)]) -> Vec<HeaderFinding> {
    let mut found = Vec::new();
    let is_signed = |name: &str| claim.signed_headers.iter().any(|signed| signed == name);
    if matches!(claim.version, Version::V4 | Version::V4a) {
        let names = &claim.signed_headers;
        let is_lower = names.iter().all(|name| !name.contains(|c: char| c.is_ascii_uppercase()));
        if !is_lower || !names.iter().zip(names.iter().skip(1)).all(|(name, next)| name < next) {
            found.push(HeaderFinding::Unsorted);
        }
        if !is_signed("host") && claim.signed_headers.iter().any(|name| !name.is_empty()) {
            found.push(HeaderFinding::HostNotSigned);
        }
        let sent = sent.iter().map(|(name, _)| name.to_ascii_lowercase());
        let must_be = |name: &str| name.starts_with("x-amz-") && name != "x-amz-content-sha256";
        let unsigned = sent.filter(|name| must_be(name) && !is_signed(name));
        let unsigned: Vec<String> = unsigned.collect();
        if !unsigned.is_empty() {
            found.push(HeaderFinding::NotSigned(unsigned));
        }
    }
    let signs = sent.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    if signs && claim.version != Version::Unsigned {
        found.push(HeaderFinding::TwoSignatures);
    }
    found
}

impl HeaderFinding {
    pub(super) fn said(&self) -> Said {
        match self {
            Self::Unsorted => Said::refusal(
                "headers-unsorted",
                "X-Amz-SignedHeaders is not a sorted list of names in lower case, each once",
                "sort the names, in X-Amz-SignedHeaders and in the canonical request",
            ),
            Self::HostNotSigned => Said::refusal(
                "host-not-signed",
                "X-Amz-SignedHeaders does not name `host`",
                "sign `host`; every SigV4 signature has to cover it",
            ),
            Self::NotSigned(names) => Said::refusal(
                "headers-not-signed",
                format!("{} is sent and not signed", names.join(", ")),
                "leave it out, or give it to the signer: every x-amz-* header must be signed",
            ),
            Self::TwoSignatures => Said::refusal(
                "two-signatures",
                "an Authorization header is sent along with the signature in the URL",
                "send one of them; where a client adds the header, turn its own login off",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(signed_headers: &str) -> String {
        format!("X-Amz-Date=1&X-Amz-SignedHeaders={signed_headers}&x-amz-acl=private")
    }

    fn found(signed_headers: &str, sent: &[(&str, &str)]) -> Vec<HeaderFinding> {
        inspect(&Claim::read(&claim(signed_headers)), sent)
    }

    #[test]
    fn required_headers_come_from_the_caller_or_the_query_or_are_unknown() {
        let query = claim("content-type;host;x-amz-acl;x-amz-meta-a");
        let sent = [("X-Amz-Meta-A", "1"), ("x-amz-meta-a", "2")];
        let required = required(&Claim::read(&query), &sent);
        let expected = [
            ("content-type", HeaderValue::Unknown),
            ("x-amz-acl", HeaderValue::InQuery("private".into())),
            ("x-amz-meta-a", HeaderValue::Sent("1,2".into())),
        ];
        let expected = expected.map(|(name, value)| RequiredHeader { name: name.into(), value });
        assert_eq!(required, expected);
    }

    #[test]
    fn list_of_signed_headers_is_sorted_and_names_host() {
        assert_eq!(found("content-type;host", &[]), []);
        for list in ["host;content-type", "host;host", "Host;host"] {
            assert_eq!(found(list, &[]), [HeaderFinding::Unsorted], "{list}");
        }
        assert_eq!(found("content-type", &[]), [HeaderFinding::HostNotSigned]);
    }

    #[test]
    fn amz_headers_that_are_not_signed_are_named() {
        let sent = [("X-Amz-Meta-A", "1"), ("x-amz-content-sha256", "2"), ("range", "3")];
        let unsigned = HeaderFinding::NotSigned(["x-amz-meta-a".into()].into());
        assert_eq!(found("host", &sent), [unsigned]);
        assert_eq!(found("host;x-amz-meta-a", &sent), []);
    }

    #[test]
    fn second_signature_is_seen() {
        assert_eq!(found("host", &[("Authorization", "Basic x")]), [HeaderFinding::TwoSignatures]);
    }
}
