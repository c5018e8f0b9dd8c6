//! What users and roles have alike: a permissions boundary and tags.

use identity::Tag;
use s3::xml::Writer;

use super::authorize::Permit;
use crate::account::Fault;
use crate::account::page::{members, page};

pub(super) fn put_boundary(call: &Permit<'_>) -> Result<(), Fault> {
    let arn = call.required("PermissionsBoundary")?;
    Ok(call.account.boundary(call.actor()?).put(arn)?)
}

pub(super) fn delete_boundary(call: &Permit<'_>) -> Result<(), Fault> {
    Ok(call.account.boundary(call.actor()?).delete()?)
}

pub(super) fn tag(call: &Permit<'_>) -> Result<(), Fault> {
    Ok(call.account.tags(call.actor()?).put(&call.tags()?)?)
}

pub(super) fn untag(call: &Permit<'_>) -> Result<(), Fault> {
    let keys = call.parameters.list("TagKeys");
    Ok(call.account.tags(call.actor()?).remove(&keys)?)
}

pub(super) fn list_tags(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    page(xml, "Tags", &call.account.tags(call.actor()?).list(call.paging()?)?, write_tag);
    Ok(())
}

/// Writes tags, if there are any.
pub(super) fn write_tags(xml: &mut Writer, tags: &[Tag]) {
    if !tags.is_empty() {
        members(xml, "Tags", tags, write_tag);
    }
}

fn write_tag(xml: &mut Writer, tag: &Tag) {
    xml.text("Key", &tag.key);
    xml.text("Value", &tag.value);
}
