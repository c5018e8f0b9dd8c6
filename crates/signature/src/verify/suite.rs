//! The generic test suites of SigV4 and SigV4A, as AWS publishes them.
//!
//! They are not S3's: the service is called `service`, a URL's body is signed as what it is, and
//! where a case asks for it the path is resolved first. What S3 does not do is supplied here;
//! cases whose path would have to be resolved are left out.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use crate::canonical::{Canonical, HeaderSource, HostPort, SignedHeaders, string_to_sign_to};
use crate::encode::{Plus, decode_strict};
use crate::mac::{hex, sha256_hex};
use crate::v4a::{EcdsaKey, EcdsaPublicKey};
use crate::verify::{Legacy, Presented, Rules, VerifyError, read};
use crate::{Mechanism, Params, Request, SecretKey, SigningKey, Text, Timestamp, presign, v4a};

/// Of 38 cases of each suite, 6 have a path that would have to be resolved.
const CASES_THAT_RUN: usize = 2 * (38 - 6);

#[derive(Deserialize)]
struct Suite {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    algorithm: String,
    context: Context,
    header: Expected,
    query: Expected,
    public_key: Option<PublicKey>,
}

#[derive(Deserialize)]
struct Context {
    credentials: Key,
    normalize: bool,
    #[serde(default)]
    omit_session_token: bool,
    region: String,
    service: String,
}

#[derive(Deserialize)]
struct Key {
    access_key_id: String,
    secret_access_key: String,
}

#[derive(Deserialize)]
struct PublicKey {
    #[serde(rename = "X")]
    x: String,
    #[serde(rename = "Y")]
    y: String,
}

#[derive(Deserialize)]
struct Expected {
    canonical_request: String,
    string_to_sign: String,
    signature: String,
    signed_request: String,
}

/// A signed request, taken apart.
struct Sent {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

fn cases() -> Vec<Case> {
    let suite: Suite =
        serde_json::from_str(include_str!("../../../../vectors/aws4_testsuite.json")).unwrap();
    suite.cases
}

fn at() -> Timestamp {
    Timestamp::parse("20150830T123600Z").unwrap()
}

impl Sent {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap();
        let (line, headers) = head.split_once('\n').unwrap();
        let (method, target) = line.strip_suffix(" HTTP/1.1").unwrap().split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        // A line that begins with a blank continues the one before it.
        let unfolded = headers.replace("\n ", " ");
        let pairs = unfolded.lines().map(|line| line.split_once(':').unwrap());
        Self {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            headers: pairs.map(|(name, value)| (name.into(), value.into())).collect(),
            body: body.into(),
        }
    }

    fn with<T>(&self, look: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())).collect();
        look(&Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            virtual_bucket: None,
        })
    }

    /// The list of signed headers and the signature, from the header or else the query.
    fn signature(&self) -> (String, String) {
        let field = |text: &str, name: &str, end: char| {
            let (_, rest) = text.split_once(&alloc::format!("{name}=")).unwrap();
            decode_strict(rest.split(end).next().unwrap(), Plus::Blank).unwrap()
        };
        match self.headers.iter().find(|(name, _)| name == "Authorization") {
            Some((_, v)) => (field(v, "SignedHeaders", ','), field(v, "Signature", ',')),
            None => {
                let query = &self.query;
                (field(query, "X-Amz-SignedHeaders", '&'), field(query, "X-Amz-Signature", '&'))
            }
        }
    }
}

impl Case {
    /// Whether S3's way with paths, which is to leave them alone, is the case's.
    fn runs(&self) -> bool {
        let path = Sent::read(&self.header.signed_request).path;
        let segments = || path.split('/').skip(1);
        let is_empty =
            |(index, segment): (usize, &str)| segment.is_empty() && index + 1 < segments().count();
        let is_dots = |segment: &str| segment == "." || segment == "..";
        !self.context.normalize
            || !(segments().any(is_dots) || segments().enumerate().any(is_empty))
    }

    fn secret(&self) -> SecretKey {
        SecretKey::new(self.context.credentials.secret_access_key.as_str())
    }

    fn pair(&self) -> EcdsaKey {
        EcdsaKey::derive(&self.secret(), &self.context.credentials.access_key_id)
    }

    /// Whether `signature` is one of `string_to_sign`.
    fn is_right(&self, string_to_sign: &str, signature: &str) -> bool {
        let Context { region, service, .. } = &self.context;
        if self.algorithm == "v4a" {
            let public = self.pair().public_key();
            return public.verifies(string_to_sign.as_bytes(), signature.as_bytes());
        }
        let key = SigningKey::derive(&self.secret(), at(), region, service);
        hex(key.mac(string_to_sign.as_bytes())) == signature.as_bytes()
    }

    fn string_to_sign(&self, canonical: &str) -> String {
        let Context { region, service, .. } = &self.context;
        let (word, scope) = match self.algorithm.as_str() {
            "v4a" => (v4a::ALGORITHM, v4a::scope(at(), service)),
            _ => (crate::canonical::ALGORITHM, presign::scope(at(), region, service)),
        };
        let mut out = Text::new();
        string_to_sign_to(&mut out, word, &at().basic(), &scope, &sha256_hex(canonical.as_bytes()));
        text(&out)
    }

    fn check(&self, expected: &Expected) {
        let name = &self.name;
        let mut sent = Sent::read(&expected.signed_request);
        if self.context.omit_session_token {
            // Added when all was signed; S3 has it signed with the rest.
            let pieces = sent.query.split('&').filter(|p| !p.starts_with("X-Amz-Security-Token"));
            sent.query = pieces.collect::<Vec<_>>().join("&");
        }
        let (signed_headers, sent_signature) = sent.signature();
        let mut canonical = Text::new();
        let headers = sent.with(|request| {
            Canonical {
                request,
                params: &Params::read(request.query),
                signed_headers: signed_headers.as_bytes(),
                payload_hash: &sha256_hex(sent.body.as_bytes()),
                source: HeaderSource::Headers,
                host: HostPort::AsSent,
            }
            .write_to(&mut canonical)
        });
        assert_eq!(headers, SignedHeaders::Present, "{name}");
        assert_eq!(text(&canonical), expected.canonical_request, "{name}");
        assert_eq!(self.string_to_sign(&text(&canonical)), expected.string_to_sign, "{name}");
        for signature in [&sent_signature, &expected.signature] {
            assert!(self.is_right(&expected.string_to_sign, signature), "{name}");
        }
        assert!(!self.is_right(&text_of_another(expected), &sent_signature), "{name}");
    }
}

fn text_of_another(expected: &Expected) -> String {
    alloc::format!("{}0", expected.string_to_sign)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn every_canonical_request_string_to_sign_and_signature_is_the_known_one() {
    let mut runs = 0;
    for case in cases().iter().filter(|case| case.runs()) {
        case.check(&case.header);
        case.check(&case.query);
        runs += 1;
    }
    assert_eq!(runs, CASES_THAT_RUN);
}

#[test]
fn every_public_key_is_the_known_one() {
    let mut keys = 0;
    for case in cases() {
        let Some(PublicKey { x, y }) = &case.public_key else { continue };
        let ours = case.pair().public_key();
        let digits: String =
            ours.to_sec1().iter().map(|byte| alloc::format!("{byte:02x}")).collect();
        assert_eq!(digits, alloc::format!("04{x}{y}"), "{}", case.name);
        assert_eq!(EcdsaPublicKey::from_sec1(&ours.to_sec1()), Some(ours));
        keys += 1;
    }
    assert_eq!(keys, 38);
}

#[test]
fn what_the_suites_sign_in_a_header_verifies() {
    let mut verified = 0;
    for case in cases().iter().filter(|case| case.runs()) {
        let mut sent = Sent::read(&case.header.signed_request);
        if !sent.headers.iter().any(|(name, _)| name == "x-amz-content-sha256") {
            let hash = text(&sha256_hex(sent.body.as_bytes()));
            sent.headers.push(("x-amz-content-sha256".into(), hash));
        }
        let Context { region, service, omit_session_token, .. } = &case.context;
        let rules = Rules { now: at(), region, service, legacy: Legacy::Refuse };
        let verdict = sent.with(|request| match read(request, &rules)? {
            Presented::Signature(claim) => claim.verify(&case.secret(), &rules),
            Presented::Nothing => Err(VerifyError::QueryIncomplete),
        });
        if *omit_session_token {
            let error = VerifyError::HeadersNotSigned("x-amz-security-token".into());
            assert_eq!(verdict.unwrap_err(), error, "{}", case.name);
            continue;
        }
        let is_v4a = case.algorithm == "v4a";
        let mechanism = if is_v4a { Mechanism::V4aHeader } else { Mechanism::V4Header };
        assert_eq!(verdict.unwrap().mechanism(), mechanism, "{}", case.name);
        verified += 1;
    }
    // One case of each suite adds its token behind the signature's back.
    assert_eq!(verified, CASES_THAT_RUN - 2);
}
