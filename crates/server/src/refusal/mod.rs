//! The answer no: the one place that picks an S3 error for every failure below.
//!
//! `message` and elements go to the caller, `because` to the operator's log. The matches in this
//! folder have no wildcard, so a new failure on a lower floor stops the build here.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>

mod of_form;
mod of_resolve;
mod of_store;
mod of_verify;

use std::borrow::Cow;
use std::fmt::{self, Display};

use s3::Code;

/// A refusal on its way to the caller.
pub(crate) struct Refusal {
    code: Code,
    message: Option<Cow<'static, str>>,
    elements: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    because: Option<Cow<'static, str>>,
}

/// Shows the code, and why: the elements give back what was sent, a signature or a token among it.
impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("code", &self.code)
            .field("because", &self.because)
            .finish_non_exhaustive()
    }
}

impl Refusal {
    /// A refusal with the code's usual message.
    pub(crate) fn new(code: Code) -> Self {
        Self { code, message: None, elements: Vec::new(), headers: Vec::new(), because: None }
    }

    /// An argument that makes no sense.
    pub(crate) fn argument(name: &str, value: &str) -> Self {
        Self::new(Code::InvalidArgument).with("ArgumentName", name).with("ArgumentValue", value)
    }

    /// A header that asks for something this server does not do.
    pub(crate) fn not_implemented_header(name: &str) -> Self {
        Self::new(Code::NotImplemented).with("Header", name)
    }

    /// A condition that does not hold.
    pub(crate) fn precondition(condition: &str) -> Self {
        Self::new(Code::PreconditionFailed).with("Condition", condition)
    }

    /// A piece of work that ended in a panic.
    pub(crate) fn of_task(error: tokio::task::JoinError) -> Self {
        Self::new(Code::InternalError).because(error.to_string())
    }

    /// Replaces the message.
    pub(crate) fn saying(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Adds an element to the document.
    pub(crate) fn with(mut self, element: &'static str, text: impl Display) -> Self {
        self.elements.push((element, text.to_string()));
        self
    }

    /// Adds a header to the answer.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Tells the operator why.
    pub(crate) fn because(mut self, why: impl Into<Cow<'static, str>>) -> Self {
        self.because = Some(why.into());
        self
    }

    pub(crate) fn code(&self) -> Code {
        self.code
    }

    pub(crate) fn message(&self) -> &str {
        self.message.as_deref().unwrap_or(self.code.row().message)
    }

    pub(crate) fn elements(&self) -> &[(&'static str, String)] {
        &self.elements
    }

    pub(crate) fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    pub(crate) fn why(&self) -> Option<&str> {
        self.because.as_deref()
    }

    /// Names the key, first of all elements, in the refusal of a signature that does not match.
    pub(crate) fn with_access_key(mut self, access_key_id: &str) -> Self {
        if self.code == Code::SignatureDoesNotMatch {
            self.elements.insert(0, ("AWSAccessKeyId", access_key_id.to_owned()));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_not_shown() {
        let refusal = Refusal::argument("Authorization", "AWS id:5ec").saying("not 5ec");
        let shown = format!("{:?}", refusal.because("it is wrong"));
        assert!(shown.contains("InvalidArgument") && shown.contains("it is wrong"), "{shown}");
        assert!(!shown.contains("5ec"), "{shown}");
    }
}
