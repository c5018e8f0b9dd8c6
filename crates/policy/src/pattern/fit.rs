//! Laying the parts of a pattern onto a text.

use super::{Case, Part, Piece};

/// The values of the variables, the last one first.
pub(super) struct Resolved<'a> {
    value: &'a str,
    index: usize,
    before: Option<&'a Self>,
}

impl<'a> Resolved<'a> {
    pub(super) fn after(before: Option<&'a Resolved<'a>>, value: &'a str) -> Self {
        let index = before.map_or(0, |last| last.index.saturating_add(1));
        Self { value, index, before }
    }
}

/// How parts are laid onto a text.
pub(super) struct Fit<'a> {
    pub(super) case: Case,
    pub(super) resolved: Option<&'a Resolved<'a>>,
}

impl Fit<'_> {
    /// Whether the parts cover the text: the first at its start, the last at its end, the others
    /// wherever each comes first.
    pub(super) fn matches(&self, parts: &[Part], text: &str) -> bool {
        let Some((first, more)) = parts.split_first() else { return false };
        let Some(mut rest) = self.strip(first, text) else { return false };
        let Some((last, between)) = more.split_last() else { return rest.is_empty() };
        for part in between {
            let Some(behind) = self.find(part, rest) else { return false };
            rest = behind;
        }
        self.ends(last, rest)
    }

    /// What is left behind the part at the start of the text.
    fn strip<'t>(&self, part: &[Piece], text: &'t str) -> Option<&'t str> {
        part.iter().try_fold(text, |rest, piece| match piece {
            Piece::Text(known) => strip(rest, known, self.case),
            Piece::Variable(index) => strip(rest, self.value(*index), self.case),
            Piece::One => {
                let mut characters = rest.chars();
                characters.next().map(|_| characters.as_str())
            }
        })
    }

    /// What is left behind the first place where the part is.
    fn find<'t>(&self, part: &[Piece], text: &'t str) -> Option<&'t str> {
        let known = match (part.first(), self.case) {
            (Some(Piece::Text(known)), Case::Kept) => Some(known.as_bytes()),
            (_, Case::Kept | Case::AsciiIgnored | Case::Ignored) => None,
        };
        let mut from = text;
        loop {
            if let Some(known) = known {
                from = skip_to(from, known)?;
            }
            if let Some(behind) = self.strip(part, from) {
                return Some(behind);
            }
            let mut characters = from.chars();
            characters.next()?;
            from = characters.as_str();
        }
    }

    fn ends(&self, part: &[Piece], text: &str) -> bool {
        let length: usize = part
            .iter()
            .map(|piece| match piece {
                Piece::Text(known) => known.chars().count(),
                Piece::Variable(index) => self.value(*index).chars().count(),
                Piece::One => 1,
            })
            .sum();
        let Some(last) = length.checked_sub(1) else { return true };
        let start = text.char_indices().rev().nth(last).and_then(|(at, _)| text.get(at..));
        start.and_then(|end| self.strip(part, end)) == Some("")
    }

    fn value(&self, index: usize) -> &str {
        let mut resolved = self.resolved;
        while let Some(one) = resolved {
            if one.index == index {
                return one.value;
            }
            resolved = one.before;
        }
        ""
    }
}

/// The text from the next place on where `known` can be, by its first and last byte, which rules
/// out most places without a call.
fn skip_to<'t>(text: &'t str, known: &[u8]) -> Option<&'t str> {
    let (first, last) = (known.first()?, known.last()?);
    let bytes = text.as_bytes();
    let ends = bytes.get(known.len().checked_sub(1)?..)?;
    let at = bytes.iter().zip(ends).position(|(start, end)| start == first && end == last)?;
    // The first byte of a text begins a character wherever it is found.
    text.get(at..)
}

/// What is left of `text` behind `known`.
#[inline]
pub(super) fn strip<'t>(text: &'t str, known: &str, case: Case) -> Option<&'t str> {
    match case {
        Case::Kept => {
            // Names of resources begin alike: the last byte tells most of them apart.
            let last = known.len().checked_sub(1).and_then(|last| text.as_bytes().get(last));
            if last != known.as_bytes().last() {
                return None;
            }
            text.strip_prefix(known)
        }
        Case::AsciiIgnored => {
            let (start, rest) = text.split_at_checked(known.len())?;
            start.eq_ignore_ascii_case(known).then_some(rest)
        }
        Case::Ignored => {
            let mut characters = text.chars();
            let is_there = known.chars().all(|wanted| {
                characters.next().is_some_and(|seen| {
                    seen == wanted || seen.to_lowercase().eq(wanted.to_lowercase())
                })
            });
            is_there.then_some(characters.as_str())
        }
    }
}

/// Whether both are the same text.
pub(super) fn is_same(text: &str, known: &str, case: Case) -> bool {
    match case {
        Case::Kept => text == known,
        Case::AsciiIgnored => text.eq_ignore_ascii_case(known),
        Case::Ignored => strip(text, known, case) == Some(""),
    }
}
