//! The generic test suites of SigV4 and SigV4A, as AWS publishes them.
//!
//! They are not S3's: the service is called `service`, and a URL's body is signed as what it is.
//! A case whose path is not to be resolved is one of S3's dialect in this.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use crate::canonical::{Canonical, HeaderSource, HostPort, SignedHeaders, string_to_sign_to};
use crate::encode::{Plus, decode_strict};
use crate::mac::{hex, sha256, sha256_hex};
use crate::v4a::{EcdsaKey, EcdsaPublicKey};
use crate::verify::{Legacy, Presented, Rules, VerifyError, read};
use crate::{
    Dialect, Mechanism, Params, Payload, Request, Scope, SecretKey, SigningKey, Text, Timestamp,
    Verified, v4a,
};

/// In each of the two suites.
const CASES: usize = 38;
/// URLs of both whose path is resolved and whose body is empty, so that they verify as they are.
const URLS: usize = 56;
/// In the older suite, which has SigV4 only.
const CLASSIC_CASES: usize = 34;

#[derive(Deserialize)]
struct Suite {
    cases: Vec<Case>,
    classic: Vec<Classic>,
    classic_credentials: Key,
}

#[derive(Deserialize)]
struct Classic {
    name: String,
    canonical_request: String,
    string_to_sign: String,
    authorization: String,
    signed_request: String,
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

fn suite() -> Suite {
    serde_json::from_str(include_str!("../../../../vectors/aws4_testsuite.json")).unwrap()
}

fn cases() -> Vec<Case> {
    suite().cases
}

fn at() -> Timestamp {
    Timestamp::parse("20150830T123600Z").unwrap()
}

impl Sent {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
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

    /// The canonical request of what was signed.
    fn canonical(&self, dialect: Dialect, signed_headers: &str) -> String {
        let mut canonical = Text::new();
        let headers = self.with(|request| {
            Canonical {
                request,
                params: &Params::read(request.query),
                signed_headers: signed_headers.as_bytes(),
                payload_hash: &sha256_hex(self.body.as_bytes()),
                source: HeaderSource::Headers,
                host: HostPort::AsSent,
                dialect,
            }
            .write_to(&mut canonical)
        });
        assert_eq!(headers, SignedHeaders::Present);
        text(&canonical)
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
    fn scope(&self) -> Scope<'_> {
        let Context { region, service, normalize, .. } = &self.context;
        let dialect = if *normalize { Dialect::Generic } else { Dialect::S3 };
        Scope { region, service, dialect }
    }

    /// What the verifier says of the case as it was sent.
    fn verify(&self, sent: &Sent) -> Result<Verified, VerifyError> {
        let rules = Rules { now: at(), scope: self.scope(), legacy: Legacy::Refuse };
        sent.with(|request| match read(request, &rules)? {
            Presented::Signature(claim) => claim.verify(&self.secret(), &rules),
            Presented::Nothing => Err(VerifyError::QueryIncomplete),
        })
    }

    fn secret(&self) -> SecretKey {
        SecretKey::new(self.context.credentials.secret_access_key.as_str())
    }

    fn pair(&self) -> EcdsaKey {
        EcdsaKey::derive(&self.secret(), &self.context.credentials.access_key_id)
    }

    /// Whether `signature` is one of `string_to_sign`.
    fn is_right(&self, string_to_sign: &str, signature: &str) -> bool {
        if self.algorithm == "v4a" {
            let public = self.pair().public_key();
            return public.verifies(string_to_sign.as_bytes(), signature.as_bytes());
        }
        let key = SigningKey::derive(&self.secret(), at(), self.scope());
        hex(key.mac(string_to_sign.as_bytes())) == signature.as_bytes()
    }

    fn string_to_sign(&self, canonical: &str) -> String {
        let (word, scope) = match self.algorithm.as_str() {
            "v4a" => (v4a::ALGORITHM, self.scope().text_of_regions(at())),
            _ => (crate::canonical::ALGORITHM, self.scope().text(at())),
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
        let canonical = sent.canonical(self.scope().dialect, &signed_headers);
        assert_eq!(canonical, expected.canonical_request, "{name}");
        assert_eq!(self.string_to_sign(&canonical), expected.string_to_sign, "{name}");
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
    let cases = cases();
    for case in &cases {
        case.check(&case.header);
        case.check(&case.query);
    }
    assert_eq!(cases.len(), 2 * CASES);
}

#[test]
fn the_older_suite_is_signed_as_it_has_it() {
    let suite = suite();
    let secret = SecretKey::new(suite.classic_credentials.secret_access_key.as_str());
    let scope = Scope::generic("us-east-1", "service");
    for case in &suite.classic {
        let sent = Sent::read(&case.signed_request);
        let canonical = sent.canonical(scope.dialect, &sent.signature().0);
        assert_eq!(canonical, case.canonical_request, "{}", case.name);
        let mut ours = Text::new();
        let hash = sha256_hex(canonical.as_bytes());
        let word = crate::canonical::ALGORITHM;
        string_to_sign_to(&mut ours, word, &at().basic(), &scope.text(at()), &hash);
        assert_eq!(text(&ours), case.string_to_sign, "{}", case.name);
        let signature = text(&hex(SigningKey::derive(&secret, at(), scope).mac(&ours)));
        assert!(case.authorization.ends_with(&signature), "{}", case.name);
    }
    assert_eq!(suite.classic.len(), CLASSIC_CASES);
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
    for case in cases() {
        let mut sent = Sent::read(&case.header.signed_request);
        if !sent.headers.iter().any(|(name, _)| name == "x-amz-content-sha256") {
            let hash = text(&sha256_hex(sent.body.as_bytes()));
            sent.headers.push(("x-amz-content-sha256".into(), hash));
        }
        let verdict = case.verify(&sent);
        if case.context.omit_session_token {
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
    assert_eq!(verified, 2 * (CASES - 1));
}

#[test]
fn what_the_suites_sign_in_a_url_verifies() {
    let mut verified = 0;
    for case in cases() {
        let sent = Sent::read(&case.query.signed_request);
        let is_generic = case.scope().dialect == Dialect::Generic;
        if !is_generic || case.context.omit_session_token || !sent.body.is_empty() {
            continue;
        }
        let verdict = case.verify(&sent).unwrap();
        let empty = Payload::Sha256(sha256(b""));
        assert_eq!(verdict.payload(), empty, "{}", case.name);
        verified += 1;
    }
    assert_eq!(verified, URLS);
}
