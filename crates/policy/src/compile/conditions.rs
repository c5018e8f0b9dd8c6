//! The condition block: operators, keys under each, and values, read once into what is compared.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::object::{demand_single, fault_at};
use super::place::Place;
use super::statement::Rules;
use crate::condition::{Comparison, Condition, Moment, Network, Number, Operands, Operator};
use crate::json::Value;
use crate::pattern::{ArnPattern, Case, Pattern, Reading, Wildcards};
use crate::{Fault, Key, Kind, PolicyError};

pub(super) fn read(
    value: &Value,
    place: &Place<'_>,
    rules: Rules<'_>,
) -> Result<Vec<Condition>, PolicyError> {
    let mut conditions = Vec::new();
    for (spelled, keys) in members(value, place)? {
        let at = place.field(spelled);
        let operator =
            Operator::parse(spelled).ok_or_else(|| at.fault(Fault::Operator(spelled.clone())))?;
        for (name, value) in members(keys, &at)? {
            let at = at.field(name);
            conditions.push(Condition {
                spelled: spelled.as_str().into(),
                operator,
                key: key(name, rules.kind).ok_or_else(|| at.fault(Fault::ConditionKey))?,
                operands: operands(operator, &values(value, &at)?, &at, rules)?,
            });
        }
    }
    Ok(conditions)
}

fn members<'v>(value: &'v Value, place: &Place<'_>) -> Result<&'v [(String, Value)], PolicyError> {
    let Value::Object(members) = value else {
        return Err(place.fault(Fault::Type("an object")));
    };
    demand_single(members, place)?;
    Ok(members)
}

/// S3 knows its own keys, and takes those of no service but itself.
fn key(name: &str, kind: Kind<'_>) -> Option<Key> {
    let key = Key::parse(name)?;
    let is_global = key.name().starts_with("aws:");
    let is_of_s3 = key.name().starts_with("s3:") && key.is_known();
    let is_fine = !matches!(kind, Kind::Resource { .. }) || is_global || is_of_s3;
    is_fine.then_some(key)
}

/// A value with its place's index; numbers and truths are written without quotes as well.
type Given<'v> = (Cow<'v, str>, Option<usize>);

fn values<'v>(value: &'v Value, place: &Place<'_>) -> Result<Vec<Given<'v>>, PolicyError> {
    match value {
        Value::List(values) if values.is_empty() => Err(place.fault(Fault::Empty)),
        Value::List(values) => {
            let each = values.iter().enumerate().map(|(index, value)| {
                let text = text(value);
                let fault = || place.index(index).fault(Fault::Type("a string"));
                text.map(|text| (text, Some(index))).ok_or_else(fault)
            });
            each.collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Object(_) => {
            let text = text(value).ok_or_else(|| place.fault(Fault::Type("a string")))?;
            Ok(Vec::from([(text, None)]))
        }
    }
}

fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Text(text) | Value::Number(text) => Some(Cow::Borrowed(text)),
        Value::Bool(is_true) => Some(Cow::Borrowed(if *is_true { "true" } else { "false" })),
        Value::Null | Value::List(_) | Value::Object(_) => None,
    }
}

fn operands(
    operator: Operator,
    given: &[Given<'_>],
    place: &Place<'_>,
    rules: Rules<'_>,
) -> Result<Operands, PolicyError> {
    let exact = Reading { wildcards: Wildcards::Plain, variables: rules.variables };
    let like = Reading { wildcards: Wildcards::Meant, variables: rules.variables };
    let list = List { given, place };
    Ok(match operator.comparison {
        Comparison::Text => Operands::Texts(Case::Kept, list.read(|text| exact.pattern(text))?),
        Comparison::TextIgnoringCase => {
            Operands::Texts(Case::Ignored, list.read(|text| exact.pattern(text))?)
        }
        Comparison::TextLike => Operands::Texts(Case::Kept, list.read(|text| like.pattern(text))?),
        Comparison::Bool => {
            Operands::Texts(Case::AsciiIgnored, list.read(|text| truth_pattern(text, exact))?)
        }
        Comparison::Arn => Operands::Arns(list.read(|text| ArnPattern::read(text, like))?),
        Comparison::Numbers(order) => {
            let number = |text: &str| Number::parse(text).ok_or(Fault::Operand("a number"));
            Operands::Numbers(order, list.read(number)?)
        }
        Comparison::Moments(order) => {
            let moment = |text: &str| Moment::parse(text).ok_or(Fault::Operand("a date"));
            Operands::Moments(order, list.read(moment)?)
        }
        Comparison::Address => {
            let network = |text: &str| Network::parse(text).ok_or(Fault::Operand("an IP address"));
            Operands::Networks(list.read(network)?)
        }
        Comparison::Binary => Operands::Binaries(list.read(binary)?),
        Comparison::Null => {
            Operands::Absence(list.read(|text| truth(text).ok_or(Fault::Operand("a boolean")))?)
        }
    })
}

/// The values of a key, to be read one by one.
struct List<'a> {
    given: &'a [Given<'a>],
    place: &'a Place<'a>,
}

impl List<'_> {
    fn read<T>(&self, read: impl Fn(&str) -> Result<T, Fault>) -> Result<Box<[T]>, PolicyError> {
        let each = self.given.iter();
        each.map(|(text, index)| read(text).map_err(|reason| fault_at(self.place, *index, reason)))
            .collect()
    }
}

fn truth(text: &str) -> Option<bool> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("true") { Some(true) } else { is("false").then_some(false) }
}

fn truth_pattern(text: &str, reading: Reading) -> Result<Pattern, Fault> {
    if truth(text).is_none() && !(reading.variables && text.contains("${")) {
        return Err(Fault::Operand("a boolean"));
    }
    reading.pattern(text)
}

fn binary(text: &str) -> Result<Box<str>, Fault> {
    let bytes = STANDARD.decode(text).map_err(|_| Fault::Operand("base64"))?;
    Ok(STANDARD_NO_PAD.encode(bytes).into())
}
