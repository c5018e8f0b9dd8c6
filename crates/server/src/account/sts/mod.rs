//! The actions of STS: from parameters to the sessions of [`identity`], and back to XML.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html>

mod web_identity;

use identity::{
    ACCOUNT_ID, Account, AssumeRole, GetFederationToken, SessionCredentials, SessionPolicies, Tag,
};
use s3::xml::Writer;
use signature::Timestamp;

pub(super) use web_identity::assume as assume_role_with_web_identity;

use super::{Asker, Document, Fault, Parameters};

/// The action that a web identity token stands in for a signature.
pub(super) const UNSIGNED: &str = "AssumeRoleWithWebIdentity";

/// Does what an action asks for, on behalf of whoever signed it.
pub(super) fn answer(
    account: &Account,
    asker: &Asker,
    action: &str,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Document, Fault> {
    match action {
        "GetCallerIdentity" => Ok(caller_identity(asker)),
        "GetSessionToken" => get_session_token(account, asker, parameters, now),
        "AssumeRole" => assume_role(account, asker, parameters, now),
        "GetFederationToken" => get_federation_token(account, asker, parameters, now),
        _ => Err(Fault::no_such_action(action)),
    }
}

/// Needs no permission, and cannot be denied.
fn caller_identity(asker: &Asker) -> Document {
    Document::new(|result| {
        result.text("Arn", asker.caller.arn());
        result.text("UserId", asker.caller.user_id());
        result.text("Account", ACCOUNT_ID);
    })
}

fn get_session_token(
    account: &Account,
    asker: &Asker,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Document, Fault> {
    refuse_device(parameters)?;
    let seconds = parameters.number("DurationSeconds")?;
    let credentials = account.sessions().get_session_token(&asker.caller, seconds, now)?;
    Ok(Document::new(|result| write_credentials(result, &credentials)))
}

fn assume_role(
    account: &Account,
    asker: &Asker,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Document, Fault> {
    refuse_device(parameters)?;
    let managed = parameters.fields("PolicyArns", ".arn");
    let asked = AssumeRole {
        role_arn: parameters.required("RoleArn")?,
        session_name: parameters.required("RoleSessionName")?,
        duration_seconds: parameters.number("DurationSeconds")?,
        external_id: parameters.get("ExternalId"),
        policies: SessionPolicies { document: parameters.get("Policy"), managed: &managed },
        tags: &tags(parameters)?,
        transitive_tag_keys: &parameters.list("TransitiveTagKeys"),
        source_identity: parameters.get("SourceIdentity"),
        context: &asker.around,
    };
    let assumed = account.sessions().assume_role(&asker.caller, &asked, now)?;
    Ok(Document::new(|result| {
        write_credentials(result, &assumed.credentials);
        write_role_user(result, &assumed);
        result.text("PackedPolicySize", assumed.credentials.packed_percent());
        if let Some(who) = &assumed.source_identity {
            result.text("SourceIdentity", who);
        }
    }))
}

fn get_federation_token(
    account: &Account,
    asker: &Asker,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Document, Fault> {
    let managed = parameters.fields("PolicyArns", ".arn");
    let asked = GetFederationToken {
        name: parameters.required("Name")?,
        duration_seconds: parameters.number("DurationSeconds")?,
        policies: SessionPolicies { document: parameters.get("Policy"), managed: &managed },
        tags: &tags(parameters)?,
        context: &asker.around,
    };
    let user = account.sessions().get_federation_token(&asker.caller, &asked, now)?;
    Ok(Document::new(|result| {
        write_credentials(result, &user.credentials);
        result.element("FederatedUser", |inner| {
            inner.text("FederatedUserId", &user.id);
            inner.text("Arn", &user.arn);
        });
        result.text("PackedPolicySize", user.credentials.packed_percent());
    }))
}

/// There are no devices for a second factor: a code of one proves nothing, and must not be taken
/// for a proof.
fn refuse_device(parameters: &Parameters) -> Result<(), Fault> {
    if parameters.get("SerialNumber").or(parameters.get("TokenCode")).is_none() {
        return Ok(());
    }
    let message = "MultiFactorAuthentication failed, there is no such device.";
    Err(Fault::denied("AccessDenied", message))
}

/// The tags of a session.
fn tags(parameters: &Parameters) -> Result<Vec<Tag>, Fault> {
    let (keys, values) = (parameters.fields("Tags", ".Key"), parameters.fields("Tags", ".Value"));
    if keys.len() != values.len() {
        let message = "Each of the Tags must have a Key and a Value.";
        return Err(Fault::sender("ValidationError", message));
    }
    let tag = |(key, value): (&str, &str)| Tag::new(key, value);
    Ok(keys.into_iter().zip(values).map(tag).collect())
}

fn write_credentials(result: &mut Writer, credentials: &SessionCredentials) {
    result.element("Credentials", |inner| {
        inner.text("AccessKeyId", &credentials.access_key_id);
        inner.text("SecretAccessKey", credentials.secret.expose());
        inner.text("SessionToken", credentials.session_token.as_str());
        inner.text("Expiration", credentials.expires_at);
    });
}

fn write_role_user(result: &mut Writer, assumed: &identity::AssumedRole) {
    result.element("AssumedRoleUser", |inner| {
        inner.text("AssumedRoleId", &assumed.id);
        inner.text("Arn", &assumed.arn);
    });
}
