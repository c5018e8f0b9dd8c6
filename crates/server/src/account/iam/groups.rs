//! Groups and who is in them.

use identity::{Group, NewGroup};
use s3::xml::Writer;

use super::authorize::Permit;
use super::users;
use crate::account::Fault;
use crate::account::page::page;

pub(super) fn create(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let new = NewGroup { name: call.required("GroupName")?, path: call.get("Path") };
    let group = call.account.groups().create(new, call.now)?;
    xml.element("Group", |xml| write(xml, &group));
    Ok(())
}

pub(super) fn get(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let groups = call.account.groups();
    let (group, members) = groups.get(call.required("GroupName")?, call.paging()?)?;
    xml.element("Group", |xml| write(xml, &group));
    page(xml, "Users", &members, users::write);
    Ok(())
}

pub(super) fn list(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    page(xml, "Groups", &call.account.groups().list(call.paging()?)?, write);
    Ok(())
}

pub(super) fn delete(call: &Permit<'_>) -> Result<(), Fault> {
    Ok(call.account.groups().delete(call.required("GroupName")?)?)
}

pub(super) fn add_user(call: &Permit<'_>) -> Result<(), Fault> {
    let (group, user) = (call.required("GroupName")?, call.required("UserName")?);
    Ok(call.account.groups().add_user(group, user)?)
}

pub(super) fn remove_user(call: &Permit<'_>) -> Result<(), Fault> {
    let (group, user) = (call.required("GroupName")?, call.required("UserName")?);
    Ok(call.account.groups().remove_user(group, user)?)
}

/// Writes a group.
pub(super) fn write(xml: &mut Writer, group: &Group) {
    xml.text("Path", &group.path);
    xml.text("GroupName", &group.name);
    xml.text("GroupId", &group.id);
    xml.text("Arn", &group.arn);
    xml.text("CreateDate", group.created);
}
