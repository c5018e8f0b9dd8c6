//! What the vectors sign we sign, what they sign we accept, and what is changed in one place we
//! refuse.

use serde::Deserialize;
use signature::{
    Credentials, Presign, Presigner, Sign, Timestamp, Verified, VerifyError, sign, v2,
};

use crate::sent::Sent;

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    inputs: Inputs,
    wire: Option<Wire>,
    expected: Expected,
}

#[derive(Deserialize)]
struct Inputs {
    bucket: Option<String>,
    expires: Option<u64>,
    timestamp_unix: u64,
    region: String,
    addressing: Option<String>,
    access_key: String,
    secret_key: String,
    session_token: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    method: String,
    scheme: String,
    authority: String,
    host: String,
    path: String,
    #[serde(default)]
    query: Vec<(String, Option<String>)>,
    raw_query: Option<String>,
    headers: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Expected {
    url: String,
    #[serde(default)]
    headers_to_send: Vec<(String, String)>,
    #[serde(default)]
    signed_headers: Vec<String>,
    signature: String,
    string_to_sign: String,
    canonical_request: Option<String>,
    content_sha256: Option<String>,
    authorization: Option<String>,
    expires_at: Option<u64>,
}

impl Case {
    fn credentials(&self) -> Credentials {
        let Inputs { access_key, secret_key, session_token, .. } = &self.inputs;
        Credentials::new(access_key, secret_key, session_token.as_deref())
    }

    fn at(&self) -> Timestamp {
        Timestamp::from_seconds(self.inputs.timestamp_unix)
    }

    fn virtual_bucket(&self) -> Option<&str> {
        self.inputs
            .bucket
            .as_deref()
            .filter(|_| self.inputs.addressing.as_deref() == Some("virtual"))
    }

    /// The finished request as it reaches a server.
    fn sent(&self) -> Sent {
        let wire = self.wire.as_ref().unwrap();
        let (_, rest) = self.expected.url.split_once("://").unwrap();
        let target = rest.strip_prefix(wire.authority.as_str()).unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = vec![("Host".to_owned(), wire.host.clone().into_bytes())];
        if let Some(authorization) = &self.expected.authorization {
            headers.push(("Authorization".into(), authorization.clone().into_bytes()));
            headers.extend(wire.headers.iter().map(|(n, v)| (n.clone(), v.clone().into_bytes())));
        } else {
            let sent = self.expected.headers_to_send.iter();
            headers.extend(sent.map(|(n, v)| (n.clone(), v.clone().into_bytes())));
        }
        Sent {
            method: wire.method.clone(),
            path: if path.is_empty() { "/".into() } else { path.into() },
            query: query.into(),
            headers,
            virtual_bucket: self.virtual_bucket().map(str::to_owned),
            now: self.at(),
            region: self.inputs.region.clone(),
        }
    }
}

fn cases(kinds: &[&str]) -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/presign.json");
    let vectors: Vectors = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let cases: Vec<Case> = vectors
        .cases
        .into_iter()
        .filter(|case| kinds.iter().any(|kind| case["kind"] == *kind))
        .map(|case| serde_json::from_value(case).unwrap())
        .collect();
    assert!(!cases.is_empty());
    cases
}

fn pairs(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect()
}

/// What stands in front of the query, and its parameters, of which signers choose the order; no
/// value is the same as an empty one.
fn pieces(url: &str) -> (&str, Vec<String>) {
    let (place, query) = url.split_once('?').unwrap();
    let with_value =
        |piece: &str| if piece.contains('=') { piece.into() } else { format!("{piece}=") };
    let mut pieces: Vec<String> = query.split('&').map(with_value).collect();
    pieces.sort();
    (place, pieces)
}

#[test]
fn presigned_urls_carry_the_known_signature() {
    for case in cases(&["presign_v4", "presign_v4_raw"]) {
        let wire = case.wire.as_ref().unwrap();
        let credentials = case.credentials();
        let query: Vec<_> = wire.query.iter().map(|(n, v)| (n.as_str(), v.as_deref())).collect();
        let url = Presigner::new(&credentials, &case.inputs.region, case.at())
            .presign(&Presign {
                method: &wire.method,
                scheme: &wire.scheme,
                authority: &wire.authority,
                path: &wire.path,
                query: &query,
                headers: &pairs(&case.expected.headers_to_send),
                expires_seconds: case.inputs.expires.unwrap().try_into().unwrap(),
            })
            .unwrap();
        let signature = url.as_str().rsplit_once("X-Amz-Signature=").unwrap().1;
        assert_eq!(signature, case.expected.signature, "{}", case.id);
        assert_eq!(pieces(url.as_str()), pieces(&case.expected.url), "{}", case.id);
    }
}

#[test]
fn legacy_presigned_urls_carry_the_known_signature() {
    for case in cases(&["presign_v2"]) {
        let wire = case.wire.as_ref().unwrap();
        let query: Vec<_> = wire.query.iter().map(|(n, v)| (n.as_str(), v.as_deref())).collect();
        let url = v2::presign(
            &Presign {
                method: &wire.method,
                scheme: &wire.scheme,
                authority: &wire.authority,
                path: &wire.path,
                query: &query,
                headers: &pairs(&wire.headers),
                expires_seconds: 0,
            },
            &case.credentials(),
            case.virtual_bucket(),
            Timestamp::from_seconds(case.expected.expires_at.unwrap()),
        );
        let encoded =
            signature::encode::encode(&case.expected.signature, signature::encode::Slash::Encode);
        assert!(url.as_str().ends_with(&format!("&Signature={encoded}")), "{}", case.id);
    }
}

#[test]
fn authorization_headers_are_the_known_ones() {
    for case in cases(&["header_v4", "header_v4_raw"]) {
        let wire = case.wire.as_ref().unwrap();
        let added = ["host", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"];
        let covered: Vec<(&str, &str)> = pairs(&wire.headers)
            .into_iter()
            .filter(|(name, _)| case.expected.signed_headers.iter().any(|n| n == name))
            .filter(|(name, _)| !added.contains(name))
            .collect();
        let headers = sign(
            &Sign {
                method: &wire.method,
                scheme: &wire.scheme,
                authority: &wire.authority,
                path: &wire.path,
                query: wire.raw_query.as_deref().unwrap_or(""),
                headers: &covered,
                payload_hash: case.expected.content_sha256.as_deref().unwrap(),
            },
            &case.credentials(),
            &case.inputs.region,
            case.at(),
        );
        let (_, authorization) = headers.iter().find(|(n, _)| *n == "authorization").unwrap();
        assert_eq!(Some(authorization), case.expected.authorization.as_deref(), "{}", case.id);
    }
}

#[test]
fn legacy_authorization_headers_are_the_known_ones() {
    for case in cases(&["header_v2"]) {
        let wire = case.wire.as_ref().unwrap();
        let added = ["date", "x-amz-security-token"];
        let sent = pairs(&wire.headers);
        let given: Vec<_> = sent.iter().copied().filter(|(n, _)| !added.contains(n)).collect();
        let request = Sign {
            method: &wire.method,
            scheme: &wire.scheme,
            authority: &wire.authority,
            path: &wire.path,
            query: wire.raw_query.as_deref().unwrap_or(""),
            headers: &given,
            payload_hash: "",
        };
        let headers = v2::sign(&request, &case.credentials(), case.virtual_bucket(), case.at());
        for (name, value) in headers.iter().filter(|(name, _)| *name != "authorization") {
            assert!(sent.contains(&(name, value)), "{}: {name}: {value}", case.id);
        }
        let (_, authorization) = headers.iter().find(|(n, _)| *n == "authorization").unwrap();
        assert_eq!(Some(authorization), case.expected.authorization.as_deref(), "{}", case.id);
    }
}

#[test]
fn everything_that_the_vectors_sign_is_accepted() {
    for case in cases(&[
        "presign_v4",
        "presign_v4_raw",
        "presign_v2",
        "header_v4",
        "header_v4_raw",
        "header_v2",
    ]) {
        let verified = case.sent().verify(&case.inputs.secret_key);
        assert!(verified.is_ok(), "{}: {verified:?}", case.id);
    }
}

#[test]
fn a_mismatch_shows_the_known_canonical_request_and_string_to_sign() {
    for case in cases(&[
        "presign_v4",
        "presign_v4_raw",
        "presign_v2",
        "header_v4",
        "header_v4_raw",
        "header_v2",
    ]) {
        let mismatch = case.sent().mismatch("another-secret");
        assert_eq!(mismatch.string_to_sign, case.expected.string_to_sign, "{}", case.id);
        assert_eq!(mismatch.canonical_request, case.expected.canonical_request, "{}", case.id);
    }
}

/// What a changed request is refused with.
#[derive(Debug, PartialEq, Eq)]
enum Refused {
    Mismatch,
    Method,
    HeaderMissing,
    Date,
    Hash,
}

fn refused(verdict: Result<Verified, VerifyError>, id: &str) -> Refused {
    match verdict {
        Err(VerifyError::Mismatch(_)) => Refused::Mismatch,
        Err(VerifyError::OtherMethod(..)) => Refused::Method,
        Err(VerifyError::SignedHeaderMissing(_)) => Refused::HeaderMissing,
        Err(VerifyError::DateMissing) => Refused::Date,
        Err(VerifyError::PayloadHash(_) | VerifyError::PayloadHashMissing) => Refused::Hash,
        other => panic!("{id}: {other:?}"),
    }
}

#[test]
fn a_request_changed_in_one_place_is_refused() {
    for case in cases(&["presign_v4", "presign_v4_raw", "header_v4", "header_v4_raw"]) {
        let good = case.sent();
        let is_in_header = case.expected.authorization.is_some();
        let mut changed = vec![
            (Sent { method: "PATCH".into(), ..good.clone() }, Refused::Method),
            (Sent { path: format!("{}x", good.path), ..good.clone() }, Refused::Mismatch),
            (Sent { query: format!("{}&added=1", good.query), ..good.clone() }, Refused::Mismatch),
        ];
        let mut host = good.clone();
        host.headers[0].1.push(b'x');
        changed.push((host, Refused::Mismatch));
        for (index, (name, _)) in good.headers.iter().enumerate() {
            let lower = name.to_ascii_lowercase();
            if !case.expected.signed_headers.contains(&lower) || lower == "host" {
                continue;
            }
            let is_repeated =
                good.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).count() > 1;
            let mut value = good.clone();
            value.headers[index].1.push(b'x');
            let mut gone = good.clone();
            gone.headers.remove(index);
            let (if_changed, if_gone) = match lower.as_str() {
                "x-amz-date" if is_in_header => (Refused::Date, Refused::Date),
                "x-amz-content-sha256" if is_in_header => (Refused::Hash, Refused::Hash),
                "x-amz-content-sha256" => (Refused::Hash, Refused::HeaderMissing),
                // One more value of it is still there.
                _ if is_repeated => (Refused::Mismatch, Refused::Mismatch),
                _ => (Refused::Mismatch, Refused::HeaderMissing),
            };
            changed.extend([(value, if_changed), (gone, if_gone)]);
        }
        for (sent, expected) in changed {
            let verdict = refused(sent.verify(&case.inputs.secret_key), &case.id);
            assert_eq!(verdict, expected, "{}", case.id);
        }
    }
}

#[test]
fn a_legacy_request_changed_where_it_is_signed_is_refused() {
    for case in cases(&["presign_v2", "header_v2"]) {
        let good = case.sent();
        let mut header = good.clone();
        header.headers.push(("x-amz-meta-a".into(), b"1".to_vec()));
        let mut other_type = good.clone();
        other_type.headers.retain(|(name, _)| name != "content-type");
        other_type.headers.push(("content-type".into(), b"a/b".to_vec()));
        for (sent, why) in [
            (header, Refused::Mismatch),
            (other_type, Refused::Mismatch),
            (Sent { method: "PATCH".into(), ..good.clone() }, Refused::Method),
            (Sent { path: format!("{}x", good.path), ..good.clone() }, Refused::Mismatch),
            (
                Sent { query: format!("{}&acl=&policy", good.query), ..good.clone() },
                Refused::Mismatch,
            ),
        ] {
            let verdict = refused(sent.verify(&case.inputs.secret_key), &case.id);
            assert_eq!(verdict, why, "{}", case.id);
        }
    }
    for case in cases(&["presign_v2"]) {
        let good = case.sent();
        for sent in [
            Sent { query: good.query.replace("Expires=", "Expires=1"), ..good.clone() },
            Sent { query: format!("x-amz-meta-a=1&{}", good.query), ..good.clone() },
        ] {
            assert!(sent.verify(&case.inputs.secret_key).is_err(), "{}", case.id);
        }
    }
}

#[test]
fn a_url_lives_as_long_as_it_says_and_not_a_second_more() {
    for case in cases(&["presign_v4", "presign_v4_raw"]) {
        let expires = case.inputs.expires.unwrap();
        let mut sent = case.sent();
        sent.now = case.at().plus(expires - 1);
        assert!(sent.verify(&case.inputs.secret_key).is_ok(), "{}", case.id);
        sent.now = case.at().plus(expires);
        let verdict = sent.verify(&case.inputs.secret_key);
        assert!(matches!(verdict, Err(VerifyError::Expired { .. })), "{}", case.id);
    }
}
