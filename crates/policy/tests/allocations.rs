//! What a decision takes from the heap: nothing, whatever conditions and variables it meets.

use policy::{
    Context, Decision, Key, Kind, Layer, Policies, Policy, Principal, Reason, Request, decide,
};

/// A context as a server has one: nothing is owned, numbers are written when they are asked for.
struct Facts;

impl Context for Facts {
    fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        match (key.name(), key.tag()) {
            ("aws:SourceIp", None) => each("203.0.113.9"),
            ("aws:SecureTransport", None) => each("true"),
            ("aws:CurrentTime", None) => each("2026-01-01T00:00:00Z"),
            ("s3:signatureAge", None) => each("1000"),
            ("aws:PrincipalTag", Some("team")) => each("red"),
            ("aws:TagKeys", None) => ["a", "b"].into_iter().for_each(each),
            _ => {}
        }
    }
}

const IDENTITY: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Deny", "NotAction": ["s3:Get*", "s3:P?t*"], "Resource": "*"},
    {"Effect": "Deny", "Action": "s3:*", "NotResource":
        "arn:aws:s3:::photos/${aws:PrincipalTag/team}/*"},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {
        "NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]},
        "DateLessThan": {"aws:CurrentTime": "2026-07-01T00:00:00Z"}}},
    {"Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"NumericGreaterThan": {"s3:signatureAge": 600000}}},
    {"Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"ForAllValues:StringNotLike": {"aws:TagKeys": "*a*"}}},
    {"Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"StringNotEqualsIgnoreCase": {"aws:username": "ALICE"}}},
    {"Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn":
            "arn:aws:iam::${aws:PrincipalAccount}:user/*"}}},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*/red/${*}*"},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource":
        "arn:aws:s3:::*/${aws:PrincipalTag/team}/a?${aws:username, 'x'}*",
        "Condition": {"Bool": {"aws:SecureTransport": true}, "Null": {"aws:TokenIssueTime": true},
            "BinaryEqualsIfExists": {"example:blob": "AA=="}}}
]}"#;

#[test]
fn deciding_takes_nothing_from_the_heap() {
    let policy = Policy::parse(IDENTITY, Kind::Identity).unwrap();
    let request = Request {
        principal: Principal::User {
            account: "111122223333",
            arn: "arn:aws:iam::111122223333:user/alice",
            name: "alice",
            id: "AIDAALICE",
        },
        action: "s3:GetObject",
        resource: "arn:aws:s3:::photos/red/a-alice.jpg",
        owner: "111122223333",
        context: &Facts,
    };
    let policies =
        Policies { identity: &[&policy], boundary: Some(&policy), ..Policies::default() };
    let mut decision = Decision::Deny(Reason::NothingAllows(Layer::Identity));
    let taken = allocation_counter::measure(|| decision = decide(&request, &policies));
    let Decision::Allow(Reason::Statement(deciding)) = decision else { panic!("{decision:?}") };
    assert_eq!((deciding.layer, deciding.statement), (Layer::Identity, 8));
    assert_eq!(taken.count_total, 0);
}
