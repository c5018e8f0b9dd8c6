//! Reads the spelling of a pattern.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Pattern, Piece, VARIABLES_MAX, Variable};
use crate::{Fault, Key};

/// What `*` and `?` are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wildcards {
    Meant,
    /// Characters as any other.
    Plain,
}

/// How a text is read as a pattern.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) wildcards: Wildcards,
    /// Whether `${...}` is a variable: since version 2012-10-17.
    pub(crate) variables: bool,
}

/// A pattern on its way.
#[derive(Default)]
struct Draft {
    parts: Vec<Box<[Piece]>>,
    part: Vec<Piece>,
    text: String,
    variables: Vec<Variable>,
}

impl Reading {
    /// Reads a pattern.
    pub(crate) fn pattern(self, text: &str) -> Result<Pattern, Fault> {
        let mut draft = Draft::default();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let after = rest.strip_prefix(character).unwrap_or("");
            rest = match (character, self.wildcards) {
                ('*', Wildcards::Meant) => {
                    draft.end_part();
                    after.trim_start_matches('*')
                }
                ('?', Wildcards::Meant) => {
                    draft.push(Piece::One);
                    after
                }
                ('$', _) if self.variables && after.starts_with('{') => {
                    let inside = after.strip_prefix('{').and_then(|after| after.split_once('}'));
                    let (inside, after) = inside.ok_or(Fault::Variable)?;
                    draft.variable(inside)?;
                    after
                }
                _ => {
                    draft.text.push(character);
                    after
                }
            };
        }
        draft.end_part();
        Ok(Pattern::new(draft.parts, draft.variables))
    }
}

impl Draft {
    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.part.push(Piece::Text(core::mem::take(&mut self.text).into()));
        }
    }

    fn push(&mut self, piece: Piece) {
        self.end_text();
        self.part.push(piece);
    }

    fn end_part(&mut self) {
        self.end_text();
        self.parts.push(core::mem::take(&mut self.part).into());
    }

    /// Reads what stands between the braces.
    fn variable(&mut self, inside: &str) -> Result<(), Fault> {
        if matches!(inside, "*" | "?" | "$") {
            self.text.push_str(inside);
            return Ok(());
        }
        let (key, default) = match inside.split_once(',') {
            None => (inside, None),
            Some((key, default)) => {
                let quoted = default.trim().strip_prefix('\'');
                let text = quoted.and_then(|text| text.strip_suffix('\''));
                (key, Some(text.ok_or(Fault::Variable)?.into()))
            }
        };
        let key = Key::parse(key.trim()).ok_or(Fault::Variable)?;
        if self.variables.len() == VARIABLES_MAX {
            return Err(Fault::VariablesTooMany(VARIABLES_MAX));
        }
        self.push(Piece::Variable(self.variables.len()));
        self.variables.push(Variable { key, default });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_variables_are_refused() {
        let read =
            |text: &str| Reading { wildcards: Wildcards::Meant, variables: true }.pattern(text);
        for text in ["${", "${}", "${aws:username", "${name}", "${aws:username, x}", "${aws:a,'}"] {
            assert_eq!(read(text), Err(Fault::Variable), "{text}");
        }
        let most = "${aws:username}".repeat(VARIABLES_MAX);
        assert!(read(&most).is_ok());
        let more = alloc::format!("{most}${{aws:username}}");
        assert_eq!(read(&more), Err(Fault::VariablesTooMany(VARIABLES_MAX)));
    }

    #[test]
    fn without_variables_they_are_text_and_wildcards() {
        let read = Reading { wildcards: Wildcards::Plain, variables: false };
        assert_eq!(read.pattern("${*}").unwrap().fixed(), Some("${*}"));
    }
}
