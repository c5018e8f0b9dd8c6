//! What SigV2 covers, as far as it tells things apart.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html>

use std::collections::BTreeMap;

use signature::Request;
use signature::encode::{Plus, decode_strict};

use super::{Covered, Parameter, raw_values};

/// Parameters that are part of the signed resource; the others are left to whoever holds the URL.
const SUBRESOURCES: &str = "accelerate acl analytics cors defaultObjectAcl delete inventory \
    lifecycle location logging metrics notification object-lock partNumber policy replication \
    requestPayment response-cache-control response-content-disposition response-content-encoding \
    response-content-language response-content-type response-expires restore select select-type \
    storageClass tagging torrent uploadId uploads versionId versioning versions website";

/// What the signature covers; in a URL, parameters `standing_in` are headers like those sent.
pub(super) fn covered(
    request: &Request<'_>,
    parameters: &[Parameter],
    standing_in: &[Parameter],
) -> Option<Covered> {
    Some(Covered {
        host: None,
        path: path(request)?,
        parameters: vec![(resource(parameters), String::new())],
        headers: headers(request, standing_in),
    })
}

/// Bucket and key, wherever the bucket stands; a bucket alone with or without its slash.
fn path(request: &Request<'_>) -> Option<String> {
    let bucket = request.virtual_bucket.map(|bucket| format!("/{bucket}")).unwrap_or_default();
    let whole = decode_strict(&format!("{bucket}{}", request.path), Plus::Itself)?;
    let is_bare_bucket = whole.len() > 1 && whole.matches('/').count() == 1;
    Some(if is_bare_bucket { format!("{whole}/") } else { whole })
}

/// The parameters in one text, decoded: SigV2 does not tell a `&` within a value from the one
/// that ends it.
fn resource(parameters: &[Parameter]) -> String {
    let is_covered = |name: &str| SUBRESOURCES.split(' ').any(|covered| covered == name);
    let mut covered: Vec<_> = parameters.iter().filter(|(name, _)| is_covered(name)).collect();
    covered.sort_by_key(|(name, _)| name);
    let spell = |(name, value): &Parameter| match value {
        Some(value) => format!("{name}={value}"),
        None => name.clone(),
    };
    covered.into_iter().map(spell).collect::<Vec<_>>().join("&")
}

/// Two headers, and all of Amazon's with the values of a repeated one joined.
fn headers(request: &Request<'_>, standing_in: &[Parameter]) -> BTreeMap<String, String> {
    let positional = ["content-md5", "content-type"]
        .map(|name| (name.to_owned(), raw_values(request, name).join(",")));
    let sent = request.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
    let standing = standing_in.iter().map(|(name, _)| name.to_ascii_lowercase());
    let amz = sent.chain(standing).filter(|name| is_amz(name)).map(|name| {
        let mut values = raw_values(request, &name);
        let same = standing_in.iter().filter(|(n, _)| n.eq_ignore_ascii_case(&name));
        values.extend(same.map(|(_, v)| v.as_deref().unwrap_or("").trim_ascii().to_owned()));
        (name, values.join(","))
    });
    positional.into_iter().chain(amz).collect()
}

fn is_amz(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("x-amz-")
}
