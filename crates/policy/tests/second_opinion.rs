//! A second opinion: another evaluator, `iam-rs`, on what both decide the same way by design.
//!
//! It knows one flat list of policies, so only identity policies of a user are compared. Where
//! the two are known to differ, AWS's documentation is on our side, and the differences are told
//! here and not asked:
//!
//! * a variable without a value is an empty text there, and matches nothing here;
//! * numbers are binary fractions there, and exact here;
//! * a principal that is `*` matches every statement there.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test")]

use iam_rs::{Decision, IAMPolicy, IAMRequest, PolicyEvaluator};
use policy::{Kind, Policies, Policy, Principal, Request, Values, decide};
use proptest::prelude::*;
use serde_json::{Value, json};

const KEYS: [&str; 5] =
    ["s3:prefix", "s3:max-keys", "aws:SecureTransport", "aws:SourceIp", "aws:CurrentTime"];
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

fn theirs(policies: &[Value], action: &str, resource: &str, context: &Value) -> bool {
    let policies =
        policies.iter().map(|policy| IAMPolicy::from_json(&policy.to_string()).unwrap()).collect();
    let request: IAMRequest = serde_json::from_value(json!({
        "Principal": {"AWS": ALICE}, "Action": action, "Resource": resource, "Context": context
    }))
    .unwrap();
    let result = PolicyEvaluator::with_policies(policies).evaluate(&request).unwrap();
    result.decision == Decision::Allow
}

fn ours(policies: &[Value], action: &str, resource: &str, context: &Value) -> bool {
    let policies: Vec<Policy> = policies
        .iter()
        .map(|policy| Policy::parse(&policy.to_string(), Kind::Identity).unwrap())
        .collect();
    let policies: Vec<&Policy> = policies.iter().collect();
    let mut known = Values::new();
    for (key, value) in context.as_object().unwrap() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        known = known.with(key, &text);
    }
    let principal =
        Principal::User { account: "111122223333", arn: ALICE, name: "alice", id: "AIDAALICE" };
    let owner = "111122223333";
    let request = Request { principal, action, resource, owner, context: &known };
    decide(&request, &Policies { identity: &policies, ..Policies::default() }).is_allowed()
}

fn condition() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({})),
        "(StringEquals|StringLike|StringNotEquals|StringNotLike|StringEqualsIgnoreCase)"
            .prop_flat_map(|operator| ("[abA]{1,2}", Just(operator)))
            .prop_map(|(text, operator)| json!({operator: {"s3:prefix": text}})),
        "[ab]?\\*[ab]?".prop_map(|text| json!({"StringLike": {"s3:prefix": text}})),
        ("Numeric(Equals|NotEquals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)", 0..4)
            .prop_map(|(operator, number)| json!({operator: {"s3:max-keys": number}})),
        any::<bool>().prop_map(|is| json!({"Bool": {"aws:SecureTransport": is}})),
        ("(IpAddress|NotIpAddress)", 22_u8..=32).prop_map(|(operator, bits)| {
            json!({operator: {"aws:SourceIp": format!("203.0.113.0/{bits}")}})
        }),
        "Date(Equals|NotEquals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)"
            .prop_map(|operator| json!({operator: {"aws:CurrentTime": "2026-01-02T00:00:00Z"}})),
    ]
}

fn statement() -> impl Strategy<Value = Value> {
    (
        any::<bool>(),
        "s3:(GetObject|PutObject|Get\\*|\\*|\\?etObject)",
        "arn:aws:s3:::photos/([ab]|\\*|[ab]\\*|\\?)",
        condition(),
    )
        .prop_map(|(is_deny, action, resource, condition)| {
            let effect = if is_deny { "Deny" } else { "Allow" };
            let mut statement = json!({"Effect": effect, "Action": action, "Resource": resource});
            if condition != json!({}) {
                statement["Condition"] = condition;
            }
            statement
        })
}

proptest! {
    #[test]
    fn another_evaluator_decides_the_same(
        statements in proptest::collection::vec(
            proptest::collection::vec(statement(), 1..4), 1..3
        ),
        action in "s3:(GetObject|PutObject|DeleteObject)",
        key in "[abA]{1,2}",
        (prefix, number, host, day) in ("[abA]{1,2}", 0..4, 0_u8..=255, 1..4),
        is_secure in any::<bool>(),
        absent in proptest::sample::subsequence(KEYS.to_vec(), 0..=KEYS.len()),
    ) {
        let policies: Vec<Value> = statements
            .iter()
            .map(|list| json!({"Version": "2012-10-17", "Statement": list}))
            .collect();
        let resource = format!("arn:aws:s3:::photos/{key}");
        let mut context = json!({
            "s3:prefix": prefix,
            "s3:max-keys": number,
            "aws:SecureTransport": is_secure,
            "aws:SourceIp": format!("203.0.113.{host}"),
            "aws:CurrentTime": format!("2026-01-0{day}T00:00:00Z"),
        });
        for key in absent {
            context.as_object_mut().unwrap().remove(key);
        }
        prop_assert_eq!(
            ours(&policies, &action, &resource, &context),
            theirs(&policies, &action, &resource, &context)
        );
    }
}

/// Where they differ they still do: a difference that went away can be asked above.
#[test]
fn known_differences_are_the_known_ones() {
    let allow = |resource: &str, condition: Value| {
        let statement = json!({
            "Effect": "Allow", "Action": "*", "Resource": resource, "Condition": condition
        });
        [json!({"Version": "2012-10-17", "Statement": [statement]})]
    };
    let both = |policies: &[Value], context: Value| {
        let resource = "arn:aws:s3:::photos//a";
        let ask = ("s3:GetObject", resource);
        (ours(policies, ask.0, ask.1, &context), theirs(policies, ask.0, ask.1, &context))
    };
    let variable =
        allow("arn:aws:s3:::photos/${aws:PrincipalTag/team}/a", json!({"Null": {"a:b": "true"}}));
    assert_eq!(both(&variable, json!({})), (false, true), "no value is no text");
    let large = allow("*", json!({"NumericEquals": {"s3:max-keys": 9_007_199_254_740_993_u64}}));
    let context = json!({"s3:max-keys": 9_007_199_254_740_992_u64});
    assert_eq!(both(&large, context), (false, true), "large numbers are exact");
}
