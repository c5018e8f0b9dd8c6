//! The operators of conditions, by name.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>,
//! "Condition operators".

use core::cmp::Ordering;

/// An operator with all that its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) quantifier: Quantifier,
    pub(crate) comparison: Comparison,
    pub(crate) is_negated: bool,
    pub(crate) if_exists: bool,
}

/// How many of a key's values have to meet it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// The name says nothing: the key has one value.
    None,
    All,
    Any,
}

/// What is compared, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Text,
    TextIgnoringCase,
    TextLike,
    Numbers(Order),
    Moments(Order),
    Bool,
    Binary,
    Address,
    Arn,
    /// Whether the key is there at all.
    Null,
}

/// How two numbers or moments lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    /// Whether what was seen lies so to what the policy says.
    pub(crate) fn is_met(self, seen: Ordering) -> bool {
        match self {
            Self::Equal => seen.is_eq(),
            Self::Less => seen.is_lt(),
            Self::LessOrEqual => seen.is_le(),
            Self::Greater => seen.is_gt(),
            Self::GreaterOrEqual => seen.is_ge(),
        }
    }
}

/// Names without quantifier and `IfExists`, what they compare, and whether they are negated.
const TABLE: &[(&str, Comparison, bool)] = &[
    ("StringEquals", Comparison::Text, false),
    ("StringNotEquals", Comparison::Text, true),
    ("StringEqualsIgnoreCase", Comparison::TextIgnoringCase, false),
    ("StringNotEqualsIgnoreCase", Comparison::TextIgnoringCase, true),
    ("StringLike", Comparison::TextLike, false),
    ("StringNotLike", Comparison::TextLike, true),
    ("NumericEquals", Comparison::Numbers(Order::Equal), false),
    ("NumericNotEquals", Comparison::Numbers(Order::Equal), true),
    ("NumericLessThan", Comparison::Numbers(Order::Less), false),
    ("NumericLessThanEquals", Comparison::Numbers(Order::LessOrEqual), false),
    ("NumericGreaterThan", Comparison::Numbers(Order::Greater), false),
    ("NumericGreaterThanEquals", Comparison::Numbers(Order::GreaterOrEqual), false),
    ("DateEquals", Comparison::Moments(Order::Equal), false),
    ("DateNotEquals", Comparison::Moments(Order::Equal), true),
    ("DateLessThan", Comparison::Moments(Order::Less), false),
    ("DateLessThanEquals", Comparison::Moments(Order::LessOrEqual), false),
    ("DateGreaterThan", Comparison::Moments(Order::Greater), false),
    ("DateGreaterThanEquals", Comparison::Moments(Order::GreaterOrEqual), false),
    ("Bool", Comparison::Bool, false),
    ("BinaryEquals", Comparison::Binary, false),
    ("IpAddress", Comparison::Address, false),
    ("NotIpAddress", Comparison::Address, true),
    ("ArnEquals", Comparison::Arn, false),
    ("ArnLike", Comparison::Arn, false),
    ("ArnNotEquals", Comparison::Arn, true),
    ("ArnNotLike", Comparison::Arn, true),
    ("Null", Comparison::Null, false),
];

impl Operator {
    /// Reads a name, whatever its case.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (quantifier, name) = match name.split_once(':') {
            None => (Quantifier::None, name),
            Some((word, name)) if word.eq_ignore_ascii_case("ForAllValues") => {
                (Quantifier::All, name)
            }
            Some((word, name)) if word.eq_ignore_ascii_case("ForAnyValue") => {
                (Quantifier::Any, name)
            }
            Some(_) => return None,
        };
        let (name, if_exists) = match strip_suffix(name, "IfExists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let row = TABLE.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
        let (_, comparison, is_negated) = *row?;
        // Whether a key is there is a question that none of the others goes with.
        if comparison == Comparison::Null && (if_exists || quantifier != Quantifier::None) {
            return None;
        }
        Some(Self { quantifier, comparison, is_negated, if_exists })
    }
}

fn strip_suffix<'a>(name: &'a str, suffix: &str) -> Option<&'a str> {
    let (start, end) = name.split_at_checked(name.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_with_all_they_say() {
        let operator = Operator::parse("ForAllValues:StringNotLikeIfExists").unwrap();
        assert_eq!(
            operator,
            Operator {
                quantifier: Quantifier::All,
                comparison: Comparison::TextLike,
                is_negated: true,
                if_exists: true,
            }
        );
        assert_eq!(Operator::parse("ipaddress"), Operator::parse("IpAddress"));
        for name in ["", "Equals", "NullIfExists", "ForAnyValue:Null", "ForSome:Bool", "IfExists"] {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }
}
