//! A text with wildcards and policy variables, matched without the heap and without going back.
//!
//! `*` is any text and `?` any character. A pattern is cut at its `*`: each part between two is
//! looked for behind the one before, and the first place found is as good as any later one, so
//! the time is at most the product of both lengths. A variable stands for its value, letter by
//! letter: a `*` in it is no wildcard.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
//! and <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

mod arn;
mod fit;
mod read;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::{Key, Request};

pub(crate) use arn::ArnPattern;
use fit::{Fit, Resolved};
pub(crate) use read::{Reading, Wildcards};

/// Most variables in one pattern: they are resolved one inside the other, on the stack.
pub(crate) const VARIABLES_MAX: usize = 16;

/// Whether upper and lower case are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Kept,
    /// Of ASCII letters alone.
    AsciiIgnored,
    Ignored,
}

/// What a comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Match,
    Differ,
    /// A variable has no value and no default.
    Unresolvable,
}

impl From<bool> for Outcome {
    fn from(is_match: bool) -> Self {
        if is_match { Self::Match } else { Self::Differ }
    }
}

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    shape: Shape,
}

/// Patterns by what they cost, since most are one of the first three.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    Anything,
    Exact(Box<str>),
    Prefix(Box<str>),
    Parts { parts: Box<[Part]>, variables: Box<[Variable]> },
}

/// What stands between two `*`.
type Part = Box<[Piece]>;

/// A piece of a pattern without `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(Box<str>),
    One,
    /// The next variable, by its place among all.
    Variable(usize),
}

/// A policy variable.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Variable {
    key: Key,
    default: Option<Box<str>>,
}

impl Pattern {
    /// One of its parts: in front of the first `*`, between two, and behind the last.
    fn new(parts: Vec<Part>, variables: Vec<Variable>) -> Self {
        let shape = match parts.as_slice() {
            [only] if let [Piece::Text(text)] = &**only => Shape::Exact(text.clone()),
            [only] if only.is_empty() => Shape::Exact(Box::default()),
            [first, last] if first.is_empty() && last.is_empty() => Shape::Anything,
            [first, last] if let ([Piece::Text(text)], []) = (&**first, &**last) => {
                Shape::Prefix(text.clone())
            }
            _ => Shape::Parts { parts: parts.into(), variables: variables.into() },
        };
        Self { shape }
    }

    /// Whether it is one text and no other, whoever asks.
    pub(crate) fn fixed(&self) -> Option<&str> {
        if let Shape::Exact(text) = &self.shape { Some(text) } else { None }
    }

    /// What everything that it matches begins with, where nothing but that matters.
    pub(crate) fn prefix(&self) -> Option<&str> {
        if let Shape::Prefix(text) = &self.shape { Some(text) } else { None }
    }

    /// Whether it matches `text`.
    pub(crate) fn compare(&self, text: &str, case: Case, request: &Request<'_>) -> Outcome {
        match &self.shape {
            Shape::Anything => Outcome::Match,
            Shape::Exact(known) => fit::is_same(text, known, case).into(),
            Shape::Prefix(known) => fit::strip(text, known, case).is_some().into(),
            Shape::Parts { parts, variables } if variables.is_empty() => {
                Fit { case, resolved: None }.matches(parts, text).into()
            }
            Shape::Parts { parts, variables } => {
                resolve(variables, None, request, &mut |resolved| {
                    Fit { case, resolved }.matches(parts, text)
                })
            }
        }
    }

    /// Whether it matches `text`, where nobody asks why it does not.
    pub(crate) fn matches(&self, text: &str, case: Case, request: &Request<'_>) -> bool {
        let is_ruled_out = match &self.shape {
            Shape::Parts { variables, .. } if variables.is_empty() => false,
            // What is in front decides most, before any variable is looked up.
            Shape::Parts { parts, .. } => match parts.first().and_then(|part| part.first()) {
                Some(Piece::Text(front)) => fit::strip(text, front, case).is_none(),
                Some(Piece::One | Piece::Variable(_)) | None => false,
            },
            Shape::Anything | Shape::Exact(_) | Shape::Prefix(_) => false,
        };
        !is_ruled_out && self.compare(text, case, request) == Outcome::Match
    }

    /// Whether every variable has a value or a default.
    pub(crate) fn is_resolvable(&self, request: &Request<'_>) -> bool {
        let Shape::Parts { variables, .. } = &self.shape else { return true };
        resolve(variables, None, request, &mut |_| true) == Outcome::Match
    }

    /// Whether it matches `text` when nothing is known of a request.
    pub(crate) fn matches_plainly(&self, text: &str, case: Case) -> bool {
        match &self.shape {
            Shape::Anything => true,
            Shape::Exact(known) => fit::is_same(text, known, case),
            Shape::Prefix(known) => fit::strip(text, known, case).is_some(),
            Shape::Parts { parts, variables } => {
                variables.is_empty() && Fit { case, resolved: None }.matches(parts, text)
            }
        }
    }
}

/// Gives each variable its value, one call inside the other, and judges when all have one.
///
/// A key with several values is none that a variable can stand for.
fn resolve(
    variables: &[Variable],
    resolved: Option<&Resolved<'_>>,
    request: &Request<'_>,
    judge: &mut dyn FnMut(Option<&Resolved<'_>>) -> bool,
) -> Outcome {
    let Some((variable, rest)) = variables.split_first() else {
        return judge(resolved).into();
    };
    let mut outcome = None;
    let mut count = 0_usize;
    request.values(&variable.key, &mut |value| {
        count = count.saturating_add(1);
        if outcome.is_none() {
            outcome = Some(resolve(rest, Some(&Resolved::after(resolved, value)), request, judge));
        }
    });
    match (outcome, &variable.default) {
        (Some(outcome), _) if count == 1 => outcome,
        (None, Some(default)) => {
            resolve(rest, Some(&Resolved::after(resolved, default)), request, judge)
        }
        (Some(_), _) | (None, None) => Outcome::Unresolvable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NoContext, Principal, Values};
    use alloc::string::String;
    use proptest::prelude::*;

    fn pattern(text: &str) -> Pattern {
        Reading { wildcards: Wildcards::Meant, variables: true }.pattern(text).unwrap()
    }

    fn compare(text: &str, seen: &str, case: Case) -> Outcome {
        let context = Values::new()
            .with("s3:prefix", "a*b")
            .with("aws:PrincipalTag/x", "")
            .with("aws:TagKeys", "one")
            .with("aws:TagKeys", "two");
        let request = Request {
            principal: Principal::Anonymous,
            action: "",
            resource: "",
            owner: "",
            context: &context,
        };
        pattern(text).compare(seen, case, &request)
    }

    #[test]
    fn wildcards_are_any_text_and_any_character() {
        for (text, seen) in [
            ("*", ""),
            ("a*", "a"),
            ("*a", "aa"),
            ("a*a", "aa"),
            ("a?c", "a\u{1f600}c"),
            ("a**b?*", "a-b--"),
            ("*ab*ab", "abab"),
            ("???", "abc"),
        ] {
            assert_eq!(compare(text, seen, Case::Kept), Outcome::Match, "{text} {seen}");
        }
        for (text, seen) in [("", "a"), ("a*a", "a"), ("?", ""), ("*ab*ab", "abxb"), ("a", "A")] {
            assert_eq!(compare(text, seen, Case::Kept), Outcome::Differ, "{text} {seen}");
        }
    }

    #[test]
    fn variable_is_taken_letter_by_letter() {
        assert_eq!(compare("x/${s3:prefix}/*", "x/a*b/1", Case::Kept), Outcome::Match);
        assert_eq!(compare("x/${s3:prefix}/*", "x/a-b/1", Case::Kept), Outcome::Differ);
        assert_eq!(compare("${*}${?}${$}", "*?$", Case::Kept), Outcome::Match);
        assert_eq!(compare("${aws:PrincipalTag/X}", "", Case::Kept), Outcome::Match);
    }

    #[test]
    fn variable_without_one_value_is_its_default_or_unresolvable() {
        assert_eq!(compare("${aws:Referer}", "x", Case::Kept), Outcome::Unresolvable);
        assert_eq!(compare("${aws:TagKeys}", "one", Case::Kept), Outcome::Unresolvable);
        assert_eq!(compare("${aws:TagKeys, 'x'}", "x", Case::Kept), Outcome::Unresolvable);
        assert_eq!(compare("${aws:Referer, 'a*'}", "a*", Case::Kept), Outcome::Match);
        assert_eq!(compare("${aws:Referer, 'a*'}", "ab", Case::Kept), Outcome::Differ);
    }

    #[test]
    fn case_is_kept_or_ignored() {
        assert_eq!(compare("S3:get*T", "s3:GetObject", Case::AsciiIgnored), Outcome::Match);
        assert_eq!(compare("\u{c9}*", "\u{e9}t", Case::Ignored), Outcome::Match);
        assert_eq!(compare("\u{c9}", "\u{e9}", Case::Ignored), Outcome::Match);
        assert_eq!(compare("\u{c9}", "\u{e9}", Case::AsciiIgnored), Outcome::Differ);
    }

    /// The obvious matcher, which goes back.
    fn reference(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((&'*', rest)), None) => reference(rest, text),
            (Some((&'*', rest)), Some((_, after))) => {
                reference(rest, text) || reference(pattern, after)
            }
            (Some((one, rest)), Some((other, after))) => {
                (*one == '?' || one == other) && reference(rest, after)
            }
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    proptest! {
        #[test]
        fn wildcards_match_what_the_obvious_matcher_matches(
            text in "[ab*?]{0,9}", seen in "[ab\u{e9}]{0,9}"
        ) {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(
                pattern(&text).matches_plainly(&seen, Case::Kept),
                reference(&chars(&text), &chars(&seen))
            );
        }
    }

    #[test]
    fn many_wildcards_do_not_multiply() {
        let text = "a*".repeat(2_000) + "b";
        let seen = "a".repeat(20_000);
        let request = Request {
            principal: Principal::Anonymous,
            action: "",
            resource: "",
            owner: "",
            context: &NoContext,
        };
        assert_eq!(pattern(&text).compare(&seen, Case::Kept, &request), Outcome::Differ);
        let long: String = "*a".repeat(500) + "*b*";
        assert!(!pattern(&long).matches_plainly(&seen, Case::Kept));
    }
}
