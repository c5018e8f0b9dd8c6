//! A denial, in AWS's words to the caller and with the deciding statement to the operator.
//!
//! Of the policies only those hear who are of the account that owns the bucket.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html>

use policy::{Deciding, Message, PolicyError, Reason, Request};
use s3::Code;

use crate::refusal::Refusal;

/// The refusal of a request that policy denied.
pub(super) fn refusal(request: &Request<'_>, reason: Reason<'_>) -> Refusal {
    let refusal = Refusal::new(Code::AccessDenied).because(because(request, reason));
    if request.principal.account() != Some(request.owner) {
        return refusal;
    }
    refusal.saying(Message { request, reason }.to_string())
}

/// The refusal of a policy that would let the public in.
pub(super) fn of_public_policy(request: &Request<'_>) -> Refusal {
    let refusal = Refusal::new(Code::AccessDenied)
        .because("the policy is public, and BlockPublicPolicy is on");
    refusal.saying(format!(
        "User: {} is not authorized to perform: {} on resource: \"{}\" because public policies \
         are prevented by the BlockPublicPolicy setting in S3 Block Public Access",
        request.principal.shown(),
        request.action,
        request.resource,
    ))
}

/// The refusal of all who would have to be judged by a policy that cannot be read.
pub(super) fn unreadable(error: &PolicyError) -> Refusal {
    Refusal::new(Code::InternalError)
        .because(format!("the policy of the bucket cannot be read: {error}"))
}

fn because(request: &Request<'_>, reason: Reason<'_>) -> String {
    let Request { action, resource, .. } = request;
    let why = match reason {
        Reason::ExplicitDeny(deciding) => format!("{} denies it", statement(deciding)),
        Reason::NothingAllows(layer) => format!("no {} allows it", layer.name()),
        Reason::PublicAccessBlocked => {
            "the policy of the bucket is public, and RestrictPublicBuckets is on".to_owned()
        }
        Reason::RootOfAccount => "it is the root user".to_owned(),
        Reason::Statement(deciding) => format!("{} allows it", statement(deciding)),
    };
    format!("{action} on {resource} is denied: {why}")
}

/// `Statement[1] ("Sid") of the resource-based policy`, as faults of a policy name the place.
fn statement(deciding: Deciding<'_>) -> String {
    let number = deciding.statement;
    let name = deciding.layer.name();
    match deciding.sid {
        Some(sid) => format!("Statement[{number}] ({sid:?}) of the {name}"),
        None => format!("Statement[{number}] of the {name}"),
    }
}
