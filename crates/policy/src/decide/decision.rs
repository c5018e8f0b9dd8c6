//! The answer, as data.

/// The answer, with what decided it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision<'p> {
    /// Yes.
    Allow(Reason<'p>),
    /// No.
    Deny(Reason<'p>),
}

/// What decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason<'p> {
    /// The principal is the root user of the owning account.
    RootOfAccount,
    /// A statement allows it.
    Statement(Deciding<'p>),
    /// A statement denies it.
    ExplicitDeny(Deciding<'p>),
    /// Nothing in this layer allows it, and something has to.
    NothingAllows(Layer),
    /// The bucket's policy is public, and the public is kept out.
    PublicAccessBlocked,
}

/// The statement that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deciding<'p> {
    /// What the policy is attached to.
    pub layer: Layer,
    /// Which policy of the layer, from 0.
    pub policy: usize,
    /// Which statement of the policy, from 0.
    pub statement: usize,
    /// The statement's `Sid`.
    pub sid: Option<&'p str>,
}

/// What policies are attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The user, its groups, or the role.
    Identity,
    /// The boundary of the user or role.
    Boundary,
    /// The session.
    Session,
    /// The bucket, or the role that is to be assumed.
    Resource,
}

impl Decision<'_> {
    /// Whether it is yes.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::Allow(_))
    }
}
