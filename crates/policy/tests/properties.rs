//! What holds of every policy and every request.

#![expect(clippy::unwrap_used, reason = "test")]

use policy::{
    Decision, Kind, Layer, Message, NoContext, Policies, Policy, Principal, Reason, Request,
    Values, decide, explain,
};
use proptest::prelude::*;

const HOME: &str = "111122223333";
const KINDS: [Kind<'_>; 5] = [
    Kind::Identity,
    Kind::Boundary,
    Kind::Session,
    Kind::Resource { bucket: "photos" },
    Kind::Trust,
];

fn alice() -> Principal<'static> {
    Principal::User {
        account: HOME,
        arn: "arn:aws:iam::111122223333:user/alice",
        name: "alice",
        id: "AIDAALICE",
    }
}

fn statement() -> impl Strategy<Value = String> {
    let action = prop_oneof![
        Just("s3:GetObject"),
        Just("s3:Get*"),
        Just("s3:*"),
        Just("s3:PutObject"),
        Just("s3:?etObject")
    ];
    let resource = prop_oneof![
        Just("arn:aws:s3:::photos/*"),
        Just("arn:aws:s3:::photos/${aws:username}/*"),
        Just("arn:aws:s3:::photos/a?"),
        Just("*")
    ];
    let condition = prop_oneof![
        Just(r#"{"StringLike": {"s3:prefix": "a*"}}"#),
        Just(r#"{"StringNotEquals": {"s3:prefix": ["ab", "b"]}}"#),
        Just(r#"{"Null": {"s3:prefix": "true"}}"#),
        Just("{}")
    ];
    let negated = any::<[bool; 3]>();
    (action, resource, condition, negated).prop_map(|(action, resource, condition, negated)| {
        let [is_deny, not_action, not_resource] = negated;
        let effect = if is_deny { "Deny" } else { "Allow" };
        let (action_not, resource_not) =
            (if not_action { "Not" } else { "" }, if not_resource { "Not" } else { "" });
        format!(
            r#"{{"Effect": "{effect}", "{action_not}Action": "{action}",
            "{resource_not}Resource": "{resource}", "Condition": {condition}}}"#
        )
    })
}

fn compile(statements: &[String]) -> Policy {
    let list = statements.join(",");
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{list}]}}"#);
    Policy::parse(&text, Kind::Identity).unwrap()
}

fn context(prefix: Option<&str>) -> Values {
    prefix.map_or_else(Values::new, |prefix| Values::new().with("s3:prefix", prefix))
}

fn is_allowed(statements: &[String], action: &str, key: &str, prefix: Option<&str>) -> bool {
    let (policy, context) = (compile(statements), context(prefix));
    let resource = format!("arn:aws:s3:::photos/{key}");
    let request =
        Request { principal: alice(), action, resource: &resource, owner: HOME, context: &context };
    let policies = Policies { identity: &[&policy], ..Policies::default() };
    let decision = decide(&request, &policies);
    assert_eq!(explain(&request, &policies).decision, decision);
    decision.is_allowed()
}

fn alice_gets(resource: &str) -> Request<'_> {
    let (principal, owner) = (alice(), HOME);
    Request { principal, action: "s3:GetObject", resource, owner, context: &NoContext }
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}") {
        for kind in KINDS {
            let _ = Policy::parse(&text, kind);
        }
    }

    #[test]
    fn no_json_makes_the_parser_panic(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\"*\""),
                Just("\"Statement\""), Just("\"Effect\""), Just("\"Allow\""), Just("\"Action\""),
                Just("\"Condition\""), Just("\"StringLike\""), Just("\"aws:a\""), Just("1"),
                Just("\"${aws:b, 'c'}\""), Just("null"), Just("\"Resource\""), Just("\"\\ud800\"")
            ],
            0..40
        )
    ) {
        let text = pieces.concat();
        for kind in KINDS {
            let _ = Policy::parse(&text, kind);
        }
    }

    #[test]
    fn one_more_allow_never_denies(
        statements in proptest::collection::vec(statement(), 1..6),
        more in statement(),
        (action, key) in ("s3:(GetObject|PutObject|ListBucket)", "(alice/)?[ab]{1,2}"),
        prefix in proptest::option::of("[ab]{0,2}"),
    ) {
        let before = is_allowed(&statements, &action, &key, prefix.as_deref());
        let is_deny = more.contains("\"Deny\"");
        let with_more = [&statements[..], &[more]].concat();
        let after = is_allowed(&with_more, &action, &key, prefix.as_deref());
        let is_right = if is_deny { before || !after } else { after || !before };
        prop_assert!(is_right);
    }

    #[test]
    fn a_deny_of_everything_beats_every_allow(
        statements in proptest::collection::vec(statement(), 1..6),
        at in 0_usize..6,
    ) {
        let mut statements = statements;
        let deny = r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#;
        statements.insert(at.min(statements.len()), deny.into());
        prop_assert!(!is_allowed(&statements, "s3:GetObject", "a", None));
    }

    #[test]
    fn order_of_statements_does_not_matter(
        statements in proptest::collection::vec(statement(), 1..6),
        key in "(alice/)?[ab]{1,2}",
    ) {
        let reversed: Vec<String> = statements.iter().rev().cloned().collect();
        prop_assert_eq!(
            is_allowed(&statements, "s3:GetObject", &key, None),
            is_allowed(&reversed, "s3:GetObject", &key, None)
        );
    }

    #[test]
    fn a_boundary_only_takes_away(
        identity in proptest::collection::vec(statement(), 1..4),
        boundary in proptest::collection::vec(statement(), 1..4),
        key in "(alice/)?[ab]{1,2}",
    ) {
        let (own, limit) = (compile(&identity), compile(&boundary));
        let resource = format!("arn:aws:s3:::photos/{key}");
        let request = alice_gets(&resource);
        let one = |policy: &Policy| {
            decide(&request, &Policies { identity: &[policy], ..Policies::default() }).is_allowed()
        };
        let policies =
            Policies { identity: &[&own], boundary: Some(&limit), ..Policies::default() };
        let both = decide(&request, &policies).is_allowed();
        prop_assert_eq!(both, one(&own) && one(&limit));
    }
}

#[test]
fn denials_are_told_in_awss_words() {
    let policy = compile(&[r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#.into()]);
    let request = alice_gets("arn:aws:s3:::photos/a.jpg");
    let tell = |policies: &Policies<'_>| match decide(&request, policies) {
        Decision::Deny(reason) => Message { request: &request, reason }.to_string(),
        Decision::Allow(_) => String::new(),
    };
    let start = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: \
                 s3:GetObject on resource: \"arn:aws:s3:::photos/a.jpg\" ";
    assert_eq!(
        tell(&Policies::default()),
        format!("{start}because no identity-based policy allows the s3:GetObject action")
    );
    let denied = Policies { identity: &[&policy], ..Policies::default() };
    assert_eq!(tell(&denied), format!("{start}with an explicit deny in an identity-based policy"));
    let reason = Reason::NothingAllows(Layer::Boundary);
    assert_eq!(
        Message { request: &request, reason }.to_string(),
        format!("{start}because no permissions boundary allows the s3:GetObject action")
    );
}

#[test]
fn the_longest_policy_that_is_all_wildcards_is_decided_at_once() {
    let stars = "*a".repeat(30_000);
    let text = format!(
        r#"{{"Statement": {{"Effect": "Allow", "Action": "s3:*",
        "Resource": "arn:aws:s3:::{stars}b"}}}}"#
    );
    let policy = Policy::parse(&text, Kind::Identity).unwrap();
    let resource = format!("arn:aws:s3:::{}", "a".repeat(1_024));
    let request = alice_gets(&resource);
    let policies = Policies { identity: &[&policy], ..Policies::default() };
    assert!(!decide(&request, &policies).is_allowed());
}

#[test]
fn nobody_who_signs_nothing_and_no_policy_is_let_in() {
    for resource in ["arn:aws:s3:::photos", "", "*"] {
        let request = Request {
            principal: Principal::Anonymous,
            action: "s3:GetObject",
            resource,
            owner: HOME,
            context: &NoContext,
        };
        assert!(!decide(&request, &Policies::default()).is_allowed());
    }
}
