//! The policies and requests that are timed, made once.

use std::time::Instant;

use ::policy::{Context, Key, Kind, Policies, Policy, Principal, Request};

use crate::failure::Failure;

const ACCOUNT: &str = "111122223333";

/// Ten policies of a user, with twenty statements each.
pub(crate) struct House {
    texts: Vec<String>,
    compiled: Vec<Policy>,
}

impl House {
    pub(crate) fn build() -> Result<Self, Failure> {
        let texts: Vec<String> = (0..10).map(text).collect();
        let compiled = texts.iter().map(|text| Policy::parse(text, Kind::Identity));
        let compiled = compiled.collect::<Result<_, _>>().map_err(|error| {
            Failure::new(format!("a policy of the bench: {error}"), "mend bench/src/policy/work.rs")
        })?;
        Ok(Self { texts, compiled })
    }

    pub(crate) fn refs(&self) -> Vec<&Policy> {
        self.compiled.iter().collect()
    }

    pub(crate) fn policies<'a>(&self, refs: &'a [&'a Policy]) -> Policies<'a> {
        Policies { identity: refs, ..Policies::default() }
    }

    /// What compiling one of them takes, the best of some.
    pub(crate) fn parse_microseconds(&self) -> f64 {
        let mut best = f64::INFINITY;
        for text in self.texts.iter().cycle().take(200) {
            let start = Instant::now();
            std::hint::black_box(Policy::parse(text, Kind::Identity).is_ok());
            best = best.min(start.elapsed().as_secs_f64() * 1e6);
        }
        best
    }
}

/// Twenty statements: five kinds in turn, each about a bucket of its own, and the one that allows
/// at the end of the last policy.
fn text(number: usize) -> String {
    let statements: Vec<String> = (0..20).map(|index| statement(number, index)).collect();
    format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","))
}

fn statement(number: usize, index: usize) -> String {
    if (number, index) == (9, 19) {
        return r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": ["arn:aws:s3:::photos", "arn:aws:s3:::photos/home/${aws:username}/*"],
            "Condition": {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"]},
                "Bool": {"aws:SecureTransport": "true"}}}"#
            .to_owned();
    }
    let bucket = format!("arn:aws:s3:::team-{number}-{index}");
    match index % 5 {
        0 => format!(
            r#"{{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject",
            "s3:AbortMultipartUpload"], "Resource": "{bucket}/*"}}"#
        ),
        1 => format!(
            r#"{{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource":
            ["{bucket}", "{bucket}/*"], "Condition": {{"StringLike": {{"s3:prefix": "a*"}}}}}}"#
        ),
        2 => format!(
            r#"{{"Effect": "Allow", "Action": "s3:*", "Resource":
            "{bucket}/*/${{aws:username}}/*"}}"#
        ),
        3 => r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition":
            {"NumericGreaterThan": {"s3:signatureAge": 600000}}}"#
            .to_owned(),
        _ => r#"{"Effect": "Deny", "Action": "s3:*Object*", "Resource": "arn:aws:s3:::*/secret/*",
            "Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}}"#
            .to_owned(),
    }
}

/// A request, and whether it is allowed.
pub(crate) struct Question {
    pub(crate) name: &'static str,
    pub(crate) is_allowed: bool,
    action: &'static str,
    resource: &'static str,
}

pub(crate) const QUESTIONS: [Question; 4] = [
    Question {
        name: "allowed by the last of 200 statements",
        is_allowed: true,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::photos/home/alice/2026/07/a-name-of-sixty-characters.jpg",
    },
    Question {
        name: "allowed to list",
        is_allowed: true,
        action: "s3:ListBucket",
        resource: "arn:aws:s3:::photos",
    },
    Question {
        name: "allowed by nothing",
        is_allowed: false,
        action: "s3:PutObject",
        resource: "arn:aws:s3:::photos/home/alice/2026/07/a-name-of-sixty-characters.jpg",
    },
    Question {
        name: "denied by the fifth statement",
        is_allowed: false,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::photos/home/alice/secret/a.jpg",
    },
];

impl Question {
    pub(crate) fn request(&self) -> Request<'static> {
        Request {
            principal: Principal::User {
                account: ACCOUNT,
                arn: "arn:aws:iam::111122223333:user/alice",
                name: "alice",
                id: "AIDACKCEVSQ6C2EXAMPLE",
            },
            action: self.action,
            resource: self.resource,
            owner: ACCOUNT,
            context: &Facts,
        }
    }
}

/// What a server knows of a presigned GET.
struct Facts;

impl Context for Facts {
    fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        match key.name() {
            "aws:SourceIp" => each("203.0.113.9"),
            "aws:SecureTransport" => each("true"),
            "aws:CurrentTime" => each("2026-01-01T00:00:00Z"),
            "s3:signatureAge" => each("1000"),
            "s3:authType" => each("REST-QUERY-STRING"),
            _ => {}
        }
    }
}
