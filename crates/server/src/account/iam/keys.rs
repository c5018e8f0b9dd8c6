//! Access keys. A secret is told once, in the answer that makes it.

use identity::{AccessKey, KeyStatus};
use s3::xml::Writer;

use super::authorize::Permit;
use super::{invalid, target};
use crate::account::Fault;
use crate::account::page::page;

pub(super) fn create(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let made = call.account.access_keys(holder(call)?).create(call.now)?;
    xml.element("AccessKey", |xml| {
        write(xml, &made.key);
        xml.text("SecretAccessKey", made.secret.expose());
    });
    Ok(())
}

pub(super) fn list(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let keys = call.account.access_keys(holder(call)?).list(call.paging()?)?;
    page(xml, "AccessKeyMetadata", &keys, write);
    Ok(())
}

pub(super) fn update(call: &Permit<'_>) -> Result<(), Fault> {
    let status = match call.required("Status")? {
        "Active" => KeyStatus::Active,
        "Inactive" => KeyStatus::Inactive,
        _ => return Err(invalid("Status must be Active or Inactive.")),
    };
    let id = call.required("AccessKeyId")?;
    Ok(call.account.access_keys(holder(call)?).update(id, status)?)
}

pub(super) fn delete(call: &Permit<'_>) -> Result<(), Fault> {
    let id = call.required("AccessKeyId")?;
    Ok(call.account.access_keys(holder(call)?).delete(id)?)
}

pub(super) fn last_used(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let (user, used) = call.account.access_key_last_used(call.required("AccessKeyId")?)?;
    xml.text("UserName", user);
    xml.element("AccessKeyLastUsed", |xml| {
        if let Some(used) = used {
            xml.text("LastUsedDate", used.at);
        }
        xml.text("ServiceName", used.map_or("N/A", |used| used.service.name()));
        // Which region it was used for is not written down.
        xml.text("Region", "N/A");
    });
    Ok(())
}

/// Whose keys they are. That of the root user is no record of the account.
fn holder<'a>(call: &Permit<'a>) -> Result<&'a str, Fault> {
    if target::is_root_itself(call) {
        return Err(invalid(
            "UserName must be given: the access key of the root user is part of the server's \
             configuration.",
        ));
    }
    call.user_or_self()
}

fn write(xml: &mut Writer, key: &AccessKey) {
    xml.text("UserName", &key.user);
    xml.text("AccessKeyId", &key.id);
    xml.text(
        "Status",
        match key.status {
            KeyStatus::Active => "Active",
            KeyStatus::Inactive => "Inactive",
        },
    );
    xml.text("CreateDate", key.created);
}
