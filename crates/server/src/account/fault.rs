//! The answer no of the account's services: status, code and message.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>

use identity::IamError;

/// A refusal of IAM or STS.
#[derive(Debug)]
pub(crate) struct Fault {
    status: u16,
    code: &'static str,
    message: String,
    because: Option<String>,
}

impl Fault {
    /// A refusal that the caller is told everything about.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), because: None }
    }

    /// A value that a parameter cannot have.
    pub(crate) fn validation(message: String) -> Self {
        Self::new(400, "ValidationError", message)
    }

    /// Tells the operator why.
    pub(crate) fn because(mut self, why: String) -> Self {
        self.because = Some(why);
        self
    }

    /// The status of the answer.
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// The code of the answer.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// What the caller is told.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// What the operator is told.
    pub(crate) fn why(&self) -> Option<&str> {
        self.because.as_deref()
    }
}

impl From<IamError> for Fault {
    fn from(error: IamError) -> Self {
        let (status, code) = (error.status(), error.code());
        match error {
            IamError::Ledger(_) | IamError::Random(_) => {
                let message = "The request processing has failed because of an internal error.";
                Self::new(status, code, message).because(error.to_string())
            }
            IamError::NoSuchEntity(_)
            | IamError::EntityAlreadyExists(_)
            | IamError::LimitExceeded(_)
            | IamError::DeleteConflict(_)
            | IamError::MalformedPolicyDocument(_)
            | IamError::InvalidInput(_)
            | IamError::Validation(_)
            | IamError::ConcurrentModification => Self::new(status, code, error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_of_the_machine_are_told_to_the_operator_alone() {
        let fault = Fault::from(IamError::Random(std::io::Error::other("no entropy at all")));
        assert_eq!((fault.status(), fault.code()), (500, "ServiceFailure"));
        assert!(!fault.message().contains("entropy"));
        assert!(fault.why().unwrap().contains("entropy"));
        let fault = Fault::from(IamError::DeleteConflict("policies first".into()));
        assert_eq!((fault.status(), fault.code()), (409, "DeleteConflict"));
        assert_eq!((fault.message(), fault.why()), ("policies first", None));
    }
}
