//! Why: of every statement of every policy, whether it applied, or which element did not match.
//!
//! Takes from the heap, since somebody reads it. It asks the same questions as [`decide`] does.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::pattern::Case;
use crate::statement::Asked;
use crate::{Deciding, Decision, Effect, Key, Layer, Policies, Policy, Request, Statement, decide};

/// A decision with what every statement had to say.
#[derive(Clone, Debug)]
pub struct Explanation<'p> {
    /// The decision, the same as [`decide`] gives.
    pub decision: Decision<'p>,
    /// Every statement, layer by layer in the order of evaluation.
    pub judgements: Vec<Judgement<'p>>,
}

/// What a statement had to say.
#[derive(Clone, Debug)]
pub struct Judgement<'p> {
    /// Which statement.
    pub at: Deciding<'p>,
    /// What it does where it applies.
    pub effect: Effect,
    /// The first element that did not match; none where it applies.
    pub mismatch: Option<Mismatch>,
}

/// An element of a statement that did not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// It is about somebody else.
    Principal,
    /// It is about other actions.
    Action,
    /// It is about other resources.
    Resource,
    /// A condition is not met.
    Condition {
        /// The operator, as the policy spells it.
        operator: Box<str>,
        /// The key.
        key: Key,
        /// The values that the request has for it.
        seen: Vec<String>,
    },
}

/// Decides one request and says why.
#[must_use]
pub fn explain<'p>(request: &Request<'_>, policies: &Policies<'p>) -> Explanation<'p> {
    let layers: [(Layer, &[&'p Policy]); 4] = [
        (Layer::Resource, policies.resource.as_slice()),
        (Layer::Identity, policies.identity),
        (Layer::Boundary, policies.boundary.as_slice()),
        (Layer::Session, policies.session),
    ];
    let asked = Asked::new(request);
    let mut judgements = Vec::new();
    for (layer, policies) in layers {
        for (number, policy) in policies.iter().enumerate() {
            judgements.extend(policy.statements().iter().enumerate().map(|(index, statement)| {
                let sid = statement.sid();
                Judgement {
                    at: Deciding { layer, policy: number, statement: index, sid },
                    effect: statement.effect(),
                    mismatch: statement.mismatch(&asked),
                }
            }));
        }
    }
    Explanation { decision: decide(request, policies), judgements }
}

impl Statement {
    /// The first element that does not match.
    fn mismatch(&self, asked: &Asked<'_>) -> Option<Mismatch> {
        let request = asked.request;
        if self.principals.name(request.principal).is_none() {
            return Some(Mismatch::Principal);
        }
        if !self.actions.include(asked) {
            return Some(Mismatch::Action);
        }
        if !self.resources.include(request.resource, Case::Kept, request) {
            return Some(Mismatch::Resource);
        }
        let condition = self.conditions.iter().find(|condition| !condition.holds(request))?;
        let mut seen = Vec::new();
        request.values(&condition.key, &mut |value| seen.push(String::from(value)));
        let (operator, key) = (condition.spelled.clone(), condition.key.clone());
        Some(Mismatch::Condition { operator, key, seen })
    }
}
