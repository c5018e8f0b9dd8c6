//! `AssumeRoleWithWebIdentity`, which an identity provider's token opens, and no signature.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>

use identity::oidc::{OidcError, Provider, provider_arn, provider_name, verify};
use identity::{Account, AssumeRoleWithWebIdentity, SessionPolicies};
use signature::Timestamp;

use super::{write_credentials, write_role_user};
use crate::account::{Around, Document, Fault, Parameters};

/// Makes a session of a role for whom a provider vouches.
pub(in crate::account) fn assume(
    account: &Account,
    providers: &[Provider],
    around: &Around,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Document, Fault> {
    let token = parameters.required("WebIdentityToken")?;
    let claims = verify(token, providers, now).map_err(of_token)?;
    let managed = parameters.fields("PolicyArns", ".arn");
    let asked = AssumeRoleWithWebIdentity {
        role_arn: parameters.required("RoleArn")?,
        session_name: parameters.required("RoleSessionName")?,
        duration_seconds: parameters.number("DurationSeconds")?,
        policies: SessionPolicies { document: parameters.get("Policy"), managed: &managed },
        claims: &claims,
        context: around,
    };
    let assumed = account.sessions().assume_role_with_web_identity(&asked, now)?;
    Ok(Document::new(|result| {
        result.text("SubjectFromWebIdentityToken", &claims.subject);
        result.text("Audience", &claims.audience);
        write_role_user(result, &assumed);
        write_credentials(result, &assumed.credentials);
        result.text("Provider", provider_arn(provider_name(&claims.issuer)));
        result.text("PackedPolicySize", assumed.credentials.packed_percent());
    }))
}

fn of_token(error: OidcError) -> Fault {
    match error {
        OidcError::Expired => Fault::sender("ExpiredTokenException", error.to_string()),
        OidcError::TooLong
        | OidcError::Malformed
        | OidcError::UnknownIssuer
        | OidcError::UnknownKey
        | OidcError::Algorithm
        | OidcError::Signature
        | OidcError::NotYetValid
        | OidcError::OtherAudience => Fault::sender("InvalidIdentityToken", error.to_string()),
    }
}
