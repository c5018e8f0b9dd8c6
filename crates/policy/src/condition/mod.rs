//! One condition of a statement: an operator, a key, and the values to compare with, read once.
//!
//! Several values of the policy are an or, several conditions an and. A key that is not there
//! fails a condition, but for negated operators, `...IfExists` and `ForAllValues:`.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>,
//! "Condition operators" and "Single-valued vs. multivalued context keys".

mod moment;
mod network;
mod number;
mod operands;
mod operator;

use alloc::boxed::Box;

use crate::pattern::Outcome;
use crate::{Key, Request};

pub(crate) use moment::Moment;
pub use network::Network;
pub(crate) use number::Number;
pub(crate) use operands::{Operands, any};
pub(crate) use operator::{Comparison, Operator, Order, Quantifier};

/// A compiled condition.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    /// The operator as the policy spells it.
    pub(crate) spelled: Box<str>,
    pub(crate) operator: Operator,
    pub(crate) key: Key,
    pub(crate) operands: Operands,
}

/// What the values of a key came to.
#[derive(Default)]
struct Tally {
    seen: bool,
    is_any: bool,
    is_any_other: bool,
    is_unresolvable: bool,
}

impl Condition {
    /// Whether the request meets it. A variable without a value makes it fail, whatever the
    /// operator.
    pub(crate) fn holds(&self, request: &Request<'_>) -> bool {
        let mut tally = Tally::default();
        let operands = &self.operands;
        request.values(&self.key, &mut |value| {
            tally.seen = true;
            match operands.compare(value, request) {
                Outcome::Match => tally.is_any = true,
                Outcome::Differ => tally.is_any_other = true,
                Outcome::Unresolvable => {
                    tally.is_any_other = true;
                    tally.is_unresolvable = true;
                }
            }
        });
        if let Operands::Absence(wanted) = operands {
            return wanted.contains(&!tally.seen);
        }
        if tally.seen { self.settle(&tally) } else { self.holds_without(request) }
    }

    fn settle(&self, tally: &Tally) -> bool {
        let is_negated = self.operator.is_negated;
        if is_negated && tally.is_unresolvable {
            return false;
        }
        match (self.operator.quantifier, is_negated) {
            (Quantifier::None | Quantifier::Any, false) => tally.is_any,
            (Quantifier::All, false) => !tally.is_any_other,
            (Quantifier::None | Quantifier::All, true) => !tally.is_any,
            (Quantifier::Any, true) => tally.is_any_other,
        }
    }

    fn holds_without(&self, request: &Request<'_>) -> bool {
        let Operator { quantifier, is_negated, if_exists, .. } = self.operator;
        let holds = if_exists
            || match quantifier {
                Quantifier::None => is_negated,
                Quantifier::All => true,
                Quantifier::Any => false,
            };
        holds && self.operands.is_resolvable(request)
    }
}
