//! Managed policies that are attached to users, groups and roles, and whom one is attached to.

use identity::limits::{PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX};
use identity::{Account, Entities, EntityName, Paging};
use s3::xml::Writer;

use super::authorize::Permit;
use super::invalid;
use super::policies::no_usage;
use crate::account::Fault;
use crate::account::page::{end, page};

pub(super) fn attach(call: &Permit<'_>) -> Result<(), Fault> {
    Ok(call.account.attached(call.holder()?).attach(call.required("PolicyArn")?)?)
}

pub(super) fn detach(call: &Permit<'_>) -> Result<(), Fault> {
    Ok(call.account.attached(call.holder()?).detach(call.required("PolicyArn")?)?)
}

pub(super) fn list(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let listing = call.account.attached(call.holder()?).list(call.paging()?)?;
    page(xml, "AttachedPolicies", &listing, |xml, policy| {
        xml.text("PolicyName", &policy.name);
        xml.text("PolicyArn", &policy.arn);
    });
    Ok(())
}

/// The lists of an answer, in the order of its pages: element, what stands before names, filter.
const SORTS: [(&str, &str, &str); 3] = [
    ("PolicyGroups", "Group", "Group"),
    ("PolicyRoles", "Role", "Role"),
    ("PolicyUsers", "User", "User"),
];

pub(super) fn entities(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let arn = call.required("PolicyArn")?;
    let paging = call.paging()?;
    let max = paging.max_items.unwrap_or(PAGE_ITEMS_DEFAULT);
    if !(1..=PAGE_ITEMS_MAX).contains(&max) {
        let message = format!("MaxItems must be between 1 and {PAGE_ITEMS_MAX}.");
        return Err(invalid(message));
    }
    let filter = call.get("EntityFilter");
    let is_sort = |text: &str| SORTS.iter().any(|(_, _, sort)| *sort == text);
    // Of the account's own policies and AWS's, which are no entities, there is nothing to tell.
    if filter
        .is_some_and(|it| !is_sort(it) && !matches!(it, "LocalManagedPolicy" | "AWSManagedPolicy"))
    {
        return Err(invalid("EntityFilter must be User, Role or Group."));
    }
    let all = referring(call, arn)?;
    let of_sort = [all.groups, all.roles, all.users];
    let mut rest = SORTS
        .iter()
        .zip(&of_sort)
        .flat_map(|((_, _, sort), entities)| entities.iter().map(move |entity| (*sort, entity)))
        .filter(|(sort, _)| filter.is_none_or(|filter| filter == *sort))
        .map(|(sort, entity)| {
            (format!("{sort}/{}", entity.name.to_ascii_lowercase()), entity, sort)
        })
        .filter(|(place, _, _)| paging.marker.is_none_or(|marker| place.as_str() > marker))
        .filter(|(_, entity, sort)| is_below(call.account, sort, &entity.name, paging));
    let items: Vec<_> = rest.by_ref().take(max).collect();
    let is_more = rest.next().is_some();
    for (list, word, sort) in SORTS {
        xml.element(list, |xml| {
            for (_, entity, _) in items.iter().filter(|(_, _, of)| *of == sort) {
                xml.element("member", |xml| {
                    xml.text(&format!("{word}Name"), &entity.name);
                    xml.text(&format!("{word}Id"), &entity.id);
                });
            }
        });
    }
    let last = items.last().filter(|_| is_more);
    end(xml, last.map(|(place, _, _)| place.as_str()));
    Ok(())
}

/// Whoever refers to a policy in the way that is asked for.
fn referring(call: &Permit<'_>, arn: &str) -> Result<Entities, Fault> {
    let policies = call.account.policies();
    match call.get("PolicyUsageFilter") {
        Some("PermissionsPolicy") => Ok(policies.entities(arn, false)?),
        Some("PermissionsBoundary") => Ok(policies.entities(arn, true)?),
        Some(_) => Err(no_usage()),
        None => {
            let (attached, bounded) =
                (policies.entities(arn, false)?, policies.entities(arn, true)?);
            Ok(Entities {
                users: union(attached.users, bounded.users),
                groups: attached.groups,
                roles: union(attached.roles, bounded.roles),
            })
        }
    }
}

fn union(mut one: Vec<EntityName>, other: Vec<EntityName>) -> Vec<EntityName> {
    one.extend(other);
    one.sort_by_key(|entity| entity.name.to_ascii_lowercase());
    one.dedup();
    one
}

/// Whether its path is asked for.
fn is_below(account: &Account, sort: &str, name: &str, paging: Paging<'_>) -> bool {
    let Some(prefix) = paging.path_prefix else { return true };
    let one = Paging { max_items: Some(1), ..Paging::default() };
    let path = match sort {
        "User" => account.users().get(name).map(|user| user.path),
        "Role" => account.roles().get(name).map(|role| role.path),
        _ => account.groups().get(name, one).map(|(group, _)| group.path),
    };
    path.is_ok_and(|path| path.starts_with(prefix))
}
