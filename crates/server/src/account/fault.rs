//! Why a request in the query protocol is refused, and the document that says so.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>

use std::borrow::Cow;

use identity::{IamError, StsError};
use s3::xml::{Writer, carried};

use super::Api;

/// A refusal of IAM or STS.
#[derive(Debug)]
pub(crate) struct Fault {
    status: u16,
    code: &'static str,
    message: Cow<'static, str>,
    because: Option<String>,
}

impl Fault {
    /// A request that cannot be understood: 400.
    pub(crate) fn sender(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: 400, code, message: message.into(), because: None }
    }

    /// A request that may not be made: 403.
    pub(crate) fn denied(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: 403, ..Self::sender(code, message) }
    }

    /// An action that the service does not have.
    pub(crate) fn no_such_action(action: &str) -> Self {
        Self::sender("InvalidAction", format!("Could not find operation {action}."))
    }

    /// A failure of this server, which the operator is told.
    pub(crate) fn internal(because: impl Into<String>) -> Self {
        let message = "An internal error has occurred.";
        let because = Some(because.into());
        Self { status: 500, because, ..Self::sender("InternalFailure", message) }
    }

    /// Tells the operator why.
    pub(crate) fn because(self, why: impl Into<String>) -> Self {
        Self { because: Some(why.into()), ..self }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) fn why(&self) -> Option<&str> {
        self.because.as_deref()
    }

    /// What the client is told.
    pub(super) fn document(&self, api: Api, request_id: &str) -> String {
        let kind = if self.status < 500 { "Sender" } else { "Receiver" };
        let document = Writer::new().root_in(api.namespace(), "ErrorResponse", |root| {
            root.element("Error", |error| {
                error.text("Type", kind);
                error.text("Code", self.code);
                error.text("Message", carried(&self.message));
            });
            root.text("RequestId", request_id);
        });
        document.finish()
    }
}

impl From<IamError> for Fault {
    fn from(error: IamError) -> Self {
        let (status, code) = (error.status(), error.code());
        if status >= 500 {
            return Self { status, code, ..Self::internal(error.to_string()) };
        }
        Self { status, ..Self::sender(code, error.to_string()) }
    }
}

impl From<StsError> for Fault {
    fn from(error: StsError) -> Self {
        let (status, code) = (error.status(), error.code());
        if status >= 500 {
            return Self { status, code, ..Self::internal(error.to_string()) };
        }
        Self { status, ..Self::sender(code, error.to_string()) }
    }
}
