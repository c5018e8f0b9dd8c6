//! Users.

use identity::{NewUser, User, UserUpdate};
use s3::xml::Writer;

use super::authorize::Permit;
use super::bounded::write_tags;
use super::{groups, invalid, target};
use crate::account::Fault;
use crate::account::page::page;

pub(super) fn create(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let tags = call.tags()?;
    let new = NewUser {
        name: call.required("UserName")?,
        path: call.get("Path"),
        boundary: call.get("PermissionsBoundary"),
        tags: &tags,
    };
    let user = call.account.users().create(new, call.now)?;
    xml.element("User", |xml| write_whole(xml, &user));
    Ok(())
}

/// Without a name, whoever asks.
pub(super) fn get(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    if target::is_root_itself(call) {
        xml.element("User", |xml| {
            xml.text("UserId", identity::ACCOUNT_ID);
            xml.text("Arn", target::arn_of_root());
        });
        return Ok(());
    }
    let user = call.account.users().get(call.user_or_self()?)?;
    xml.element("User", |xml| write_whole(xml, &user));
    Ok(())
}

pub(super) fn list(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    page(xml, "Users", &call.account.users().list(call.paging()?)?, write);
    Ok(())
}

pub(super) fn update(call: &Permit<'_>) -> Result<(), Fault> {
    if call.get("NewUserName").is_some() {
        return Err(invalid(
            "A user cannot be renamed: its name is in policies and logs. Create another one.",
        ));
    }
    let update = UserUpdate { path: call.get("NewPath") };
    Ok(call.account.users().update(call.required("UserName")?, update)?)
}

pub(super) fn delete(call: &Permit<'_>) -> Result<(), Fault> {
    Ok(call.account.users().delete(call.required("UserName")?)?)
}

pub(super) fn groups(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let listing = call.account.users().groups(call.required("UserName")?, call.paging()?)?;
    page(xml, "Groups", &listing, groups::write);
    Ok(())
}

/// Writes what lists tell of a user.
pub(super) fn write(xml: &mut Writer, user: &User) {
    xml.text("Path", &user.path);
    xml.text("UserName", &user.name);
    xml.text("UserId", &user.id);
    xml.text("Arn", &user.arn);
    xml.text("CreateDate", user.created);
}

fn write_whole(xml: &mut Writer, user: &User) {
    write(xml, user);
    write_boundary(xml, user.boundary.as_deref());
    write_tags(xml, &user.tags);
}

/// Writes the boundary of a user or role, if it has one.
pub(super) fn write_boundary(xml: &mut Writer, boundary: Option<&str>) {
    let Some(arn) = boundary else { return };
    xml.element("PermissionsBoundary", |xml| {
        xml.text("PermissionsBoundaryType", "Policy");
        xml.text("PermissionsBoundaryArn", arn);
    });
}
