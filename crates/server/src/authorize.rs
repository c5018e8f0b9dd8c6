//! Authorize: asks policy, swallows the call, returns the permit.
//!
//! Only this file makes a [`Permit`]. From here on bucket, key and parameters exist inside the
//! permit alone, so an operation can touch only what its caller was permitted to touch.

use policy::{Decision, Request, decide};
use s3::operation::On;
use s3::{BucketName, Code, ObjectKey, Operation};

use crate::read::{Call, Source};
use crate::refusal::Refusal;
use crate::verify::Caller;

/// Proof that policy said yes to one call.
#[derive(Debug)]
pub(crate) struct Permit {
    call: Call,
    caller: Caller,
    absence: Absence,
    source_absence: Absence,
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
    for &(on, action) in call.operation.row().needs {
        if let Decision::Deny(reason) = ask(&call, &caller, on, action) {
            return Err(
                Refusal::new(Code::AccessDenied).because(format!("{action} is denied: {reason:?}"))
            );
        }
    }
    let shown = |on| match ask(&call, &caller, on, "s3:ListBucket") {
        Decision::Allow(_) => Absence::Shown,
        Decision::Deny(_) => Absence::Hidden,
    };
    let (absence, source_absence) = (shown(On::Bucket), shown(On::SourceBucket));
    Ok(Permit { call, caller, absence, source_absence })
}

fn ask(call: &Call, caller: &Caller, on: On, action: &str) -> Decision {
    let bucket = call.bucket.as_ref().map_or("*", BucketName::as_str);
    let key = call.key.as_ref().map_or("", ObjectKey::as_str);
    let resource = match (on, &call.source) {
        (On::Service, _) => "arn:aws:s3:::*".to_owned(),
        (On::Source, Some(source)) => format!("arn:aws:s3:::{}/{}", source.bucket, source.key),
        (On::SourceBucket, Some(source)) => format!("arn:aws:s3:::{}", source.bucket),
        (On::Bucket, _) | (On::SourceBucket, None) => format!("arn:aws:s3:::{bucket}"),
        (On::Object, _) | (On::Source, None) => format!("arn:aws:s3:::{bucket}/{key}"),
    };
    decide(&Request { principal: caller.principal(), action, resource: &resource })
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
        self.call.operation
    }

    /// The bucket that it is permitted on.
    pub(crate) fn bucket(&self) -> Result<&BucketName, Refusal> {
        self.call.bucket.as_ref().ok_or_else(|| Refusal::new(Code::InvalidBucketName))
    }

    /// The key that it is permitted on.
    pub(crate) fn key(&self) -> Result<&ObjectKey, Refusal> {
        self.call.key.as_ref().ok_or_else(|| Refusal::new(Code::InvalidURI))
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
        self.source_absence
    }

    /// Whether the caller may learn that a key is absent.
    pub(crate) fn absence(&self) -> Absence {
        self.absence
    }
}
