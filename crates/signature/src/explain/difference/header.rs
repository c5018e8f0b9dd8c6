//! Signed headers, as the URL's side knows them and as they arrived.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{DifferenceFinding, Sides};
use crate::explain::finding::Said;
use crate::explain::redact;

/// One header that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderDifference {
    /// The host, by its port alone.
    Port(Sides),
    /// The host.
    Host(Sides),
    /// It did not arrive.
    Missing(String),
    /// It arrived, and the URL does not say which value was signed; name and value.
    Unknown(String, String),
    /// It differs in its blanks.
    Blanks(String),
    /// The content type.
    ContentType(Sides),
    /// Another value.
    Value(String, Sides),
    /// It arrived, and is one that SigV2 covers although the URL was made without it.
    Added(String),
}

/// Compares the header lines of two canonical requests with the same list of signed headers.
pub(super) fn compare(
    ours: &[(&str, &str)],
    theirs: &[(&str, &str)],
    unknown: &[String],
) -> Vec<DifferenceFinding> {
    let mut found = Vec::new();
    for (name, ours) in ours {
        let theirs = theirs.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value);
        let is_known = !unknown.iter().any(|other| other == name);
        let difference = match (is_known, theirs) {
            (true, _) if *ours == theirs => continue,
            (true, _) => differing(name, ours, theirs),
            (false, "") => HeaderDifference::Missing((*name).into()),
            (false, _) => HeaderDifference::Unknown((*name).into(), redact::value(name, theirs)),
        };
        found.push(DifferenceFinding::Header(difference));
    }
    found
}

/// How the values of header `name` differ.
pub(super) fn differing(name: &str, ours: &str, theirs: &str) -> HeaderDifference {
    let sides = Sides::of(name, ours, theirs);
    match name {
        "host" if without_port(ours) == without_port(theirs) => HeaderDifference::Port(sides),
        "host" => HeaderDifference::Host(sides),
        _ if theirs.is_empty() => HeaderDifference::Missing(name.into()),
        _ if ours.split_whitespace().eq(theirs.split_whitespace()) => {
            HeaderDifference::Blanks(name.into())
        }
        "content-type" => HeaderDifference::ContentType(sides),
        _ => HeaderDifference::Value(name.into(), sides),
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}

impl HeaderDifference {
    pub(super) fn said(&self) -> Said {
        match self {
            Self::Port(sides) => Said::refusal(
                "host-port-differs",
                sides.say("the host, in its port alone,"),
                "sign for the host as it arrives; clients and proxies leave default ports out",
            ),
            Self::Host(sides) => Said::refusal(
                "host-differs",
                sides.say("the host"),
                "let the proxy pass `Host` on as it came, or sign for the host behind it",
            ),
            Self::Missing(name) => Said::refusal(
                "header-missing",
                format!("the header `{name}` is signed and did not arrive"),
                "send it with the value that was signed",
            ),
            Self::Unknown(name, value) => Said::refusal(
                "header-unknown",
                format!("the server received `{name}: {value}`, which may not be what was signed"),
                "send the value that was signed, or say it with --header to have it compared",
            ),
            Self::Blanks(name) => Said::refusal(
                "header-blanks",
                format!("the header `{name}` differs in its blanks"),
                "send its value without blanks around it or in rows; not all servers fold them",
            ),
            Self::ContentType(sides) => Said::refusal(
                "content-type-differs",
                sides.say("content-type"),
                "send the content type that was signed; many clients choose one of their own",
            ),
            Self::Value(name, sides) => Said::refusal(
                "header-differs",
                sides.say(&format!("the header `{name}`")),
                "send it with the value that was signed",
            ),
            Self::Added(name) => Said::refusal(
                "header-added",
                format!("the server received `{name}`, which SigV2 covers and was not signed"),
                "leave it out, or give it to the signer",
            ),
        }
    }
}
