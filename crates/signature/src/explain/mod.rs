//! Explain: what a URL allows, until when, by whom; and why it fails, down to the line.
//!
//! Pure as everything here: the time, the credentials and the server's answer are arguments. An
//! [`Explanation`] can be printed: of signatures, session tokens and encryption keys it holds no
//! more than the first characters.
//!
//! ```
//! use signature::Timestamp;
//! use signature::explain::{Question, Validity, explain};
//!
//! let mut question = Question::new(
//!     "https://s3.eu-west-1.amazonaws.com/photos/cat.jpg\
//!      ?X-Amz-Algorithm=AWS4-HMAC-SHA256\
//!      &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Feu-west-1%2Fs3%2Faws4_request\
//!      &X-Amz-Date=20130524T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host\
//!      &X-Amz-Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
//!     Timestamp::parse("20130524T000040Z").unwrap(),
//! );
//! let explanation = explain(&question).unwrap();
//! assert_eq!(explanation.bucket.as_deref(), Some("photos"));
//! assert_eq!(explanation.validity, Validity::Valid { seconds_left: 20 });
//! assert!(explanation.findings.is_empty());
//!
//! question.now = Timestamp::parse("20130524T000300Z").unwrap();
//! let explanation = explain(&question).unwrap();
//! assert_eq!(explanation.findings[0].to_string(), "the URL expired 2 minutes ago");
//! ```

mod case;
mod claim;
mod credential;
mod difference;
mod finding;
mod headers;
mod host;
mod ours;
mod parameters;
mod place;
mod redact;
mod refusal;
mod spelling;
mod time;
mod url;

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use claim::Version;
pub use credential::{CredentialFinding, is_temporary};
pub use difference::{DifferenceFinding, HeaderDifference, Sides};
pub use finding::{Finding, Kind, Severity};
pub use headers::{HeaderFinding, HeaderValue, RequiredHeader};
pub use host::HostFinding;
pub use ours::{SignatureFinding, Verdict, Verification};
pub use parameters::ParameterFinding;
pub use place::Addressing;
pub use refusal::{Refusal, RefusalFinding};
pub use spelling::SpellingFinding;
pub use time::{Span, TimeFinding, Validity};
pub use url::{Scheme, UrlFault};

use self::case::Case;
use self::claim::Claim;
use self::ours::Sent;
use self::place::Place;
use self::url::Url;
use crate::{Credentials, Request, Timestamp};

/// A URL, and what is known beside it.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The URL.
    pub url: &'a str,
    /// The method with which it is used, in capitals; a URL does not say.
    pub method: Option<&'a str>,
    /// The headers that are sent, as name and value; `host` follows from the URL unless given.
    pub headers: &'a [(&'a str, &'a str)],
    /// Hosts before which a bucket can stand, beside those that are known for it.
    pub domains: &'a [&'a str],
    /// The time.
    pub now: Timestamp,
    /// The credentials that are said to have signed it.
    pub credentials: Option<&'a Credentials>,
    /// The answer that the URL got.
    pub refusal: Option<Refusal<'a>>,
}

impl<'a> Question<'a> {
    /// A question about a URL of which nothing else is known.
    #[must_use]
    pub fn new(url: &'a str, now: Timestamp) -> Self {
        Self {
            url,
            method: None,
            headers: &[],
            domains: &[],
            now,
            credentials: None,
            refusal: None,
        }
    }
}

/// Shows nothing of the URL: it is a credential.
impl fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").field("method", &self.method).finish_non_exhaustive()
    }
}

/// The method of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// In capitals.
    pub name: String,
    /// How it is known.
    pub source: MethodSource,
}

/// How the method is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodSource {
    /// The question says it.
    Given,
    /// It is the one with which the signature is right.
    Proven,
    /// Nobody says it: it is the usual one.
    Assumed,
}

/// What a URL is, and what there is to say about it. No secret is whole in here.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What may be done.
    pub method: Method,
    /// With or without TLS.
    pub scheme: Scheme,
    /// Host and port, as in the URL.
    pub host: String,
    /// The bucket; none when the URL is for the whole service.
    pub bucket: Option<String>,
    /// The key; none when the URL is for the bucket.
    pub key: Option<String>,
    /// Where the bucket stands.
    pub addressing: Addressing,
    /// The version of the signature.
    pub version: Version,
    /// Whose signature it is.
    pub access_key_id: Option<String>,
    /// The region, or the set of regions.
    pub region: Option<String>,
    /// The service; SigV2 says none.
    pub service: Option<String>,
    /// When it was signed; SigV2 does not say.
    pub signed_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Whether it works at the time of the question, as far as time decides.
    pub validity: Validity,
    /// The headers that have to be sent, besides `host`.
    pub headers: Vec<RequiredHeader>,
    /// Headers that stand in the query and need not be sent: names and values.
    pub hoisted: Vec<(String, String)>,
    /// The other parameters: names and values.
    pub parameters: Vec<(String, String)>,
    /// What is signed of the body; SigV2 covers nothing of it.
    pub payload_hash: Option<String>,
    /// The beginning of the signature.
    pub signature: Option<String>,
    /// The beginning of the session token.
    pub session_token: Option<String>,
    /// The signature made again, when the question holds credentials.
    pub verification: Option<Verification>,
    /// What there is to say, the worst first.
    pub findings: Vec<Finding>,
}

impl Explanation {
    /// Whether the URL is, was or will be refused.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Refusal)
    }
}

/// Explains a URL.
///
/// # Errors
/// A text that is no URL.
pub fn explain(question: &Question<'_>) -> Result<Explanation, UrlFault> {
    let url = Url::read(question.url)?;
    let claim = Claim::read(url.query);
    let place = Place::read(&url, question.domains);
    let required = headers::required(&claim, question.headers);
    let headers = sent_headers(&url, question.headers, &required);
    let request = Request {
        method: question.method.unwrap_or(METHOD_USUAL),
        path: url.path,
        query: url.query,
        headers: &headers,
        virtual_bucket: match place.addressing {
            Addressing::VirtualHost => place.bucket.as_deref(),
            Addressing::Path => None,
        },
    };
    let sent = Sent { request, now: question.now };
    let method = method(question, &claim, &sent);
    let sent = sent.with_method(&method.name);
    let case = Case { question, url: &url, claim: &claim, place: &place, required: &required };
    let (verification, findings) = case.judge(&sent);
    Ok(case.explanation(method, verification, findings, &request))
}

/// The method when nobody says one.
const METHOD_USUAL: &str = "GET";

/// `host` and what the question names; for signed headers that it does not name, an empty value
/// holds the place.
fn sent_headers<'a>(
    url: &Url<'a>,
    named: &[(&'a str, &'a str)],
    required: &'a [RequiredHeader],
) -> Vec<(&'a str, &'a [u8])> {
    let mut headers: Vec<(&str, &[u8])> =
        named.iter().map(|&(name, value)| (name, value.as_bytes())).collect();
    if !named.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        headers.push(("host", url.host().as_bytes()));
    }
    let unknown = required.iter().filter(|header| header.value == HeaderValue::Unknown);
    headers.extend(unknown.map(|header| (header.name.as_str(), &[][..])));
    headers
}

fn method(question: &Question<'_>, claim: &Claim<'_>, sent: &Sent<'_>) -> Method {
    if let Some(given) = question.method {
        return Method { name: given.to_owned(), source: MethodSource::Given };
    }
    let signed = question.credentials.and_then(|c| sent.signed_method(claim, c.secret()));
    match signed.filter(|_| claim.version != Version::Unsigned) {
        Some(signed) => Method { name: signed.to_owned(), source: MethodSource::Proven },
        None => Method { name: METHOD_USUAL.to_owned(), source: MethodSource::Assumed },
    }
}
