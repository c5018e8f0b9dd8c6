//! An object of a policy: the fields that it may have, each once.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::place::Place;
use crate::json::Value;
use crate::{Fault, PolicyError};

/// An object and where it is.
pub(super) struct Object<'a> {
    members: &'a [(String, Value)],
    place: &'a Place<'a>,
}

impl<'a> Object<'a> {
    /// One with these fields at most.
    pub(super) fn read(
        members: &'a [(String, Value)],
        place: &'a Place<'a>,
        fields: &[&str],
    ) -> Result<Self, PolicyError> {
        demand_single(members, place)?;
        let unknown = members.iter().find(|(name, _)| !fields.contains(&name.as_str()));
        match unknown {
            Some((name, _)) => Err(place.fault(Fault::UnknownField(name.clone()))),
            None => Ok(Self { members, place }),
        }
    }

    /// The value of a field and where it is.
    pub(super) fn get(&self, name: &'a str) -> Option<(&'a Value, Place<'a>)> {
        let (_, value) = self.members.iter().find(|(known, _)| known == name)?;
        Some((value, self.place.field(name)))
    }

    pub(super) fn require(
        &self,
        name: &'static str,
    ) -> Result<(&'a Value, Place<'a>), PolicyError> {
        self.get(name).ok_or_else(|| self.place.fault(Fault::Missing(name)))
    }

    pub(super) fn text(&self, name: &'a str) -> Result<Option<&'a str>, PolicyError> {
        match self.get(name) {
            None => Ok(None),
            Some((Value::Text(text), _)) => Ok(Some(text)),
            Some((_, place)) => Err(place.fault(Fault::Type("a string"))),
        }
    }

    /// The one of two fields that is there, and whether it is the second.
    pub(super) fn either(
        &self,
        one: &'static str,
        other: &'static str,
    ) -> Result<Option<(&'a Value, Place<'a>, bool)>, PolicyError> {
        match (self.get(one), self.get(other)) {
            (Some(_), Some(_)) => Err(self.place.fault(Fault::Both(one, other))),
            (Some((value, place)), None) => Ok(Some((value, place, false))),
            (None, Some((value, place))) => Ok(Some((value, place, true))),
            (None, None) => Ok(None),
        }
    }
}

/// Every name is there once.
pub(super) fn demand_single(
    members: &[(String, Value)],
    place: &Place<'_>,
) -> Result<(), PolicyError> {
    let mut names = BTreeSet::new();
    let repeated = members.iter().find(|(name, _)| !names.insert(name.as_str()));
    match repeated {
        Some((name, _)) => Err(place.field(name).fault(Fault::Repeated)),
        None => Ok(()),
    }
}

/// One text or a list of some, each with its place's index.
pub(super) fn texts<'a>(
    value: &'a Value,
    place: &Place<'_>,
) -> Result<Vec<(&'a str, Option<usize>)>, PolicyError> {
    match value {
        Value::Text(text) => Ok(Vec::from([(text.as_str(), None)])),
        Value::List(values) if values.is_empty() => Err(place.fault(Fault::Empty)),
        Value::List(values) => values
            .iter()
            .enumerate()
            .map(|(index, value)| match value {
                Value::Text(text) => Ok((text.as_str(), Some(index))),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::List(_)
                | Value::Object(_) => Err(place.index(index).fault(Fault::Type("a string"))),
            })
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            Err(place.fault(Fault::Type("a string or a list of strings")))
        }
    }
}

/// An error in one of [`texts`].
pub(super) fn fault_at(place: &Place<'_>, index: Option<usize>, reason: Fault) -> PolicyError {
    match index {
        Some(index) => place.index(index).fault(reason),
        None => place.fault(reason),
    }
}
