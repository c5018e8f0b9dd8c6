//! The policies that a simulation asks, and where each comes from.

use identity::{Account, Holder, Paging, limits::PAGE_ITEMS_MAX};
use policy::{Kind, Policy, PolicyError};

use super::super::authorize::Permit;
use super::no_input;
use crate::account::Fault;

/// A policy with its text and where it is from.
pub(super) struct Source {
    /// What the answer calls it.
    pub(super) id: String,
    /// `user`, `group`, `role`, `user-managed` or `none`.
    pub(super) kind: &'static str,
    pub(super) text: String,
    pub(super) policy: Policy,
}

/// The policies of a simulation.
#[derive(Default)]
pub(super) struct Sources {
    pub(super) identity: Vec<Source>,
    pub(super) boundary: Option<Source>,
}

const ALL: Paging<'_> = Paging { marker: None, max_items: Some(PAGE_ITEMS_MAX), path_prefix: None };

/// The policies of the user, group or role of an ARN.
pub(super) fn of(account: &Account, arn: &str) -> Result<Sources, Fault> {
    let name = arn.rsplit('/').next().unwrap_or_default();
    let sort = arn.rsplit(':').next().and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let mut sources = Sources::default();
    let (found, boundary) = match sort {
        "user" => {
            let user = account.users().get(name)?;
            sources.hold(account, Holder::User(name))?;
            for group in account.users().groups(name, ALL)?.items {
                sources.hold(account, Holder::Group(&group.name))?;
            }
            (user.arn, user.boundary)
        }
        "group" => {
            let (group, _) = account.groups().get(name, ALL)?;
            sources.hold(account, Holder::Group(name))?;
            (group.arn, None)
        }
        "role" => {
            let role = account.roles().get(name)?;
            sources.hold(account, Holder::Role(name))?;
            (role.arn, role.boundary)
        }
        _ => return Err(no_input(format!("Invalid Entity Arn: {arn}"))),
    };
    if found != arn {
        return Err(identity::IamError::NoSuchEntity(format!("{arn} cannot be found.")).into());
    }
    if let Some(arn) = boundary {
        sources.boundary = Some(managed(account, &arn)?);
    }
    Ok(sources)
}

impl Sources {
    /// Adds the inline and the attached policies of a user, group or role.
    fn hold(&mut self, account: &Account, holder: Holder<'_>) -> Result<(), Fault> {
        let (kind, of) = match holder {
            Holder::User(of) => ("user", of),
            Holder::Group(of) => ("group", of),
            Holder::Role(of) => ("role", of),
        };
        let inline = account.inline(holder);
        for name in inline.list(ALL)?.items {
            let text = inline.get(&name)?;
            self.identity.push(source(format!("{kind}_{of}_{name}"), kind, &text)?);
        }
        for attached in account.attached(holder).list(ALL)?.items {
            self.identity.push(managed(account, &attached.arn)?);
        }
        Ok(())
    }

    /// Adds the policies of the parameters. A boundary among them is in the place of the one that
    /// is there.
    pub(super) fn add(&mut self, call: &Permit<'_>) -> Result<(), Fault> {
        const BOUNDARIES: &str = "PermissionsBoundaryPolicyInputList";
        for (text, number) in call.parameters.list("PolicyInputList").iter().zip(1..) {
            self.identity.push(source(format!("PolicyInputList.{number}"), "none", text)?);
        }
        let boundaries = call.parameters.list(BOUNDARIES);
        if boundaries.len() > 1 {
            return Err(no_input(format!("{BOUNDARIES} can have one policy.")));
        }
        if let Some(text) = boundaries.first() {
            self.boundary = Some(source(format!("{BOUNDARIES}.1"), "none", text)?);
        }
        Ok(())
    }
}

fn managed(account: &Account, arn: &str) -> Result<Source, Fault> {
    let policy = account.policies().get(arn)?;
    let version = account.versions(arn).get(&policy.default_version)?;
    source(policy.name, "user-managed", &version.document)
}

fn source(id: String, kind: &'static str, text: &str) -> Result<Source, Fault> {
    let policy = Policy::parse(text, Kind::Identity).map_err(|error| input(&id, &error))?;
    Ok(Source { id, kind, text: text.to_owned(), policy })
}

/// The refusal of a text that is no policy.
pub(super) fn input(id: &str, error: &PolicyError) -> Fault {
    no_input(format!("{id}: {error}"))
}
