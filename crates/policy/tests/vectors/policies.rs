//! Policies alone: what is refused with which words, what is taken, and what is public.

use policy::{Kind, Policy, PublicAccessBlock};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    kind: String,
    bucket: Option<String>,
    /// A text as it is sent, or the value of one.
    policy: Value,
    #[serde(default)]
    place: String,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exposed {
    name: String,
    policy: Value,
    public: bool,
}

impl Case {
    fn parse(&self) -> Result<Policy, (String, String)> {
        let kind = match self.kind.as_str() {
            "identity" => Kind::Identity,
            "boundary" => Kind::Boundary,
            "session" => Kind::Session,
            "trust" => Kind::Trust,
            "resource" => Kind::Resource { bucket: self.bucket.as_deref().unwrap() },
            other => panic!("no kind: {other}"),
        };
        let text = self.policy.as_str().map_or_else(|| self.policy.to_string(), str::to_owned);
        Policy::parse(&text, kind).map_err(|error| (error.place, error.reason.to_string()))
    }
}

#[test]
fn malformed_policies_are_refused_with_place_and_reason() {
    let mut wrong = Vec::new();
    for case in super::read::<Case>("malformed.json") {
        let known = (case.place.clone(), case.reason.clone());
        match case.parse() {
            Err(told) if told == known => {}
            told => wrong.push(format!("{}: {:?}", case.name, told.err())),
        }
    }
    super::demand_none(&wrong);
}

#[test]
fn well_formed_policies_are_taken() {
    let mut wrong = Vec::new();
    for case in super::read::<Case>("well_formed.json") {
        if let Err(error) = case.parse() {
            wrong.push(format!("{}: {error:?}", case.name));
        }
    }
    super::demand_none(&wrong);
}

#[test]
fn public_policies_are_told_and_refused_where_they_are_blocked() {
    let mut wrong = Vec::new();
    for case in super::read::<Exposed>("public.json") {
        let kind = Kind::Resource { bucket: "photos" };
        let policy = Policy::parse(&case.policy.to_string(), kind).unwrap();
        let is_refused = PublicAccessBlock::ALL.refuses(&policy);
        if policy.is_public() != case.public || is_refused != case.public {
            wrong.push(format!("{}: {}", case.name, policy.is_public()));
        }
        assert!(!PublicAccessBlock::default().refuses(&policy));
    }
    super::demand_none(&wrong);
}
