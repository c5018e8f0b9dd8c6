//! `AssumeRole`, and the sessions of roles in general.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use std::sync::Arc;

use policy::{Context, Policies, Principal, Request, decide_trust};
use signature::Timestamp;

use super::facts::Facts;
use super::{SessionCredentials, SessionPolicies, Sessions, StsError, parameter};
use crate::ACCOUNT_ID;
use crate::caller::{Caller, Permissions, role_session_arn};
use crate::directory::{Directory, Row};
use crate::limits::{INSTANCE_SECONDS, SESSION_SECONDS_MIN, SESSION_SECONDS_SHORT};
use crate::record::{self, Tag};
use crate::seal::token::{Claims, Holder, SessionKind, WebIdentity};

/// Longest name of a session, and longest source identity.
pub(super) const NAME_CHARACTERS_MAX: usize = 64;
const NAME: &str = "RoleSessionName";

/// A request for a session of a role.
#[derive(Clone, Copy, Debug)]
pub struct AssumeRole<'a> {
    /// The ARN of the role.
    pub role_arn: &'a str,
    /// The name of the session: 2 to 64 letters, digits and `+=,.@_-`.
    pub session_name: &'a str,
    /// How long it is to live; an hour when nothing is said.
    pub duration_seconds: Option<u32>,
    /// What the owner of the role agreed on with whoever asks.
    pub external_id: Option<&'a str>,
    /// What it may do at most, of what the role may.
    pub policies: SessionPolicies<'a>,
    /// Its tags.
    pub tags: &'a [Tag],
    /// The keys of the tags that sessions made by it have too.
    pub transitive_tag_keys: &'a [&'a str],
    /// Who is behind it.
    pub source_identity: Option<&'a str>,
    /// What else is known of the request.
    pub context: &'a dyn Context,
}

/// A session of a role.
#[derive(Clone, Debug)]
pub struct AssumedRole {
    /// Its credentials.
    pub credentials: SessionCredentials,
    /// `arn:aws:sts::account:assumed-role/role/session`
    pub arn: String,
    /// `AROA...:session`
    pub id: String,
    /// Who is behind it.
    pub source_identity: Option<String>,
}

/// Who asks for a session of a role, with what trust policies may ask of them.
pub(super) struct Asker<'a> {
    pub(super) principal: Principal<'a>,
    pub(super) permissions: Permissions<'a>,
    pub(super) external_id: Option<&'a str>,
    pub(super) web: Option<(&'a WebIdentity, &'a [String])>,
    pub(super) around: &'a [&'a dyn Context],
}

impl Sessions<'_> {
    /// `AssumeRole`: for 15 minutes to what the role allows, and with the session of a role for an
    /// hour at most. The trust policy has to allow whoever asks; where it names the account alone,
    /// their own policies have to allow it too.
    ///
    /// # Errors
    /// `AccessDenied`, also when there is no such role; `ValidationError`,
    /// `MalformedPolicyDocument`, `PackedPolicyTooLarge`
    pub fn assume_role(
        self,
        caller: &Caller,
        asked: &AssumeRole<'_>,
        now: Timestamp,
    ) -> Result<AssumedRole, StsError> {
        let kind = kind_for(caller)?;
        demand_parameters(asked)?;
        let directory = self.0.directory();
        let around: [&dyn Context; 2] = [caller, asked.context];
        let asker = Asker {
            principal: caller.principal(),
            permissions: caller.permissions(),
            external_id: asked.external_id,
            web: None,
            around: &around,
        };
        let role = role_of_arn(&directory, asked.role_arn)
            .ok_or_else(|| denied(asker.principal, "sts:AssumeRole", asked.role_arn))?;
        let seconds = asked.duration_seconds.unwrap_or(SESSION_SECONDS_SHORT);
        let before = caller.claims();
        let (tags, transitive) = session_tags(asked, before)?;
        let mut claims = Claims {
            name: Some(asked.session_name.into()),
            source_key: Some(caller.access_key_id().into()),
            tags,
            transitive,
            source_identity: source_identity(asked, before)?,
            ..Claims::new(kind, Holder::Role(role.record.common.id.clone()), now, seconds)
        };
        demand_trust(&role, &claims, &asker, "sts:AssumeRole")?;
        // Told to those alone who may assume the role.
        let max = match kind {
            SessionKind::ChainedRole => SESSION_SECONDS_SHORT,
            SessionKind::AssumedRole
            | SessionKind::SessionToken
            | SessionKind::WebIdentity
            | SessionKind::FederationToken
            | SessionKind::InstanceProfile => role.record.session_seconds_max,
        };
        parameter::demand_duration(seconds, (SESSION_SECONDS_MIN, max))?;
        asked.policies.put_into(&mut claims, &directory)?;
        self.assumed(&role, claims)
    }

    /// The credentials of an instance that has a role: six hours, to be asked for again before.
    /// The trust policy has to allow `ec2.amazonaws.com`.
    ///
    /// # Errors
    /// `AccessDenied`, also when there is no such role; `ValidationError`
    pub fn of_instance(
        self,
        role_arn: &str,
        instance_id: &str,
        now: Timestamp,
    ) -> Result<AssumedRole, StsError> {
        parameter::demand_name(NAME, instance_id, NAME_CHARACTERS_MAX)?;
        let principal = Principal::Service { name: "ec2.amazonaws.com" };
        let directory = self.0.directory();
        let role = role_of_arn(&directory, role_arn)
            .ok_or_else(|| denied(principal, "sts:AssumeRole", role_arn))?;
        let permissions = Permissions::default();
        let asker = Asker { principal, permissions, external_id: None, web: None, around: &[] };
        let holder = Holder::Role(role.record.common.id.clone());
        let claims = Claims {
            name: Some(instance_id.into()),
            ..Claims::new(SessionKind::InstanceProfile, holder, now, INSTANCE_SECONDS)
        };
        demand_trust(&role, &claims, &asker, "sts:AssumeRole")?;
        self.assumed(&role, claims)
    }

    /// Makes the session that the claims tell of.
    pub(super) fn assumed(
        self,
        role: &Row<record::Role>,
        claims: Claims,
    ) -> Result<AssumedRole, StsError> {
        let credentials = self.issue(&claims)?;
        let common = &role.record.common;
        let name = claims.name.unwrap_or_default();
        Ok(AssumedRole {
            credentials,
            arn: role_session_arn(&common.name, &name),
            id: format!("{}:{name}", common.id),
            source_identity: claims.source_identity,
        })
    }
}

/// The role of an ARN.
pub(super) fn role_of_arn(directory: &Directory, arn: &str) -> Option<Arc<Row<record::Role>>> {
    let (_, name) = arn.rsplit_once('/')?;
    directory.roles.named(name).filter(|row| *row.compiled.arn == *arn).cloned()
}

/// That a role may not be assumed. That there is none is told in the same words.
pub(super) fn denied(principal: Principal<'_>, action: &str, arn: &str) -> StsError {
    let who = principal.shown();
    StsError::AccessDenied(format!(
        "User: {who} is not authorized to perform: {action} on resource: {arn}"
    ))
}

/// Neither the root user nor a federated user can assume a role.
fn kind_for(caller: &Caller) -> Result<SessionKind, StsError> {
    match caller.principal() {
        Principal::User { .. } => Ok(SessionKind::AssumedRole),
        Principal::Session { .. } => Ok(SessionKind::ChainedRole),
        Principal::Root { .. } => {
            Err(StsError::AccessDenied("Roles may not be assumed by root accounts.".into()))
        }
        Principal::FederatedUser { .. }
        | Principal::Federated { .. }
        | Principal::Service { .. }
        | Principal::Anonymous => {
            Err(StsError::AccessDenied("Cannot call AssumeRole with federation credentials".into()))
        }
    }
}

fn demand_parameters(asked: &AssumeRole<'_>) -> Result<(), StsError> {
    parameter::demand_name(NAME, asked.session_name, NAME_CHARACTERS_MAX)?;
    parameter::demand_tags(asked.tags)?;
    asked.external_id.map_or(Ok(()), parameter::demand_external_id)?;
    let demand_source = |who| parameter::demand_name("SourceIdentity", who, NAME_CHARACTERS_MAX);
    asked.source_identity.map_or(Ok(()), demand_source)
}

/// The tags of the new session and which of them go on: those that are asked for, and those that
/// the session before hands down, which cannot be replaced.
fn session_tags(
    asked: &AssumeRole<'_>,
    before: Option<&Claims>,
) -> Result<(Vec<Tag>, Vec<String>), StsError> {
    let (old_tags, handed_down): (&[Tag], &[String]) =
        before.map_or((&[], &[]), |claims| (&claims.tags, &claims.transitive));
    let is_handed_down = |tag: &&Tag| handed_down.iter().any(|key| tag.is_of(key));
    if let Some(tag) = asked.tags.iter().find(is_handed_down) {
        let key = &tag.key;
        return Err(StsError::Validation(format!(
            "The tag key {key} is transitive in the session that asks and cannot be passed anew."
        )));
    }
    let tags: Vec<Tag> =
        old_tags.iter().filter(is_handed_down).chain(asked.tags).cloned().collect();
    parameter::demand_tags(&tags)?;
    let mut transitive: Vec<String> = handed_down.into();
    for key in asked.transitive_tag_keys {
        if !tags.iter().any(|tag| tag.is_of(key)) {
            return Err(StsError::Validation(format!(
                "The transitive tag key {key} is not one of the tags."
            )));
        }
        if !transitive.iter().any(|known| known.eq_ignore_ascii_case(key)) {
            transitive.push((*key).into());
        }
    }
    Ok((tags, transitive))
}

/// Who is behind the session: told once, and not changed in the sessions that follow.
fn source_identity(
    asked: &AssumeRole<'_>,
    before: Option<&Claims>,
) -> Result<Option<String>, StsError> {
    let told = before.and_then(|claims| claims.source_identity.as_deref());
    match (told, asked.source_identity) {
        (Some(told), Some(asked)) if told != asked => Err(StsError::AccessDenied(
            "The source identity of the session that asks cannot be changed.".into(),
        )),
        (told, asked) => Ok(told.or(asked).map(String::from)),
    }
}

/// Asks the trust policy for the session, and for its tags and its source identity.
pub(super) fn demand_trust(
    role: &Row<record::Role>,
    claims: &Claims,
    asker: &Asker<'_>,
    action: &str,
) -> Result<(), StsError> {
    let facts = Facts {
        session_name: claims.name.as_deref(),
        external_id: asker.external_id,
        source_identity: claims.source_identity.as_deref(),
        seconds: claims.expires_at.saturating_sub(claims.issued_at),
        tags: &claims.tags,
        transitive: &claims.transitive,
        resource_tags: &role.record.bounded.tags,
        web: asker.web,
        around: asker.around,
    };
    let tagging = (!claims.tags.is_empty()).then_some("sts:TagSession");
    let naming = claims.source_identity.is_some().then_some("sts:SetSourceIdentity");
    let actions = [Some(action), tagging, naming];
    for action in actions.into_iter().flatten() {
        let principal = asker.principal;
        let resource = &*role.compiled.arn;
        let request = Request { principal, action, resource, owner: ACCOUNT_ID, context: &facts };
        let trust = role.compiled.trust.as_ref();
        let policies = Policies { resource: trust, ..asker.permissions.policies() };
        if !decide_trust(&request, &policies).is_allowed() {
            return Err(denied(principal, action, resource));
        }
    }
    Ok(())
}
