//! Whole URLs explained: the known ones without a false word, and broken ones by their cause.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "test")]

use serde::Deserialize;
use signature::explain::{
    Addressing, CredentialFinding, DifferenceFinding, Explanation, HeaderDifference, HeaderValue,
    HostFinding, Kind, MethodSource, ParameterFinding, Question, Refusal, RefusalFinding, Severity,
    Sides, SignatureFinding, SpellingFinding, TimeFinding, Validity, Verdict, Version, explain,
};
use signature::{Credentials, Presign, Presigner, Timestamp, v2, v4a};

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    kind: String,
    tags: Vec<String>,
    inputs: Inputs,
    wire: Option<Wire>,
    expected: serde_json::Value,
}

#[derive(Deserialize)]
struct Inputs {
    bucket: Option<String>,
    key: Option<String>,
    expires: Option<u64>,
    timestamp_unix: u64,
    region: String,
    endpoint: Option<String>,
    addressing: Option<String>,
    access_key: String,
    secret_key: String,
    session_token: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    method: String,
}

impl Case {
    fn all() -> Vec<Self> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/presign.json");
        let vectors: Vectors = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let kinds = ["presign_v4", "presign_v4_raw", "presign_v2"];
        vectors.cases.into_iter().filter(|case| kinds.contains(&case.kind.as_str())).collect()
    }

    fn url(&self) -> &str {
        self.expected["url"].as_str().unwrap()
    }

    fn is_v2(&self) -> bool {
        self.kind == "presign_v2"
    }

    /// The headers that a user of the URL sends.
    fn headers(&self) -> Vec<(String, String)> {
        serde_json::from_value(self.expected["headers_to_send"].clone()).unwrap_or_default()
    }

    fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|other| other == tag)
    }

    /// Explains the URL as known to whoever has just signed it.
    fn explain(&self) -> Explanation {
        let headers = self.headers();
        let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let Inputs { access_key, secret_key, session_token, .. } = &self.inputs;
        let credentials = Credentials::new(access_key, secret_key, session_token.as_deref());
        let domain = self.inputs.endpoint.as_deref().unwrap_or("//s3.example");
        let domain = domain
            .split_once("//")
            .unwrap()
            .1
            .rsplit_once(':')
            .map_or_else(|| domain.split_once("//").unwrap().1, |(name, _)| name);
        explain(&Question {
            headers: &headers,
            domains: &[domain],
            credentials: Some(&credentials),
            ..Question::new(self.url(), Timestamp::from_seconds(self.inputs.timestamp_unix))
        })
        .unwrap()
    }

    /// The words of everything that may be said about this URL.
    fn expected_words(&self) -> Vec<&'static str> {
        let endpoint = self.inputs.endpoint.as_deref().unwrap_or_default();
        let key = self.inputs.key.as_deref().unwrap_or_default();
        let mut words = Vec::new();
        let mut add = |word, is_so: bool| words.extend(is_so.then_some(word));
        add("session", self.inputs.session_token.is_some());
        add("legacy", self.is_v2());
        add("plain-http", endpoint.starts_with("http://"));
        add("default-port", self.has("default-port"));
        add("address", endpoint.contains("127.0.0.1") || endpoint.contains("[::1]"));
        add("dot-segments", key.split('/').any(|s| s == "." || s == ".."));
        let digits =
            |text: &str| text.len() > 1 && text.bytes().take(2).all(|b| b.is_ascii_hexdigit());
        add("key-encoded-twice", key.split('%').skip(1).any(digits));
        words.sort_unstable();
        words
    }
}

fn words(explanation: &Explanation) -> Vec<&'static str> {
    let mut words: Vec<_> = explanation.findings.iter().map(|finding| finding.word()).collect();
    words.sort_unstable();
    words
}

#[test]
fn known_urls_are_explained_as_their_inputs_say() {
    let cases = Case::all();
    assert_eq!(cases.len(), 426);
    for case in cases {
        let (id, inputs, explained) = (&case.id, &case.inputs, case.explain());
        assert_eq!(explained.bucket, inputs.bucket, "{id}");
        assert_eq!(explained.key, inputs.key.clone().filter(|key| !key.is_empty()), "{id}");
        let is_virtual = inputs.bucket.is_some() && inputs.addressing.as_deref() == Some("virtual");
        assert_eq!(explained.addressing == Addressing::VirtualHost, is_virtual, "{id}");
        assert_eq!(explained.access_key_id.as_ref(), Some(&inputs.access_key), "{id}");
        assert_eq!(explained.version == Version::V2, case.is_v2(), "{id}");
        let region = (!case.is_v2()).then_some(&inputs.region);
        assert_eq!(explained.region.as_ref(), region, "{id}");
        let seconds_left = inputs.expires.unwrap();
        assert_eq!(explained.validity, Validity::Valid { seconds_left }, "{id}");
        let sent = case.headers();
        assert_eq!(explained.headers.len(), if case.is_v2() { 0 } else { sent.len() }, "{id}");
        assert_eq!(explained.session_token.is_some(), inputs.session_token.is_some(), "{id}");
    }
}

#[test]
fn known_urls_match_their_secret_and_get_no_warning_that_is_wrong() {
    for case in Case::all() {
        let explained = case.explain();
        assert_eq!(words(&explained), case.expected_words(), "{} {}", case.id, case.url());
        let verification = explained.verification.unwrap();
        assert_eq!(verification.verdict, Verdict::Matches, "{}", case.id);
        let texts = [verification.canonical_request, Some(verification.string_to_sign)];
        for (shown, name) in texts.iter().flatten().zip(["canonical_request", "string_to_sign"]) {
            let known = case.expected[if case.is_v2() { "string_to_sign" } else { name }].as_str();
            let is_known = Some(shown.as_str()) == known;
            assert!(is_known || shown.contains("... (redacted)"), "{} {shown}", case.id);
        }
        assert_eq!(explained.method.source, MethodSource::Proven, "{}", case.id);
        assert_eq!(explained.method.name, case.wire.unwrap().method, "{}", case.id);
    }
}

#[test]
fn no_explanation_holds_a_signature_or_a_session_token() {
    for case in Case::all() {
        let shown = format!("{:?}", case.explain());
        let signature = case.expected["signature"].as_str().unwrap();
        assert!(!shown.contains(signature), "{}", case.id);
        if let Some(token) = &case.inputs.session_token {
            let encoded = signature::encode::encode(token, signature::encode::Slash::Encode);
            assert!(!shown.contains(token) && !shown.contains(&encoded), "{}", case.id);
        }
    }
}

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn now() -> Timestamp {
    Timestamp::parse("20130524T000000Z").unwrap()
}

fn credentials() -> Credentials {
    Credentials::new(ID, SECRET, None)
}

fn presigned(method: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let credentials = credentials();
    let presigner = Presigner::new(&credentials, "us-east-1", now());
    let presign = Presign {
        method,
        scheme: "https",
        authority: "s3.example",
        path,
        query: &[],
        headers,
        expires_seconds: 3600,
    };
    presigner.presign(&presign).unwrap().as_str().to_owned()
}

fn kinds(question: &Question<'_>) -> Vec<Kind> {
    explain(question).unwrap().findings.into_iter().map(|finding| finding.kind).collect()
}

/// The canonical request that a server makes of `url`, sent with `method` and `headers`.
fn received(url: &str, method: &str, headers: &[(&str, &str)]) -> String {
    let credentials = credentials();
    let question = Question {
        method: Some(method),
        headers,
        credentials: Some(&credentials),
        ..Question::new(url, now())
    };
    explain(&question).unwrap().verification.unwrap().canonical_request.unwrap()
}

/// What is said about `question` when the server received `canonical`.
fn differences(question: Question<'_>, canonical: &str) -> Vec<DifferenceFinding> {
    let refusal = Refusal {
        code: "SignatureDoesNotMatch",
        canonical_request: Some(canonical),
        ..Refusal::default()
    };
    let kinds = kinds(&Question { refusal: Some(refusal), ..question });
    assert!(kinds.contains(&Kind::Refusal(RefusalFinding::Code(refusal.code.into()))));
    let difference =
        |kind| if let Kind::Difference(difference) = kind { Some(difference) } else { None };
    kinds.into_iter().filter_map(difference).collect()
}

fn sides(ours: &str, theirs: &str) -> Sides {
    Sides { ours: ours.into(), theirs: theirs.into() }
}

#[test]
fn with_the_secret_the_change_after_signing_is_named() {
    let credentials = credentials();
    let said = |url: &str, method| {
        let question = Question::new(url, now());
        kinds(&Question { method, credentials: Some(&credentials), ..question })
    };
    let url = presigned("PUT", "/b/a%20b", &[]);
    assert_eq!(said(&url, None), []);
    let given = "GET".into();
    let method = SignatureFinding::SignedForMethod { signed: "PUT", given };
    assert_eq!(said(&url, Some("GET")), [Kind::Signature(method)]);
    let encoded = url.replace("a%20b", "a%2520b");
    let twice = Kind::Signature(SignatureFinding::SignedBeforeEncoding);
    assert!(said(&encoded, Some("PUT")).contains(&twice));
    let added = Kind::Signature(SignatureFinding::SignedWithoutParameter("x-id".into()));
    for method in [Some("PUT"), Some("GET"), None] {
        assert!(said(&format!("{url}&x-id=PutObject"), method).contains(&added));
    }
    let another = Kind::Signature(SignatureFinding::Differs);
    assert_eq!(said(&url.replace("/b/", "/c/"), Some("PUT")), [another]);
}

#[test]
fn signature_is_not_compared_without_the_right_key_or_the_signed_headers() {
    let verdict = |url: &str, id, headers: &[(&str, &str)]| {
        let credentials = Credentials::new(id, SECRET, None);
        let credentials = Some(&credentials);
        let question = Question { headers, credentials, ..Question::new(url, now()) };
        let explained = explain(&question).unwrap();
        assert!(!explained.is_refused());
        explained.verification.unwrap().verdict
    };
    let url = presigned("GET", "/b/k", &[("x-amz-meta-a", "1")]);
    assert_eq!(verdict(&url, ID, &[]), Verdict::HeadersUnknown);
    assert_eq!(verdict(&url, "AKIAOTHER", &[]), Verdict::OtherKey);
    assert_eq!(verdict(&url, ID, &[("X-Amz-Meta-A", " 1 ")]), Verdict::Matches);
}

#[test]
fn url_for_a_set_of_regions_is_explained_with_the_set() {
    let credentials = credentials();
    let presign = Presign {
        method: "GET",
        scheme: "https",
        authority: "alias.accesspoint.s3-global.amazonaws.com",
        path: "/k",
        query: &[],
        headers: &[],
        expires_seconds: 3600,
    };
    for set in ["us-east-1,eu-*", "eu-*", "*"] {
        let signer = v4a::Signer::new(&credentials, set);
        let url = signer.presigner(now()).presign(&presign).unwrap();
        let question = Question::new(url.as_str(), now().plus(1));
        let explained = explain(&Question { credentials: Some(&credentials), ..question }).unwrap();
        assert_eq!(explained.findings, [], "{set}");
        assert_eq!(explained.version, Version::V4a);
        assert_eq!(explained.region.as_deref(), Some(set));
        assert_eq!(explained.verification.unwrap().verdict, Verdict::Matches, "{set}");
    }
}

#[test]
fn another_method_is_the_cause() {
    let url = presigned("GET", "/b/k", &[]);
    let theirs = received(&url, "PUT", &[]);
    let found = differences(Question::new(&url, now()), &theirs);
    assert_eq!(found, [DifferenceFinding::Method(sides("GET", "PUT"))]);
}

#[test]
fn path_that_was_encoded_again_is_the_cause() {
    let url = presigned("GET", "/b/a%20b", &[]);
    let theirs = received(&url.replace("a%20b", "a%2520b"), "GET", &[]);
    let found = differences(Question::new(&url, now()), &theirs);
    let twice = DifferenceFinding::PathEncodedTwice(sides("/b/a%20b", "/b/a%2520b"));
    assert_eq!(found, [twice]);
}

#[test]
fn parameter_that_was_added_is_the_cause() {
    let url = presigned("GET", "/b/k", &[]);
    let added = format!("{url}&x-id=GetObject");
    let theirs = received(&added, "GET", &[]);
    let found = differences(Question::new(&url, now()), &theirs);
    assert_eq!(found, [DifferenceFinding::ParameterAdded("x-id".into())]);
    // Who asks about the changed URL is told where it was changed.
    assert_eq!(differences(Question::new(&added, now()), &theirs), [DifferenceFinding::Nothing]);
    let after = ParameterFinding::AfterSignature(["x-id".into()].into());
    assert_eq!(kinds(&Question::new(&added, now())), [Kind::Parameter(after)]);
}

#[test]
fn host_of_a_proxy_is_the_cause() {
    let url = presigned("GET", "/b/k", &[]);
    for (host, expected) in [
        ("10.0.0.1:9000", HeaderDifference::Host(sides("s3.example", "10.0.0.1:9000"))),
        ("s3.example:8443", HeaderDifference::Port(sides("s3.example", "s3.example:8443"))),
    ] {
        let theirs = received(&url, "GET", &[("host", host)]);
        let found = differences(Question::new(&url, now()), &theirs);
        assert_eq!(found, [DifferenceFinding::Header(expected)]);
    }
}

#[test]
fn headers_that_are_not_as_signed_are_the_cause() {
    let signed = [("content-type", "text/plain"), ("x-amz-meta-a", "1")];
    let url = presigned("PUT", "/b/k", &signed);
    let known = Question { method: Some("PUT"), headers: &signed, ..Question::new(&url, now()) };
    let unknown = Question { headers: &signed[1..], ..known };
    let theirs = received(&url, "PUT", &[("content-type", "image/png"), signed[1]]);
    let another = HeaderDifference::ContentType(sides("text/plain", "image/png"));
    assert_eq!(differences(known, &theirs), [DifferenceFinding::Header(another)]);
    let arrived = HeaderDifference::Unknown("content-type".into(), "image/png".into());
    assert_eq!(differences(unknown, &theirs), [DifferenceFinding::Header(arrived)]);
    let theirs = received(&url, "PUT", &signed).replace("text/plain", "");
    let missing = HeaderDifference::Missing("content-type".into());
    assert_eq!(differences(known, &theirs), [DifferenceFinding::Header(missing)]);
}

#[test]
fn content_type_that_a_legacy_url_was_made_without_is_the_cause() {
    let credentials = credentials();
    let presign = Presign {
        method: "PUT",
        scheme: "https",
        authority: "s3.example",
        path: "/b/k",
        query: &[],
        headers: &[],
        expires_seconds: 0,
    };
    let url = v2::presign(&presign, &credentials, None, now().plus(60));
    let question = Question { method: Some("PUT"), ..Question::new(url.as_str(), now()) };
    let sent = Question {
        headers: &[("Content-Type", "text/plain")],
        credentials: Some(&credentials),
        ..question
    };
    let theirs = explain(&sent).unwrap().verification.unwrap().string_to_sign;
    let refusal = Refusal {
        code: "SignatureDoesNotMatch",
        string_to_sign: Some(&theirs),
        ..Refusal::default()
    };
    let added = HeaderDifference::Added("content-type".into());
    let expected = Kind::Difference(DifferenceFinding::Header(added));
    assert!(kinds(&Question { refusal: Some(refusal), ..question }).contains(&expected));
}

#[test]
fn body_hash_of_another_body_is_the_cause() {
    let hash = "a1".repeat(32);
    let signed = [("x-amz-content-sha256", hash.as_str())];
    let url = presigned("PUT", "/b/k", &signed);
    let question = Question { method: Some("PUT"), headers: &signed, ..Question::new(&url, now()) };
    let theirs = received(&url, "PUT", &signed).replace(&format!("\n{hash}"), "\nb2");
    let other = DifferenceFinding::PayloadHash(sides(&hash, "b2"));
    assert_eq!(differences(question, &theirs), [other]);
}

#[test]
fn wrong_secret_is_the_cause_when_nothing_differs() {
    let url = presigned("GET", "/b/k", &[]);
    let theirs = received(&url, "GET", &[]);
    let found = differences(Question::new(&url, now()), &theirs);
    assert_eq!(found, [DifferenceFinding::Nothing]);
}

#[test]
fn every_fault_of_a_broken_url_is_said_the_worst_first() {
    let url = "http://127.0.0.1/b/%252e?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=\
        ASIAX%2F20130523%2Fr%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z\
        &X-Amz-Expires=700000&X-Amz-SignedHeaders=x-b%3Bx-a&X-Amz-Signature=ab&a=b+c";
    let explained = explain(&Question::new(url, now().plus(700_001))).unwrap();
    assert!(explained.findings.is_sorted_by(|a, b| a.severity >= b.severity));
    assert_eq!(explained.findings[0].severity, Severity::Refusal);
    let expected = [
        Kind::Time(TimeFinding::Expired(1)),
        Kind::Time(TimeFinding::TooLong(700_000)),
        Kind::Spelling(SpellingFinding::KeyEncodedTwice),
        Kind::Spelling(SpellingFinding::Plus),
        Kind::Parameter(ParameterFinding::Signature(2)),
        Kind::Credential(CredentialFinding::TokenMissing),
        Kind::Host(HostFinding::PlainHttp),
        Kind::Host(HostFinding::Address("127.0.0.1".into())),
    ];
    let kinds: Vec<Kind> = explained.findings.into_iter().map(|finding| finding.kind).collect();
    for kind in expected {
        assert!(kinds.contains(&kind), "{kind:?} is not among {kinds:?}");
    }
    assert!(explained.headers.iter().all(|header| header.value == HeaderValue::Unknown));
}

#[test]
fn url_that_the_verifier_alone_refuses_is_refused() {
    let url = format!("{}&X-Amz-Content-Sha256=nonsense", presigned("GET", "/b/k", &[]));
    let explained = explain(&Question::new(&url, now())).unwrap();
    assert_eq!(words(&explained), ["malformed", "parameter-after-signature"]);
    assert!(explained.is_refused());
}

#[test]
fn questions_do_not_show_the_url() {
    let url = presigned("GET", "/b/k", &[]);
    let signature = &url[url.len() - 64..];
    assert!(!format!("{:?}", Question::new(&url, now())).contains(signature));
}
