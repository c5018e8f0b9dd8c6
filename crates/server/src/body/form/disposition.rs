//! The head of one part of a form: the name of its field, and of its file if it has one.
//!
//! Browsers escape a quotation mark in a name as `%22`, curl as `\"`; a backslash in front of
//! anything else is one of a path. <https://www.rfc-editor.org/rfc/rfc7578#section-4.2>

/// What a part is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
}

impl Part {
    /// Reads what stands between a delimiter and the blank line.
    pub(super) fn read(head: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(head).ok()?.split("\r\n");
        // Behind the delimiter itself nothing but blanks may stand.
        lines.next().filter(|padding| padding.trim().is_empty())?;
        let mut headers = lines.filter_map(|line| line.split_once(':'));
        let (_, disposition) =
            headers.find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))?;
        let disposition = disposition.trim();
        let (kind, mut rest) = disposition.split_at(disposition.find(';')?);
        if !kind.trim_end().eq_ignore_ascii_case("form-data") {
            return None;
        }
        let (mut field, mut file_name) = (None, None);
        while !rest.trim().is_empty() {
            let (name, value, behind) = parameter(rest)?;
            match name.to_ascii_lowercase().as_str() {
                "name" => field = Some(value),
                "filename" => file_name = Some(value),
                _ => {}
            }
            rest = behind;
        }
        Some(Self { name: field?, file_name })
    }
}

/// Reads `; name=value` or `; name="value"`, and returns what stands behind it.
fn parameter(text: &str) -> Option<(&str, String, &str)> {
    let (name, rest) = text.trim_start().strip_prefix(';')?.split_once('=')?;
    let (value, rest) = match rest.strip_prefix('"') {
        Some(quoted) => until_quote(quoted)?,
        None => {
            let (value, rest) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
            (value.trim().to_owned(), rest)
        }
    };
    Some((name.trim(), value, rest))
}

fn until_quote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (before, behind) = rest.split_once('"')?;
        match before.strip_suffix('\\') {
            Some(before) => {
                value.push_str(before);
                value.push('"');
                rest = behind;
            }
            None => {
                value.push_str(before);
                return Some((value, behind));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(disposition: &str) -> Option<(String, Option<String>)> {
        let head = format!("\r\nX: y\r\nContent-Disposition: {disposition}\r\nContent-Type: a/b");
        Part::read(head.as_bytes()).map(|part| (part.name, part.file_name))
    }

    #[test]
    fn names_are_read_as_clients_write_them() {
        for (disposition, name, file_name) in [
            ("form-data; name=\"key\"", "key", None),
            ("Form-Data;name=key;filename=a.txt", "key", Some("a.txt")),
            (
                "form-data; name=\"file\"; filename=\"a;b=\\\"c\\\".txt\"",
                "file",
                Some("a;b=\"c\".txt"),
            ),
            ("form-data; filename=\"C:\\d\\a.txt\"; name=\"file\"", "file", Some("C:\\d\\a.txt")),
            ("form-data; name=\"file\"; filename=\"\u{d55c}.txt\"", "file", Some("\u{d55c}.txt")),
            ("form-data; name=\"file\"; filename=\"\"", "file", Some("")),
        ] {
            let known = (name.to_owned(), file_name.map(str::to_owned));
            assert_eq!(read(disposition), Some(known), "{disposition}");
        }
    }

    #[test]
    fn what_names_no_field_is_none() {
        for disposition in [
            "",
            "form-data",
            "attachment; name=\"key\"",
            "form-data; name=\"key",
            "form-data; name",
            "form-data; filename=\"a\"",
            "form-data; name=\"a\" x",
        ] {
            assert_eq!(read(disposition), None, "{disposition}");
        }
        assert_eq!(Part::read(b"x\r\nContent-Disposition: form-data; name=a"), None);
        assert_eq!(Part::read(b"\r\nContent-Disposition: form-data; name=\xff"), None);
        assert_eq!(Part::read(b""), None);
    }
}
