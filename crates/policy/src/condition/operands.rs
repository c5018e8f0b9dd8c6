//! What a condition compares with, read once into what its operator needs.

use alloc::boxed::Box;

use super::{Moment, Network, Number, Order};
use crate::Request;
use crate::pattern::{ArnPattern, Case, Outcome, Pattern};

/// The values of a condition.
#[derive(Clone, Debug)]
pub(crate) enum Operands {
    Texts(Case, Box<[Pattern]>),
    Arns(Box<[ArnPattern]>),
    Numbers(Order, Box<[Number]>),
    Moments(Order, Box<[Moment]>),
    Networks(Box<[Network]>),
    /// Base64 as it is written without padding.
    Binaries(Box<[Box<str>]>),
    /// Whether the key is to be absent.
    Absence(Box<[bool]>),
}

impl Operands {
    /// Whether any of them matches a value of the request.
    pub(crate) fn compare(&self, seen: &str, request: &Request<'_>) -> Outcome {
        match self {
            Self::Texts(case, patterns) => {
                any(patterns.iter().map(|pattern| pattern.compare(seen, *case, request)))
            }
            Self::Arns(patterns) => {
                any(patterns.iter().map(|pattern| pattern.compare(seen, request)))
            }
            Self::Numbers(order, numbers) => is_met(*order, numbers, Number::parse(seen)),
            Self::Moments(order, moments) => is_met(*order, moments, Moment::parse(seen)),
            Self::Networks(networks) => {
                let address = network_address(seen);
                let is_in = |network: &Network| address.is_some_and(|it| network.contains(it));
                networks.iter().any(is_in).into()
            }
            Self::Binaries(texts) => {
                let seen = seen.trim_end_matches('=');
                texts.iter().any(|text| **text == *seen).into()
            }
            Self::Absence(_) => Outcome::Differ,
        }
    }

    /// Whether every variable has a value or a default.
    pub(crate) fn is_resolvable(&self, request: &Request<'_>) -> bool {
        match self {
            Self::Texts(_, patterns) => patterns.iter().all(|each| each.is_resolvable(request)),
            Self::Arns(patterns) => patterns.iter().all(|each| each.is_resolvable(request)),
            Self::Numbers(..)
            | Self::Moments(..)
            | Self::Networks(_)
            | Self::Binaries(_)
            | Self::Absence(_) => true,
        }
    }
}

/// A match where one is; else unresolvable where one is, since that one could have been it.
pub(crate) fn any(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let mut all = Outcome::Differ;
    for outcome in outcomes {
        match outcome {
            Outcome::Match => return Outcome::Match,
            Outcome::Unresolvable => all = Outcome::Unresolvable,
            Outcome::Differ => {}
        }
    }
    all
}

/// What cannot be compared lies in no order to anything.
fn is_met<T: Ord + Copy>(order: Order, operands: &[T], seen: Option<T>) -> Outcome {
    let is_met = |operand: &T| seen.is_some_and(|seen| order.is_met(seen.cmp(operand)));
    operands.iter().any(is_met).into()
}

fn network_address(text: &str) -> Option<core::net::IpAddr> {
    text.parse().ok().map(|address: core::net::IpAddr| address.to_canonical())
}
