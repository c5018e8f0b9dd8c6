//! A server's answer no: what its code means, and what its elements say.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>

use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;

use super::claim::Claim;
use super::finding::Said;
use super::time::Span;
use crate::Timestamp;

/// The elements of an error document that tell why.
#[derive(Clone, Copy, Default)]
pub struct Refusal<'a> {
    /// `Code`.
    pub code: &'a str,
    /// `CanonicalRequest`, the server's.
    pub canonical_request: Option<&'a str>,
    /// `StringToSign`, the server's.
    pub string_to_sign: Option<&'a str>,
    /// `Message`.
    pub message: &'a str,
    /// `HeadersNotSigned`.
    pub headers_not_signed: Option<&'a str>,
    /// `Region`, the right one.
    pub region: Option<&'a str>,
    /// `Endpoint`, the right host.
    pub endpoint: Option<&'a str>,
    /// `Expires`.
    pub expires: Option<&'a str>,
    /// `X-Amz-Date`, in milliseconds since 1970.
    pub signed_at: Option<&'a str>,
    /// `RequestTime`.
    pub request_time: Option<&'a str>,
    /// `ServerTime`.
    pub server_time: Option<&'a str>,
}

/// Shows the code alone: the rest can hold a session token.
impl fmt::Debug for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal").field("code", &self.code).finish_non_exhaustive()
    }
}

/// What can be said about a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusalFinding {
    /// Its code, and what that means.
    Code(String),
    /// The URL was over, by so many seconds if the server says so.
    Expired(Option<u64>),
    /// The URL was signed in the future, by so many seconds if the server says so.
    NotYetValid(Option<u64>),
    /// The clocks differ, by so many seconds if the server says so.
    Skewed(Option<u64>),
    /// Headers were sent that would have to be signed; holds their names.
    HeadersNotSigned(String),
    /// The region is another one.
    Region {
        /// The one in the URL.
        signed: String,
        /// The server's.
        expected: String,
    },
    /// The bucket is at another host; holds that.
    Elsewhere(String),
}

impl Refusal<'_> {
    /// What its code says, or its elements where they say more.
    pub(super) fn inspect(&self, claim: &Claim<'_>) -> RefusalFinding {
        let server_time = self.server_time.and_then(time);
        let apart = |at: Option<Timestamp>| {
            at.zip(server_time).map(|(at, server)| at.seconds().abs_diff(server.seconds()))
        };
        let signed_at = self.signed_at.and_then(|ms| ms.parse::<u64>().ok());
        let signed_at = signed_at.map(|ms| Timestamp::from_seconds(ms / 1000)).or(claim.signed_at);
        match (self.code, self.message) {
            ("AccessDenied", message) if message.contains("not yet valid") => {
                RefusalFinding::NotYetValid(apart(signed_at))
            }
            ("AccessDenied", message) if message.contains("has expired") => {
                RefusalFinding::Expired(apart(self.expires.and_then(time).or(claim.expires_at)))
            }
            ("RequestTimeTooSkewed", _) => {
                RefusalFinding::Skewed(apart(self.request_time.and_then(time)))
            }
            (code, _) => self.of_elements(claim).unwrap_or(RefusalFinding::Code(code.into())),
        }
    }

    fn of_elements(&self, claim: &Claim<'_>) -> Option<RefusalFinding> {
        if let Some(names) = self.headers_not_signed {
            return Some(RefusalFinding::HeadersNotSigned(names.into()));
        }
        if let Some(endpoint) = self.endpoint {
            return Some(RefusalFinding::Elsewhere(endpoint.into()));
        }
        let expected = self.region.filter(|region| claim.region() != Some(region))?;
        let signed = claim.region().unwrap_or("none").to_string();
        Some(RefusalFinding::Region { signed, expected: expected.into() })
    }
}

/// A time as error documents and requests have it.
fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let seconds = text.split('.').next().unwrap_or(text).trim_end_matches('Z');
    let mut basic: String = seconds.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    basic.push('Z');
    Timestamp::parse(&basic).or_else(|| Timestamp::parse_http_date(text))
}

impl RefusalFinding {
    pub(super) fn said(&self) -> Said {
        match self {
            Self::Code(code) => {
                let known = MEANINGS.iter().find(|(known, _, _)| known == code);
                let (_, meaning, remedy) = known.unwrap_or(&UNKNOWN);
                Said::refusal("refused", format!("{code}: {meaning}"), remedy)
            }
            Self::Expired(late) => Said::refusal(
                "was-expired",
                format!("the URL had expired{} when it was used", by(*late)),
                "make a new one; the life of a URL cannot be prolonged",
            ),
            Self::NotYetValid(early) => Said::refusal(
                "was-not-yet-valid",
                format!("the URL was signed{} in the server's future", by(*early)),
                "set the clock of the machine that signs, and sign again",
            ),
            Self::Skewed(apart) => Said::refusal(
                "skewed",
                format!("the signer's clock and the server's differ{}", by(*apart)),
                "set the clock of the machine that signs; 15 minutes are forgiven",
            ),
            Self::HeadersNotSigned(names) => Said::refusal(
                "headers-were-not-signed",
                format!("{names} was sent and is not signed"),
                "leave it out, or give it to the signer: every x-amz-* header must be signed",
            ),
            Self::Region { signed, expected } => Said::refusal(
                "region",
                format!("the URL is signed for region {signed}; the right one is {expected}"),
                "sign for the right region",
            ),
            Self::Elsewhere(endpoint) => Said::refusal(
                "elsewhere",
                format!("the bucket is at {endpoint}, and the URL is signed for another host"),
                "sign for that host and the region of the bucket",
            ),
        }
    }
}

fn by(seconds: Option<u64>) -> String {
    seconds.map(|seconds| format!(" by {}", Span(seconds))).unwrap_or_default()
}

type Meaning = (&'static str, &'static str, &'static str);

const UNKNOWN: Meaning =
    ("", "a refusal that has nothing to do with the signature", "see what the service says of it");

/// What codes mean to whoever uses a presigned URL, and what to do.
const MEANINGS: [Meaning; 21] = [
    (
        "AccessDenied",
        "the signature is right, and the signer may not do this now",
        "see what the policies of the signer and of the bucket allow",
    ),
    (
        "AuthorizationHeaderMalformed",
        "the Authorization header is not like that of SigV4",
        "see what the message says about it",
    ),
    (
        "AuthorizationQueryParametersError",
        "a parameter of the signature is missing or malformed",
        "see what the message says about it",
    ),
    (
        "BadDigest",
        "the body is not that of the checksum that came with it",
        "sign without a checksum, or send the very body for which one was signed",
    ),
    (
        "ExpiredToken",
        "the session that signed the URL is over, be the URL's own end later",
        "sign again with new credentials; long links need an access key without a session",
    ),
    (
        "InvalidAccessKeyId",
        "the service does not know the access key",
        "see that it is this service's, not deleted, and that a temporary one has its token",
    ),
    (
        "InvalidArgument",
        "an argument makes no sense; most often there are two signatures",
        "send no Authorization header along with a presigned URL",
    ),
    (
        "InvalidRequest",
        "the service refuses this kind of request; most often SigV2",
        "sign with SigV4",
    ),
    (
        "InvalidToken",
        "the session token is garbled, or belongs to another access key",
        "sign with access key, secret and token of one session",
    ),
    ("MethodNotAllowed", "the resource does not have this method", "use another method"),
    (
        "NoSuchBucket",
        "the signature is right, and there is no such bucket",
        "see that bucket and host are right",
    ),
    (
        "NoSuchKey",
        "the signature is right, and there is no such object",
        "see that the key is right, its case and its blanks too",
    ),
    (
        "PermanentRedirect",
        "the bucket is in another region, whose host was not signed",
        "sign for the region of the bucket and its host",
    ),
    (
        "PreconditionFailed",
        "the signature is right, and a condition of the request does not hold",
        "see If-Match and If-None-Match, in the headers and in the URL",
    ),
    (
        "RequestTimeout",
        "the body did not arrive in time",
        "send it again; see that Content-Length is right",
    ),
    (
        "SignatureDoesNotMatch",
        "the request that arrived is not the one that was signed, or the secret is another",
        "compare what arrived with what was signed",
    ),
    ("SlowDown", "there are too many requests", "try again later"),
    (
        "TemporaryRedirect",
        "the bucket is new, and requests have to go to its regional host so far",
        "sign for the regional host",
    ),
    ("TokenRefreshRequired", "the session has to be renewed", "sign again with new credentials"),
    (
        "XAmzContentSHA256Mismatch",
        "the body is not the one whose hash was signed",
        "send the very body that was hashed, or sign UNSIGNED-PAYLOAD",
    ),
    (
        "EntityTooLarge",
        "the body is larger than one request may bring",
        "upload it in parts, with a URL for each",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "X-Amz-Credential=ID/20130524/us-east-1/s3/aws4_request\
        &X-Amz-Date=20130524T000000Z&X-Amz-Expires=60";

    fn found(refusal: Refusal<'_>) -> RefusalFinding {
        refusal.inspect(&Claim::read(URL))
    }

    fn denied(message: &str) -> Refusal<'_> {
        Refusal { code: "AccessDenied", message, ..Refusal::default() }
    }

    #[test]
    fn expiry_says_by_how_much() {
        let server_time = Some("2013-05-24T00:02:00Z");
        let known = Refusal { server_time, ..denied("Request has expired") };
        assert_eq!(found(known), RefusalFinding::Expired(Some(60)));
        let both = Refusal { expires: Some("2013-05-24T00:01:30.000Z"), ..known };
        assert_eq!(found(both), RefusalFinding::Expired(Some(30)));
        assert_eq!(found(denied("Request has expired")), RefusalFinding::Expired(None));
    }

    #[test]
    fn url_of_the_future_says_by_how_much() {
        let early = Refusal {
            signed_at: Some("1369353600000"),
            server_time: Some("2013-05-23T23:00:00Z"),
            ..denied("Request is not yet valid")
        };
        assert_eq!(found(early), RefusalFinding::NotYetValid(Some(3600)));
    }

    #[test]
    fn clocks_are_compared_however_the_time_is_written() {
        for request_time in
            ["20130524T010000Z", "2013-05-24T01:00:00Z", "Fri, 24 May 2013 01:00:00 GMT"]
        {
            let skewed = Refusal {
                code: "RequestTimeTooSkewed",
                request_time: Some(request_time),
                server_time: Some("2013-05-24T00:00:00Z"),
                ..Refusal::default()
            };
            assert_eq!(found(skewed), RefusalFinding::Skewed(Some(3600)), "{request_time}");
        }
    }

    #[test]
    fn headers_that_were_not_signed_are_named() {
        let refusal = Refusal { headers_not_signed: Some("x-amz-meta-a"), ..denied("There were") };
        assert_eq!(found(refusal), RefusalFinding::HeadersNotSigned("x-amz-meta-a".into()));
    }

    #[test]
    fn wrong_region_comes_with_the_right_one() {
        let code = "AuthorizationQueryParametersError";
        let wrong = Refusal { code, region: Some("eu-west-1"), ..Refusal::default() };
        let (signed, expected) = ("us-east-1".into(), "eu-west-1".into());
        assert_eq!(found(wrong), RefusalFinding::Region { signed, expected });
        let other = Refusal { region: Some("us-east-1"), ..wrong };
        assert_eq!(found(other), RefusalFinding::Code(code.into()));
    }

    #[test]
    fn redirect_names_the_host() {
        let host = "bucket.s3.eu-west-1.amazonaws.com";
        let code = "PermanentRedirect";
        let moved = Refusal { code, endpoint: Some(host), ..Refusal::default() };
        assert_eq!(found(moved), RefusalFinding::Elsewhere(host.into()));
    }

    #[test]
    fn every_code_has_one_meaning_and_others_are_the_services_own() {
        for (code, meaning, remedy) in MEANINGS {
            let said = found(Refusal { code, ..Refusal::default() }).said();
            assert_eq!((said.text, said.remedy), (format!("{code}: {meaning}"), remedy));
            assert_eq!(MEANINGS.iter().filter(|(other, _, _)| *other == code).count(), 1, "{code}");
        }
        let other = found(Refusal { code: "XTeapot", ..Refusal::default() }).said();
        assert!(other.text.starts_with("XTeapot: "), "{}", other.text);
    }
}
