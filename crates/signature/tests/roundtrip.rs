//! Whatever is presigned or signed verifies, for any request; and a request with one byte changed
//! is refused unless the change is another spelling of the same request.

#![expect(clippy::unwrap_used, reason = "test")]

use proptest::prelude::*;
use signature::encode::{Plus, Slash, decode_strict, encode};
use signature::{
    Credentials, Legacy, Presented, Presign, Presigner, Request, Rules, Scope, Sign, Timestamp,
    Verified, VerifyError, sign, v4a, verify,
};

const HOST: &str = "bucket.s3.example.org";
/// Covers the verifier's region.
const REGION_SET: &str = "us-east-1,eu-*";

#[derive(Clone, Copy, Debug)]
enum Version {
    V4,
    V4a,
}

#[derive(Clone, Debug)]
struct Case {
    version: Version,
    method: String,
    key: String,
    query: Vec<(String, Option<String>)>,
    headers: Vec<(String, String)>,
    secret: String,
    token: Option<String>,
    expires_seconds: u32,
}

fn case() -> impl Strategy<Value = Case> {
    let name = "[a-z]{1,6}(-[a-z]{1,4})?";
    let value = "[ -~\u{e9}\u{d55c}]{0,12}";
    (
        prop_oneof![Just(Version::V4), Just(Version::V4a)],
        "GET|PUT|HEAD|DELETE|POST",
        "\\PC{0,40}",
        prop::collection::vec(("[ -~\u{e9}]{1,8}", prop::option::of(value)), 0..4),
        prop::collection::btree_map(name, "[!-~]{1,8}( {1,3}[!-~]{1,8})?", 0..3),
        "[!-~]{1,40}",
        prop::option::of("[!-~]{1,200}"),
        1..=604_800_u32,
    )
        .prop_map(|(version, method, key, query, headers, secret, token, expires_seconds)| {
            Case {
                version,
                method,
                key,
                query: query.into_iter().filter(|(n, _)| !n.starts_with("X-Amz-")).collect(),
                headers: headers.into_iter().filter(|(n, _)| n != "host").collect(),
                secret,
                token,
                expires_seconds,
            }
        })
}

impl Case {
    fn credentials(&self) -> Credentials {
        Credentials::new("AKIDEXAMPLE", &self.secret, self.token.as_deref())
    }

    fn path(&self) -> String {
        format!("/{}", encode(&self.key, Slash::Keep))
    }

    fn headers(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect()
    }

    /// Path and query of the presigned URL.
    fn presigned(&self) -> String {
        let query: Vec<_> = self.query.iter().map(|(n, v)| (n.as_str(), v.as_deref())).collect();
        let credentials = self.credentials();
        let presigner = match self.version {
            Version::V4 => Presigner::new(&credentials, "eu-north-1", now()),
            Version::V4a => v4a::Signer::new(&credentials, REGION_SET).presigner(now()),
        };
        let url = presigner
            .presign(&Presign {
                method: &self.method,
                scheme: "https",
                authority: HOST,
                path: &self.path(),
                query: &query,
                headers: &self.headers(),
                expires_seconds: self.expires_seconds,
            })
            .unwrap();
        url.as_str().strip_prefix("https://").unwrap().strip_prefix(HOST).unwrap().to_owned()
    }

    fn verify(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
    ) -> Result<Verified, VerifyError> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers: Vec<(&str, &[u8])> = [("Host", HOST)]
            .iter()
            .chain(headers)
            .map(|&(name, value)| (name, value.as_bytes()))
            .collect();
        let request = Request { method, path, query, headers: &headers, virtual_bucket: None };
        let rules = Rules { now: now(), scope: Scope::s3("eu-north-1"), legacy: Legacy::Accept };
        match verify::read(&request, &rules)? {
            Presented::Signature(claim) => claim.verify(self.credentials().secret(), &rules),
            Presented::Nothing => Err(VerifyError::QueryIncomplete),
        }
    }
}

fn now() -> Timestamp {
    Timestamp::parse("20260102T030405Z").unwrap()
}

/// What a target means: its decoded path and its decoded parameters as a sorted list.
fn meaning(target: &str) -> Option<(String, Vec<(String, String)>)> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut parameters = Vec::new();
    for piece in query.split('&').filter(|piece| !piece.is_empty()) {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        parameters.push((decode_strict(name, Plus::Blank)?, decode_strict(value, Plus::Blank)?));
    }
    parameters.sort();
    Some((decode_strict(path, Plus::Itself)?, parameters))
}

proptest! {
    #[test]
    fn what_is_presigned_verifies(case in case()) {
        let verdict = case.verify(&case.method, &case.presigned(), &case.headers());
        prop_assert!(verdict.is_ok(), "{verdict:?}");
    }

    #[test]
    fn what_is_signed_verifies(case in case()) {
        let query: Vec<String> = case
            .query
            .iter()
            .map(|(n, v)| {
                let value = v.as_deref().unwrap_or("");
                format!("{}={}", encode(n, Slash::Encode), encode(value, Slash::Encode))
            })
            .collect();
        let (path, query) = (case.path(), query.join("&"));
        let request = Sign {
            method: &case.method,
            scheme: "https",
            authority: HOST,
            path: &path,
            query: &query,
            headers: &case.headers(),
            payload_hash: "UNSIGNED-PAYLOAD",
        };
        let credentials = case.credentials();
        let added = match case.version {
            Version::V4 => sign(&request, &credentials, "eu-north-1", now()),
            Version::V4a => v4a::Signer::new(&credentials, REGION_SET).sign(&request, now()),
        };
        let headers: Vec<_> = case.headers().into_iter().chain(added.iter()).collect();
        let verdict = case.verify(&case.method, &format!("{path}?{query}"), &headers);
        let is_v2_name = |name: &str| name == "Signature" || name == "AWSAccessKeyId";
        prop_assume!(!case.query.iter().any(|(name, _)| is_v2_name(name)));
        prop_assert!(verdict.is_ok(), "{verdict:?}");
    }

    #[test]
    fn a_target_changed_in_one_byte_verifies_only_when_it_means_the_same(
        case in case(),
        at in any::<prop::sample::Index>(),
        byte in 0x21_u8..0x7f,
    ) {
        let target = case.presigned();
        let mut changed = target.clone().into_bytes();
        let at = 1 + at.index(changed.len() - 1);
        if let Some(place) = changed.get_mut(at) {
            *place = byte;
        }
        let changed = String::from_utf8(changed).unwrap();
        if case.verify(&case.method, &changed, &case.headers()).is_ok() {
            prop_assert_eq!(meaning(&changed), meaning(&target));
        }
    }

    #[test]
    fn another_method_secret_or_header_value_is_refused(case in case()) {
        let target = case.presigned();
        prop_assert!(case.verify("PATCH", &target, &case.headers()).is_err());
        let forger = Case { secret: format!("{}x", case.secret), ..case.clone() };
        prop_assert!(forger.verify(&case.method, &target, &case.headers()).is_err());
        for index in 0..case.headers.len() {
            let mut headers = case.headers();
            let (name, _) = headers.remove(index);
            prop_assert!(case.verify(&case.method, &target, &headers).is_err());
            headers.insert(index, (name, "another value"));
            prop_assert!(case.verify(&case.method, &target, &headers).is_err());
        }
    }

    #[test]
    fn nothing_that_is_received_panics(
        method in "\\PC{0,8}",
        path in "\\PC{0,40}",
        query in "([A-Za-z-]{0,16}=?[ -~]{0,40}&?){0,8}",
        authorization in prop::option::of("(AWS(4-(HMAC|ECDSA-P256)-SHA256)?)? ?\\PC{0,80}"),
    ) {
        let mut headers: Vec<(&str, &[u8])> = vec![("host", b"h"), ("date", b"\xff")];
        if let Some(value) = &authorization {
            headers.push(("authorization", value.as_bytes()));
        }
        let request = Request {
            method: &method,
            path: &path,
            query: &query,
            headers: &headers,
            virtual_bucket: Some("b"),
        };
        let rules = Rules { now: now(), scope: Scope::s3("r"), legacy: Legacy::Accept };
        if let Ok(Presented::Signature(claim)) = verify::read(&request, &rules) {
            prop_assert!(claim.verify(Credentials::new("a", "b", None).secret(), &rules).is_err());
        }
    }
}
