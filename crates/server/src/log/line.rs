//! A line in the making: fields with a blank between them, and `-` for one without a value.

use std::fmt::{Display, Write as _};

/// What most lines have room in.
const LINE_BYTES: usize = 1024;

/// A line.
#[derive(Debug)]
pub(super) struct Line(String);

impl Line {
    pub(super) fn new() -> Self {
        Self(String::with_capacity(LINE_BYTES))
    }

    /// A field as it is.
    pub(super) fn field(&mut self, text: &str) {
        self.pieces(&[text]);
    }

    /// A field of several pieces.
    pub(super) fn pieces(&mut self, pieces: &[&str]) {
        self.0.extend(pieces.iter().copied());
        self.0.push(' ');
    }

    /// A field that shows itself.
    pub(super) fn shown(&mut self, value: impl Display) {
        let Ok(()) = write!(self.0, "{value} ") else {
            return;
        };
    }

    /// A number, if there is one.
    pub(super) fn number(&mut self, number: Option<u64>) {
        match number {
            Some(number) => self.shown(number),
            None => self.field("-"),
        }
    }

    /// The whole line, with its last fields.
    pub(super) fn end(self, fields: &str) -> String {
        let mut line = self.0;
        line.push_str(fields);
        line.push('\n');
        line
    }
}
