//! Authorize: asks policy, swallows the call, returns the permit.
//!
//! Only this file makes a [`Permit`]. From here on bucket, key and parameters exist inside the
//! permit alone, so an operation can touch only what its caller was permitted to touch.

mod case;
mod circumstances;
mod denial;
mod rulebook;

use std::sync::{Arc, OnceLock};

use policy::Policy;
use s3::operation::On;
use s3::xml::NamedObject;
use s3::{BucketName, Code, ObjectKey, Operation, Tags};
use store::{Deletion, Object, Precondition, VersionId};

pub(crate) use case::Document;
use case::{Ask, Case, Look, Named};
pub(crate) use rulebook::{Rulebooks, read_block, write_block};

use crate::house::House;
use crate::origin::Origin;
use crate::read::{Call, Source, parse_key, parse_version};
use crate::refusal::Refusal;
use crate::verify::Caller;

/// Proof that policy said yes to one call.
#[derive(Debug)]
pub(crate) struct Permit {
    case: Case,
    /// Whether policy has yet to look at the document.
    is_deferred: bool,
}

/// Whether the caller may learn that a key is absent.
#[derive(Debug)]
pub(crate) enum Absence {
    /// May list the bucket: 404.
    Shown,
    /// May not: this refusal, whether the key is there or not.
    Hidden(Refusal),
}

/// A request that was read and whose caller is proven.
#[derive(Debug)]
pub(crate) struct Presented {
    pub(crate) call: Call,
    pub(crate) caller: Caller,
    pub(crate) origin: Origin,
    pub(crate) now_ms: u64,
}

/// Judges every action that the operation needs.
pub(crate) fn permit(presented: Presented, house: &Arc<House>) -> Result<Permit, Refusal> {
    let Presented { call, caller, origin, now_ms } = presented;
    if matches!(caller, Caller::Anonymous) && call.parameters().any(|(n, _)| is_override(n)) {
        return Err(Refusal::new(Code::InvalidRequest).saying(
            "Request specific response headers cannot be used for anonymous GET requests.",
        ));
    }
    let rules = Case::rulebook(house, call.bucket.as_ref())?;
    let source_rules = Case::rulebook(house, call.source.as_ref().map(|source| &source.bucket))?;
    let house = Arc::clone(house);
    let (existing, source_existing) = (Look::default(), Look::default());
    let case = Case {
        call,
        caller,
        origin,
        now_ms,
        house,
        rules,
        source_rules,
        existing,
        source_existing,
    };
    case.check_rules()?;
    // What conditions may ask of these stands in their documents.
    let has_document =
        matches!(case.call.row.operation, Operation::PutObjectTagging | Operation::CreateBucket);
    let asked = OnceLock::new();
    let document = if has_document { Document::Unread(&asked) } else { Document::Nothing };
    let judged = case.demand_all(None, document, None);
    let is_deferred = asked.get().is_some();
    if !is_deferred {
        judged?;
    }
    Ok(Permit { case, is_deferred })
}

impl Case {
    /// Demands every action that the operation needs, or those on one thing alone.
    fn demand_all(
        &self,
        only: Option<On>,
        document: Document<'_>,
        existing: Option<&Tags>,
    ) -> Result<(), Refusal> {
        let call = &self.call;
        let is_asked = |header: &str| call.header(header).is_some();
        let always = call.row.needs.iter().copied();
        let sometimes = call.row.needs_with.iter().filter(|(header, ..)| is_asked(header));
        let needs = always.chain(sometimes.map(|&(_, on, action)| (on, action)));
        let is_wanted = |on: On| on != On::Named && only.is_none_or(|only| only == on);
        for (on, action) in needs.filter(|(on, _)| is_wanted(*on)) {
            self.demand(&Ask { on, action, document, existing })?;
        }
        Ok(())
    }
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
        self.case.call.row.operation
    }

    /// The bucket that it is permitted on.
    pub(crate) fn bucket(&self) -> Result<&BucketName, Refusal> {
        self.case.call.bucket.as_ref().ok_or_else(|| Refusal::new(Code::InvalidBucketName))
    }

    /// The key that it is permitted on.
    pub(crate) fn key(&self) -> Result<&ObjectKey, Refusal> {
        self.case.call.key.as_ref().ok_or_else(|| Refusal::new(Code::InvalidURI))
    }

    /// The version that it is permitted on; none is the current object.
    pub(crate) fn version(&self) -> Option<VersionId> {
        self.case.call.version
    }

    /// Asks again, now that the document was read, if policy wanted to look at it.
    pub(crate) fn demand_with(&self, document: Document<'_>) -> Result<(), Refusal> {
        if self.is_deferred { self.case.demand_all(None, document, None) } else { Ok(()) }
    }

    /// Asks for one action more, which an object that was found calls for.
    pub(crate) fn demand_for(&self, on: On, action: &str, object: &Object) -> Result<(), Refusal> {
        let existing = Some(&object.tags);
        self.case.demand(&Ask { on, action, document: Document::Nothing, existing })
    }

    /// Asks to put these tags, which come with what is copied.
    pub(crate) fn demand_tags(&self, tags: &Tags) -> Result<(), Refusal> {
        let (on, action) = (On::Object, "s3:PutObjectTagging");
        self.case.demand(&Ask { on, action, document: Document::Tags(tags), existing: None })
    }

    /// Asks again if a condition looked at the tags of an object, and this one, which was found
    /// later and is the one that counts, has others.
    pub(crate) fn confirm(&self, on: On, object: &Object) -> Result<(), Refusal> {
        match self.case.look(on).and_then(Look::seen) {
            Some(seen) if seen.as_ref() != Some(&object.tags) => {
                self.case.demand_all(Some(on), Document::Nothing, Some(&object.tags))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether a condition looked at the tags of the object.
    pub(crate) fn depends_on_tags(&self) -> bool {
        self.case.existing.seen().is_some()
    }

    /// Permits to delete one of the objects that the document names.
    pub(crate) fn deletion(&self, named: NamedObject) -> Result<Deletion, Refusal> {
        let NamedObject { key, version_id, etag, unknown_condition } = named;
        let key = parse_key(key)?;
        let (action, version) = match &version_id {
            Some(id) => ("s3:DeleteObjectVersion", parse_version(id)),
            None => ("s3:DeleteObject", Ok(VersionId::NULL)),
        };
        let is_versioned = version_id.is_some();
        let named = Named {
            key: &key,
            version: version.as_ref().ok().copied().filter(|_| is_versioned),
            etag: etag.as_deref(),
        };
        let document = Document::Named(named);
        self.case.demand(&Ask { on: On::Named, action, document, existing: None })?;
        if let Some(condition) =
            unknown_condition.or(etag.as_ref().filter(|_| is_versioned).map(|_| "ETag"))
        {
            return Err(Refusal::not_implemented_header(condition));
        }
        // S3 tells of an id that cannot be one as of any other that is not there.
        let version = version.map_err(|_| Refusal::new(Code::NoSuchVersion))?;
        let precondition = etag.map_or(Precondition::None, Precondition::IfMatch);
        Ok(Deletion { key, version: is_versioned.then_some(version), precondition })
    }

    /// The object that may be copied.
    pub(crate) fn source(&self) -> Result<&Source, Refusal> {
        self.case.call.source.as_ref().ok_or_else(|| Refusal::new(Code::InvalidRequest))
    }

    /// The parameters that came along.
    pub(crate) fn call(&self) -> &Call {
        &self.case.call
    }

    /// Who holds it.
    pub(crate) fn caller(&self) -> &Caller {
        &self.case.caller
    }

    /// Whether `policy`, were it the bucket's, would deny the caller this action on it.
    pub(crate) fn would_be_denied(&self, policy: &Policy, action: &str) -> bool {
        self.case.would_be_denied(policy, action)
    }

    /// The refusal of a policy that would let the public in.
    pub(crate) fn public_policy_blocked(&self) -> Refusal {
        self.case.public_policy_blocked()
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
        let (action, document) = ("s3:ListBucket", Document::Nothing);
        match self.case.demand(&Ask { on: bucket, action, document, existing: None }) {
            Ok(()) => Absence::Shown,
            Err(refusal) => Absence::Hidden(refusal),
        }
    }
}
