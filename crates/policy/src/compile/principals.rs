//! Principals: everybody, accounts, users, roles, sessions, providers and services.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::object::{demand_single, fault_at, texts};
use super::place::Place;
use crate::json::Value;
use crate::principal::Grantee;
use crate::{Fault, PolicyError};

pub(super) fn read(value: &Value, place: &Place<'_>) -> Result<Box<[Grantee]>, PolicyError> {
    let members = match value {
        Value::Text(text) if text == "*" => return Ok(Box::from([Grantee::Everyone])),
        Value::Object(members) if !members.is_empty() => members,
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::List(_)
        | Value::Object(_) => return Err(place.fault(Fault::Principal)),
    };
    demand_single(members, place)?;
    let mut grantees = Vec::new();
    for (sort, value) in members {
        let at = place.field(sort);
        for (text, index) in texts(value, &at).map_err(|_| at.fault(Fault::Principal))? {
            let grantee = grantee(sort, text);
            grantees.push(grantee.ok_or_else(|| fault_at(&at, index, Fault::Principal))?);
        }
    }
    Ok(grantees.into())
}

fn grantee(sort: &str, text: &str) -> Option<Grantee> {
    let is_name = !text.is_empty() && !text.contains(['*', '?', '$', ' ']);
    match sort {
        "AWS" if text == "*" => Some(Grantee::Everyone),
        "AWS" if is_account(text) => Some(Grantee::Account(text.into())),
        "AWS" => is_name.then(|| identity(text))?,
        "Federated" => is_name.then(|| Grantee::Federated(text.into())),
        "Service" => (is_name && text.contains('.')).then(|| Grantee::Service(text.into())),
        "CanonicalUser" => {
            let is_id = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_id.then_some(Grantee::Canonical)
        }
        _ => None,
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `arn:aws:iam::account:root`, a user, a role, or a session of a role or a federated user.
fn identity(arn: &str) -> Option<Grantee> {
    let mut parts = arn.splitn(6, ':');
    let (scheme, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    if scheme != "arn" || partition.is_empty() || !region.is_empty() || !is_account(account) {
        return None;
    }
    let (sort, name) = resource.split_once('/').unwrap_or((resource, ""));
    let is_named = !name.is_empty() && !name.ends_with('/');
    match (service, sort) {
        ("iam", "root") if name.is_empty() => Some(Grantee::Account(account.into())),
        ("iam", "user" | "role") | ("sts", "federated-user") if is_named => {
            Some(Grantee::Arn(arn.into()))
        }
        ("sts", "assumed-role") if is_named && name.contains('/') => Some(Grantee::Arn(arn.into())),
        _ => None,
    }
}
