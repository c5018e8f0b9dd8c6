//! Why STS makes no session: one variant for each of its error codes.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>

use std::fmt;
use std::io;

use policy::PolicyError;

/// A refusal of STS. What it shows is the message.
#[derive(Debug)]
pub enum StsError {
    /// Whoever asks may not.
    AccessDenied(String),
    /// A value that the parameter cannot have.
    Validation(String),
    /// The session policy is none.
    MalformedPolicyDocument(PolicyError),
    /// Policies, tags and names together are more than a token holds.
    PackedPolicyTooLarge,
    /// The machine has no random numbers.
    Random(io::Error),
}

impl StsError {
    /// The code of the answer.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AccessDenied(_) => "AccessDenied",
            Self::Validation(_) => "ValidationError",
            Self::MalformedPolicyDocument(_) => "MalformedPolicyDocument",
            Self::PackedPolicyTooLarge => "PackedPolicyTooLarge",
            Self::Random(_) => "InternalFailure",
        }
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::AccessDenied(_) => 403,
            Self::Validation(_) | Self::MalformedPolicyDocument(_) | Self::PackedPolicyTooLarge => {
                400
            }
            Self::Random(_) => 500,
        }
    }
}

impl fmt::Display for StsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessDenied(message) | Self::Validation(message) => f.write_str(message),
            Self::MalformedPolicyDocument(error) => write!(f, "{error}"),
            Self::PackedPolicyTooLarge => f.write_str(
                "The session policies, tags and names together are larger than a session token \
                 may be.",
            ),
            Self::Random(error) => write!(f, "no random numbers: {error}"),
        }
    }
}

impl std::error::Error for StsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Random(source) = self { Some(source) } else { None }
    }
}

impl From<PolicyError> for StsError {
    fn from(error: PolicyError) -> Self {
        Self::MalformedPolicyDocument(error)
    }
}
