//! How a command that did not work ends: what went wrong, what to do, and the exit code.
//!
//! Hints for every kind of failure of the client are chosen here.

use std::error::Error as _;
use std::io;
use std::process::ExitCode;

use client::{ConfigFault, ErrorKind, TargetFault};
use signature::PresignError;

/// Two lines and a code. No line holds a secret or a signature.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong: lower case, no period.
    pub(crate) error: String,
    /// What to do.
    pub(crate) hint: String,
    /// The code.
    pub(crate) exit: Exit,
}

/// The exit codes of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It failed.
    Failed,
    /// It was not understood.
    Usage,
    /// It was understood, and the answer is no.
    Refused,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Refused => 3,
        })
    }
}

impl Failure {
    /// Arguments or variables that do not fit together.
    pub(crate) fn usage(error: String) -> Self {
        Self { error, hint: "see `hallpass help`".into(), exit: Exit::Usage }
    }

    /// Nothing can be signed.
    pub(crate) fn no_credentials() -> Self {
        Self {
            error: "no credentials found".into(),
            hint: hint(&ErrorKind::NoCredentials),
            exit: Exit::Failed,
        }
    }

    /// The machine does not let it begin.
    pub(crate) fn cannot_start(error: &io::Error) -> Self {
        Self {
            error: format!("cannot start: {error}"),
            hint: "the machine is short of threads or file descriptors; see `ulimit -a`".into(),
            exit: Exit::Failed,
        }
    }
}

impl From<client::Error> for Failure {
    fn from(error: client::Error) -> Self {
        let mut text = error.to_string();
        if let Some(cause) = root_cause(&error) {
            text = format!("{text}: {cause}");
        }
        let mut hint = hint(error.kind());
        if let Some(id) = error.left_upload_id() {
            hint = format!("{hint}; abort the multipart upload `{id}`, whose parts are left");
        }
        Self { error: text, hint, exit: exit(error.kind()) }
    }
}

impl From<PresignError> for Failure {
    fn from(error: PresignError) -> Self {
        Self {
            error: error.to_string(),
            hint: hint(&ErrorKind::Presign(error)),
            exit: Exit::Refused,
        }
    }
}

impl From<TargetFault> for Failure {
    fn from(fault: TargetFault) -> Self {
        let error = fault.to_string();
        Self { error, hint: hint(&ErrorKind::Target(fault)), exit: Exit::Failed }
    }
}

/// The innermost reason; what stands around it says less.
fn root_cause(error: &client::Error) -> Option<String> {
    let mut cause = error.source()?;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    Some(cause.to_string())
}

fn exit(kind: &ErrorKind) -> Exit {
    match kind {
        ErrorKind::Refused { .. } | ErrorKind::Presign(_) => Exit::Refused,
        ErrorKind::Config(_)
        | ErrorKind::Target(_)
        | ErrorKind::NoCredentials
        | ErrorKind::File(_)
        | ErrorKind::FileChanged(_)
        | ErrorKind::FileTooLarge(_)
        | ErrorKind::Connect
        | ErrorKind::Stalled
        | ErrorKind::Broken
        | ErrorKind::Nonsense
        | ErrorKind::Damaged
        | ErrorKind::Stopped => Exit::Failed,
    }
}

fn hint(kind: &ErrorKind) -> String {
    let hint = match kind {
        ErrorKind::Config(fault) => return hint_for_config(fault),
        ErrorKind::Refused { code, .. } => hint_for_code(code),
        ErrorKind::Target(_) => "name a region of AWS with --region, or another --endpoint-url",
        ErrorKind::NoCredentials => {
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile"
        }
        ErrorKind::Presign(PresignError::ExpiresTooLong) => {
            "use --expires 7d or less; a link that is to live longer has to be a pass, which a \
             server keeps, and hallpass has no passes yet"
        }
        ErrorKind::Presign(PresignError::ExpiresZero) => "use --expires 1s or more",
        ErrorKind::Presign(PresignError::TooManyHeaders) => "sign fewer headers with --header",
        ErrorKind::File(_) => "name a file that is there and that you may read",
        ErrorKind::FileChanged(_) => "try again when nothing writes to the file any more",
        ErrorKind::FileTooLarge(_) => "split the file",
        ErrorKind::Connect => "see that the endpoint is right and can be reached from here",
        ErrorKind::Stalled | ErrorKind::Broken => "try again; nothing was stored",
        ErrorKind::Nonsense => "see that the endpoint is one of an S3-compatible service",
        ErrorKind::Damaged => "remove the object and try again; something on the way is broken",
        ErrorKind::Stopped => "nothing was stored",
    };
    hint.into()
}

fn hint_for_config(fault: &ConfigFault) -> String {
    let hint = match fault {
        ConfigFault::Unsupported { profile, .. } => {
            return format!(
                "export temporary credentials and leave out --profile: \
                 eval \"$(aws configure export-credentials --profile {profile} --format env)\""
            );
        }
        ConfigFault::NoProfile(_) => "see which there are with `aws configure list-profiles`",
        ConfigFault::NoServices(_) => "add the section to the config file, or remove `services`",
        ConfigFault::NoSecret(_) => "set both, or neither",
        ConfigFault::Syntax { .. } | ConfigFault::AddressingStyle(_) => "mend the file",
        ConfigFault::Unreadable(_) => "see who may read the file",
        ConfigFault::Expiration(_) => "write it like 2026-11-24T03:00:00Z",
        ConfigFault::Endpoint(_) => "mend the endpoint URL in the environment or the config file",
    };
    hint.into()
}

fn hint_for_code(code: &str) -> &'static str {
    match code {
        "NoSuchBucket" => "see that bucket and endpoint are right; the bucket has to exist",
        "AccessDenied" => "see what the policies of the user and the bucket allow",
        "InvalidAccessKeyId" | "SignatureDoesNotMatch" => {
            "see that access key id and secret are those of this service"
        }
        "ExpiredToken" | "InvalidToken" => "the session is over: get new credentials",
        "RequestTimeTooSkewed" => "set the clock of this machine",
        "PermanentRedirect" | "AuthorizationHeaderMalformed" => {
            "name the region of the bucket with --region"
        }
        _ => "the service gave this answer and stored nothing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_exit_with_3_and_everything_else_with_1() {
        let refused = ErrorKind::Refused {
            status: 403,
            code: "AccessDenied".into(),
            message: "Access Denied".into(),
        };
        let too_long = ErrorKind::Presign(PresignError::ExpiresTooLong);
        assert_eq!((exit(&refused), exit(&too_long)), (Exit::Refused, Exit::Refused));
        assert_eq!(exit(&ErrorKind::NoCredentials), Exit::Failed);
    }
}
