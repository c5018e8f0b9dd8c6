//! Requests with policies: the decision, and what decides it.

use std::collections::BTreeMap;

use policy::{
    Deciding, Decision, Effect, Key, Kind, Layer, Policies, Policy, PublicAccessBlock, Reason,
    Request, Values, decide, explain,
};
use serde::Deserialize;
use serde_json::{Value, json};

const FILES: [&str; 9] = [
    "examples",
    "limits",
    "operators",
    "order",
    "principals",
    "public_access_block",
    "trust",
    "variables",
    "wildcards",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default = "alice")]
    principal: String,
    #[serde(default = "get")]
    action: String,
    #[serde(default = "object")]
    resource: String,
    #[serde(default = "owner")]
    owner: String,
    #[serde(default)]
    context: BTreeMap<String, Vec<String>>,
    /// In place of policies: one that allows everything under this condition.
    condition: Option<Value>,
    #[serde(default)]
    identity: Vec<Value>,
    boundary: Option<Value>,
    #[serde(default)]
    session: Vec<Value>,
    resource_policy: Option<Value>,
    trust: Option<Value>,
    #[serde(default)]
    block: Vec<String>,
    decision: String,
    by: String,
    #[serde(default, rename = "page")]
    _page: String,
}

fn alice() -> String {
    "alice".into()
}

fn get() -> String {
    "s3:GetObject".into()
}

fn object() -> String {
    "arn:aws:s3:::photos/a.jpg".into()
}

fn owner() -> String {
    "111122223333".into()
}

fn parse(value: &Value, kind: Kind<'_>) -> Policy {
    Policy::parse(&value.to_string(), kind).unwrap_or_else(|error| panic!("{error} in {value}"))
}

/// The policies of a case, compiled.
struct Compiled {
    identity: Vec<Policy>,
    boundary: Option<Policy>,
    session: Vec<Policy>,
    resource: Option<Policy>,
    block: PublicAccessBlock,
}

impl Case {
    fn compile(&self) -> Compiled {
        let all = |values: &[Value], kind: Kind<'_>| -> Vec<Policy> {
            values.iter().map(|value| parse(value, kind)).collect()
        };
        let mut identity = all(&self.identity, Kind::Identity);
        if let Some(condition) = &self.condition {
            let statement =
                json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
            let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
            identity.push(parse(&policy, Kind::Identity));
        }
        let is_on = |name: &str| self.block.iter().any(|each| each == name);
        let of_bucket = |value| parse(value, Kind::Resource { bucket: "photos" });
        let of_role = |value| parse(value, Kind::Trust);
        Compiled {
            identity,
            boundary: self.boundary.as_ref().map(|value| parse(value, Kind::Boundary)),
            session: all(&self.session, Kind::Session),
            resource: self
                .resource_policy
                .as_ref()
                .map(of_bucket)
                .or(self.trust.as_ref().map(of_role)),
            block: PublicAccessBlock {
                block_public_acls: is_on("BlockPublicAcls"),
                ignore_public_acls: is_on("IgnorePublicAcls"),
                block_public_policy: is_on("BlockPublicPolicy"),
                restrict_public_buckets: is_on("RestrictPublicBuckets"),
            },
        }
    }

    fn context(&self) -> Values {
        let mut context = Values::new();
        for (key, values) in &self.context {
            for value in values {
                context.push(Key::parse(key).unwrap(), value);
            }
        }
        context
    }
}

fn spell(deciding: Deciding<'_>) -> String {
    let Deciding { layer, policy, statement, .. } = deciding;
    match layer {
        Layer::Identity => format!("identity[{policy}].Statement[{statement}]"),
        Layer::Boundary => format!("boundary.Statement[{statement}]"),
        Layer::Session => format!("session[{policy}].Statement[{statement}]"),
        Layer::Resource => format!("resource.Statement[{statement}]"),
    }
}

/// The decision as the files spell it.
fn told(decision: Decision<'_>) -> (&'static str, String) {
    let (answer, reason) = match decision {
        Decision::Allow(reason) => ("Allow", reason),
        Decision::Deny(reason) => ("Deny", reason),
    };
    let by = match reason {
        Reason::RootOfAccount => "root of the account".into(),
        Reason::Statement(deciding) => spell(deciding),
        Reason::ExplicitDeny(deciding) => format!("denied by {}", spell(deciding)),
        Reason::NothingAllows(Layer::Identity) => "nothing in identity".into(),
        Reason::NothingAllows(Layer::Boundary) => "nothing in boundary".into(),
        Reason::NothingAllows(Layer::Session) => "nothing in session".into(),
        Reason::NothingAllows(Layer::Resource) => "nothing in resource".into(),
        Reason::PublicAccessBlocked => "public access block".into(),
    };
    (answer, by)
}

/// The statement that decides applies, with the effect that it has.
fn is_explained(request: &Request<'_>, policies: &Policies<'_>, decision: Decision<'_>) -> bool {
    let explanation = explain(request, policies);
    let (deciding, effect) = match decision {
        Decision::Allow(Reason::Statement(deciding)) => (deciding, Effect::Allow),
        Decision::Deny(Reason::ExplicitDeny(deciding)) => (deciding, Effect::Deny),
        Decision::Allow(_) | Decision::Deny(_) => return explanation.decision == decision,
    };
    explanation.decision == decision
        && explanation.judgements.iter().any(|judgement| {
            judgement.at == deciding && judgement.effect == effect && judgement.mismatch.is_none()
        })
}

#[test]
fn every_request_is_decided_and_explained_as_known() {
    let askers = super::asker::read();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in FILES {
        for case in super::read::<Case>(&format!("cases/{file}.json")) {
            count += 1;
            let compiled = case.compile();
            let context = case.context();
            let identity: Vec<&Policy> = compiled.identity.iter().collect();
            let session: Vec<&Policy> = compiled.session.iter().collect();
            let policies = Policies {
                identity: &identity,
                boundary: compiled.boundary.as_ref(),
                session: &session,
                resource: compiled.resource.as_ref(),
                block: compiled.block,
            };
            let request = Request {
                principal: askers[&case.principal].principal(),
                action: &case.action,
                resource: &case.resource,
                owner: &case.owner,
                context: &context,
            };
            let decision = decide(&request, &policies);
            let (answer, by) = told(decision);
            if (answer, by.as_str()) != (&case.decision, &case.by) {
                wrong.push(format!("{file}: {}: {answer} by {by}", case.name));
            } else if !is_explained(&request, &policies, decision) {
                wrong.push(format!("{file}: {}: explained otherwise", case.name));
            }
        }
    }
    super::demand_none(&wrong);
    assert!(count > 500, "{count} cases");
}

#[test]
fn every_file_of_cases_is_read() {
    let folder = std::fs::read_dir(super::folder().join("cases")).unwrap();
    let mut names: Vec<_> = folder
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, FILES);
}
