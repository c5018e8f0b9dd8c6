//! One action on one resource: the decision, and the statements that made it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use policy::{
    Context, Deciding, Decision, Effect, Explanation, Key, Layer, Policies, Policy, Reason,
    Request, Values, explain,
};
use s3::xml::{Writer, carried};

use super::position;
use super::sources::Sources;
use super::who::Who;

/// What all actions of a simulation are held against.
pub(super) struct Case<'a> {
    pub(super) sources: &'a Sources,
    pub(super) who: &'a Who,
    pub(super) resource_policy: Option<&'a Policy>,
    pub(super) resource_text: &'a str,
    pub(super) context: &'a Values,
}

/// The values that were given, and the keys that were asked for in vain.
struct Given<'a> {
    values: &'a Values,
    missing: RefCell<BTreeSet<String>>,
}

impl Context for Given<'_> {
    fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        let mut is_given = false;
        self.values.values(key, &mut |value| {
            is_given = true;
            each(value);
        });
        if !is_given {
            self.missing.borrow_mut().insert(key.to_string());
        }
    }
}

impl Case<'_> {
    /// Decides, and writes the result.
    pub(super) fn write(&self, xml: &mut Writer, action: &str, resource: &str) {
        let given = Given { values: self.context, missing: RefCell::default() };
        let request = Request {
            principal: self.who.principal(),
            action,
            resource,
            owner: identity::ACCOUNT_ID,
            context: &given,
        };
        let identity: Vec<&Policy> =
            self.sources.identity.iter().map(|source| &source.policy).collect();
        let policies = Policies {
            identity: &identity,
            boundary: self.sources.boundary.as_ref().map(|source| &source.policy),
            resource: self.resource_policy,
            ..Policies::default()
        };
        let explanation = explain(&request, &policies);
        xml.text("EvalActionName", carried(action));
        xml.text("EvalResourceName", carried(resource));
        xml.text("EvalDecision", name(explanation.decision));
        xml.element("MatchedStatements", |xml| {
            for deciding in deciding(&explanation) {
                xml.element("member", |xml| self.write_statement(xml, deciding));
            }
        });
        xml.element("MissingContextValues", |xml| {
            for key in given.missing.borrow().iter() {
                xml.text("member", carried(key));
            }
        });
        if self.sources.boundary.is_some() {
            xml.element("PermissionsBoundaryDecisionDetail", |xml| {
                xml.text("AllowedByPermissionsBoundary", is_within_boundary(&explanation));
            });
        }
    }

    fn write_statement(&self, xml: &mut Writer, deciding: Deciding<'_>) {
        let source = match deciding.layer {
            Layer::Boundary => self.sources.boundary.as_ref(),
            Layer::Identity => self.sources.identity.get(deciding.policy),
            Layer::Resource | Layer::Session => None,
        };
        let resource = ("ResourcePolicy", "resource", self.resource_text);
        let (id, kind, text) =
            source.map_or(resource, |source| (&source.id, source.kind, &source.text));
        xml.text("SourcePolicyId", id);
        xml.text("SourcePolicyType", kind);
        let spans = position::of_statements(text);
        let Some((begin, end)) = spans.get(deciding.statement) else { return };
        for (name, at) in [("StartPosition", begin), ("EndPosition", end)] {
            xml.element(name, |xml| {
                xml.text("Line", at.line);
                xml.text("Column", at.column);
            });
        }
    }
}

fn name(decision: Decision<'_>) -> &'static str {
    match decision {
        Decision::Allow(_) => "allowed",
        Decision::Deny(Reason::ExplicitDeny(_)) => "explicitDeny",
        Decision::Deny(
            Reason::NothingAllows(_)
            | Reason::PublicAccessBlocked
            | Reason::RootOfAccount
            | Reason::Statement(_),
        ) => "implicitDeny",
    }
}

/// The statements that made the decision: where it is a Deny, no Allow has a say in it.
fn deciding<'p>(explanation: &Explanation<'p>) -> Vec<Deciding<'p>> {
    let effect = match explanation.decision {
        Decision::Allow(_) => Effect::Allow,
        Decision::Deny(Reason::ExplicitDeny(_)) => Effect::Deny,
        Decision::Deny(_) => return Vec::new(),
    };
    let judgements = explanation.judgements.iter();
    let applying = judgements.filter(|it| it.effect == effect && it.mismatch.is_none());
    // A boundary allows nothing.
    let grants = |layer: Layer| effect == Effect::Deny || layer != Layer::Boundary;
    applying.map(|it| it.at).filter(|at| grants(at.layer)).collect()
}

fn is_within_boundary(explanation: &Explanation<'_>) -> bool {
    let judgements = explanation.judgements.iter();
    let mut effects = judgements
        .filter(|it| it.at.layer == Layer::Boundary && it.mismatch.is_none())
        .map(|it| it.effect)
        .peekable();
    effects.peek().is_some() && effects.all(|effect| effect == Effect::Allow)
}
