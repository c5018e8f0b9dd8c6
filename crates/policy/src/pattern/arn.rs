//! A pattern for an ARN, whose parts between the colons are matched one by one.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>,
//! "Condition operators", "Amazon Resource Name (ARN) condition operators".

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Case, Outcome, Pattern, Reading};
use crate::{Fault, Request};

/// Parts of an ARN; colons behind the fifth belong to the last part.
const PARTS: usize = 6;

/// A pattern for each part; fewer than six where the last takes all that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ArnPattern {
    parts: Box<[Pattern]>,
}

impl ArnPattern {
    /// Reads one: six parts, or fewer and a `*` at the end.
    pub(crate) fn read(text: &str, reading: Reading) -> Result<Self, Fault> {
        let parts: Vec<&str> = split(text).collect();
        if parts.len() < PARTS && !text.ends_with('*') && !text.contains("${") {
            return Err(Fault::Operand("an ARN"));
        }
        let parts = parts.into_iter().map(|part| reading.pattern(part));
        Ok(Self { parts: parts.collect::<Result<_, _>>()? })
    }

    /// Whether all parts match; a text that is no ARN matches nothing.
    pub(crate) fn compare(&self, text: &str, request: &Request<'_>) -> Outcome {
        if split(text).count() != PARTS {
            return Outcome::Differ;
        }
        let mut outcome = Outcome::Match;
        for (pattern, part) in self.parts.iter().zip(text.splitn(self.parts.len(), ':')) {
            match pattern.compare(part, Case::Kept, request) {
                Outcome::Match => {}
                Outcome::Differ => return Outcome::Differ,
                Outcome::Unresolvable => outcome = Outcome::Unresolvable,
            }
        }
        outcome
    }

    /// Whether every variable has a value or a default.
    pub(crate) fn is_resolvable(&self, request: &Request<'_>) -> bool {
        self.parts.iter().all(|part| part.is_resolvable(request))
    }

    /// Whether it is one ARN and no other; of an access point the name may be any.
    pub(crate) fn is_fixed(&self, is_access_point: bool) -> bool {
        let fixed = self.parts.iter().filter(|part| part.fixed().is_some()).count();
        fixed == PARTS || (is_access_point && self.has_fixed_account())
    }

    fn has_fixed_account(&self) -> bool {
        self.parts.get(4).is_some_and(|account| account.fixed().is_some_and(|id| !id.is_empty()))
    }
}

/// The parts of an ARN, with colons inside of `${...}` left alone.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u8;
    let mut before = ' ';
    text.splitn(PARTS, move |character| {
        match (before, character) {
            ('$', '{') => depth = 1,
            (_, '}') => depth = 0,
            (_, _) => {}
        }
        before = character;
        character == ':' && depth == 0
    })
}
