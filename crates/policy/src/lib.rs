//! Policy: may this principal do this action to this resource?
//!
//! Floor 0: pure. A decision is data: the answer and what decided it. Everything is denied at the
//! start, as in AWS
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>).
//! The account's root user may do everything in its account; policies cannot be attached to
//! anybody yet, so nobody else may do anything.

#![no_std]
#![forbid(unsafe_code)]

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Principal {
    /// The root user of the account that owns the resource.
    Root,
    /// Nobody in particular: the request carried no signature.
    Anonymous,
}

/// A request for permission.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: Principal,
    /// The action, such as `s3:GetObject`.
    pub action: &'a str,
    /// The ARN of what it is done to.
    pub resource: &'a str,
}

/// The answer, with what decided it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allow(Reason),
    /// No.
    Deny(Reason),
}

/// What decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The principal is the root user of the owning account.
    RootOfAccount,
    /// No policy allows it.
    NothingAllows,
}

/// Decides one request.
///
/// ```
/// use policy::{Decision, Principal, Request, Reason, decide};
/// let request = Request {
///     principal: Principal::Anonymous,
///     action: "s3:GetObject",
///     resource: "arn:aws:s3:::bucket/key",
/// };
/// assert_eq!(decide(&request), Decision::Deny(Reason::NothingAllows));
/// ```
#[must_use]
pub fn decide(request: &Request<'_>) -> Decision {
    match request.principal {
        Principal::Root => Decision::Allow(Reason::RootOfAccount),
        Principal::Anonymous => Decision::Deny(Reason::NothingAllows),
    }
}
