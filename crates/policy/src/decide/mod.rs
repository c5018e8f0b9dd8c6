//! The decision, in AWS's order.
//!
//! 1. A Deny that applies ends it, whatever policy it is in.
//! 2. In the account of the resource one side is enough: the bucket policy where it names the
//!    asker itself, with nothing else asked; or it names the role behind a session, or an identity
//!    policy allows, and then boundary and session policies have to allow too.
//! 3. From another account, the bucket policy and all of the asker's own sides have to allow.
//!
//! The root user is bound by a Deny of a bucket policy alone, and never when it mends that policy.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

mod decision;
mod findings;
mod message;

use crate::principal::Naming;
use crate::statement::Asked;
use crate::{Policy, Principal, PublicAccessBlock, Request};

pub use decision::{Deciding, Decision, Layer, Reason};
use findings::{Findings, look};
pub use message::Message;

/// Every policy that has a say in a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policies<'p> {
    /// Those of the user and its groups, or of the role; of a federated user those of its maker.
    pub identity: &'p [&'p Policy],
    /// The boundary of the user or the role.
    pub boundary: Option<&'p Policy>,
    /// Those that the session was made with; of which one has to allow, if there are any.
    pub session: &'p [&'p Policy],
    /// That of the bucket, or the trust policy of the role that is to be assumed.
    pub resource: Option<&'p Policy>,
    /// The switches that keep the public out of the bucket.
    pub block: PublicAccessBlock,
}

/// Actions with which a root user can always mend a policy that locks everybody out.
const MENDING: [&str; 3] = ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];

/// Decides one request, without the heap and in time linear in policies and values.
///
/// ```
/// use policy::{Decision, Layer, NoContext, Policies, Principal, Reason, Request, decide};
/// let request = Request {
///     principal: Principal::Anonymous,
///     action: "s3:GetObject",
///     resource: "arn:aws:s3:::bucket/key",
///     owner: "111122223333",
///     context: &NoContext,
/// };
/// let decision = decide(&request, &Policies::default());
/// assert_eq!(decision, Decision::Deny(Reason::NothingAllows(Layer::Resource)));
/// ```
#[must_use]
pub fn decide<'p>(request: &Request<'_>, policies: &Policies<'p>) -> Decision<'p> {
    let principal = request.principal;
    if let Principal::Root { account, .. } = principal
        && account == request.owner
    {
        return decide_for_root(request, policies);
    }
    let has_own = !matches!(
        principal,
        Principal::Root { .. }
            | Principal::Anonymous
            | Principal::Federated { .. }
            | Principal::Service { .. }
    );
    let all = Findings::of(&Asked::new(request), policies, has_own);
    if let Some(deciding) = all.denial() {
        return Decision::Deny(Reason::ExplicitDeny(deciding));
    }
    let is_at_home = principal.account() == Some(request.owner);
    let is_service = matches!(principal, Principal::Service { .. });
    let is_public = policies.resource.is_some_and(Policy::is_public);
    if policies.block.restrict_public_buckets && is_public && !is_at_home && !is_service {
        return Decision::Deny(Reason::PublicAccessBlocked);
    }
    match (is_at_home, has_own) {
        (true, _) => decide_at_home(&all),
        (false, true) => decide_across(&all),
        (false, false) => allowed_or_missing(all.resource.allow.map(|(it, _)| it), Layer::Resource),
    }
}

/// Decides whether a role may be assumed: as [`decide`] does, but that its trust policy, which stands
/// where that of a bucket would, always has to allow it. What a user's own policies say of a role is
/// not enough: else whoever may assume any role that trusts the account could assume every other.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html>
#[must_use]
pub fn decide_trust<'p>(request: &Request<'_>, policies: &Policies<'p>) -> Decision<'p> {
    let trust = look(Layer::Resource, policies.resource.as_slice(), &Asked::new(request));
    let decision = decide(request, policies);
    if decision.is_allowed() && trust.allow.is_none() {
        return Decision::Deny(Reason::NothingAllows(Layer::Resource));
    }
    decision
}

fn decide_for_root<'p>(request: &Request<'_>, policies: &Policies<'p>) -> Decision<'p> {
    let is_mending = MENDING.iter().any(|action| action.eq_ignore_ascii_case(request.action));
    let found = look(Layer::Resource, policies.resource.as_slice(), &Asked::new(request));
    match found.deny {
        Some(deciding) if !is_mending => Decision::Deny(Reason::ExplicitDeny(deciding)),
        Some(_) | None => Decision::Allow(Reason::RootOfAccount),
    }
}

/// One side is enough, and says how far the others still bind.
fn decide_at_home<'p>(all: &Findings<'p>) -> Decision<'p> {
    let granted = match all.resource.allow {
        Some((deciding, Naming::Itself)) => {
            return Decision::Allow(Reason::Statement(deciding));
        }
        Some((deciding, Naming::Behind)) => Some(deciding),
        Some((_, Naming::Account)) | None => all.identity.allow.map(|(deciding, _)| deciding),
    };
    match all.missing_limit() {
        Some(layer) if granted.is_some() => Decision::Deny(Reason::NothingAllows(layer)),
        Some(_) | None => allowed_or_missing(granted, Layer::Identity),
    }
}

fn decide_across<'p>(all: &Findings<'p>) -> Decision<'p> {
    let Some((deciding, _)) = all.resource.allow else {
        return Decision::Deny(Reason::NothingAllows(Layer::Resource));
    };
    if all.identity.allow.is_none() {
        return Decision::Deny(Reason::NothingAllows(Layer::Identity));
    }
    match all.missing_limit() {
        Some(layer) => Decision::Deny(Reason::NothingAllows(layer)),
        None => Decision::Allow(Reason::Statement(deciding)),
    }
}

fn allowed_or_missing(granted: Option<Deciding<'_>>, missing: Layer) -> Decision<'_> {
    match granted {
        Some(deciding) => Decision::Allow(Reason::Statement(deciding)),
        None => Decision::Deny(Reason::NothingAllows(missing)),
    }
}
