//! What the metadata service answers to a request: a token, a word, or a document.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html>

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body_util::Full;
use identity::ACCOUNT_ID;
use serde_json::{Value, json};
use signature::Timestamp;

use super::instance::Instance;
use super::token::Tokens;

const TOKEN: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token");
const SECONDS: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token-ttl-seconds");
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
const CREDENTIALS: &str = "meta-data/iam/security-credentials";

/// The answer to a request.
pub(super) type Answer = Response<Full<Bytes>>;

/// What answers.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) instance: Instance,
    pub(super) tokens: Tokens,
    /// Whether a name of a host other than `localhost` may be asked for.
    pub(super) is_open: bool,
}

/// What a request asks.
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) headers: &'a HeaderMap,
}

impl Desk {
    /// Answers a request.
    pub(super) fn answer(&self, asked: &Asked<'_>, now: Timestamp) -> Answer {
        if !self.is_open && !is_of_this_machine(asked.headers) {
            return empty(StatusCode::FORBIDDEN);
        }
        if asked.path == "/latest/api/token" {
            return if asked.method == Method::PUT {
                self.token(asked.headers, now)
            } else {
                not_allowed("PUT")
            };
        }
        if asked.method != Method::GET && asked.method != Method::HEAD {
            return not_allowed("GET, HEAD");
        }
        let token = asked.headers.get(TOKEN);
        if !token.is_some_and(|token| self.tokens.is_good(token.as_bytes(), now)) {
            return empty(StatusCode::UNAUTHORIZED);
        }
        let path = asked.path.strip_prefix("/latest/").map(|path| path.trim_end_matches('/'));
        self.tell(path.unwrap_or_default(), now)
    }

    /// A token. A request that somebody passed on is refused: an open proxy must not hand them out.
    fn token(&self, headers: &HeaderMap, now: Timestamp) -> Answer {
        if headers.contains_key(FORWARDED) {
            return empty(StatusCode::FORBIDDEN);
        }
        let Some(asked) = headers.get(SECONDS) else { return empty(StatusCode::BAD_REQUEST) };
        let token = asked.to_str().ok().and_then(|seconds| self.tokens.issue(seconds, now));
        let Some(token) = token else { return empty(StatusCode::BAD_REQUEST) };
        let mut answer = words(token);
        answer.headers_mut().insert(SECONDS, asked.clone());
        answer
    }

    fn tell(&self, path: &str, now: Timestamp) -> Answer {
        let Instance { role, region, id, .. } = &self.instance;
        match path {
            "meta-data" => words("iam/\ninstance-id\nplacement/".into()),
            "meta-data/iam" => words("info\nsecurity-credentials/".into()),
            "meta-data/iam/info" => self.profile(now),
            "meta-data/instance-id" => words(id.clone()),
            "meta-data/placement" => words("availability-zone\nregion".into()),
            "meta-data/placement/availability-zone" => words(format!("{region}a")),
            "meta-data/placement/region" => words(region.clone()),
            "dynamic/instance-identity/document" => document(&json!({
                "accountId": ACCOUNT_ID,
                "availabilityZone": format!("{region}a"),
                "instanceId": id,
                "region": region,
                "version": "2017-09-30",
            })),
            CREDENTIALS => words(role.clone()),
            other => {
                let named = other.strip_prefix(CREDENTIALS).and_then(|of| of.strip_prefix('/'));
                if named == Some(role) {
                    self.credentials(now)
                } else {
                    empty(StatusCode::NOT_FOUND)
                }
            }
        }
    }

    fn profile(&self, now: Timestamp) -> Answer {
        let Some(id) = self.instance.profile_id() else { return empty(StatusCode::NOT_FOUND) };
        document(&json!({
            "Code": "Success",
            "LastUpdated": moment(now),
            "InstanceProfileArn": self.instance.profile_arn(),
            "InstanceProfileId": id,
        }))
    }

    /// As on EC2, a role that cannot be had is an answer of its own.
    fn credentials(&self, now: Timestamp) -> Answer {
        match self.instance.credentials(now) {
            Ok(issued) => document(&json!({
                "Code": "Success",
                "LastUpdated": moment(issued.since),
                "Type": "AWS-HMAC",
                "AccessKeyId": issued.credentials.access_key_id,
                "SecretAccessKey": issued.credentials.secret.expose(),
                "Token": issued.credentials.session_token.as_str(),
                "Expiration": moment(issued.credentials.expires_at),
            })),
            Err(why) => document(&json!({
                "Code": "AssumeRoleUnauthorizedAccess",
                "Message": why,
                "LastUpdated": moment(now),
            })),
        }
    }
}

/// Whether the host that was asked for is an address or `localhost`. A page in a browser can have a
/// name of its own point here, and then is no stranger to the browser.
fn is_of_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority: Option<http::uri::Authority> = host.and_then(|host| host.parse().ok());
    authority.is_some_and(|authority| {
        let host = authority.host().trim_matches(['[', ']']);
        host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok()
    })
}

fn moment(at: Timestamp) -> String {
    at.to_string()
}

fn words(text: String) -> Answer {
    filled(text, "text/plain")
}

fn document(value: &Value) -> Answer {
    filled(value.to_string(), "application/json")
}

fn filled(text: String, kind: &'static str) -> Answer {
    let mut answer = Response::new(Full::new(text.into()));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

fn not_allowed(methods: &'static str) -> Answer {
    let mut answer = empty(StatusCode::METHOD_NOT_ALLOWED);
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    answer
}

fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}
