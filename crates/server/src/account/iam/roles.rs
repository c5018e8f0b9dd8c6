//! Roles.

use identity::{NewRole, Role, RoleUpdate};
use s3::xml::{Writer, carried};

use super::authorize::Permit;
use super::bounded::write_tags;
use super::users::write_boundary;
use crate::account::Fault;
use crate::account::page::{document, page};

pub(super) fn create(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let tags = call.tags()?;
    let new = NewRole {
        name: call.required("RoleName")?,
        path: call.get("Path"),
        trust: call.required("AssumeRolePolicyDocument")?,
        description: call.get("Description"),
        session_seconds_max: call.parameters.number("MaxSessionDuration")?,
        boundary: call.get("PermissionsBoundary"),
        tags: &tags,
    };
    let role = call.account.roles().create(new, call.now)?;
    xml.element("Role", |xml| write_whole(xml, &role));
    Ok(())
}

pub(super) fn get(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let role = call.account.roles().get(call.required("RoleName")?)?;
    xml.element("Role", |xml| write_whole(xml, &role));
    Ok(())
}

pub(super) fn list(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    page(xml, "Roles", &call.account.roles().list(call.paging()?)?, write);
    Ok(())
}

/// Its result is there, and empty.
pub(super) fn update(call: &Permit<'_>, _: &mut Writer) -> Result<(), Fault> {
    let update = RoleUpdate {
        description: call.get("Description"),
        session_seconds_max: call.parameters.number("MaxSessionDuration")?,
    };
    Ok(call.account.roles().update(call.required("RoleName")?, update)?)
}

pub(super) fn update_description(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let description = Some(call.required("Description")?);
    let name = call.required("RoleName")?;
    let update = RoleUpdate { description, ..RoleUpdate::default() };
    call.account.roles().update(name, update)?;
    let role = call.account.roles().get(name)?;
    xml.element("Role", |xml| write_whole(xml, &role));
    Ok(())
}

pub(super) fn update_trust(call: &Permit<'_>) -> Result<(), Fault> {
    let document = call.required("PolicyDocument")?;
    Ok(call.account.roles().update_trust(call.required("RoleName")?, document)?)
}

pub(super) fn delete(call: &Permit<'_>) -> Result<(), Fault> {
    Ok(call.account.roles().delete(call.required("RoleName")?)?)
}

/// Writes what lists tell of a role.
fn write(xml: &mut Writer, role: &Role) {
    xml.text("Path", &role.path);
    xml.text("RoleName", &role.name);
    xml.text("RoleId", &role.id);
    xml.text("Arn", &role.arn);
    xml.text("CreateDate", role.created);
    document(xml, "AssumeRolePolicyDocument", &role.trust);
    if let Some(description) = &role.description {
        xml.text("Description", carried(description));
    }
    xml.text("MaxSessionDuration", role.session_seconds_max);
}

fn write_whole(xml: &mut Writer, role: &Role) {
    write(xml, role);
    write_boundary(xml, role.boundary.as_deref());
    write_tags(xml, &role.tags);
}
