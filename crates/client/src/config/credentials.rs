//! Where credentials come from: environment, then the shared files, in AWS's order.
//!
//! Sources that this client cannot fetch from yet stand at their place in the order and are
//! refused there: passing them by would sign as somebody else than AWS's own tools do.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>

use signature::{Credentials, Timestamp};

use super::profile::Profile;
use super::shared_file::Section;
use super::{ConfigFault, CredentialsSource, Environment, fault};
use crate::error::Error;

/// Where programs that put sessions into the shared files keep when these end.
const SESSION_ENDS: [&str; 2] = ["x_security_token_expires", "aws_expiration"];

/// Credentials with the end of their session, when it is known.
pub(super) struct Found {
    pub(super) credentials: Credentials,
    pub(super) expire: Option<Timestamp>,
}

/// Whether the profile was named by the user of the program or not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// As an argument: then the environment's own credentials do not count.
    Explicitly,
    /// By the environment, or by nobody.
    Otherwise,
}

/// The first credentials in AWS's order.
pub(super) fn find(
    environment: &Environment<'_>,
    profile: Profile<'_>,
    named: Named,
) -> Result<Option<Found>, Error> {
    if named == Named::Otherwise
        && let Some(found) = in_environment(environment)?
    {
        return Ok(Some(found));
    }
    refuse(profile, role(environment, profile, named))?;
    let sso = ["sso_session", "sso_start_url", "sso_account_id"];
    refuse(profile, any(profile, &sso, CredentialsSource::Sso))?;
    if let Some(found) = in_section(profile, profile.credentials, "credentials")? {
        return Ok(Some(found));
    }
    let login = any(profile, &["login_session"], CredentialsSource::Login);
    let process = any(profile, &["credential_process"], CredentialsSource::Process);
    refuse(profile, login.or(process))?;
    if let Some(found) = in_section(profile, profile.config, "config")? {
        return Ok(Some(found));
    }
    refuse(profile, container(environment))?;
    Ok(None)
}

fn in_environment(environment: &Environment<'_>) -> Result<Option<Found>, Error> {
    let Some(id) = environment.get(&["AWS_ACCESS_KEY_ID"]) else {
        return Ok(None);
    };
    let Some(secret) = environment.secret("AWS_SECRET_ACCESS_KEY") else {
        return Err(fault(ConfigFault::NoSecret("the environment".into())));
    };
    let token = environment.secret("AWS_SESSION_TOKEN");
    Ok(Some(Found {
        credentials: Credentials::new(&id, &secret, token.as_deref().map(String::as_str)),
        expire: match environment.get(&["AWS_CREDENTIAL_EXPIRATION"]) {
            Some(text) if token.is_some() => Some(read_time(&text)?),
            Some(_) | None => None,
        },
    }))
}

fn read_time(text: &str) -> Result<Timestamp, Error> {
    let read: Result<jiff::Timestamp, _> = text.parse();
    read.ok()
        .and_then(|at| u64::try_from(at.as_second()).ok())
        .map(Timestamp::from_seconds)
        .ok_or_else(|| fault(ConfigFault::Expiration(text.into())))
}

fn in_section(
    profile: Profile<'_>,
    section: Option<&Section>,
    file: &str,
) -> Result<Option<Found>, Error> {
    let Some((section, id)) = section.and_then(|s| Some((s, s.get("aws_access_key_id")?))) else {
        return Ok(None);
    };
    let Some(secret) = section.get("aws_secret_access_key") else {
        let place = format!("profile `{}` in the {file} file", profile.name);
        return Err(fault(ConfigFault::NoSecret(place)));
    };
    let token = section.get("aws_session_token");
    // AWS's tools keep no end here; of the others, some do, and a value of theirs is no fault.
    let ends = || SESSION_ENDS.iter().find_map(|name| read_time(section.get(name)?).ok());
    let expire = token.and_then(|_| ends());
    Ok(Some(Found { credentials: Credentials::new(id, secret, token), expire }))
}

fn role(
    environment: &Environment<'_>,
    profile: Profile<'_>,
    named: Named,
) -> Option<CredentialsSource> {
    let web_identity = any(profile, &["web_identity_token_file"], CredentialsSource::WebIdentity);
    let role = any(profile, &["role_arn"], CredentialsSource::Role);
    let in_environment = environment.get(&["AWS_WEB_IDENTITY_TOKEN_FILE"]);
    web_identity.or(role).or_else(|| {
        let counts = named == Named::Otherwise && in_environment.is_some();
        counts.then_some(CredentialsSource::WebIdentity)
    })
}

fn container(environment: &Environment<'_>) -> Option<CredentialsSource> {
    let variables =
        ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    environment.get(&variables).map(|_| CredentialsSource::Container)
}

fn any(
    profile: Profile<'_>,
    names: &[&str],
    source: CredentialsSource,
) -> Option<CredentialsSource> {
    names.iter().any(|name| profile.get(name).is_some()).then_some(source)
}

fn refuse(profile: Profile<'_>, source: Option<CredentialsSource>) -> Result<(), Error> {
    match source {
        Some(from) => Err(fault(ConfigFault::Unsupported { profile: profile.name.into(), from })),
        None => Ok(()),
    }
}
