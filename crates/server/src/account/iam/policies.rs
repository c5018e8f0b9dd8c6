//! Managed policies and their versions.

use identity::{Listing, ManagedPolicy, NewPolicy, PolicyScope, PolicyVersion};
use s3::xml::{Writer, carried};

use super::authorize::Permit;
use super::invalid;
use crate::account::Fault;
use crate::account::page::{document, page};

pub(super) fn create(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    if call.parameters.has("Tags") {
        let message = "Policies have no tags here: leave Tags out.";
        return Err(invalid(message));
    }
    let new = NewPolicy {
        name: call.required("PolicyName")?,
        path: call.get("Path"),
        document: call.required("PolicyDocument")?,
        description: call.get("Description"),
    };
    let policy = call.account.policies().create(new, call.now)?;
    xml.element("Policy", |xml| write_whole(xml, &policy));
    Ok(())
}

pub(super) fn get(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let policy = call.account.policies().get(call.required("PolicyArn")?)?;
    xml.element("Policy", |xml| write_whole(xml, &policy));
    Ok(())
}

pub(super) fn list(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let scope = match (call.get("PolicyUsageFilter"), call.parameters.flag("OnlyAttached")?) {
        (Some("PermissionsBoundary"), _) => PolicyScope::Boundaries,
        (Some("PermissionsPolicy"), _) | (None, true) => PolicyScope::Attached,
        (None, false) => PolicyScope::All,
        (Some(_), _) => return Err(no_usage()),
    };
    let policies = || call.account.policies().list(scope, call.paging()?).map_err(Fault::from);
    let mut listing = match call.get("Scope").unwrap_or("All") {
        "All" | "Local" => policies()?,
        // There are none of AWS's own.
        "AWS" => Listing { items: Vec::new(), marker: None },
        _ => return Err(invalid("Scope must be All, AWS or Local.")),
    };
    if call.get("PolicyUsageFilter") == Some("PermissionsPolicy") {
        listing.items.retain(|policy| policy.attachments > 0);
    }
    page(xml, "Policies", &listing, write);
    Ok(())
}

/// The refusal of a usage that is none.
pub(super) fn no_usage() -> Fault {
    let message = "PolicyUsageFilter must be PermissionsPolicy or PermissionsBoundary.";
    invalid(message)
}

pub(super) fn delete(call: &Permit<'_>) -> Result<(), Fault> {
    Ok(call.account.policies().delete(call.required("PolicyArn")?)?)
}

pub(super) fn create_version(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let document = call.required("PolicyDocument")?;
    let is_default = call.parameters.flag("SetAsDefault")?;
    let versions = call.account.versions(call.required("PolicyArn")?);
    let version = versions.create(document, is_default, call.now)?;
    xml.element("PolicyVersion", |xml| write_version(xml, &version));
    Ok(())
}

pub(super) fn get_version(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let versions = call.account.versions(call.required("PolicyArn")?);
    let version = versions.get(call.required("VersionId")?)?;
    xml.element("PolicyVersion", |xml| {
        document(xml, "Document", &version.document);
        write_version(xml, &version);
    });
    Ok(())
}

pub(super) fn list_versions(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let versions = call.account.versions(call.required("PolicyArn")?);
    page(xml, "Versions", &versions.list(call.paging()?)?, write_version);
    Ok(())
}

pub(super) fn set_default_version(call: &Permit<'_>) -> Result<(), Fault> {
    let versions = call.account.versions(call.required("PolicyArn")?);
    Ok(versions.set_default(call.required("VersionId")?, call.now)?)
}

pub(super) fn delete_version(call: &Permit<'_>) -> Result<(), Fault> {
    let versions = call.account.versions(call.required("PolicyArn")?);
    Ok(versions.delete(call.required("VersionId")?, call.now)?)
}

/// Writes what lists tell of a policy.
fn write(xml: &mut Writer, policy: &ManagedPolicy) {
    xml.text("PolicyName", &policy.name);
    xml.text("PolicyId", &policy.id);
    xml.text("Arn", &policy.arn);
    xml.text("Path", &policy.path);
    xml.text("DefaultVersionId", &policy.default_version);
    xml.text("AttachmentCount", policy.attachments);
    xml.text("PermissionsBoundaryUsageCount", policy.boundaries);
    xml.text("IsAttachable", true);
    xml.text("CreateDate", policy.created);
    xml.text("UpdateDate", policy.updated);
}

fn write_whole(xml: &mut Writer, policy: &ManagedPolicy) {
    write(xml, policy);
    if let Some(description) = &policy.description {
        xml.text("Description", carried(description));
    }
}

fn write_version(xml: &mut Writer, version: &PolicyVersion) {
    xml.text("VersionId", &version.id);
    xml.text("IsDefaultVersion", version.is_default);
    xml.text("CreateDate", version.created);
}
