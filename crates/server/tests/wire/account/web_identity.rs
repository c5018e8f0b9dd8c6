//! Sessions that an identity provider's token opens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::oidc::{KeySet, Provider};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use server::Settings;
use testbed::Answer;

use super::*;

const ISSUER: &str = "https://idp.example.com";
const TRUST_PROVIDER: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::000000000000:oidc-provider/idp.example.com"},
    "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {
        "idp.example.com:aud": "app", "idp.example.com:sub": "repo:us/ours"}}}}"#;

struct Signer(EcdsaKeyPair);

impl Signer {
    fn new() -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).unwrap())
    }

    fn provider(&self) -> Provider {
        let point = self.0.public_key().as_ref();
        let (_, coordinates) = point.split_at(1);
        let (x, y) = coordinates.split_at(32);
        let [x, y] = [x, y].map(|part| URL_SAFE_NO_PAD.encode(part));
        let keys = format!(
            r#"{{"keys": [{{"kty": "EC", "crv": "P-256", "kid": "k", "x": "{x}", "y": "{y}"}}]}}"#
        );
        Provider {
            issuer: ISSUER.into(),
            client_ids: vec!["app".into()],
            keys: KeySet::parse(&keys).unwrap(),
        }
    }

    fn token(&self, house: &House, subject: &str, audience: &str) -> String {
        let at = house.now().seconds();
        let claims = format!(
            r#"{{"iss": "{ISSUER}", "sub": "{subject}", "aud": "{audience}", "iat": {at},
                 "exp": {}}}"#,
            at + 600
        );
        let parts = [r#"{"alg": "ES256", "kid": "k", "typ": "JWT"}"#, claims.as_str()];
        let signed = parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn house_of(signer: &Signer) -> House {
    let identity_providers = vec![signer.provider()];
    let house = House::with(Settings { identity_providers, ..Settings::default() });
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", "/bucket/key", b"content");
    house
}

fn ask(house: &House, role_arn: &str, token: &str) -> Answer {
    house.send(&Request::to_sts(&[
        ("Action", "AssumeRoleWithWebIdentity"),
        ("RoleArn", role_arn),
        ("RoleSessionName", "session"),
        ("WebIdentityToken", token),
    ]))
}

#[test]
fn a_token_of_the_provider_opens_a_session_without_a_signature() {
    let signer = Signer::new();
    let house = house_of(&signer);
    let role = house.role("deployer", TRUST_PROVIDER, READ);
    let answer = ask(&house, &role, &signer.token(&house, "repo:us/ours", "app"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = |name: &str| answer.element(name).unwrap();
    assert_eq!(text("SubjectFromWebIdentityToken"), "repo:us/ours");
    assert_eq!(text("Audience"), "app");
    assert_eq!(text("Provider"), "arn:aws:iam::000000000000:oidc-provider/idp.example.com");
    assert_eq!(text("Arn"), "arn:aws:sts::000000000000:assumed-role/deployer/session");
    let (id, secret) = (text("AccessKeyId"), text("SecretAccessKey"));
    let session = Credentials::new(&id, &secret, Some(&text("SessionToken")));
    let url = url(&house, &session, 604_800);
    house.pass(3599);
    assert_opens(&house, &url);
    house.pass(1);
    assert_refused(&house, &url, (400, "ExpiredToken"));
}

#[test]
fn whom_the_role_does_not_trust_gets_none() {
    let signer = Signer::new();
    let house = house_of(&signer);
    let role = house.role("deployer", TRUST_PROVIDER, READ);
    let other = signer.token(&house, "repo:us/others", "app");
    assert_eq!(ask(&house, &role, &other).refusal(), (403, "AccessDenied".into()));
    let absent = "arn:aws:iam::000000000000:role/absent";
    let token = signer.token(&house, "repo:us/ours", "app");
    assert_eq!(ask(&house, absent, &token).refusal(), (403, "AccessDenied".into()));
}

#[test]
fn a_token_that_proves_nothing_is_refused() {
    let (signer, forger) = (Signer::new(), Signer::new());
    let house = house_of(&signer);
    let role = house.role("deployer", TRUST_PROVIDER, READ);
    let invalid = (400, "InvalidIdentityToken".to_owned());
    let forged = forger.token(&house, "repo:us/ours", "app");
    assert_eq!(ask(&house, &role, &forged).refusal(), invalid);
    let elsewhere = signer.token(&house, "repo:us/ours", "another-app");
    assert_eq!(ask(&house, &role, &elsewhere).refusal(), invalid);
    assert_eq!(ask(&house, &role, "a.b.c").refusal(), invalid);
    let token = signer.token(&house, "repo:us/ours", "app");
    house.pass(660);
    assert_eq!(ask(&house, &role, &token).refusal(), (400, "ExpiredTokenException".into()));
    let missing = house.send(&Request::to_sts(&[("Action", "AssumeRoleWithWebIdentity")]));
    assert_eq!(missing.refusal(), (400, "MissingParameter".into()));
}
