//! `AssumeRoleWithWebIdentity`: a session of a role for whom an identity provider vouches.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>

use policy::{Context, Principal};
use signature::Timestamp;

use super::assume_role::{
    Asker, AssumedRole, NAME_CHARACTERS_MAX, demand_trust, denied, role_of_arn,
};
use super::{SessionPolicies, Sessions, StsError, parameter};
use crate::caller::Permissions;
use crate::limits::{SESSION_SECONDS_MIN, SESSION_SECONDS_SHORT};
use crate::oidc::{self, WebClaims};
use crate::seal::token::{Claims, Holder, SessionKind, WebIdentity};

const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

/// A request for a session of a role, with a web identity token that was verified.
#[derive(Clone, Copy, Debug)]
pub struct AssumeRoleWithWebIdentity<'a> {
    /// The ARN of the role.
    pub role_arn: &'a str,
    /// The name of the session: 2 to 64 letters, digits and `+=,.@_-`.
    pub session_name: &'a str,
    /// How long it is to live; an hour when nothing is said.
    pub duration_seconds: Option<u32>,
    /// What it may do at most, of what the role may.
    pub policies: SessionPolicies<'a>,
    /// What the token says.
    pub claims: &'a WebClaims,
    /// What else is known of the request.
    pub context: &'a dyn Context,
}

impl Sessions<'_> {
    /// `AssumeRoleWithWebIdentity`: for 15 minutes to what the role allows. The trust policy has to
    /// allow the provider, and ought to ask for audience and subject.
    ///
    /// # Errors
    /// `AccessDenied`, also when there is no such role; `ValidationError`,
    /// `MalformedPolicyDocument`, `PackedPolicyTooLarge`
    pub fn assume_role_with_web_identity(
        self,
        asked: &AssumeRoleWithWebIdentity<'_>,
        now: Timestamp,
    ) -> Result<AssumedRole, StsError> {
        parameter::demand_name("RoleSessionName", asked.session_name, NAME_CHARACTERS_MAX)?;
        let web = WebIdentity {
            provider: oidc::provider_name(&asked.claims.issuer).into(),
            audience: asked.claims.audience.clone(),
            subject: asked.claims.subject.clone(),
        };
        let provider_arn = oidc::provider_arn(&web.provider);
        let around = [asked.context];
        let asker = Asker {
            principal: Principal::Federated { provider: &provider_arn },
            permissions: Permissions::default(),
            external_id: None,
            web: Some((&web, &asked.claims.methods)),
            around: &around,
        };
        let directory = self.0.directory();
        let role = role_of_arn(&directory, asked.role_arn)
            .ok_or_else(|| denied(asker.principal, ACTION, asked.role_arn))?;
        let seconds = asked.duration_seconds.unwrap_or(SESSION_SECONDS_SHORT);
        let holder = Holder::Role(role.record.common.id.clone());
        let mut claims = Claims {
            name: Some(asked.session_name.into()),
            ..Claims::new(SessionKind::WebIdentity, holder, now, seconds)
        };
        demand_trust(&role, &claims, &asker, ACTION)?;
        let limits = (SESSION_SECONDS_MIN, role.record.session_seconds_max);
        parameter::demand_duration(seconds, limits)?;
        asked.policies.put_into(&mut claims, &directory)?;
        claims.web = Some(web.clone());
        self.assumed(&role, claims)
    }
}
