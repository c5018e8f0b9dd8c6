//! Reads a policy: the base64 of a JSON object with an expiration and conditions.
//!
//! What the AWS page asks for is asked for; a condition that is well formed and makes no sense is
//! kept as one that never holds, as S3 has it.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::{Condition, PolicyFault};
use crate::Timestamp;

/// A policy that could be read.
pub(super) struct Policy {
    pub(super) expires_at: Timestamp,
    pub(super) conditions: Vec<Condition>,
}

impl Policy {
    /// Reads the text of the field `policy`.
    pub(super) fn read(text: &str) -> Result<Self, PolicyFault> {
        let json = STANDARD.decode(text).map_err(|_| PolicyFault::Json)?;
        // Nesting is bounded by the parser, and size by the fields of a form.
        let document: Map<String, Value> =
            serde_json::from_slice(&json).map_err(|_| PolicyFault::Json)?;
        let expiration = document.get("expiration").ok_or(PolicyFault::ExpirationMissing)?;
        let expires_at = expiration
            .as_str()
            .and_then(moment)
            .ok_or_else(|| PolicyFault::Expiration(plain(expiration)))?;
        let conditions = document.get("conditions").and_then(Value::as_array);
        let conditions = conditions.ok_or(PolicyFault::ConditionsMissing)?;
        let conditions = conditions.iter().map(condition).collect::<Result<_, _>>()?;
        Ok(Self { expires_at, conditions })
    }

    /// How many bytes the file may have, by all conditions together.
    pub(super) fn content_length(&self) -> RangeInclusive<u64> {
        let (mut least, mut most) = (0, u64::MAX);
        for condition in &self.conditions {
            if let Condition::ContentLength { min, max } = condition {
                (least, most) = (least.max(*min), most.min(*max));
            }
        }
        least..=most
    }
}

fn condition(value: &Value) -> Result<Condition, PolicyFault> {
    match value {
        Value::Object(properties) => simple(properties),
        Value::Array(words) => match words.as_slice() {
            [Value::String(operation), first, second] => listed(operation, first, second),
            _ => Err(PolicyFault::ConditionShape),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(PolicyFault::ConditionShape)
        }
    }
}

fn simple(properties: &Map<String, Value>) -> Result<Condition, PolicyFault> {
    let mut properties = properties.iter();
    let (Some((field, value)), None) = (properties.next(), properties.next()) else {
        return Err(PolicyFault::SimpleConditionSize);
    };
    let value = value.as_str().ok_or(PolicyFault::SimpleConditionValue)?;
    Ok(Condition::Exact { field: field.clone(), value: value.into() })
}

fn listed(operation: &str, first: &Value, second: &Value) -> Result<Condition, PolicyFault> {
    let never = || Condition::Never(Vec::from([operation.into(), plain(first), plain(second)]));
    let field = || first.as_str().and_then(|word| word.strip_prefix('$')).map(String::from);
    let condition = match operation.to_ascii_lowercase().as_str() {
        "eq" => match (field(), second.as_str()) {
            (Some(field), Some(value)) => Condition::Exact { field, value: value.into() },
            (None, _) | (_, None) => never(),
        },
        "starts-with" => match (field(), second.as_str()) {
            (Some(field), Some(prefix)) => Condition::StartsWith { field, prefix: prefix.into() },
            (None, _) | (_, None) => never(),
        },
        "content-length-range" => match (plain(first).parse(), plain(second).parse()) {
            (Ok(min), Ok(max)) => Condition::ContentLength { min, max },
            (Err(_), _) | (_, Err(_)) => never(),
        },
        _ => return Err(PolicyFault::Operation(operation.into())),
    };
    Ok(condition)
}

/// A value as a word: a text without its quotes, everything else as it is spelled.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), String::from)
}

/// Reads `2013-05-24T00:00:00Z`, with or without parts of a second, which are dropped.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix('Z')?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', ref time @ ..] = seconds.as_bytes()
    else {
        return None;
    };
    let &[h1, h2, b':', n1, n2, b':', s1, s2] = time else {
        return None;
    };
    let basic = [y1, y2, y3, y4, m1, m2, d1, d2, b'T', h1, h2, n1, n2, s1, s2, b'Z'];
    core::str::from_utf8(&basic).ok().and_then(Timestamp::parse).filter(|_| is_fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(json: &str) -> Result<Policy, PolicyFault> {
        Policy::read(&STANDARD.encode(json))
    }

    fn with(condition: &str) -> Result<Condition, PolicyFault> {
        let json = alloc::format!(
            "{{\"expiration\": \"2026-01-01T00:00:00Z\", \"conditions\": [{condition}]}}"
        );
        policy(&json).map(|mut policy| policy.conditions.remove(0))
    }

    #[test]
    fn what_is_no_policy_is_told_apart() {
        assert_eq!(Policy::read("no base64!").err(), Some(PolicyFault::Json));
        let deep = "[".repeat(20_000);
        for json in ["", "{", "[]", "1", "{} x", &deep] {
            assert_eq!(policy(json).err(), Some(PolicyFault::Json));
        }
        for json in ["{}", r#"{"Expiration": "2026-01-01T00:00:00Z", "conditions": []}"#] {
            assert_eq!(policy(json).err(), Some(PolicyFault::ExpirationMissing));
        }
        for conditions in ["", r#", "Conditions": []"#, r#", "conditions": {}"#] {
            let json = alloc::format!("{{\"expiration\": \"2026-01-01T00:00:00Z\"{conditions}}}");
            assert_eq!(policy(&json).err(), Some(PolicyFault::ConditionsMissing), "{json}");
        }
        let json = r#"{"expiration": 7, "conditions": []}"#;
        assert_eq!(policy(json).err(), Some(PolicyFault::Expiration("7".into())));
    }

    #[test]
    fn malformed_conditions_are_told_apart() {
        for (json, fault) in [
            ("{}", PolicyFault::SimpleConditionSize),
            (r#"{"a": "1", "b": "2"}"#, PolicyFault::SimpleConditionSize),
            (r#"{"a": 1}"#, PolicyFault::SimpleConditionValue),
            ("7", PolicyFault::ConditionShape),
            (r#"["eq", "$a"]"#, PolicyFault::ConditionShape),
            (r#"["content-length-range", 0]"#, PolicyFault::ConditionShape),
            (r#"["ends-with", "$a", "b"]"#, PolicyFault::Operation("ends-with".into())),
        ] {
            assert_eq!(with(json), Err(fault), "{json}");
        }
    }

    #[test]
    fn conditions_that_make_no_sense_never_hold() {
        for (json, shown) in [
            (r#"["eq", "key", "a"]"#, r#"["eq", "key", "a"]"#),
            (r#"["starts-with", "$key", 7]"#, r#"["starts-with", "$key", "7"]"#),
            (r#"["content-length-range", "x", 10]"#, r#"["content-length-range", "x", "10"]"#),
            (r#"["content-length-range", -1, 0]"#, r#"["content-length-range", "-1", "0"]"#),
        ] {
            let condition = with(json).unwrap();
            assert!(matches!(condition, Condition::Never(_)), "{json}");
            assert_eq!(condition.to_string(), shown);
        }
    }

    #[test]
    fn expirations_are_moments_in_utc() {
        let known = Timestamp::parse("20130524T010203Z");
        for text in ["2013-05-24T01:02:03Z", "2013-05-24T01:02:03.999Z"] {
            assert_eq!(moment(text), known, "{text}");
        }
        for text in
            ["", "2013-05-24", "2013-05-24T01:02:03", "2013-05-24T01:02:03.Z", "20130524T010203Z"]
        {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
