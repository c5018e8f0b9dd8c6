//! What the policies of each layer say of a request.

use super::{Deciding, Layer, Policies};
use crate::principal::Naming;
use crate::statement::Asked;
use crate::{Effect, Policy, Principal, Statement};

/// What the policies of one layer say.
#[derive(Clone, Copy, Default)]
pub(super) struct Finding<'p> {
    pub(super) deny: Option<Deciding<'p>>,
    /// The statement that allows and names the asker most directly.
    pub(super) allow: Option<(Deciding<'p>, Naming)>,
}

/// What all of them say; a layer that is not there has not been asked.
pub(super) struct Findings<'p> {
    pub(super) resource: Finding<'p>,
    pub(super) identity: Finding<'p>,
    boundary: Option<Finding<'p>>,
    session: Option<Finding<'p>>,
}

impl<'p> Findings<'p> {
    /// Asks all layers, or the bucket's alone where the asker has no policies.
    pub(super) fn of(asked: &Asked<'_>, policies: &Policies<'p>, has_own: bool) -> Self {
        let resource = look(Layer::Resource, policies.resource.as_slice(), asked);
        if !has_own {
            return Self { resource, identity: Finding::default(), boundary: None, session: None };
        }
        // What a federated user may do it may only through the policies that it was made with.
        let is_federated = matches!(asked.request.principal, Principal::FederatedUser { .. });
        let boundary = policies.boundary.as_slice();
        let limit = |layer, policies: &[&'p Policy], is_there: bool| {
            is_there.then(|| look(layer, policies, asked))
        };
        Self {
            resource,
            identity: look(Layer::Identity, policies.identity, asked),
            boundary: limit(Layer::Boundary, boundary, !boundary.is_empty()),
            session: limit(
                Layer::Session,
                policies.session,
                is_federated || !policies.session.is_empty(),
            ),
        }
    }

    /// The first Deny that applies.
    pub(super) fn denial(&self) -> Option<Deciding<'p>> {
        let limits = self.boundary.iter().chain(&self.session);
        [&self.resource, &self.identity].into_iter().chain(limits).find_map(|found| found.deny)
    }

    /// The first of boundary and session policies that does not allow.
    pub(super) fn missing_limit(&self) -> Option<Layer> {
        let is_missing = |limit: &Option<Finding<'p>>| limit.is_some_and(|it| it.allow.is_none());
        match (is_missing(&self.boundary), is_missing(&self.session)) {
            (true, _) => Some(Layer::Boundary),
            (false, true) => Some(Layer::Session),
            (false, false) => None,
        }
    }
}

/// Asks the policies of one layer; a Deny ends the search.
pub(super) fn look<'p>(layer: Layer, policies: &[&'p Policy], asked: &Asked<'_>) -> Finding<'p> {
    let mut found = Finding::default();
    for (number, policy) in policies.iter().enumerate() {
        for (index, statement) in policy.statements.iter().enumerate() {
            let strongest = found.allow.map(|(_, naming)| naming);
            let Some(naming) = judge(statement, asked, strongest) else { continue };
            let deciding =
                Deciding { layer, policy: number, statement: index, sid: statement.sid() };
            match statement.effect {
                Effect::Deny => return Finding { deny: Some(deciding), ..found },
                Effect::Allow => found.allow = Some((deciding, naming)),
            }
        }
    }
    found
}

/// How a statement names the asker, if it applies and can still change something.
#[inline]
fn judge(statement: &Statement, asked: &Asked<'_>, strongest: Option<Naming>) -> Option<Naming> {
    // The cheapest question first, which rules out most.
    if !statement.actions.include(asked) {
        return None;
    }
    let naming = statement.principals.name(asked.request.principal)?;
    let is_news = statement.effect == Effect::Deny || strongest.is_none_or(|it| it < naming);
    (is_news && statement.applies_beyond_action(asked.request)).then_some(naming)
}
