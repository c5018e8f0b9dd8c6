//! Tokens of identity providers, and the sessions that they open.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use identity::oidc::{KeySet, KeySetError, OidcError, Provider, verify};
use identity::token::SessionKind;
use identity::{AssumeRoleWithWebIdentity, SessionPolicies};
use policy::{Context as _, Key, NoContext};
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use serde_json::{Value, json};

use crate::fixture::{add_role, at, empty, in_session};

const ISSUER: &str = "https://Idp.example.com/realm";

/// Signs as an identity provider does.
struct Signer {
    rsa: RsaKeyPair,
    p256: EcdsaKeyPair,
    random: SystemRandom,
}

impl Signer {
    fn new() -> Self {
        let random = SystemRandom::new();
        let text: String = include_str!("rsa-key.base64").split_whitespace().collect();
        let rsa = RsaKeyPair::from_pkcs8(&STANDARD.decode(text).unwrap()).unwrap();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let p256 = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        Self { rsa, p256, random }
    }

    fn provider(&self) -> Provider {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let RsaPublicKeyComponents { n, e }: RsaPublicKeyComponents<Vec<u8>> =
            self.rsa.public().into();
        let point = self.p256.public_key().as_ref();
        let keys = json!({"keys": [
            {"kty": "RSA", "kid": "r", "use": "sig", "alg": "RS256", "n": encode(&n),
                "e": encode(&e)},
            {"kty": "EC", "crv": "P-256", "kid": "e", "x": encode(&point[1..33]),
                "y": encode(&point[33..])},
            {"kty": "RSA", "kid": "other-use", "use": "enc", "n": encode(&n), "e": encode(&e)},
            {"kty": "OKP", "crv": "Ed25519", "kid": "other-kind", "x": "AA"},
            {"kty": "oct", "kid": "secret", "k": "AA"},
        ]});
        Provider {
            issuer: ISSUER.into(),
            client_ids: vec!["app".into(), "other-app".into()],
            keys: KeySet::parse(&keys.to_string()).unwrap(),
        }
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = if header["kid"] == "r" {
            let mut signature = vec![0; self.rsa.public().modulus_len()];
            let message = signed.as_bytes();
            self.rsa.sign(&RSA_PKCS1_SHA256, &self.random, message, &mut signature).unwrap();
            signature
        } else {
            self.p256.sign(&self.random, signed.as_bytes()).unwrap().as_ref().to_vec()
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn header(alg: &str, kid: &str) -> Value {
    json!({"alg": alg, "kid": kid, "typ": "JWT"})
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "user-1", "aud": ["unknown", "app"], "amr": ["pwd"],
        "iat": at(0).seconds(), "nbf": at(0).seconds(), "exp": at(600).seconds(),
    })
}

fn with(claim: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[claim] = value;
    claims
}

#[test]
fn tokens_of_both_algorithms_are_verified() {
    let signer = Signer::new();
    for header in [header("RS256", "r"), header("ES256", "e")] {
        let token = signer.token(&header, &claims());
        let verified = verify(&token, &[signer.provider()], at(10)).unwrap();
        assert_eq!((verified.issuer.as_str(), verified.subject.as_str()), (ISSUER, "user-1"));
        assert_eq!(
            (verified.audience.as_str(), &verified.methods[..]),
            ("app", &["pwd".to_owned()][..])
        );
    }
}

#[test]
fn algorithm_is_that_of_the_key() {
    let signer = Signer::new();
    for (header, error) in [
        (header("none", "e"), OidcError::Algorithm),
        (header("HS256", "r"), OidcError::Algorithm),
        (header("RS256", "e"), OidcError::Algorithm),
        (header("PS256", "r"), OidcError::Algorithm),
        (header("ES256", "absent"), OidcError::UnknownKey),
        (header("RS256", "other-use"), OidcError::UnknownKey),
        (header("HS256", "secret"), OidcError::UnknownKey),
        (json!({"alg": "ES256"}), OidcError::Malformed),
        (json!({"alg": "ES256", "kid": "e", "crit": ["b64"], "b64": false}), OidcError::Malformed),
    ] {
        let token = signer.token(&header, &claims());
        assert_eq!(verify(&token, &[signer.provider()], at(10)), Err(error), "{header}");
    }
}

#[test]
fn claims_have_to_be_those_of_the_provider_and_of_now() {
    let signer = Signer::new();
    let judge = |claims: &Value, now| {
        verify(&signer.token(&header("ES256", "e"), claims), &[signer.provider()], at(now))
            .map(drop)
    };
    let at = |seconds| json!(at(seconds).seconds());
    assert_eq!(judge(&with("aud", json!("other-app")), 10), Ok(()));
    assert_eq!(judge(&with("aud", json!("unknown")), 10), Err(OidcError::OtherAudience));
    assert_eq!(judge(&with("aud", json!([])), 10), Err(OidcError::OtherAudience));
    assert_eq!(judge(&with("iss", json!("https://other")), 10), Err(OidcError::UnknownIssuer));
    assert_eq!(
        judge(&with("iss", json!(ISSUER.to_lowercase())), 10),
        Err(OidcError::UnknownIssuer)
    );
    // A minute of skew, either way.
    assert_eq!(judge(&claims(), 659), Ok(()));
    assert_eq!(judge(&claims(), 660), Err(OidcError::Expired));
    assert_eq!(judge(&with("nbf", at(70)), 10), Ok(()));
    assert_eq!(judge(&with("nbf", at(71)), 10), Err(OidcError::NotYetValid));
    assert_eq!(judge(&with("iat", at(71)), 10), Err(OidcError::NotYetValid));
    for (claim, value) in
        [("exp", json!(null)), ("exp", json!("soon")), ("sub", json!(null)), ("aud", json!(7))]
    {
        assert_eq!(judge(&with(claim, value), 10), Err(OidcError::Malformed), "{claim}");
    }
}

#[test]
fn what_was_signed_cannot_be_altered() {
    let signer = Signer::new();
    let token = signer.token(&header("ES256", "e"), &claims());
    let forged = signer.token(&header("ES256", "e"), &with("sub", json!("user-2")));
    let (signed, _) = forged.rsplit_once('.').unwrap();
    let (_, signature) = token.rsplit_once('.').unwrap();
    let mixed = format!("{signed}.{signature}");
    assert_eq!(verify(&mixed, &[signer.provider()], at(10)), Err(OidcError::Signature));
    let bare = format!("{signed}.");
    assert_eq!(verify(&bare, &[signer.provider()], at(10)), Err(OidcError::Signature));
    let long = "a".repeat(20_001);
    assert_eq!(verify(&long, &[signer.provider()], at(10)), Err(OidcError::TooLong));
}

#[test]
fn sets_that_are_none_are_refused() {
    let error = |text: &str| KeySet::parse(text).unwrap_err();
    assert_eq!(error("{}"), KeySetError::Malformed);
    assert_eq!(error(r#"{"keys": [{"kty": "RSA", "kid": "a"}]}"#), KeySetError::Malformed);
    let short = r#"{"keys": [{"kty": "EC", "crv": "P-256", "kid": "a", "x": "AA", "y": "AA"}]}"#;
    assert_eq!(error(short), KeySetError::Malformed);
    assert_eq!(error(&" ".repeat(300_000)), KeySetError::TooLong);
    let many = format!("{{\"keys\": [{}]}}", vec![r#"{"kty": "x"}"#; 101].join(","));
    assert_eq!(error(&many), KeySetError::TooLong);
}

proptest! {
    #[test]
    fn arbitrary_tokens_are_refused_without_a_panic(
        token in "[a-zA-Z0-9_.-]{0,200}",
        any in ".{0,50}",
    ) {
        prop_assert!(verify(&token, &[], at(0)).is_err());
        prop_assert!(verify(&any, &[], at(0)).is_err());
    }
}

#[test]
fn web_identity_assumes_the_role_that_trusts_it() {
    let (signer, account) = (Signer::new(), empty());
    let trust = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "arn:aws:iam::000000000000:oidc-provider/Idp.example.com/realm"},
        "Condition": {"StringEquals": {"Idp.example.com/realm:aud": "app",
            "Idp.example.com/realm:sub": "user-1"},
            "ForAnyValue:StringEquals": {"Idp.example.com/realm:amr": "pwd"}}}}"#;
    let arn = add_role(&account, "web", trust);
    let ask = |claims: &Value, duration_seconds| {
        let token = signer.token(&header("RS256", "r"), claims);
        let claims = verify(&token, &[signer.provider()], at(10)).unwrap();
        let asked = AssumeRoleWithWebIdentity {
            role_arn: &arn,
            session_name: "session",
            duration_seconds,
            policies: SessionPolicies::default(),
            claims: &claims,
            context: &NoContext,
        };
        account.sessions().assume_role_with_web_identity(&asked, at(10))
    };
    let made = ask(&claims(), None).unwrap();
    assert_eq!(made.credentials.expires_at, at(3_610));
    let inside = in_session(&account, &made.credentials, at(20)).unwrap();
    assert_eq!(inside.session(), Some(SessionKind::WebIdentity));
    let mut values = Vec::new();
    for key in ["aws:FederatedProvider", "idp.example.com/realm:sub", "idp.example.com/realm:aud"] {
        inside.values(&Key::parse(key).unwrap(), &mut |value| values.push(value.to_owned()));
    }
    let provider = "arn:aws:iam::000000000000:oidc-provider/Idp.example.com/realm";
    assert_eq!(values, [provider, "user-1", "app"]);
    assert_eq!(ask(&claims(), Some(3_601)).unwrap_err().code(), "ValidationError");
    for other in
        [with("sub", json!("user-2")), with("aud", json!("other-app")), with("amr", json!([]))]
    {
        assert_eq!(ask(&other, None).unwrap_err().code(), "AccessDenied", "{other}");
    }
}
