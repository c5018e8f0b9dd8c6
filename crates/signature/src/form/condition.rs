//! One condition of a policy: what it holds a form to, and how it is spelled.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>,
//! "Condition Matching".

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write};

use super::Form;

/// A condition of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The field has this value and no other.
    Exact {
        /// The field's name; its case does not matter.
        field: String,
        /// The value; its case matters.
        value: String,
    },
    /// The field is there and begins so; everything begins with nothing.
    StartsWith {
        /// The field's name; its case does not matter.
        field: String,
        /// The beginning; its case matters.
        prefix: String,
    },
    /// The file has so many bytes, both ends included.
    ContentLength {
        /// Fewest bytes.
        min: u64,
        /// Most bytes.
        max: u64,
    },
    /// A condition that nothing can meet, such as one on a field without `$`; holds its words.
    Never(Vec<String>),
}

impl Condition {
    /// Whether `form` meets it. The length of the file is not looked at here.
    pub(super) fn holds(&self, form: &Form) -> bool {
        match self {
            Self::Exact { field, value } => form.field(field) == Some(value),
            Self::StartsWith { field, prefix } => {
                form.field(field).is_some_and(|value| begins(field, value, prefix))
            }
            Self::ContentLength { .. } => true,
            Self::Never(_) => false,
        }
    }

    /// The field that it is about.
    pub(super) fn field(&self) -> Option<&str> {
        match self {
            Self::Exact { field, .. } | Self::StartsWith { field, .. } => Some(field),
            Self::ContentLength { .. } | Self::Never(_) => None,
        }
    }

    /// Its spelling in a policy, in ASCII.
    pub(super) fn policy_text(&self) -> String {
        match self {
            Self::ContentLength { min, max } => {
                alloc::format!("[\"content-length-range\", {min}, {max}]")
            }
            Self::Exact { .. } | Self::StartsWith { .. } | Self::Never(_) => self.to_string(),
        }
    }
}

/// A list of content types begins so when each of them does.
fn begins(field: &str, value: &str, prefix: &str) -> bool {
    if field.eq_ignore_ascii_case("content-type") {
        return value.split(',').all(|each| each.trim_start().starts_with(prefix));
    }
    value.starts_with(prefix)
}

/// As errors show it: an operation with its two operands, numbers in quotes as well.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact { field, value } => list(f, &["eq", &alloc::format!("${field}"), value]),
            Self::StartsWith { field, prefix } => {
                list(f, &["starts-with", &alloc::format!("${field}"), prefix])
            }
            Self::ContentLength { min, max } => {
                list(f, &["content-length-range", &min.to_string(), &max.to_string()])
            }
            Self::Never(words) => list(f, words),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, words: &[impl AsRef<str>]) -> fmt::Result {
    for (index, word) in words.iter().enumerate() {
        f.write_str(if index == 0 { "[" } else { ", " })?;
        write!(f, "{}", Quoted(word.as_ref()))?;
    }
    f.write_str("]")
}

/// A JSON string in ASCII: AWS wants other characters in a policy as `\uXXXX`.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                '\u{8}' => f.write_str("\\b")?,
                '\u{c}' => f.write_str("\\f")?,
                ' '..='\u{7f}' => f.write_char(c)?,
                c => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(f, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn conditions_are_printed_as_aws_prints_them() {
        let exact = Condition::Exact { field: "key".into(), value: "a \"b\"".into() };
        assert_eq!(exact.to_string(), r#"["eq", "$key", "a \"b\""]"#);
        let length = Condition::ContentLength { min: 1, max: 20 };
        assert_eq!(length.to_string(), r#"["content-length-range", "1", "20"]"#);
        let never = Condition::Never(vec!["eq".into(), "key".into(), "a".into()]);
        assert_eq!(never.to_string(), r#"["eq", "key", "a"]"#);
    }

    #[test]
    fn strings_are_quoted_in_ascii() {
        let quoted = Quoted("\u{d55c}\u{1f600}\u{1}\u{7f}\n\\").to_string();
        assert_eq!(quoted, "\"\\ud55c\\ud83d\\ude00\\u0001\u{7f}\\n\\\\\"");
    }

    #[test]
    fn every_content_type_of_a_list_is_tested() {
        assert!(begins("Content-Type", "image/png, image/jpeg", "image/"));
        assert!(!begins("content-type", "image/png,text/html", "image/"));
        assert!(begins("x-amz-meta-list", "a,b", "a"));
    }
}
