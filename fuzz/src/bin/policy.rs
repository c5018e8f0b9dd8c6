//! Policies: no text makes the parser panic and no policy a decision, a Deny beats every Allow,
//! and what is explained is what is decided. An input that takes long is libFuzzer's to find.
//!
//! The input is a policy, and behind a line end what is asked: action, resource, and a value for
//! every key. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

#![no_main]

use libfuzzer_sys::fuzz_target;
use policy::{Context, Effect, Key, Kind, Policies, Policy, Principal, Request, decide, explain};

const HOME: &str = "111122223333";

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (document, asked) = text.rsplit_once('\n').unwrap_or((text, ""));
    for kind in [
        Kind::Identity,
        Kind::Boundary,
        Kind::Session,
        Kind::Resource { bucket: "photos" },
        Kind::Trust,
    ] {
        match Policy::parse(document, kind) {
            Ok(policy) => ask(&policy, kind, asked),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
});

/// A value that every key has but those whose names end so.
struct Same<'a>(&'a str);

impl Context for Same<'_> {
    fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        for value in self.0.split('|').filter(|_| !key.name().ends_with('e')) {
            each(value);
        }
    }
}

fn ask(policy: &Policy, kind: Kind<'_>, asked: &str) {
    let mut words = asked.splitn(3, ' ');
    let (action, resource) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let context = Same(words.next().unwrap_or(""));
    for principal in askers() {
        let request = Request { principal, action, resource, owner: HOME, context: &context };
        let own = [policy];
        let policies = match kind {
            Kind::Identity => Policies { identity: &own, ..Policies::default() },
            Kind::Boundary => {
                Policies { identity: &own, boundary: Some(policy), ..Policies::default() }
            }
            Kind::Session => Policies { identity: &own, session: &own, ..Policies::default() },
            Kind::Resource { .. } | Kind::Trust => {
                Policies { resource: Some(policy), ..Policies::default() }
            }
        };
        let decision = decide(&request, &policies);
        let explanation = explain(&request, &policies);
        assert_eq!(explanation.decision, decision);
        let is_denied = explanation
            .judgements
            .iter()
            .any(|judgement| judgement.effect == Effect::Deny && judgement.mismatch.is_none());
        let is_root = matches!(principal, Principal::Root { .. });
        assert!(!(decision.is_allowed() && is_denied) || is_root, "a deny beats every allow");
    }
}

fn askers() -> [Principal<'static>; 4] {
    let arn = "arn:aws:iam::111122223333:user/alice";
    [
        Principal::Anonymous,
        Principal::Root { account: HOME, arn: "arn:aws:iam::111122223333:root" },
        Principal::User { account: HOME, arn, name: "alice", id: "AIDAALICE" },
        Principal::Session {
            account: "444455556666",
            role_arn: "arn:aws:iam::444455556666:role/visitor",
            arn: "arn:aws:sts::444455556666:assumed-role/visitor/day",
            id: "AROAVISITOR:day",
        },
    ]
}
