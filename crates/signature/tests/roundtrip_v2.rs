//! Whatever is signed with SigV2 verifies, with the bucket in the path or in the host; another
//! method, path, secret, expiry or covered parameter does not.

#![expect(clippy::unwrap_used, reason = "test")]

use proptest::prelude::*;
use signature::encode::{Plus, Slash, decode_strict, encode};
use signature::{
    Credentials, Legacy, Presented, Presign, Request, Rules, Scope, Sign, Timestamp, Verified,
    VerifyError, v2, verify,
};

#[derive(Clone, Debug)]
struct Case {
    method: String,
    key: String,
    is_virtual: bool,
    /// Parameters that SigV2 covers.
    query: Vec<(String, Option<String>)>,
    headers: Vec<(String, String)>,
    secret: String,
    token: Option<String>,
    seconds: u64,
}

fn case() -> impl Strategy<Value = Case> {
    let covered = "response-(content-(type|disposition|language)|expires)|versionId|acl|tagging";
    let value = "[ -%'-~\u{e9}\u{d55c}]{0,12}";
    let header = "content-type|content-md5|x-amz-[a-c]{1,3}";
    (
        "GET|PUT|HEAD|DELETE|POST",
        "\\PC{1,40}",
        any::<bool>(),
        prop::collection::btree_map(covered, prop::option::of(value), 0..3),
        prop::collection::btree_map(header, "[!-~]{1,8}( [!-~]{1,8})?", 0..3),
        "[!-~]{1,40}",
        prop::option::of("[!-~]{1,200}"),
        1..=3_000_000_u64,
    )
        .prop_map(|(method, key, is_virtual, query, headers, secret, token, seconds)| Case {
            method,
            key,
            is_virtual,
            query: query.into_iter().collect(),
            headers: headers.into_iter().collect(),
            secret,
            token,
            seconds,
        })
}

impl Case {
    fn credentials(&self) -> Credentials {
        Credentials::new("AKIDEXAMPLE", &self.secret, self.token.as_deref())
    }

    fn bucket(&self) -> Option<&'static str> {
        self.is_virtual.then_some("bucket")
    }

    fn authority(&self) -> &'static str {
        if self.is_virtual { "bucket.s3.example.org" } else { "s3.example.org" }
    }

    fn path(&self) -> String {
        let bucket = if self.is_virtual { "" } else { "/bucket" };
        format!("{bucket}/{}", encode(&self.key, Slash::Keep))
    }

    fn headers(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect()
    }

    /// The headers that whoever uses the URL has to send; the others stand in the query.
    fn headers_of_user(&self) -> Vec<(&str, &str)> {
        self.headers().into_iter().filter(|(name, _)| !name.starts_with("x-amz-")).collect()
    }

    /// Path and query of the presigned URL.
    fn presigned(&self) -> String {
        let query: Vec<_> = self.query.iter().map(|(n, v)| (n.as_str(), v.as_deref())).collect();
        let url = v2::presign(
            &Presign {
                method: &self.method,
                scheme: "https",
                authority: self.authority(),
                path: &self.path(),
                query: &query,
                headers: &self.headers(),
                expires_seconds: 0,
            },
            &self.credentials(),
            self.bucket(),
            now().plus(self.seconds),
        );
        let rest = url.as_str().strip_prefix("https://").unwrap();
        rest.strip_prefix(self.authority()).unwrap().to_owned()
    }

    fn verify(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<Verified, VerifyError> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers: Vec<(&str, &[u8])> = [("Host", self.authority())]
            .iter()
            .chain(headers)
            .map(|&(name, value)| (name, value.as_bytes()))
            .collect();
        let virtual_bucket = self.bucket();
        let request = Request { method, path, query, headers: &headers, virtual_bucket };
        let rules = Rules { now, scope: Scope::s3("eu-north-1"), legacy: Legacy::Accept };
        match verify::read(&request, &rules)? {
            Presented::Signature(claim) => claim.verify(self.credentials().secret(), &rules),
            Presented::Nothing => Err(VerifyError::LegacyIncomplete),
        }
    }

    fn is_accepted(&self, method: &str, target: &str, now: Timestamp) -> bool {
        self.verify(method, target, &self.headers_of_user(), now).is_ok()
    }
}

fn now() -> Timestamp {
    Timestamp::parse("20260102T030405Z").unwrap()
}

fn decoded(target: &str) -> Option<String> {
    decode_strict(target.split_once('?').map_or(target, |(path, _)| path), Plus::Itself)
}

proptest! {
    #[test]
    fn what_is_presigned_verifies_until_it_expires(case in case()) {
        let (target, headers) = (case.presigned(), case.headers_of_user());
        let last = now().plus(case.seconds - 1);
        for at in [now(), last] {
            let verdict = case.verify(&case.method, &target, &headers, at);
            prop_assert!(verdict.is_ok(), "{verdict:?}");
        }
        let verdict = case.verify(&case.method, &target, &headers, last.plus(1));
        prop_assert!(matches!(verdict, Err(VerifyError::Expired { .. })), "{verdict:?}");
    }

    #[test]
    fn what_is_signed_verifies(case in case()) {
        let encoded = |text: &str| encode(text, Slash::Encode);
        let query: Vec<String> = case
            .query
            .iter()
            .map(|(n, v)| match v {
                Some(value) => format!("{}={}", encoded(n), encoded(value)),
                None => encoded(n),
            })
            .collect();
        let (path, query) = (case.path(), query.join("&"));
        let request = Sign {
            method: &case.method,
            scheme: "https",
            authority: case.authority(),
            path: &path,
            query: &query,
            headers: &case.headers(),
            payload_hash: "UNSIGNED-PAYLOAD",
        };
        let added = v2::sign(&request, &case.credentials(), case.bucket(), now());
        let headers: Vec<_> = case.headers().into_iter().chain(added.iter()).collect();
        let verdict = case.verify(&case.method, &format!("{path}?{query}"), &headers, now());
        prop_assert!(verdict.is_ok(), "{verdict:?}");
    }

    #[test]
    fn another_method_secret_expiry_or_header_is_refused(case in case(), later in 1..900_u64) {
        let target = case.presigned();
        prop_assert!(!case.is_accepted("PATCH", &target, now()));
        let forger = Case { secret: format!("{}x", case.secret), ..case.clone() };
        prop_assert!(!forger.is_accepted(&case.method, &target, now()));
        let expires = |seconds: u64| format!("&Expires={}", now().plus(seconds).seconds());
        let longer = target.replace(&expires(case.seconds), &expires(case.seconds + later));
        prop_assert_ne!(&longer, &target);
        prop_assert!(!case.is_accepted(&case.method, &longer, now()));
        for index in 0..case.headers_of_user().len() {
            let mut headers = case.headers_of_user();
            let (name, _) = headers.remove(index);
            prop_assert!(case.verify(&case.method, &target, &headers, now()).is_err());
            headers.insert(index, (name, "another value"));
            prop_assert!(case.verify(&case.method, &target, &headers, now()).is_err());
        }
        for (name, _) in &case.query {
            let other = target.replacen(name.as_str(), "versions", 1);
            prop_assert!(!case.is_accepted(&case.method, &other, now()), "{other}");
        }
    }

    #[test]
    fn a_path_changed_in_one_byte_verifies_only_when_it_means_the_same(
        case in case(),
        at in any::<prop::sample::Index>(),
        byte in 0x21_u8..0x7f,
    ) {
        let target = case.presigned();
        let mut changed = target.clone().into_bytes();
        let at = 1 + at.index(case.path().len() - 1);
        if let Some(place) = changed.get_mut(at) {
            *place = byte;
        }
        let changed = String::from_utf8(changed).unwrap();
        if case.is_accepted(&case.method, &changed, now()) {
            prop_assert_eq!(decoded(&changed), decoded(&target));
        }
    }
}
