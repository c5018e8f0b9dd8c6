//! What can be wrong with a configuration, in one sentence each.

use std::fmt;
use std::path::PathBuf;

use crate::endpoint::EndpointFault;

/// Why the configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigFault {
    /// The profile that was asked for is in neither file.
    NoProfile(String),
    /// The profile names a `[services]` section that is not there.
    NoServices(String),
    /// Credentials come from where this client cannot fetch them yet.
    Unsupported {
        /// The profile.
        profile: String,
        /// Where they come from.
        from: CredentialsSource,
    },
    /// An access key id without its secret; holds where.
    NoSecret(String),
    /// A line of a file is not one of its format.
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// A file is there and cannot be read.
    Unreadable(PathBuf),
    /// An addressing style that is none.
    AddressingStyle(String),
    /// `AWS_CREDENTIAL_EXPIRATION` is not a point in time.
    Expiration(String),
    /// An endpoint URL that cannot be used.
    Endpoint(EndpointFault),
}

/// Sources of credentials that AWS knows and this client does not fetch from yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialsSource {
    /// A role to assume.
    Role,
    /// A web identity token.
    WebIdentity,
    /// IAM Identity Center.
    Sso,
    /// `aws login`.
    Login,
    /// A program.
    Process,
    /// A container's metadata endpoint.
    Container,
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProfile(name) => write!(f, "there is no profile `{name}`"),
            Self::NoServices(name) => write!(f, "there is no section `[services {name}]`"),
            Self::Unsupported { profile, from } => {
                write!(f, "profile `{profile}` takes its credentials from {from}, ")?;
                f.write_str("which is not supported yet")
            }
            Self::NoSecret(place) => {
                write!(f, "{place} has an access key id and no secret access key")
            }
            Self::Syntax { path, line } => {
                let path = path.display();
                write!(f, "line {line} of `{path}` is neither `[section]` nor `name = value`")
            }
            Self::Unreadable(path) => write!(f, "cannot read `{}`", path.display()),
            Self::AddressingStyle(word) => {
                write!(f, "addressing_style `{word}` is none of auto, path and virtual")
            }
            Self::Expiration(text) => {
                write!(f, "AWS_CREDENTIAL_EXPIRATION `{text}` is not a point in time")
            }
            Self::Endpoint(fault) => fault.fmt(f),
        }
    }
}

impl fmt::Display for CredentialsSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Role => "a role to assume (role_arn)",
            Self::WebIdentity => "a web identity token",
            Self::Sso => "IAM Identity Center (sso)",
            Self::Login => "`aws login`",
            Self::Process => "a program (credential_process)",
            Self::Container => "a container's metadata endpoint",
        })
    }
}
