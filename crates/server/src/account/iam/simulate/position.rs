//! Where the statements of a policy stand in its text.

/// A place in a text: line and column, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Where each statement of a policy begins, and where its last brace is. The text is known to be
/// a policy; one whose `Statement` is spelled with escapes has none.
pub(super) fn of_statements(text: &str) -> Vec<(Position, Position)> {
    let mut scan = Scan::default();
    let mut at = Position { line: 1, column: 1 };
    for character in text.chars() {
        scan.take(character, at);
        at = if character == '\n' {
            Position { line: at.line + 1, column: 1 }
        } else {
            Position { column: at.column + 1, ..at }
        };
    }
    scan.found
}

#[derive(Default)]
struct Scan {
    found: Vec<(Position, Position)>,
    /// How many objects and lists are open.
    depth: usize,
    /// The string that is open, or was last.
    string: String,
    is_in_string: bool,
    is_escaped: bool,
    /// Whether the value of `Statement` is being read.
    is_statement: bool,
    /// Where the open statement began, and at which depth.
    open: Option<(Position, usize)>,
}

impl Scan {
    fn take(&mut self, character: char, at: Position) {
        if self.is_in_string {
            return self.take_of_string(character);
        }
        match character {
            '"' => {
                self.string.clear();
                self.is_in_string = true;
            }
            ':' if self.depth == 1 => self.is_statement = self.string == "Statement",
            '{' | '[' => {
                if character == '{' && self.is_statement && self.open.is_none() {
                    self.open = Some((at, self.depth));
                }
                self.depth += 1;
            }
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                if let Some((begin, _)) = self.open.take_if(|(_, depth)| *depth == self.depth) {
                    self.found.push((begin, at));
                }
            }
            _ => {}
        }
    }

    fn take_of_string(&mut self, character: char) {
        match character {
            '"' if !self.is_escaped => self.is_in_string = false,
            character => self.string.push(character),
        }
        self.is_escaped = character == '\\' && !self.is_escaped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &str) -> Vec<[usize; 4]> {
        let numbers =
            |(begin, end): (Position, Position)| [begin.line, begin.column, end.line, end.column];
        of_statements(text).into_iter().map(numbers).collect()
    }

    #[test]
    fn a_statement_alone_and_statements_in_a_list_are_found() {
        assert_eq!(spans(r#"{"Statement":{"A":{}}}"#), [[1, 14, 1, 21]]);
        let list =
            "{\"Version\": \"v\", \"Statement\": [\n {\"A\": [1]},\n  {\"B\": {\"c\": 1}\n}]}";
        assert_eq!(spans(list), [[2, 2, 2, 11], [3, 3, 4, 1]]);
    }

    #[test]
    fn braces_and_names_in_strings_are_text() {
        let text = r#"{"Id":"\"Statement\":{","Statement":{"Sid":"}\\"},"Version":"x"}"#;
        assert_eq!(spans(text), [[1, 37, 1, 49]]);
        assert_eq!(spans(r#"{"Id":{"Statement":{}}}"#), [[0; 4]; 0]);
    }
}
