//! `GetFederationToken`: a session for somebody else, with what both the user who asks and the
//! session policies allow.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>

use policy::{Context, Decision, Message, Policies, Request, decide};
use signature::Timestamp;

use super::facts::Facts;
use super::session_token::{long_term_holder, user_seconds};
use super::{SessionCredentials, SessionPolicies, Sessions, StsError, parameter};
use crate::ACCOUNT_ID;
use crate::caller::{Caller, federated_arn};
use crate::record::Tag;
use crate::seal::token::{Claims, SessionKind};

/// Longest name of a federated user.
const NAME_CHARACTERS_MAX: usize = 32;

/// A request for a federated user's session.
#[derive(Clone, Copy, Debug)]
pub struct GetFederationToken<'a> {
    /// The name of the federated user: 2 to 32 letters, digits and `+=,.@_-`.
    pub name: &'a str,
    /// How long it is to live; 12 hours when nothing is said.
    pub duration_seconds: Option<u32>,
    /// What it may do at most. Without any it may do nothing but what bucket policies give it.
    pub policies: SessionPolicies<'a>,
    /// Its tags.
    pub tags: &'a [Tag],
    /// What else is known of the request.
    pub context: &'a dyn Context,
}

/// A federated user.
#[derive(Clone, Debug)]
pub struct FederatedUser {
    /// Its credentials.
    pub credentials: SessionCredentials,
    /// Its ARN.
    pub arn: String,
    /// `account:name`
    pub id: String,
}

impl Sessions<'_> {
    /// `GetFederationToken`, with a long-term key: for 15 minutes to 36 hours, of the root user for
    /// an hour at most.
    ///
    /// # Errors
    /// `AccessDenied`, `ValidationError`, `MalformedPolicyDocument`, `PackedPolicyTooLarge`
    pub fn get_federation_token(
        self,
        caller: &Caller,
        asked: &GetFederationToken<'_>,
        now: Timestamp,
    ) -> Result<FederatedUser, StsError> {
        let holder = long_term_holder(caller, "GetFederationToken")?;
        parameter::demand_name("Name", asked.name, NAME_CHARACTERS_MAX)?;
        parameter::demand_tags(asked.tags)?;
        let seconds = user_seconds(&holder, asked.duration_seconds)?;
        let arn = federated_arn(asked.name);
        demand(caller, asked, seconds, "sts:GetFederationToken", &arn)?;
        if !asked.tags.is_empty() {
            demand(caller, asked, seconds, "sts:TagSession", &arn)?;
        }
        let mut claims = Claims {
            name: Some(asked.name.into()),
            source_key: Some(caller.access_key_id().into()),
            tags: asked.tags.into(),
            ..Claims::new(SessionKind::FederationToken, holder, now, seconds)
        };
        asked.policies.put_into(&mut claims, &self.0.directory())?;
        let id = format!("{ACCOUNT_ID}:{}", asked.name);
        Ok(FederatedUser { credentials: self.issue(&claims)?, arn, id })
    }
}

/// Asks the caller's own policies.
fn demand(
    caller: &Caller,
    asked: &GetFederationToken<'_>,
    seconds: u32,
    action: &str,
    resource: &str,
) -> Result<(), StsError> {
    let facts = Facts {
        session_name: None,
        external_id: None,
        source_identity: None,
        seconds: seconds.into(),
        tags: asked.tags,
        transitive: &[],
        resource_tags: &[],
        web: None,
        around: &[caller, asked.context],
    };
    let principal = caller.principal();
    let request = Request { principal, action, resource, owner: ACCOUNT_ID, context: &facts };
    let permissions = caller.permissions();
    let policies: Policies<'_> = permissions.policies();
    match decide(&request, &policies) {
        Decision::Allow(_) => Ok(()),
        Decision::Deny(reason) => {
            Err(StsError::AccessDenied(Message { request: &request, reason }.to_string()))
        }
    }
}
