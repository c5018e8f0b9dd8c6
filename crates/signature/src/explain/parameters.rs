//! The parameters of the signature: all there, once, in their own letters, of the right form.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::claim::{Claim, REQUIRED, REQUIRED_V2, Version, is_alike, value};
use super::finding::Said;
use crate::canonical::ALGORITHM;

/// What can be said about the parameters of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterFinding {
    /// Parameters of the signature are not there.
    Missing(Vec<String>),
    /// A parameter of the signature is there twice.
    Repeated(&'static str),
    /// A parameter of the signature in other letters.
    Case {
        /// As it is.
        sent: String,
        /// As it has to be.
        right: &'static str,
    },
    /// Parameters behind the signature of a URL whose parameters are not sorted.
    AfterSignature(Vec<String>),
    /// The algorithm is none of S3's; holds it.
    Algorithm(String),
    /// The credential is not like `ID/day/region/s3/aws4_request`.
    Credential,
    /// The signature has not the form of its version; holds its length.
    Signature(usize),
    /// The checksum of an empty body, which a JavaScript SDK adds; holds the parameter.
    EmptyBodyChecksum(String),
}

/// What there is to say about the parameters of `claim`.
pub(super) fn inspect(claim: &Claim<'_>) -> Vec<ParameterFinding> {
    let required: &[&'static str] = match claim.version {
        Version::Unsigned => return Vec::new(),
        Version::V2 => &REQUIRED_V2,
        Version::V4 | Version::V4a => &REQUIRED,
    };
    let sent: Vec<String> = claim.names().collect();
    let mut found = Vec::new();
    let is_missing = |name: &str| !sent.iter().any(|sent| is_alike(sent, name));
    let missing = required.iter().copied().filter(|name| is_missing(name));
    let missing: Vec<String> = missing.map(str::to_owned).collect();
    if !missing.is_empty() {
        found.push(ParameterFinding::Missing(missing));
    }
    for &right in required {
        found.extend(spelling(&sent, right));
    }
    found.extend(after_signature(claim, &sent));
    found.extend(forms(claim));
    found.extend(empty_body_checksum(claim));
    found
}

fn spelling(sent: &[String], right: &'static str) -> Option<ParameterFinding> {
    let mut alike = sent.iter().filter(|sent| sent.eq_ignore_ascii_case(right));
    if let Some(other) = alike.clone().find(|sent| *sent != right) {
        return Some(ParameterFinding::Case { sent: other.clone(), right });
    }
    alike.nth(1).map(|_| ParameterFinding::Repeated(right))
}

/// Signers put the signature last, or sort all parameters; what stands behind it otherwise has
/// probably been added later.
fn after_signature(claim: &Claim<'_>, sent: &[String]) -> Option<ParameterFinding> {
    let is_v4 = matches!(claim.version, Version::V4 | Version::V4a);
    let at = sent.iter().position(|name| name == "X-Amz-Signature").filter(|_| is_v4)?;
    let is_sorted = sent.is_sorted() || sent.is_sorted_by_key(|name| name.to_ascii_lowercase());
    let after = sent.iter().skip(at + 1).filter(|name| !REQUIRED.contains(&name.as_str()));
    let after: Vec<String> = after.filter(|_| !is_sorted).cloned().collect();
    (!after.is_empty()).then_some(ParameterFinding::AfterSignature(after))
}

fn forms(claim: &Claim<'_>) -> Vec<ParameterFinding> {
    let mut found = Vec::new();
    let algorithm = value(&claim.params, "X-Amz-Algorithm");
    if let Some(other) = algorithm.filter(|a| claim.version == Version::V4 && a != ALGORITHM) {
        found.push(ParameterFinding::Algorithm(other));
    }
    let is_whole = |scope: bool| scope || claim.version == Version::V2;
    if let Some(credential) = &claim.credential
        && (credential.access_key_id.is_empty() || !is_whole(credential.scope.is_some()))
    {
        found.push(ParameterFinding::Credential);
    }
    if let Some(signature) = claim.signature.as_ref().filter(|s| !has_form(s, claim.version)) {
        found.push(ParameterFinding::Signature(signature.chars().count()));
    }
    found
}

/// SigV4: 64 digits. SigV2: 20 bytes in base64. SigV4A: DER of two numbers of up to 33 bytes.
fn has_form(signature: &str, version: Version) -> bool {
    let is_hex = signature.bytes().all(|b| b.is_ascii_hexdigit());
    let length = signature.len();
    match version {
        Version::Unsigned => false,
        Version::V2 => length == 28 && signature.ends_with('='),
        Version::V4 => is_hex && length == 64,
        Version::V4a => is_hex && length.is_multiple_of(2) && (16..=144).contains(&length),
    }
}

/// Sums of nothing, as base64 has them.
const EMPTY_SUMS: [(&str, &str); 3] = [
    ("x-amz-checksum-crc32", "AAAAAA=="),
    ("x-amz-checksum-crc32c", "AAAAAA=="),
    ("x-amz-checksum-crc64nvme", "AAAAAAAAAAA="),
];

fn empty_body_checksum(claim: &Claim<'_>) -> Option<ParameterFinding> {
    let is_empty_sum = |name: &str, value: &str| {
        EMPTY_SUMS.iter().any(|(known, sum)| name.eq_ignore_ascii_case(known) && value == *sum)
    };
    let (name, _) = claim.others().find(|(name, value)| is_empty_sum(name, value))?;
    Some(ParameterFinding::EmptyBodyChecksum(name))
}

impl ParameterFinding {
    pub(super) fn said(&self) -> Said {
        match self {
            Self::Missing(names) => Said::refusal(
                "parameter-missing",
                format!("the URL lacks {}", names.join(", ")),
                "copy it whole; in a shell, a URL has to stand in quotes because of its `&`",
            ),
            Self::Repeated(name) => Said::refusal(
                "parameter-repeated",
                format!("`{name}` stands in the URL twice"),
                "sign a URL that has no signature yet",
            ),
            Self::Case { sent, right } => Said::refusal(
                "parameter-case",
                format!("`{sent}` is not the parameter `{right}`: its case counts"),
                "leave the URL as it was made; something has changed its letters",
            ),
            Self::AfterSignature(names) => Said::warning(
                "parameter-after-signature",
                format!("behind the signature stands {}, as if added later", names.join(", ")),
                "remove it, or give it to the signer: SigV4 signs every one, `x-id` as well",
            ),
            Self::Algorithm(algorithm) => Said::refusal(
                "algorithm",
                format!("`{algorithm}` is not an algorithm of S3"),
                "sign with AWS4-HMAC-SHA256",
            ),
            Self::Credential => Said::refusal(
                "credential-malformed",
                "X-Amz-Credential is not like ID/20261124/us-east-1/s3/aws4_request",
                "encode its slashes once, as %2F, and leave none of the parts out",
            ),
            Self::Signature(length) => Said::refusal(
                "signature-malformed",
                format!("the signature has not the form of one; it has {length} characters"),
                "copy the URL whole, to its last character",
            ),
            Self::EmptyBodyChecksum(name) => Said::warning(
                "empty-body-checksum",
                format!("`{name}` in the URL is the checksum of an empty body"),
                "sign with `requestChecksumCalculation: \"WHEN_REQUIRED\"` in the JavaScript SDK",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HMAC: &str = "X-Amz-Algorithm=AWS4-HMAC-SHA256";

    fn url() -> String {
        let signature = "a1".repeat(32);
        format!(
            "{HMAC}&X-Amz-Credential=ID%2F20130524%2Fr%2Fs3%2Faws4_request\
             &X-Amz-Date=20130524T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host\
             &X-Amz-Signature={signature}"
        )
    }

    fn found(query: &str) -> Vec<ParameterFinding> {
        inspect(&Claim::read(query))
    }

    #[test]
    fn whole_urls_of_each_version_are_fine() {
        assert_eq!(found(&url()), []);
        let v4a = url()
            .replace("HMAC-SHA256", "ECDSA-P256-SHA256")
            .replace("%2Fr%2F", "%2F")
            .replace(&"a1".repeat(32), &"30".repeat(70));
        assert_eq!(found(&v4a), []);
        assert_eq!(
            found("AWSAccessKeyId=a&Expires=1&Signature=CGDU/wYDodopX2YLvlZtq%2B7CvPE%3D"),
            []
        );
        assert_eq!(found("versionId=1"), []);
    }

    #[test]
    fn missing_parameters_are_named() {
        let cut = url().replace("&X-Amz-Expires=60", "").replace("&X-Amz-SignedHeaders=host", "");
        let names = ["X-Amz-Expires", "X-Amz-SignedHeaders"].map(str::to_owned);
        assert_eq!(found(&cut), [ParameterFinding::Missing(names.into())]);
        let legacy = found("AWSAccessKeyId=a&Expires=1");
        assert_eq!(legacy, [ParameterFinding::Missing(["Signature".to_owned()].into())]);
    }

    #[test]
    fn lower_case_and_repeated_parameters_are_named() {
        let lower = url().replace("X-Amz-Date", "x-amz-date");
        let case = ParameterFinding::Case { sent: "x-amz-date".into(), right: "X-Amz-Date" };
        assert_eq!(found(&lower), [case]);
        let twice = format!("X-Amz-Expires=9&{}", url());
        assert_eq!(found(&twice), [ParameterFinding::Repeated("X-Amz-Expires")]);
    }

    #[test]
    fn parameter_behind_the_signature_is_suspicious_unless_all_are_sorted() {
        let added = ParameterFinding::AfterSignature(["x-id".to_owned()].into());
        assert_eq!(found(&format!("{}&x-id=GetObject", url())), [added]);
        let sorted = url().replace("&X-Amz-SignedHeaders=host", "");
        assert_eq!(found(&format!("{sorted}&X-Amz-SignedHeaders=host&x-id=GetObject")), []);
    }

    #[test]
    fn values_have_their_form() {
        for (from, to, expected) in [
            (HMAC, "X-Amz-Algorithm=MD5", ParameterFinding::Algorithm("MD5".into())),
            ("%2F", "%252F", ParameterFinding::Credential),
            ("aws4_request", "aws4", ParameterFinding::Credential),
            ("=ID%2F", "=%2F", ParameterFinding::Credential),
            ("a1a1", "a1a", ParameterFinding::Signature(48)),
            ("a1a1", "a1ag", ParameterFinding::Signature(64)),
        ] {
            assert_eq!(found(&url().replace(from, to)), [expected], "{from}");
        }
        let short = found("AWSAccessKeyId=a&Expires=1&Signature=abc");
        assert_eq!(short, [ParameterFinding::Signature(3)]);
    }

    #[test]
    fn checksum_of_nothing_is_seen() {
        let name = "x-amz-checksum-crc32";
        let query = format!("{name}=AAAAAA%3D%3D&{}", url());
        assert_eq!(found(&query), [ParameterFinding::EmptyBodyChecksum(name.into())]);
        assert_eq!(found(&format!("{name}=AAAAAQ%3D%3D&{}", url())), []);
    }
}
