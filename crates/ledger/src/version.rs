//! Which writing of a record is meant: equal only for the same one, whatever was written between.

use std::sync::Arc;

/// The version of a record. It says nothing of order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(Kind);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Number(u64),
    Tag(Arc<str>),
}

impl Version {
    /// One that a ledger counts or draws. It must never come to the same number twice.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        Self(Kind::Number(number))
    }

    /// One that somebody else names, such as the entity tag of an object.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        Self(Kind::Tag(tag.into()))
    }

    /// The number, of a ledger that has numbers.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        match self.0 {
            Kind::Number(number) => Some(number),
            Kind::Tag(_) => None,
        }
    }

    /// The tag, of a ledger whose versions somebody else names.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        match &self.0 {
            Kind::Number(_) => None,
            Kind::Tag(tag) => Some(tag),
        }
    }
}
