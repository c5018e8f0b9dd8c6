//! The fields of a form as they count: names without case, each once, the file's name filled in.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{FORM_BYTES_MAX, FieldsError};

const FILE_NAME: &str = "${filename}";

/// The fields in front of the file, and the bucket that the form was sent to.
#[derive(Clone)]
pub struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// Takes `fields` in order of arrival. In every value `${filename}` becomes the last part of
    /// `file_name`; where the file has no name it stays as it is.
    ///
    /// # Errors
    /// A field that is there twice, could be verified in one meaning and obeyed in the other;
    /// fields that are too long once they are filled in; no key.
    pub fn new(
        bucket: &str,
        fields: Vec<(String, String)>,
        file_name: Option<&str>,
    ) -> Result<Self, FieldsError> {
        let file_name = file_name.map(|name| name.rsplit(['/', '\\']).next().unwrap_or(name));
        let mut form = Self { fields: Vec::with_capacity(fields.len() + 1) };
        form.fields.push(("bucket".into(), bucket.into()));
        let mut length = 0;
        for (name, value) in fields {
            let name = name.to_ascii_lowercase();
            if form.field(&name).is_some_and(|there| name != "bucket" || there != value) {
                return Err(FieldsError::Repeated(name));
            }
            length += name.len() + filled_length(&value, file_name);
            if length > FORM_BYTES_MAX {
                return Err(FieldsError::TooLong);
            }
            if name != "bucket" {
                form.fields.push((name, filled(value, file_name)));
            }
        }
        if form.field("key").is_none_or(str::is_empty) {
            return Err(FieldsError::KeyMissing);
        }
        Ok(form)
    }

    /// The value of a field; the case of `name` does not matter.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The key that the file is for.
    #[must_use]
    pub fn key(&self) -> &str {
        self.field("key").unwrap_or("")
    }

    /// All fields, the bucket first: names in lower case, and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn filled_length(value: &str, file_name: Option<&str>) -> usize {
    value.len() + value.matches(FILE_NAME).count() * file_name.map_or(0, str::len)
}

fn filled(value: String, file_name: Option<&str>) -> String {
    match file_name {
        Some(name) if value.contains(FILE_NAME) => value.replace(FILE_NAME, name),
        Some(_) | None => value,
    }
}

/// Shows names only: a value can be a signature or a token.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn form(fields: &[(&str, &str)], file_name: Option<&str>) -> Result<Form, FieldsError> {
        let fields = fields.iter().map(|&(n, v)| (n.into(), v.into())).collect();
        Form::new("bucket", fields, file_name)
    }

    #[test]
    fn the_last_part_of_the_file_name_is_filled_in_everywhere() {
        for (name, last) in [("a.txt", "a.txt"), ("/b/a.txt", "a.txt"), ("C:\\b\\a.txt", "a.txt")] {
            let fields = [("Key", "u/${filename}"), ("x-amz-meta-n", "${filename}${filename}")];
            let form = form(&fields, Some(name)).unwrap();
            assert_eq!(form.key(), alloc::format!("u/{last}"));
            assert_eq!(form.field("X-Amz-Meta-N"), Some(last.repeat(2).as_str()));
        }
        assert_eq!(form(&[("key", "${filename}")], None).unwrap().key(), "${filename}");
    }

    #[test]
    fn a_field_has_one_meaning() {
        let twice = form(&[("key", "a"), ("KEY", "a")], None);
        assert_eq!(twice.unwrap_err(), FieldsError::Repeated("key".into()));
        let other = form(&[("key", "a"), ("bucket", "other")], None);
        assert_eq!(other.unwrap_err(), FieldsError::Repeated("bucket".into()));
        assert!(form(&[("key", "a"), ("bucket", "bucket")], None).is_ok());
    }

    #[test]
    fn a_form_without_a_key_is_none() {
        for fields in [&[][..], &[("key", "")], &[("keys", "a")]] {
            assert_eq!(form(fields, None).unwrap_err(), FieldsError::KeyMissing);
        }
    }

    #[test]
    fn a_long_file_name_cannot_be_multiplied() {
        let fields = vec![("key".into(), "${filename}".repeat(100))];
        let name = "n".repeat(1000);
        assert_eq!(Form::new("b", fields, Some(&name)).unwrap_err(), FieldsError::TooLong);
    }
}
