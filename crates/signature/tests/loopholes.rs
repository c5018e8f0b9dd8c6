//! What lies beside a signature and must not slip past it: second values of signed headers, a
//! second signature, hoisted names, a life of no seconds, a body's hash.

#![expect(clippy::unwrap_used, clippy::panic, reason = "test")]

use signature::{
    Credentials, Legacy, Payload, Presented, Presign, PresignError, Presigner, Request, Rules,
    Scope, Sign, Timestamp, Verified, VerifyError, v2, verify,
};

type Headers<'a> = &'a [(&'a str, &'a str)];

const PUT: Presign<'static> = Presign {
    method: "PUT",
    scheme: "https",
    authority: "h",
    path: "/b/k",
    query: &[],
    headers: &[],
    expires_seconds: 60,
};

fn at() -> Timestamp {
    Timestamp::parse("20260102T030405Z").unwrap()
}

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "secret", None)
}

fn presigned(presign: &Presign<'_>) -> String {
    let credentials = credentials();
    let url = Presigner::new(&credentials, "r", at()).presign(presign).unwrap();
    url.as_str().split_once('?').unwrap().1.into()
}

fn verified(query: &str, headers: Headers<'_>) -> Result<Verified, VerifyError> {
    verified_at(at(), query, headers)
}

fn verified_at(now: Timestamp, query: &str, sent: Headers<'_>) -> Result<Verified, VerifyError> {
    let sent = sent.iter().map(|&(name, value)| (name, value.as_bytes()));
    let headers: Vec<_> = [("host", b"h".as_slice())].into_iter().chain(sent).collect();
    let request =
        Request { method: "PUT", path: "/b/k", query, headers: &headers, virtual_bucket: None };
    let rules = Rules { now, scope: Scope::s3("r"), legacy: Legacy::Accept };
    match verify::read(&request, &rules)? {
        Presented::Signature(claim) => claim.verify(credentials().secret(), &rules),
        Presented::Nothing => panic!("it is signed"),
    }
}

#[test]
fn a_second_type_or_md5_is_not_slipped_behind_a_legacy_one() {
    for name in ["content-type", "content-md5"] {
        for signed in ["", "text/plain"] {
            let headers = [(name, signed)];
            let presign = Presign { headers: &headers, ..PUT };
            let url = v2::presign(&presign, &credentials(), None, at().plus(60));
            let (_, query) = url.as_str().split_once('?').unwrap();
            assert!(verified(query, &headers).is_ok());
            let both = verified(query, &[(name, signed), (name, "text/html")]);
            assert!(matches!(both, Err(VerifyError::Mismatch(_))), "{name} {signed}: {both:?}");
        }
    }
}

#[test]
fn headers_behind_a_missing_one_are_shown_with_their_values() {
    let query = presigned(&Presign { headers: &[("content-type", "a/b")], ..PUT });
    let Err(VerifyError::SignedHeaderMissing(texts)) = verified(&query, &[]) else {
        panic!("one is missing")
    };
    let canonical = texts.canonical_request.unwrap();
    assert!(canonical.contains("\ncontent-type:\nhost:h\n"), "{canonical}");
}

#[test]
fn a_parameter_stands_for_a_signed_header_in_any_case() {
    for name in ["x-amz-meta-a", "X-Amz-Meta-A"] {
        let query = [(name, Some("1"))];
        let headers = [("x-amz-meta-a", "1")];
        let query = presigned(&Presign { query: &query, headers: &headers, ..PUT });
        assert!(verified(&query, &[]).is_ok(), "{name}");
        assert!(matches!(
            verified(&query, &[("x-amz-meta-a", "2")]),
            Err(VerifyError::Mismatch(_))
        ));
    }
}

#[test]
fn a_life_of_no_seconds_is_over_also_before_it_begins() {
    let query = presigned(&PUT).replace("X-Amz-Expires=60", "X-Amz-Expires=0");
    for seconds in [0, 1, 899] {
        let now = Timestamp::from_seconds(at().seconds() - seconds);
        let verdict = verified_at(now, &query, &[]);
        assert!(matches!(verdict, Err(VerifyError::Expired { .. })), "{seconds}: {verdict:?}");
    }
}

#[test]
fn a_url_has_one_signature() {
    for name in ["AWSAccessKeyId", "Signature"] {
        let query = [(name, Some("a")), ("Expires", Some("9999999999"))];
        let verdict = verified(&presigned(&Presign { query: &query, ..PUT }), &[]);
        assert_eq!(verdict.unwrap_err(), VerifyError::TwoMechanisms(String::new()), "{name}");
    }
}

#[test]
fn a_legacy_header_without_a_colon_is_shown_whole() {
    let verdict = verified("", &[("authorization", "AWS abc")]);
    assert_eq!(verdict.unwrap_err(), VerifyError::Scheme("AWS abc".into()));
}

#[test]
fn the_hash_that_a_legacy_header_covers_binds_the_body() {
    let of = |word: &str| {
        let headers = [("x-amz-content-sha256", word)];
        let request = Sign {
            method: "PUT",
            scheme: "https",
            authority: "h",
            path: "/b/k",
            query: "",
            headers: &headers,
            payload_hash: "",
        };
        let signed = v2::sign(&request, &credentials(), None, at());
        let sent: Vec<_> = headers.into_iter().chain(signed.iter()).collect();
        verified("", &sent).map(|verified| verified.payload())
    };
    assert_eq!(of(&"a1".repeat(32)), Ok(Payload::Sha256([0xa1; 32])));
    assert_eq!(of("UNSIGNED-PAYLOAD"), Ok(Payload::Unsigned));
    let word = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    assert_eq!(of(word), Err(VerifyError::PayloadChunks(word.into())));
    assert_eq!(of("nonsense"), Err(VerifyError::PayloadHash("nonsense".into())));
}

#[test]
fn a_hash_in_the_query_is_signed_in_either_spelling_of_its_name() {
    let hash = "a1".repeat(32);
    for name in ["X-Amz-Content-Sha256", "x-amz-content-sha256"] {
        let query = [(name, Some(hash.as_str()))];
        let verified = verified(&presigned(&Presign { query: &query, ..PUT }), &[]);
        assert_eq!(verified.unwrap().payload(), Payload::Sha256([0xa1; 32]), "{name}");
    }
}

#[test]
fn what_is_to_be_signed_shows_no_header_and_no_parameter() {
    let headers = [("x-amz-server-side-encryption-customer-key", "very-secret")];
    let query = [("token", Some("very-secret"))];
    let presign = Presign { headers: &headers, query: &query, ..PUT };
    let sign = Sign {
        method: "PUT",
        scheme: "https",
        authority: "h",
        path: "/b/k",
        query: "token=very-secret",
        headers: &headers,
        payload_hash: "",
    };
    let shown = format!("{presign:?} {sign:?}");
    assert!(shown.contains("/b/k") && !shown.contains("very-secret"), "{shown}");
}

#[test]
fn a_session_token_is_seen_wherever_it_stands_for_the_header() {
    let token = [("x-amz-security-token", Some("t"))];
    let in_query = presigned(&Presign { query: &token, ..PUT });
    let sent = [("x-amz-security-token", "t")];
    let in_header = presigned(&Presign { headers: &sent, ..PUT });
    for (query, headers) in [(&in_query, &[][..]), (&in_header, &sent[..])] {
        assert_eq!(token_of(query, headers).as_deref(), Some(b"t".as_slice()));
    }
}

fn token_of(query: &str, sent: Headers<'_>) -> Option<Vec<u8>> {
    let sent = sent.iter().map(|&(name, value)| (name, value.as_bytes()));
    let headers: Vec<_> = [("host", b"h".as_slice())].into_iter().chain(sent).collect();
    let request =
        Request { method: "PUT", path: "/b/k", query, headers: &headers, virtual_bucket: None };
    let rules = Rules { now: at(), scope: Scope::s3("r"), legacy: Legacy::Refuse };
    match verify::read(&request, &rules).unwrap() {
        Presented::Signature(claim) => claim.session_token().map(<[u8]>::to_vec),
        Presented::Nothing => panic!("it is signed"),
    }
}

#[test]
fn a_parameter_that_is_missing_and_one_that_is_there_twice_are_told_apart() {
    let query = presigned(&PUT);
    let missing = query.replace("X-Amz-Expires=60&", "");
    assert!(matches!(verified(&missing, &[]), Err(VerifyError::QueryIncomplete)));
    let twice = format!("{query}&X-Amz-Expires=60");
    assert!(matches!(verified(&twice, &[]), Err(VerifyError::QueryRepeated)));
    let legacy = v2::presign(&PUT, &credentials(), None, at().plus(60));
    let (_, query) = legacy.as_str().split_once('?').unwrap();
    let missing = query.replace("AWSAccessKeyId=AKIDEXAMPLE&", "");
    assert!(matches!(verified(&missing, &[]), Err(VerifyError::LegacyIncomplete)));
    let twice = format!("{query}&AWSAccessKeyId=AKIDEXAMPLE");
    assert!(matches!(verified(&twice, &[]), Err(VerifyError::LegacyRepeated)));
}

#[test]
fn no_more_headers_are_presigned_than_are_verified() {
    let names: Vec<String> = (0..100).map(|n| format!("x-{n}")).collect();
    let headers: Vec<_> = names.iter().map(|name| (name.as_str(), "1")).collect();
    let presign =
        |headers| Presigner::new(&credentials(), "r", at()).presign(&Presign { headers, ..PUT });
    assert_eq!(presign(&headers), Err(PresignError::TooManyHeaders));
    let most = &headers[..99];
    let url = presign(most).unwrap();
    assert!(verified(url.as_str().split_once('?').unwrap().1, most).is_ok());
}
