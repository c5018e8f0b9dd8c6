//! One user, key, group, role or policy as a server tells of it, and how it is shown.

use s3::xml::read_element;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::output;

/// Elements with their texts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Member(pub(crate) Vec<(String, String)>);

/// A heading, and the element that stands below it.
pub(crate) type Column = (&'static str, &'static str);

impl Member {
    /// Reads those elements of an answer that the columns name.
    pub(crate) fn read(answer: &str, columns: &[Column]) -> Self {
        let read = |(_, name): &Column| Some(((*name).to_owned(), read_element(answer, name)?));
        Self(columns.iter().filter_map(read).collect())
    }

    /// The text of an element, empty where it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text)
    }

    /// With one more.
    pub(crate) fn with(mut self, name: &str, text: impl Into<String>) -> Self {
        self.0.push((name.into(), text.into()));
        self
    }

    fn json(&self, columns: &[Column]) -> Value {
        let shown = columns.iter().map(|(_, name)| *name).filter(|name| !self.get(name).is_empty());
        let fields = shown.map(|name| (name.to_owned(), Value::from(self.get(name))));
        Value::Object(fields.collect::<Map<_, _>>())
    }
}

/// Prints a table, or an object in each line.
pub(crate) fn print_all(members: &[Member], columns: &[Column], json: bool) -> Result<(), Failure> {
    if json {
        return members.iter().try_for_each(|one| output::print(&one.json(columns).to_string()));
    }
    let widths: Vec<usize> = columns
        .iter()
        .map(|(heading, name)| {
            let texts = members.iter().map(|one| one.get(name).chars().count());
            texts.chain([heading.len()]).max().unwrap_or_default()
        })
        .collect();
    let line = |texts: Vec<&str>| {
        let padded = texts.iter().zip(&widths).map(|(text, width)| format!("{text:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    output::print(&line(columns.iter().map(|(heading, _)| *heading).collect()))?;
    members.iter().try_for_each(|one| {
        output::print(&line(columns.iter().map(|(_, name)| one.get(name)).collect()))
    })
}

/// Prints what is known of one, line by line, or one object.
pub(crate) fn print_one(member: &Member, columns: &[Column], json: bool) -> Result<(), Failure> {
    if json {
        return output::print(&member.json(columns).to_string());
    }
    let shown = columns.iter().filter(|(_, name)| !member.get(name).is_empty());
    let width = columns.iter().map(|(heading, _)| heading.len()).max().unwrap_or_default();
    shown.clone().try_for_each(|(heading, name)| {
        output::print(&format!("{heading:width$}  {}", member.get(name)))
    })
}

/// The texts of one element of all, in one line.
pub(crate) fn names(members: &[Member], name: &str) -> String {
    members.iter().map(|one| one.get(name)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_has_what_is_known_and_nothing_else() {
        let columns: &[Column] = &[("name", "UserName"), ("path", "Path")];
        let answer = "<A><UserName>al&amp;ice</UserName><Secret>s</Secret></A>";
        let member = Member::read(answer, columns);
        assert_eq!(member.json(columns).to_string(), r#"{"UserName":"al&ice"}"#);
        assert_eq!(member.get("Secret"), "");
    }
}
