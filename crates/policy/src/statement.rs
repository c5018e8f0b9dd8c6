//! A compiled policy and its statements.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>

use alloc::boxed::Box;

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
    pub(crate) actions: Names,
    pub(crate) resources: Names,
    pub(crate) conditions: Box<[Condition]>,
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
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>,
    /// "The meaning of public".
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

    /// Whether it applies to a request whose principal it names.
    pub(crate) fn applies(&self, request: &Request<'_>) -> bool {
        self.actions.include(request.action, Case::AsciiIgnored, request)
            && self.resources.include(request.resource, Case::Kept, request)
            && self.conditions.iter().all(|condition| condition.holds(request))
    }
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
            Self::These(patterns) => compare(patterns) == Outcome::Match,
            Self::Others(patterns) => compare(patterns) == Outcome::Differ,
        }
    }
}
