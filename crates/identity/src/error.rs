//! Why IAM does not do what it was asked: one variant for each of its error codes.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>

use std::fmt;
use std::io;

use ledger::LedgerError;
use policy::PolicyError;

/// A refusal of IAM. What it shows is the message.
#[derive(Debug)]
pub enum IamError {
    /// What was named is not there.
    NoSuchEntity(String),
    /// There is one of this name already.
    EntityAlreadyExists(String),
    /// A quota is used up.
    LimitExceeded(String),
    /// Something else has to be removed first.
    DeleteConflict(String),
    /// A document is no policy.
    MalformedPolicyDocument(PolicyError),
    /// Values that do not go together.
    InvalidInput(String),
    /// A value that the parameter cannot have.
    Validation(String),
    /// Others changed the same, again and again.
    ConcurrentModification,
    /// The ledger failed.
    Ledger(LedgerError),
    /// The machine has no random numbers.
    Random(io::Error),
}

impl IamError {
    /// The code of the answer.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchEntity(_) => "NoSuchEntity",
            Self::EntityAlreadyExists(_) => "EntityAlreadyExists",
            Self::LimitExceeded(_) => "LimitExceeded",
            Self::DeleteConflict(_) => "DeleteConflict",
            Self::MalformedPolicyDocument(_) => "MalformedPolicyDocument",
            Self::InvalidInput(_) => "InvalidInput",
            Self::Validation(_) => "ValidationError",
            Self::ConcurrentModification => "ConcurrentModification",
            Self::Ledger(_) | Self::Random(_) => "ServiceFailure",
        }
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::NoSuchEntity(_) => 404,
            Self::EntityAlreadyExists(_)
            | Self::LimitExceeded(_)
            | Self::DeleteConflict(_)
            | Self::ConcurrentModification => 409,
            Self::MalformedPolicyDocument(_) | Self::InvalidInput(_) | Self::Validation(_) => 400,
            Self::Ledger(_) | Self::Random(_) => 500,
        }
    }

    /// That a user, group or role is not there.
    pub(crate) fn no_such(word: &str, name: &str) -> Self {
        Self::NoSuchEntity(format!("The {word} with name {name} cannot be found."))
    }
}

impl fmt::Display for IamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchEntity(message)
            | Self::EntityAlreadyExists(message)
            | Self::LimitExceeded(message)
            | Self::DeleteConflict(message)
            | Self::InvalidInput(message)
            | Self::Validation(message) => f.write_str(message),
            Self::MalformedPolicyDocument(error) => write!(f, "{error}"),
            Self::ConcurrentModification => f.write_str(
                "The request was rejected because multiple requests to change this object were \
                 submitted simultaneously. Wait a few minutes and submit your request again.",
            ),
            Self::Ledger(error) => write!(f, "{error}"),
            Self::Random(error) => write!(f, "no random numbers: {error}"),
        }
    }
}

impl std::error::Error for IamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Random(source) = self { Some(source) } else { None }
    }
}

impl From<LedgerError> for IamError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Conflict => Self::ConcurrentModification,
            LedgerError::TooLarge => {
                Self::LimitExceeded("What belongs to the entity is too large.".into())
            }
            other @ (LedgerError::InvalidKey
            | LedgerError::Busy
            | LedgerError::Full
            | LedgerError::Closed
            | LedgerError::Corrupt { .. }
            | LedgerError::Foreign(_)
            | LedgerError::Newer(_)
            | LedgerError::Locked(_)
            | LedgerError::Io { .. }
            | LedgerError::Unsure { .. }) => Self::Ledger(other),
        }
    }
}

impl From<PolicyError> for IamError {
    fn from(error: PolicyError) -> Self {
        Self::MalformedPolicyDocument(error)
    }
}
