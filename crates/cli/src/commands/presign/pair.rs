//! Names with values as people write them: headers and query parameters.

/// A name and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Pair {
    pub(in crate::commands) name: String,
    pub(in crate::commands) value: String,
}

impl Pair {
    /// Reads `NAME: VALUE`.
    pub(in crate::commands) fn header(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once(':').ok_or("a header is NAME: VALUE")?;
        let (name, value) = (name.trim(), value.trim());
        let is_token = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if name.is_empty() || !name.bytes().all(is_token) || value.contains(['\r', '\n']) {
            return Err("this can be no header".into());
        }
        Ok(Self { name: name.to_ascii_lowercase(), value: value.into() })
    }

    /// Reads `NAME=VALUE`, or a name alone.
    pub(super) fn parameter(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let signing = name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"));
        if name.is_empty() || signing {
            return Err("parameters are NAME=VALUE; X-Amz- ones are made by signing".into());
        }
        Ok(Self { name: name.into(), value: value.into() })
    }
}
