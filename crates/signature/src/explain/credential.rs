//! The access key of a URL: how long it can live, and what it is good for.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html>

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::claim::{Claim, Version};
use super::finding::Said;

/// What can be said about an access key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialFinding {
    /// The URL ends with a session.
    Session,
    /// The access key is temporary and its token is not there.
    TokenMissing,
    /// The signature is SigV2.
    Legacy,
    /// The credential is for another service; holds it.
    Service(String),
}

/// Whether an access key is for a session, as AWS marks it in the id.
#[must_use]
pub fn is_temporary(access_key_id: &str) -> bool {
    access_key_id.starts_with("ASIA")
}

/// What there is to say about the access key of `claim`.
pub(super) fn inspect(claim: &Claim<'_>) -> Vec<CredentialFinding> {
    let mut found = Vec::new();
    let id = claim.credential.as_ref().map(|credential| credential.access_key_id.as_str());
    if claim.session_token.is_some() {
        found.push(CredentialFinding::Session);
    } else if id.is_some_and(is_temporary) {
        found.push(CredentialFinding::TokenMissing);
    }
    if claim.version == Version::V2 {
        found.push(CredentialFinding::Legacy);
    }
    let scope = claim.credential.as_ref().and_then(|credential| credential.scope.as_ref());
    if let Some(scope) = scope.filter(|scope| !SERVICES.contains(&scope.service.as_str())) {
        found.push(CredentialFinding::Service(scope.service.clone()));
    }
    found
}

/// The services that speak S3.
const SERVICES: [&str; 4] = ["s3", "s3express", "s3-object-lambda", "s3-outposts"];

impl CredentialFinding {
    pub(super) fn said(&self) -> Said {
        match self {
            Self::Session => Said::warning(
                "session",
                "the URL ends with the session that signed it, be its own end later",
                "GetSessionToken gives up to 36 hours, a role up to 12, an instance about 6",
            ),
            Self::TokenMissing => Said::refusal(
                "token-missing",
                "the access key is temporary (ASIA) and the URL has no X-Amz-Security-Token",
                "give the signer the session token as well, in AWS_SESSION_TOKEN for example",
            ),
            Self::Legacy => Said::warning(
                "legacy",
                "SigV2, the legacy signature: regions since 2014 and many services refuse it",
                "sign with SigV4; for the AWS CLI, `s3.signature_version = s3v4`",
            ),
            Self::Service(service) => Said::refusal(
                "service",
                format!("the credential is for the service `{service}`, not for s3"),
                "sign for the service `s3`",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> Vec<CredentialFinding> {
        inspect(&Claim::read(query))
    }

    #[test]
    fn session_ends_the_url_and_a_temporary_key_needs_one() {
        let credential = "X-Amz-Credential=ASIA1/d/r/s3/aws4_request";
        assert_eq!(found(credential), [CredentialFinding::TokenMissing]);
        let whole = format!("{credential}&X-Amz-Security-Token=t");
        assert_eq!(found(&whole), [CredentialFinding::Session]);
        assert_eq!(found("X-Amz-Credential=AKIA1/d/r/s3/aws4_request"), []);
    }

    #[test]
    fn legacy_signature_is_seen() {
        let legacy = CredentialFinding::Legacy;
        assert_eq!(found("AWSAccessKeyId=a&Expires=1&Signature=b"), [legacy]);
    }

    #[test]
    fn another_service_is_seen() {
        let other = CredentialFinding::Service("sqs".into());
        assert_eq!(found("X-Amz-Credential=A/d/r/sqs/aws4_request"), [other]);
    }
}
