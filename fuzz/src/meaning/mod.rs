//! What a verified request means to a server that obeys it: two requests that share a signature
//! must mean the same.
//!
//! Written from AWS's pages and not from the verifier, so that each keeps the other honest:
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>.

mod legacy;

use std::collections::BTreeMap;

use signature::encode::{Plus, decode_strict};
use signature::{Mechanism, Payload, Request, Timestamp, Unverified, Verified};

/// Everything about a request that its signature settles, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    mechanism: Mechanism,
    access_key_id: String,
    session_token: Option<Vec<u8>>,
    signed_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    payload: Payload,
    method: String,
    covered: Covered,
}

/// What the signature covers besides, which depends on its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Covered {
    /// SigV2 leaves the host out.
    host: Option<String>,
    path: String,
    parameters: Vec<(String, String)>,
    headers: BTreeMap<String, String>,
}

impl Meaning {
    /// What `request` means; none when a server refuses it as not decodable or ambiguous.
    #[must_use]
    pub fn of(request: &Request<'_>, claim: &Unverified<'_>, proof: &Verified) -> Option<Self> {
        let parameters = parameters(request.query)?;
        let covered = if proof.mechanism() == Mechanism::V2Query {
            legacy::covered(request, &parameters, &parameters)?
        } else if proof.mechanism() == Mechanism::V2Header {
            legacy::covered(request, &parameters, &[])?
        } else {
            covered(request, parameters)?
        };
        Some(Self {
            mechanism: proof.mechanism(),
            access_key_id: claim.access_key_id().to_owned(),
            // No token has blanks around it, and SigV2 does not see them.
            session_token: claim.session_token().map(|token| token.trim_ascii().to_vec()),
            signed_at: proof.signed_at(),
            expires_at: proof.expires_at(),
            payload: proof.payload(),
            method: request.method.to_owned(),
            covered,
        })
    }
}

/// A decoded name, and a value where there is a `=`.
type Parameter = (String, Option<String>);

fn parameters(query: &str) -> Option<Vec<Parameter>> {
    let decoded = |text| decode_strict(text, Plus::Blank);
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    pieces
        .map(|piece| match piece.split_once('=') {
            Some((name, value)) => Some((decoded(name)?, Some(decoded(value)?))),
            None => Some((decoded(piece)?, None)),
        })
        .collect()
}

/// What SigV4 covers: the parameters as it sorts them itself, without the signature.
fn covered(request: &Request<'_>, parameters: Vec<Parameter>) -> Option<Covered> {
    let parameters = parameters.into_iter().map(|(name, value)| (name, value.unwrap_or_default()));
    let mut parameters: Vec<_> = parameters.filter(|(name, _)| name != "X-Amz-Signature").collect();
    parameters.sort();
    Some(Covered {
        host: Some(host(request)),
        path: decode_strict(request.path, Plus::Itself)?,
        headers: signed_headers(request, &parameters),
        parameters,
    })
}

fn host(request: &Request<'_>) -> String {
    let host = values(request, "host").into_iter().next().unwrap_or_default().to_ascii_lowercase();
    let bare = host.strip_suffix(":80").or_else(|| host.strip_suffix(":443"));
    bare.unwrap_or(&host).to_owned()
}

/// The headers that SigV4 says it covers, and those that it has to cover.
fn signed_headers(
    request: &Request<'_>,
    parameters: &[(String, String)],
) -> BTreeMap<String, String> {
    let in_query = |name: &str| parameters.iter().find(|(n, _)| n == name).map(|(_, v)| v);
    let list = in_query("X-Amz-SignedHeaders").cloned().unwrap_or_else(|| list(request));
    let sent = request.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
    let must_be = sent.filter(|name| name.starts_with("x-amz-") && name != "x-amz-content-sha256");
    let names = list.split(';').map(str::to_owned).chain(must_be).filter(|name| name != "host");
    names
        .map(|name| {
            let sent = values(request, &name);
            let alike = parameters.iter().find(|(n, _)| n.eq_ignore_ascii_case(&name));
            let stands_in = alike.filter(|_| sent.is_empty()).map(|(_, value)| words(value));
            let value = stands_in.unwrap_or_else(|| sent.join(","));
            (name, value)
        })
        .collect()
}

/// The list of signed headers in an `Authorization` header.
fn list(request: &Request<'_>) -> String {
    let value = values(request, "authorization").into_iter().next().unwrap_or_default();
    let list = value.split("SignedHeaders=").nth(1).unwrap_or("");
    list.split([',', ' ']).next().unwrap_or("").to_owned()
}

/// Values of a header without outer blanks.
fn raw_values(request: &Request<'_>, name: &str) -> Vec<String> {
    let text = |value: &[u8]| match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => value.escape_ascii().to_string(),
    };
    request.header_values(name).map(|value| text(value.trim_ascii())).collect()
}

/// Values of a header, each inner run of blanks as one: SigV4 does not tell them apart.
fn values(request: &Request<'_>, name: &str) -> Vec<String> {
    raw_values(request, name).iter().map(|value| words(value)).collect()
}

fn words(value: &str) -> String {
    let words = value.split(|c: char| c.is_ascii_whitespace()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
