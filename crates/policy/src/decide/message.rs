//! A denial in AWS's words.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html>

use core::fmt;

use super::{Layer, Reason};
use crate::Request;

/// Prints `User: ... is not authorized to perform: ... on resource: ... because ...`.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// What was asked.
    pub request: &'a Request<'a>,
    /// Why it is denied.
    pub reason: Reason<'a>,
}

impl Layer {
    /// Its name in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Resource => "resource-based policy",
        }
    }
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request { principal, action, resource, .. } = self.request;
        let who = principal.shown();
        write!(f, "User: {who} is not authorized to perform: {action} on resource: ")?;
        write!(f, "\"{resource}\"")?;
        match self.reason {
            Reason::ExplicitDeny(deciding) => {
                let name = deciding.layer.name();
                let article = if deciding.layer == Layer::Identity { "an" } else { "a" };
                write!(f, " with an explicit deny in {article} {name}")
            }
            Reason::NothingAllows(layer) => {
                write!(f, " because no {} allows the {action} action", layer.name())
            }
            Reason::PublicAccessBlocked => f.write_str(
                " because public policies are prevented by the RestrictPublicBuckets setting in \
                 S3 Block Public Access",
            ),
            Reason::RootOfAccount | Reason::Statement(_) => Ok(()),
        }
    }
}
