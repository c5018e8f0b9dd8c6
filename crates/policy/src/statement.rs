//! A compiled policy and its statements.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>

use alloc::boxed::Box;

use crate::catalog::ActionSet;
use crate::compile;
use crate::condition::{Condition, any};
use crate::pattern::{Case, Outcome, Pattern};
use crate::principal::Principals;
use crate::{Kind, PolicyError, Request};

/// A policy, compiled.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(crate) id: Option<Box<str>>,
    pub(crate) statements: Box<[Statement]>,
    pub(crate) is_public: bool,
}

/// What a statement does to what it applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Allows it, unless something denies it.
    Allow,
    /// Denies it, whatever else allows it.
    Deny,
}

/// One statement of a policy.
#[derive(Clone, Debug)]
pub struct Statement {
    pub(crate) sid: Option<Box<str>>,
    pub(crate) effect: Effect,
    pub(crate) principals: Principals,
    pub(crate) actions: Actions,
    pub(crate) resources: Names,
    pub(crate) conditions: Box<[Condition]>,
}

/// The actions that a statement is about.
#[derive(Clone, Debug)]
pub(crate) struct Actions {
    names: Names,
    /// Those of S3 among them.
    known: ActionSet,
}

/// Patterns of which one has to match, or none may.
#[derive(Clone, Debug)]
pub(crate) enum Names {
    /// Whatever the policy is attached to.
    Attached,
    These(Box<[Pattern]>),
    Others(Box<[Pattern]>),
}

impl Policy {
    /// Compiles the text of a policy of this kind.
    ///
    /// ```
    /// use policy::{Kind, Policy};
    /// let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
    /// assert!(Policy::parse(text, Kind::Identity).is_ok());
    /// let error = Policy::parse(text, Kind::Resource { bucket: "photos" }).unwrap_err();
    /// assert_eq!(error.to_string(), "Statement: Missing required field Principal");
    /// ```
    ///
    /// # Errors
    /// The first thing that is wrong with it, and where that is.
    pub fn parse(text: &str, kind: Kind<'_>) -> Result<Self, PolicyError> {
        compile::compile(text, kind)
    }

    /// Its `Id`.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Its statements, in their order.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Whether a bucket policy lets in the public, in AWS's meaning of the word.
    ///
    /// That meaning is told in the S3 User Guide, "The meaning of public".
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.is_public
    }
}

impl Statement {
    /// Its `Sid`.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// What it does to what it applies to.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Whether it applies to a request whose principal and action it names.
    pub(crate) fn applies_beyond_action(&self, request: &Request<'_>) -> bool {
        self.resources.include(request.resource, Case::Kept, request)
            && self.conditions.iter().all(|condition| condition.holds(request))
    }
}

/// A request with its action looked up.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request<'a>,
    known: Option<ActionSet>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(request: &'a Request<'a>) -> Self {
        Self { request, known: ActionSet::named(request.action) }
    }
}

impl Actions {
    pub(crate) fn new(names: Names) -> Self {
        let known = ActionSet::of(|action| match &names {
            Names::Attached => true,
            Names::These(patterns) => is_any(patterns, action),
            Names::Others(patterns) => !is_any(patterns, action),
        });
        Self { names, known }
    }

    #[inline]
    pub(crate) fn include(&self, asked: &Asked<'_>) -> bool {
        match asked.known {
            Some(action) => self.known.contains(action),
            None => self.names.include(asked.request.action, Case::AsciiIgnored, asked.request),
        }
    }
}

fn is_any(patterns: &[Pattern], action: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches_plainly(action, Case::AsciiIgnored))
}

impl Names {
    /// Whether `name` is one of them. A variable without a value matches nothing, and makes a
    /// list that excludes include nothing.
    pub(crate) fn include(&self, name: &str, case: Case, request: &Request<'_>) -> bool {
        let compare = |patterns: &[Pattern]| {
            any(patterns.iter().map(|pattern| pattern.compare(name, case, request)))
        };
        match self {
            Self::Attached => true,
            Self::These(patterns) => {
                patterns.iter().any(|pattern| pattern.matches(name, case, request))
            }
            Self::Others(patterns) => compare(patterns) == Outcome::Differ,
        }
    }
}
