//! Authorize: asks policy, swallows the call, returns the permit.
//!
//! Only this file makes a [`Permit`]. From here on bucket, key and parameters exist inside the
//! permit alone, so an operation can touch only what its caller was permitted to touch.

use policy::{Decision, NoContext, Policies, Reason, Request};
use s3::operation::On;
use s3::xml::NamedObject;
use s3::{BucketName, Code, ObjectKey, Operation};
use store::{Deletion, Precondition, VersionId};

use crate::read::{Call, Source, parse_key, parse_version};
use crate::refusal::Refusal;
use crate::verify::Caller;

/// Proof that policy said yes to one call.
#[derive(Debug)]
pub(crate) struct Permit {
    call: Call,
    caller: Caller,
}

/// Whether the caller may learn that a key is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    /// May list the bucket: 404.
    Shown,
    /// May not: 403, whether the key is there or not.
    Hidden,
}

/// Judges every action that the operation needs.
pub(crate) fn permit(call: Call, caller: Caller) -> Result<Permit, Refusal> {
    if matches!(caller, Caller::Anonymous) && call.parameters().any(|(n, _)| is_override(n)) {
        return Err(Refusal::new(Code::InvalidRequest).saying(
            "Request specific response headers cannot be used for anonymous GET requests.",
        ));
    }
    let is_asked = |header: &str| call.header(header).is_some();
    let always = call.row.needs.iter().copied();
    let sometimes = call.row.needs_with.iter().filter(|(header, ..)| is_asked(header));
    let needs = always.chain(sometimes.map(|&(_, on, action)| (on, action)));
    for (on, action) in needs.filter(|(on, _)| *on != On::Named) {
        demand(&call, &caller, on, action)?;
    }
    Ok(Permit { call, caller })
}

fn demand(call: &Call, caller: &Caller, on: On, action: &str) -> Result<(), Refusal> {
    match ask(call, caller, on, action) {
        Decision::Allow(_) => Ok(()),
        Decision::Deny(reason) => Err(denied(action, reason)),
    }
}

fn denied(action: &str, reason: Reason<'_>) -> Refusal {
    Refusal::new(Code::AccessDenied).because(format!("{action} is denied: {reason:?}"))
}

fn ask(call: &Call, caller: &Caller, on: On, action: &str) -> Decision<'static> {
    let bucket = call.bucket.as_ref().map_or("*", BucketName::as_str);
    let key = call.key.as_ref().map_or("", ObjectKey::as_str);
    let resource = match (on, &call.source) {
        (On::Service, _) => "arn:aws:s3:::*".to_owned(),
        (On::Source, Some(source)) => format!("arn:aws:s3:::{}/{}", source.bucket, source.key),
        (On::SourceBucket, Some(source)) => format!("arn:aws:s3:::{}", source.bucket),
        (On::Bucket, _) | (On::SourceBucket, None) => format!("arn:aws:s3:::{bucket}"),
        (On::Object | On::Named, _) | (On::Source, None) => {
            format!("arn:aws:s3:::{bucket}/{key}")
        }
    };
    let of_version = call.source.as_ref().is_some_and(|source| source.version.is_some());
    let action = match action {
        "s3:GetObject" if on == On::Source && of_version => "s3:GetObjectVersion",
        "s3:GetObjectTagging" if on == On::Source && of_version => "s3:GetObjectVersionTagging",
        action => action,
    };
    decide(caller, action, &resource)
}

/// No policies can be attached yet, to anybody or anything.
fn decide(caller: &Caller, action: &str, resource: &str) -> Decision<'static> {
    let principal = caller.principal();
    let owner = identity::ACCOUNT_ID;
    let request = Request { principal, action, resource, owner, context: &NoContext };
    policy::decide(&request, &Policies::default())
}

/// Query parameters that replace a header of the answer, with that header.
pub(crate) const OVERRIDES: [(&str, &str); 6] = [
    ("response-content-type", "content-type"),
    ("response-content-language", "content-language"),
    ("response-expires", "expires"),
    ("response-cache-control", "cache-control"),
    ("response-content-disposition", "content-disposition"),
    ("response-content-encoding", "content-encoding"),
];

fn is_override(name: &str) -> bool {
    OVERRIDES.iter().any(|(parameter, _)| *parameter == name)
}

impl Permit {
    /// What is permitted.
    pub(crate) fn operation(&self) -> Operation {
        self.call.row.operation
    }

    /// The bucket that it is permitted on.
    pub(crate) fn bucket(&self) -> Result<&BucketName, Refusal> {
        self.call.bucket.as_ref().ok_or_else(|| Refusal::new(Code::InvalidBucketName))
    }

    /// The key that it is permitted on.
    pub(crate) fn key(&self) -> Result<&ObjectKey, Refusal> {
        self.call.key.as_ref().ok_or_else(|| Refusal::new(Code::InvalidURI))
    }

    /// The version that it is permitted on; none is the current object.
    pub(crate) fn version(&self) -> Option<VersionId> {
        self.call.version
    }

    /// Asks for one action more, which what was found calls for.
    pub(crate) fn demand(&self, on: On, action: &str) -> Result<(), Refusal> {
        demand(&self.call, &self.caller, on, action)
    }

    /// Permits to delete one of the objects that the document names.
    pub(crate) fn deletion(&self, named: NamedObject) -> Result<Deletion, Refusal> {
        let NamedObject { key, version_id, etag, unknown_condition } = named;
        let key = parse_key(key)?;
        let action = match version_id {
            Some(_) => "s3:DeleteObjectVersion",
            None => "s3:DeleteObject",
        };
        let resource = format!("arn:aws:s3:::{}/{key}", self.bucket()?);
        if let Decision::Deny(reason) = decide(&self.caller, action, &resource) {
            return Err(denied(action, reason));
        }
        if let Some(condition) =
            unknown_condition.or(etag.as_ref().and(version_id.as_ref()).map(|_| "ETag"))
        {
            return Err(Refusal::not_implemented_header(condition));
        }
        // S3 tells of an id that cannot be one as of any other that is not there.
        let version = version_id.map(|id| parse_version(&id)).transpose();
        let version = version.map_err(|_| Refusal::new(Code::NoSuchVersion))?;
        let precondition = etag.map_or(Precondition::None, Precondition::IfMatch);
        Ok(Deletion { key, version, precondition })
    }

    /// The object that may be copied.
    pub(crate) fn source(&self) -> Result<&Source, Refusal> {
        self.call.source.as_ref().ok_or_else(|| Refusal::new(Code::InvalidRequest))
    }

    /// The parameters that came along.
    pub(crate) fn call(&self) -> &Call {
        &self.call
    }

    /// Who holds it.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Whether the caller may learn that the source of a copy is absent.
    pub(crate) fn source_absence(&self) -> Absence {
        self.absence_in(On::SourceBucket)
    }

    /// Whether the caller may learn that a key is absent.
    pub(crate) fn absence(&self) -> Absence {
        self.absence_in(On::Bucket)
    }

    fn absence_in(&self, bucket: On) -> Absence {
        match ask(&self.call, &self.caller, bucket, "s3:ListBucket") {
            Decision::Allow(_) => Absence::Shown,
            Decision::Deny(_) => Absence::Hidden,
        }
    }
}
