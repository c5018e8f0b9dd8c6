//! What the server received, compared with the URL: the two canonical requests, line by line.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>

mod header;
mod legacy;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub use header::HeaderDifference;
pub(super) use legacy::compare as compare_legacy;

use super::finding::Said;
use super::redact;
use crate::encode::{Slash, encode};

/// One thing that differs; a secret in it is shortened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceFinding {
    /// The method.
    Method(Sides),
    /// The server received the path encoded once more.
    PathEncodedTwice(Sides),
    /// The path.
    Path(Sides),
    /// A parameter that only the server has.
    ParameterAdded(String),
    /// A parameter that only the URL has.
    ParameterLost(String),
    /// A parameter with another value.
    Parameter(String, Sides),
    /// A signed header.
    Header(HeaderDifference),
    /// The list of signed headers.
    SignedHeaders(Sides),
    /// The hash of the body.
    PayloadHash(Sides),
    /// Time or scope in the string to sign.
    Scope(Sides),
    /// Nothing at all.
    Nothing,
}

/// Both sides of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides {
    /// What the URL says.
    pub ours: String,
    /// What the server received.
    pub theirs: String,
}

impl Sides {
    pub(super) fn new(ours: &str, theirs: &str) -> Self {
        Self { ours: ours.into(), theirs: theirs.into() }
    }

    /// Both values of the parameter or header `name`.
    fn of(name: &str, ours: &str, theirs: &str) -> Self {
        Self { ours: redact::value(name, ours), theirs: redact::value(name, theirs) }
    }

    fn say(&self, what: &str) -> String {
        format!("{what} is `{}` in the URL, and the server received `{}`", self.ours, self.theirs)
    }
}

/// A canonical request taken apart.
struct Canonical<'t> {
    method: &'t str,
    path: &'t str,
    query: &'t str,
    headers: Vec<(&'t str, &'t str)>,
    signed_headers: &'t str,
    payload_hash: &'t str,
}

impl<'t> Canonical<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        let [method, path, query] = [lines.next()?, lines.next()?, lines.next()?];
        let headers = lines.by_ref().take_while(|line| !line.is_empty());
        let headers = headers.map(|line| line.split_once(':').unwrap_or((line, ""))).collect();
        let [signed_headers, payload_hash] = [lines.next()?, lines.next()?];
        Some(Self { method, path, query, headers, signed_headers, payload_hash })
    }
}

/// What differs between our canonical request and the server's; `unknown` are signed headers of
/// which we do not know the value. None when one of them is no canonical request.
pub(super) fn compare(
    ours: &str,
    theirs: &str,
    unknown: &[String],
) -> Option<Vec<DifferenceFinding>> {
    let [ours, theirs] = [Canonical::read(ours)?, Canonical::read(theirs)?];
    let mut found = Vec::new();
    if ours.method != theirs.method {
        found.push(DifferenceFinding::Method(Sides::new(ours.method, theirs.method)));
    }
    found.extend(path(ours.path, theirs.path));
    found.extend(query(ours.query, theirs.query));
    if ours.signed_headers == theirs.signed_headers {
        found.extend(header::compare(&ours.headers, &theirs.headers, unknown));
    } else {
        let sides = Sides::new(ours.signed_headers, theirs.signed_headers);
        found.push(DifferenceFinding::SignedHeaders(sides));
    }
    if ours.payload_hash != theirs.payload_hash {
        let sides = Sides::new(ours.payload_hash, theirs.payload_hash);
        found.push(DifferenceFinding::PayloadHash(sides));
    }
    Some(found)
}

/// What differs when the requests do not: time and scope in the string to sign, or nothing.
pub(super) fn of_scope(ours: &str, theirs: &str) -> DifferenceFinding {
    let scope = |text: &str| text.lines().skip(1).take(2).collect::<Vec<&str>>().join(" ");
    let [ours, theirs] = [scope(ours), scope(theirs)];
    if ours == theirs {
        DifferenceFinding::Nothing
    } else {
        DifferenceFinding::Scope(Sides { ours, theirs })
    }
}

fn path(ours: &str, theirs: &str) -> Option<DifferenceFinding> {
    let sides = Sides { ours: redact::path(ours), theirs: redact::path(theirs) };
    if ours == theirs {
        return None;
    }
    let is_encoded = theirs == encode(ours, Slash::Keep);
    Some(if is_encoded {
        DifferenceFinding::PathEncodedTwice(sides)
    } else {
        DifferenceFinding::Path(sides)
    })
}

/// Parameters as pairs; those of one name are compared as a group, in their order.
fn query(ours: &str, theirs: &str) -> Vec<DifferenceFinding> {
    let [ours, theirs] = [pairs(ours), pairs(theirs)];
    let mut names: Vec<&str> = ours.iter().chain(&theirs).map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    let difference = |name: &str| match (values(&ours, name), values(&theirs, name)) {
        (Some(ours), Some(theirs)) => (ours != theirs)
            .then(|| DifferenceFinding::Parameter(name.into(), Sides::of(name, &ours, &theirs))),
        (Some(_), None) => Some(DifferenceFinding::ParameterLost(name.into())),
        (None, _) => Some(DifferenceFinding::ParameterAdded(name.into())),
    };
    names.into_iter().filter_map(difference).collect()
}

fn pairs(query: &str) -> Vec<(&str, &str)> {
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    pieces.map(|piece| piece.split_once('=').unwrap_or((piece, ""))).collect()
}

fn values(pairs: &[(&str, &str)], name: &str) -> Option<String> {
    let values: Vec<&str> =
        pairs.iter().filter(|(other, _)| *other == name).map(|(_, value)| *value).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

impl DifferenceFinding {
    pub(super) fn said(&self) -> Said {
        match self {
            Self::Method(sides) => Said::refusal(
                "method-differs",
                sides.say("the method"),
                "use the URL with the one method that it was signed for",
            ),
            Self::PathEncodedTwice(sides) => Said::refusal(
                "path-encoded-twice",
                sides.say("the path, encoded once more,"),
                "send the URL as it is; something on the way encodes its path again",
            ),
            Self::Path(sides) => Said::refusal(
                "path-differs",
                sides.say("the path"),
                "send the path as it was signed; clients and proxies may rewrite or resolve it",
            ),
            Self::SignedHeaders(sides) => Said::refusal(
                "signed-headers-differ",
                sides.say("the list of signed headers"),
                "see that this refusal is the answer to this URL",
            ),
            Self::PayloadHash(sides) => Said::refusal(
                "payload-hash-differs",
                sides.say("the hash of the body"),
                "send x-amz-content-sha256 as it was signed, or sign UNSIGNED-PAYLOAD",
            ),
            Self::Scope(sides) => Said::refusal(
                "scope-differs",
                sides.say("date and scope"),
                "see that this refusal is the answer to this URL",
            ),
            Self::Nothing => Said::refusal(
                "nothing-differs",
                "the server received just this request, so another one was signed, or with \
                 another secret",
                "see that the secret is that of the access key, and that the URL is as it was made",
            ),
            Self::ParameterAdded(name) => Said::refusal(
                "parameter-added",
                format!("the server received the parameter `{name}`, which the URL does not have"),
                "leave it out, or give it to the signer: SigV4 signs every one, `x-id` as well",
            ),
            Self::ParameterLost(name) => Said::refusal(
                "parameter-lost",
                format!("the server did not receive the parameter `{name}`"),
                "send the URL whole; in a shell it has to stand in quotes because of its `&`",
            ),
            Self::Parameter(name, sides) => Said::refusal(
                "parameter-differs",
                sides.say(&format!("the parameter `{name}`")),
                "send the URL as it was made",
            ),
            Self::Header(difference) => difference.said(),
        }
    }
}

#[cfg(test)]
mod tests;
