//! What is kept with an object: headers of the request that wrote it, given back when it is read.
//!
//! Headers that ask for something this server does not do are refused, never dropped: who asks
//! for encryption or a lock must not believe to have it.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>

use http::{HeaderName, HeaderValue};
use s3::{ChecksumAlgorithm, Code};
use store::Attributes;

use crate::authorize::Permit;
use crate::limits::{KEPT_BYTES_MAX, METADATA_BYTES_MAX};
use crate::refusal::Refusal;

/// The header that redirects readers of a website, which belongs to one object and not its copies.
pub(super) const REDIRECT: &str = "x-amz-website-redirect-location";
const METADATA: &str = "x-amz-meta-";
const KEPT: [&str; 7] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
    REDIRECT,
];
/// Headers of S3 that are obeyed, or that ask for nothing.
const KNOWN: [&str; 27] = [
    "x-amz-checksum-algorithm",
    "x-amz-checksum-mode",
    "x-amz-checksum-type",
    "x-amz-confirm-remove-self-bucket-access",
    "x-amz-content-sha256",
    "x-amz-copy-source",
    "x-amz-copy-source-if-match",
    "x-amz-copy-source-if-modified-since",
    "x-amz-copy-source-if-none-match",
    "x-amz-copy-source-if-unmodified-since",
    "x-amz-copy-source-range",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-max-parts",
    "x-amz-metadata-directive",
    "x-amz-object-attributes",
    "x-amz-part-number-marker",
    "x-amz-region-set",
    "x-amz-request-payer",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-security-token",
    "x-amz-tagging",
    "x-amz-tagging-directive",
    "x-amz-te",
    "x-amz-trailer",
    "x-amz-user-agent",
    REDIRECT,
];

/// The attributes that a request gives an object.
pub(super) fn of(permit: &Permit) -> Result<Attributes, Refusal> {
    let mut attributes: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, value) in permit.call().headers() {
        let is_kept = name.starts_with(METADATA) || KEPT.contains(&name);
        if !is_kept || value.is_empty() {
            continue;
        }
        check_spelling(name, value)?;
        match attributes.iter_mut().find(|(n, _)| n == name) {
            Some((_, values)) => {
                values.push(b',');
                values.extend_from_slice(value);
            }
            None => attributes.push((name.to_owned(), value.to_vec())),
        }
    }
    drop_chunked(&mut attributes);
    check_size(&attributes)?;
    Ok(Attributes(attributes))
}

/// What stands in a query can be what no header can carry back.
fn check_spelling(name: &str, value: &[u8]) -> Result<(), Refusal> {
    if HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_bytes(value).is_ok() {
        return Ok(());
    }
    Err(Refusal::argument(name, &String::from_utf8_lossy(value))
        .saying("The name or value cannot be carried by a header."))
}

fn check_size(attributes: &[(String, Vec<u8>)]) -> Result<(), Refusal> {
    let (mut metadata, mut kept) = (0, 0);
    for (name, value) in attributes {
        match name.strip_prefix(METADATA) {
            Some(name) => metadata += name.len() + value.len(),
            None => kept += name.len() + value.len(),
        }
    }
    for (size, max) in [(metadata, METADATA_BYTES_MAX), (kept, KEPT_BYTES_MAX)] {
        if size > max {
            return Err(Refusal::new(Code::MetadataTooLarge)
                .with("Size", size)
                .with("MaxSizeAllowed", max));
        }
    }
    Ok(())
}

/// `aws-chunked` is how a body travelled and no encoding of the object; what else stands there is.
fn drop_chunked(attributes: &mut Vec<(String, Vec<u8>)>) {
    for (_, value) in attributes.iter_mut().filter(|(name, _)| name == "content-encoding") {
        let encodings: Vec<&[u8]> = value
            .split(|&b| b == b',')
            .map(<[u8]>::trim_ascii)
            .filter(|encoding| !encoding.eq_ignore_ascii_case(b"aws-chunked"))
            .collect();
        *value = encodings.join(&b","[..]);
    }
    attributes.retain(|(name, value)| name != "content-encoding" || !value.is_empty());
}

/// Refuses headers that ask for what this server does not do.
pub(super) fn check(permit: &Permit) -> Result<(), Refusal> {
    for (name, value) in permit.call().headers() {
        if name.starts_with("x-amz-") && !name.starts_with(METADATA) {
            check_amz(name, value)?;
        }
    }
    Ok(())
}

fn check_amz(name: &str, value: &[u8]) -> Result<(), Refusal> {
    match (name, value) {
        ("x-amz-acl", b"private" | b"bucket-owner-full-control")
        | ("x-amz-storage-class", b"STANDARD")
        | ("x-amz-object-ownership", b"BucketOwnerEnforced") => Ok(()),
        ("x-amz-acl", _) => Err(Refusal::new(Code::AccessControlListNotSupported)),
        ("x-amz-storage-class", _) => Err(Refusal::new(Code::InvalidStorageClass)),
        ("x-amz-expected-bucket-owner" | "x-amz-source-expected-bucket-owner", owner) => {
            if owner == identity::ACCOUNT_ID.as_bytes() {
                return Ok(());
            }
            Err(Refusal::new(Code::AccessDenied).because("the bucket has another owner"))
        }
        ("x-amz-bypass-governance-retention", _) => {
            Err(Refusal::argument(name, &String::from_utf8_lossy(value)).saying(
                "x-amz-bypass-governance-retention is only applicable to Object Lock enabled \
                 buckets.",
            ))
        }
        (name, _) if name.starts_with("x-amz-grant-") => {
            Err(Refusal::new(Code::AccessControlListNotSupported))
        }
        (name, _) if KNOWN.contains(&name) || ChecksumAlgorithm::from_header(name).is_some() => {
            Ok(())
        }
        (name, _) => Err(Refusal::not_implemented_header(name)),
    }
}
