//! What can go wrong in the client: one type, with a kind to act on.
//!
//! A refusal by the service, a failure of the way to it and a fault on this side are different
//! kinds. No message holds a secret, a signature or a presigned URL.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>

use std::fmt;
use std::path::PathBuf;

use s3::Operation;
use signature::PresignError;

use crate::config::ConfigFault;
use crate::target::TargetFault;

/// Why an operation did not happen.
#[derive(Debug)]
pub struct Error {
    operation: &'static str,
    kind: ErrorKind,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    left: Option<String>,
}

/// The kinds of [`Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The configuration cannot be used.
    Config(ConfigFault),
    /// There is no request that would reach this bucket.
    Target(TargetFault),
    /// No source of credentials had any.
    NoCredentials,
    /// A presigned URL cannot live that long, or not that short.
    Presign(PresignError),
    /// A file could not be read.
    File(PathBuf),
    /// A file was not the same from the first byte to the last.
    FileChanged(PathBuf),
    /// A file is larger than an object can be; holds its size in bytes.
    FileTooLarge(u64),
    /// The way to the service could not be set up: no root certificates, no such address.
    Connect,
    /// Nothing moved for longer than anybody should wait.
    Stalled,
    /// The connection broke.
    Broken,
    /// The service said no.
    Refused {
        /// The status of the answer.
        status: u16,
        /// S3's code, such as `AccessDenied`.
        code: String,
        /// S3's message.
        message: String,
    },
    /// The service answered something that S3 never answers here.
    Nonsense,
    /// The service stored other bytes than were sent.
    Damaged,
    /// The caller stopped it.
    Stopped,
}

impl Error {
    pub(crate) fn new(operation: &'static str, kind: ErrorKind) -> Self {
        Self { operation, kind, source: None, left: None }
    }

    pub(crate) fn of(operation: Operation, kind: ErrorKind) -> Self {
        Self::new(operation.row().name, kind)
    }

    pub(crate) fn because(
        self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// Parts were sent that could not be dropped again.
    pub(crate) fn leaving(self, upload_id: &str) -> Self {
        Self { left: Some(upload_id.into()), ..self }
    }

    /// The multipart upload whose parts are still there, because aborting it failed, too.
    #[must_use]
    pub fn left_upload_id(&self) -> Option<&str> {
        self.left.as_deref()
    }

    /// What was being done: S3's name of the operation, or `Configure` or `Presign`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// Whether the same request may do better a little later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match &self.kind {
            ErrorKind::Connect | ErrorKind::Stalled | ErrorKind::Broken => true,
            ErrorKind::Refused { status, code, .. } => {
                matches!(status, 429 | 500 | 502..=504) || code == "RequestTimeout"
            }
            ErrorKind::Config(_)
            | ErrorKind::Target(_)
            | ErrorKind::NoCredentials
            | ErrorKind::Presign(_)
            | ErrorKind::File(_)
            | ErrorKind::FileChanged(_)
            | ErrorKind::FileTooLarge(_)
            | ErrorKind::Nonsense
            | ErrorKind::Damaged
            | ErrorKind::Stopped => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation;
        match &self.kind {
            ErrorKind::Config(fault) => fault.fmt(f),
            ErrorKind::Target(fault) => fault.fmt(f),
            ErrorKind::NoCredentials => f.write_str("no credentials found"),
            ErrorKind::Presign(fault) => fault.fmt(f),
            ErrorKind::File(path) => write!(f, "cannot read `{}`", path.display()),
            ErrorKind::FileChanged(path) => {
                write!(f, "`{}` changed while it was read", path.display())
            }
            ErrorKind::FileTooLarge(bytes) => {
                write!(f, "{bytes} bytes are more than an object can hold")
            }
            ErrorKind::Connect => write!(f, "{operation}: cannot connect"),
            ErrorKind::Stalled => write!(f, "{operation}: the connection stalled"),
            ErrorKind::Broken => write!(f, "{operation}: the connection broke"),
            ErrorKind::Refused { status, code, message } => {
                let message = message.trim_end_matches('.');
                write!(f, "{operation} was refused: {status} {code}: {message}")
            }
            ErrorKind::Nonsense => write!(f, "{operation}: the answer is not one of S3"),
            ErrorKind::Damaged => write!(f, "{operation}: the stored bytes are not the sent ones"),
            ErrorKind::Stopped => write!(f, "{operation}: stopped"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: &str) -> Error {
        let kind = ErrorKind::Refused {
            status,
            code: code.into(),
            message: "Reduce your request rate.".into(),
        };
        Error::of(Operation::PutObject, kind)
    }

    #[test]
    fn refusal_is_told_in_the_words_of_s3_on_one_line() {
        assert_eq!(
            refused(503, "SlowDown").to_string(),
            "PutObject was refused: 503 SlowDown: Reduce your request rate"
        );
    }

    #[test]
    fn only_what_may_pass_is_retryable() {
        assert!(refused(503, "SlowDown").is_retryable());
        assert!(refused(400, "RequestTimeout").is_retryable());
        assert!(!refused(403, "AccessDenied").is_retryable());
        assert!(Error::of(Operation::PutObject, ErrorKind::Broken).is_retryable());
        assert!(!Error::new("Presign", ErrorKind::NoCredentials).is_retryable());
    }
}
