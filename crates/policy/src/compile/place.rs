//! Where in a policy something is, as `Statement[2].Condition.StringEquals`.

use alloc::string::ToString;
use core::fmt;

use crate::{Fault, PolicyError};

/// A place: a step from the place around it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    around: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Document,
    Field(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    /// The whole document.
    pub(super) const fn root() -> &'static Place<'static> {
        &Place { around: None, step: Step::Document }
    }

    pub(super) fn field(&'a self, name: &'a str) -> Place<'a> {
        Place { around: Some(self), step: Step::Field(name) }
    }

    pub(super) fn index(&'a self, index: usize) -> Place<'a> {
        Place { around: Some(self), step: Step::Index(index) }
    }

    pub(super) fn fault(&self, reason: Fault) -> PolicyError {
        PolicyError { place: self.to_string(), reason }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let around = self.around.map(ToString::to_string).unwrap_or_default();
        match self.step {
            Step::Document => Ok(()),
            Step::Field(name) if around.is_empty() => f.write_str(name),
            Step::Field(name) => write!(f, "{around}.{name}"),
            Step::Index(index) => write!(f, "{around}[{index}]"),
        }
    }
}
