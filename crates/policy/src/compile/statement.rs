//! One statement.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::object::Object;
use super::place::Place;
use super::{actions, conditions, principals, resources};
use crate::json::Value;
use crate::principal::Principals;
use crate::statement::{Actions, Names};
use crate::{Effect, Fault, Kind, PolicyError, Statement};

const FIELDS: &[&str] = &[
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// What statements of a policy have to keep to.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) kind: Kind<'a>,
    /// Whether `${...}` is a variable.
    pub(super) variables: bool,
}

impl Rules<'_> {
    pub(super) fn statement(
        self,
        value: &Value,
        place: Place<'_>,
    ) -> Result<Statement, PolicyError> {
        let Value::Object(members) = value else {
            return Err(place.fault(Fault::Type("an object")));
        };
        let object = Object::read(members, &place, FIELDS)?;
        let sid = self.sid(&object)?;
        let effect = effect(&object)?;
        let principals = self.principals(&object, &place, effect)?;
        let (value, at, others) = object
            .either("Action", "NotAction")?
            .ok_or_else(|| place.fault(Fault::Missing("Action")))?;
        let actions = actions::read(value, &at, self.kind)?;
        let resources = self.resources(&object, &place)?;
        if let (Kind::Resource { bucket }, false, Some((texts, _))) =
            (self.kind, others, &resources)
            && !actions::apply(&actions, texts, bucket)
        {
            return Err(place.fault(Fault::ActionWithoutResource));
        }
        let conditions = match object.get("Condition") {
            Some((value, at)) => conditions::read(value, &at, self)?,
            None => Vec::new(),
        };
        Ok(Statement {
            sid,
            effect,
            principals,
            actions: Actions::new(if others {
                Names::Others(actions)
            } else {
                Names::These(actions)
            }),
            resources: resources.map_or(Names::Attached, |(_, names)| names),
            conditions: conditions.into(),
        })
    }

    /// IAM takes letters and digits alone; S3 takes anything.
    fn sid(self, object: &Object<'_>) -> Result<Option<Box<str>>, PolicyError> {
        let sid = object.text("Sid")?.filter(|sid| !sid.is_empty());
        let is_plain = |sid: &&str| sid.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if matches!(self.kind, Kind::Resource { .. }) || sid.as_ref().is_none_or(is_plain) {
            return Ok(sid.map(Box::from));
        }
        let (_, place) = object.require("Sid")?;
        Err(place.fault(Fault::Sid))
    }

    fn principals(
        self,
        object: &Object<'_>,
        place: &Place<'_>,
        effect: Effect,
    ) -> Result<Principals, PolicyError> {
        let found = object.either("Principal", "NotPrincipal")?;
        match (self.kind, found) {
            (Kind::Identity | Kind::Boundary | Kind::Session, None) => Ok(Principals::Attached),
            (Kind::Identity | Kind::Boundary | Kind::Session, Some((_, at, _))) => {
                Err(at.fault(Fault::Prohibited("Principal")))
            }
            (Kind::Resource { .. } | Kind::Trust, None) => {
                Err(place.fault(Fault::Missing("Principal")))
            }
            (Kind::Resource { .. } | Kind::Trust, Some((_, at, true)))
                if effect == Effect::Allow =>
            {
                Err(at.fault(Fault::NotPrincipalAllows))
            }
            (Kind::Resource { .. } | Kind::Trust, Some((value, at, others))) => {
                let grantees = principals::read(value, &at)?;
                Ok(if others { Principals::Others(grantees) } else { Principals::These(grantees) })
            }
        }
    }

    /// The resources as they are spelled, and compiled.
    fn resources<'v>(
        self,
        object: &Object<'v>,
        place: &Place<'_>,
    ) -> Result<Option<(Vec<&'v str>, Names)>, PolicyError> {
        let found = object.either("Resource", "NotResource")?;
        match (self.kind, found) {
            (Kind::Trust, None) => Ok(None),
            (Kind::Trust, Some((_, at, _))) => Err(at.fault(Fault::Prohibited("Resource"))),
            (_, None) => Err(place.fault(Fault::Missing("Resource"))),
            (_, Some((value, at, others))) => {
                let (texts, patterns) = resources::read(value, &at, self)?;
                // What is left out says nothing of what the actions are done to.
                let (texts, names) = if others {
                    (Vec::new(), Names::Others(patterns))
                } else {
                    (texts, Names::These(patterns))
                };
                Ok(Some((texts, names)))
            }
        }
    }
}

fn effect(object: &Object<'_>) -> Result<Effect, PolicyError> {
    let (value, place) = object.require("Effect")?;
    match value {
        Value::Text(text) if text == "Allow" => Ok(Effect::Allow),
        Value::Text(text) if text == "Deny" => Ok(Effect::Deny),
        Value::Text(text) => Err(place.fault(Fault::Effect(text.clone()))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Object(_) => {
            Err(place.fault(Fault::Type("a string")))
        }
    }
}
