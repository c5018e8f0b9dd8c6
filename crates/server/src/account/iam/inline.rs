//! Inline policies of users, groups and roles.

use identity::Holder;
use s3::xml::Writer;

use super::authorize::Permit;
use crate::account::Fault;
use crate::account::page::{document, names};

pub(super) fn put(call: &Permit<'_>) -> Result<(), Fault> {
    let (name, document) = (call.required("PolicyName")?, call.required("PolicyDocument")?);
    Ok(call.account.inline(call.holder()?).put(name, document)?)
}

pub(super) fn get(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let holder = call.holder()?;
    let name = call.required("PolicyName")?;
    let text = call.account.inline(holder).get(name)?;
    match holder {
        Holder::User(of) => xml.text("UserName", of),
        Holder::Group(of) => xml.text("GroupName", of),
        Holder::Role(of) => xml.text("RoleName", of),
    }
    xml.text("PolicyName", name);
    document(xml, "PolicyDocument", &text);
    Ok(())
}

pub(super) fn list(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let listing = call.account.inline(call.holder()?).list(call.paging()?)?;
    names(xml, "PolicyNames", &listing);
    Ok(())
}

pub(super) fn delete(call: &Permit<'_>) -> Result<(), Fault> {
    let name = call.required("PolicyName")?;
    Ok(call.account.inline(call.holder()?).delete(name)?)
}
