//! What is kept with an object: headers of the request that wrote it, given back when it is read.
//!
//! Headers that ask for something this server does not do are refused, never dropped: who asks
//! for encryption or a lock must not believe to have it.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>

use s3::Code;
use store::Attributes;

use crate::authorize::Permit;
use crate::limits::METADATA_BYTES_MAX;
use crate::refusal::Refusal;

const KEPT: [&str; 7] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
    "x-amz-website-redirect-location",
];
const METADATA: &str = "x-amz-meta-";
const REFUSED_PREFIXES: [&str; 3] = [
    "x-amz-object-lock-",
    "x-amz-server-side-encryption",
    "x-amz-copy-source-server-side-encryption",
];
const REFUSED: [&str; 3] = ["x-amz-tagging", "x-amz-write-offset-bytes", "x-amz-mfa"];

/// The attributes that a request gives an object.
pub(crate) fn of(permit: &Permit) -> Result<Attributes, Refusal> {
    check(permit)?;
    let mut attributes: Vec<(String, Vec<u8>)> = Vec::new();
    let mut metadata_bytes = 0;
    for (name, value) in permit.call().headers() {
        if let Some(own) = name.strip_prefix(METADATA) {
            metadata_bytes += own.len() + value.len();
        } else if !KEPT.contains(&name.as_str()) {
            continue;
        }
        match attributes.iter_mut().find(|(n, _)| *n == name) {
            Some((_, values)) => {
                values.push(b',');
                values.extend_from_slice(value);
            }
            None => attributes.push((name, value.to_vec())),
        }
    }
    drop_chunked(&mut attributes);
    if metadata_bytes > METADATA_BYTES_MAX {
        return Err(Refusal::new(Code::MetadataTooLarge)
            .with("Size", metadata_bytes)
            .with("MaxSizeAllowed", METADATA_BYTES_MAX));
    }
    Ok(Attributes(attributes))
}

/// `aws-chunked` is how a body travelled and no encoding of the object; what else stands there is.
fn drop_chunked(attributes: &mut Vec<(String, Vec<u8>)>) {
    for (_, value) in attributes
        .iter_mut()
        .filter(|(name, _)| name == "content-encoding")
    {
        let encodings: Vec<&[u8]> = value
            .split(|&b| b == b',')
            .map(<[u8]>::trim_ascii)
            .filter(|encoding| *encoding != b"aws-chunked")
            .collect();
        *value = encodings.join(&b","[..]);
    }
    attributes.retain(|(name, value)| name != "content-encoding" || !value.is_empty());
}

/// Refuses headers that ask for what this server does not do.
pub(crate) fn check(permit: &Permit) -> Result<(), Refusal> {
    for (name, value) in permit.call().headers() {
        let is_refused = REFUSED.contains(&name.as_str())
            || REFUSED_PREFIXES
                .iter()
                .any(|prefix| name.starts_with(prefix));
        if is_refused {
            return Err(Refusal::not_implemented_header(&name));
        }
        if name == "x-amz-storage-class" && value != b"STANDARD" {
            return Err(Refusal::new(Code::InvalidStorageClass));
        }
        let is_owners = matches!(value, b"private" | b"bucket-owner-full-control");
        if name.starts_with("x-amz-grant-") || (name == "x-amz-acl" && !is_owners) {
            return Err(Refusal::new(Code::AccessControlListNotSupported));
        }
    }
    Ok(())
}
