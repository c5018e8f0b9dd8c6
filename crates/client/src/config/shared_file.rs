//! The format of AWS's shared files: sections, properties, one level of nesting.
//!
//! Indentation decides nesting as in the AWS CLI: a line that stands deeper than the property
//! above belongs to it. Sections of one name are one section, and the last of two properties
//! wins. Nothing here can be printed: values are secrets, and they are wiped.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>

use std::collections::BTreeMap;

use zeroize::Zeroizing;

/// One shared file.
#[derive(Default)]
pub(crate) struct SharedFile(BTreeMap<String, Section>);

/// The properties under one header, by the property they are nested in (or none) and their name.
#[derive(Default)]
pub(crate) struct Section(BTreeMap<(Option<String>, String), Zeroizing<String>>);

/// A line that is none of the format's; counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadLine(pub(crate) usize);

impl SharedFile {
    /// Reads the text of a file.
    pub(crate) fn parse(text: &str) -> Result<Self, BadLine> {
        let mut reader = Reader::default();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            reader.read(line).ok_or(BadLine(index + 1))?;
        }
        Ok(reader.file)
    }

    /// The section under the header `[header]`.
    pub(crate) fn section(&self, header: &str) -> Option<&Section> {
        self.0.get(header)
    }
}

impl Section {
    /// The value of a property; an empty one counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.find(None, name)
    }

    /// The value of a property that is nested in `parent`.
    pub(crate) fn nested(&self, parent: &str, name: &str) -> Option<&str> {
        self.find(Some(parent.to_owned()), name)
    }

    fn find(&self, parent: Option<String>, name: &str) -> Option<&str> {
        let value = self.0.get(&(parent, name.to_owned()))?;
        (!value.is_empty()).then_some(value)
    }
}

/// Where reading stands: the section, and the property that a deeper line would belong to.
#[derive(Default)]
struct Reader {
    file: SharedFile,
    header: Option<String>,
    above: Option<Above>,
}

struct Above {
    name: String,
    indent: usize,
    is_parent: bool,
}

impl Reader {
    /// Takes one line; none when it is not one of the format's.
    fn read(&mut self, line: &str) -> Option<()> {
        let text = line.trim();
        if text.is_empty() || text.starts_with(['#', ';']) {
            return Some(());
        }
        let indent = line.len() - line.trim_start().len();
        match &self.above {
            Some(above) if indent > above.indent => self.read_nested(text),
            Some(_) | None => match text.strip_prefix('[') {
                Some(header) => self.read_header(header),
                None => self.read_property(text, indent),
            },
        }
    }

    fn read_header(&mut self, text: &str) -> Option<()> {
        let (header, _comment) = text.split_once(']')?;
        let header = header.replace(['"', '\''], "");
        let header = header.split_whitespace().collect::<Vec<_>>().join(" ");
        self.file.0.entry(header.clone()).or_default();
        self.header = Some(header);
        self.above = None;
        Some(())
    }

    fn read_property(&mut self, text: &str, indent: usize) -> Option<()> {
        let (name, value) = split_property(text)?;
        self.above = Some(Above { name: name.clone(), indent, is_parent: value.is_empty() });
        self.put(None, name, value)
    }

    /// A deeper line: a property of its own in an empty one, else more text of a value; no value
    /// that the client reads has several lines.
    fn read_nested(&mut self, text: &str) -> Option<()> {
        let above = self.above.as_ref()?;
        if !above.is_parent {
            return Some(());
        }
        let parent = above.name.clone();
        let (name, value) = split_property(text)?;
        self.put(Some(parent), name, value)
    }

    fn put(
        &mut self,
        parent: Option<String>,
        name: String,
        value: Zeroizing<String>,
    ) -> Option<()> {
        let section = self.file.0.get_mut(self.header.as_ref()?)?;
        section.0.insert((parent, name), value);
        Some(())
    }
}

/// Name in lower case and value, without the comment that a blank before `#` or `;` begins.
fn split_property(text: &str) -> Option<(String, Zeroizing<String>)> {
    let (name, value) = text.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    let comment = [" #", " ;", "\t#", "\t;"];
    let end = comment.iter().filter_map(|mark| value.find(mark)).min();
    let value = end.and_then(|end| value.get(..end)).unwrap_or(value);
    (!name.is_empty()).then(|| (name, Zeroizing::new(value.trim().to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> SharedFile {
        SharedFile::parse(text).ok().unwrap()
    }

    #[test]
    fn sections_hold_properties_and_nested_properties() {
        let file = parse(
            "[default]\nregion=eu-west-1\n[profile  'dev team']\nS3 =\n  addressing_style = path\n\
             \tmax = 3\nREGION = us-west-2\n",
        );
        let dev = file.section("profile dev team").unwrap();
        assert_eq!(file.section("default").unwrap().get("region"), Some("eu-west-1"));
        assert_eq!(dev.get("region"), Some("us-west-2"));
        assert_eq!(dev.nested("s3", "addressing_style"), Some("path"));
        assert_eq!(dev.get("addressing_style"), None);
        assert!(file.section("profile").is_none());
    }

    #[test]
    fn comments_and_blank_lines_are_left_out_and_hashes_in_values_stay() {
        let file = parse(
            "\u{feff}# one\n\n ; two\n[default] ; three\nregion = a#b # four\nx = c;d\t; e\n",
        );
        let section = file.section("default").unwrap();
        assert_eq!(section.get("region"), Some("a#b"));
        assert_eq!(section.get("x"), Some("c;d"));
    }

    #[test]
    fn properties_that_are_all_indented_are_not_nested() {
        let file = parse("[default]\r\n  region = a\r\n  output = json\r\n");
        assert_eq!(file.section("default").unwrap().get("output"), Some("json"));
    }

    #[test]
    fn sections_of_one_name_are_one_and_the_last_value_wins() {
        let file = parse("[a]\nx = 1\ny = 1\n[b]\n[a]\nx = 2\nz =\n");
        let section = file.section("a").unwrap();
        assert_eq!(
            (section.get("x"), section.get("y"), section.get("z")),
            (Some("2"), Some("1"), None)
        );
    }

    #[test]
    fn value_of_several_lines_is_no_parent() {
        let file = parse("[a]\ncmd = one \\\n  two = 3\nregion = x\n");
        let section = file.section("a").unwrap();
        assert_eq!(section.nested("cmd", "two"), None);
        assert_eq!(section.get("region"), Some("x"));
    }

    #[test]
    fn other_lines_are_named_by_number() {
        for (text, line) in [
            ("region = x\n", 1),
            ("[a]\n\nregion\n", 3),
            ("[a\n", 1),
            ("[a]\n= x\n", 2),
            ("[a]\ns3 =\n  path\n", 3),
        ] {
            assert_eq!(SharedFile::parse(text).err(), Some(BadLine(line)), "{text}");
        }
    }
}
