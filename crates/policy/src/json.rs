//! JSON as a policy needs it: numbers as they are spelled, keys as often as they are there, and
//! nesting bounded.
//!
//! A policy that says something twice means one of two things, so duplicates have to be seen, and
//! a number of twenty digits is not the nearest binary fraction. Linear in the text.
//! <https://www.rfc-editor.org/rfc/rfc8259>

use alloc::string::String;
use alloc::vec::Vec;

/// Deepest nesting: a policy has six levels.
const DEPTH_MAX: u8 = 12;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// A number, as it is spelled.
    Number(String),
    Text(String),
    List(Vec<Value>),
    /// Members in their order, duplicates and all.
    Object(Vec<(String, Value)>),
}

/// The text is not JSON, or nested too deeply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotJson;

/// Reads a whole text.
pub(crate) fn read(text: &str) -> Result<Value, NotJson> {
    let mut reader = Reader { rest: text };
    let value = reader.value(DEPTH_MAX)?;
    reader.skip_space();
    if reader.rest.is_empty() { Ok(value) } else { Err(NotJson) }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn take(&mut self, token: &str) -> bool {
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, token: &str) -> Result<(), NotJson> {
        if self.take(token) { Ok(()) } else { Err(NotJson) }
    }

    /// Everything up to `end`, a place in the rest.
    fn split(&mut self, end: usize) -> Result<&'a str, NotJson> {
        let (taken, rest) = self.rest.split_at_checked(end).ok_or(NotJson)?;
        self.rest = rest;
        Ok(taken)
    }

    fn value(&mut self, depth: u8) -> Result<Value, NotJson> {
        self.skip_space();
        match self.rest.bytes().next() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.text().map(Value::Text),
            Some(b't') => self.expect("true").map(|()| Value::Bool(true)),
            Some(b'f') => self.expect("false").map(|()| Value::Bool(false)),
            Some(b'n') => self.expect("null").map(|()| Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) | None => Err(NotJson),
        }
    }

    fn list(&mut self, depth: u8) -> Result<Value, NotJson> {
        let depth = depth.checked_sub(1).ok_or(NotJson)?;
        self.expect("[")?;
        let mut values = Vec::new();
        self.skip_space();
        if self.take("]") {
            return Ok(Value::List(values));
        }
        loop {
            values.push(self.value(depth)?);
            self.skip_space();
            if self.take("]") {
                return Ok(Value::List(values));
            }
            self.expect(",")?;
        }
    }

    fn object(&mut self, depth: u8) -> Result<Value, NotJson> {
        let depth = depth.checked_sub(1).ok_or(NotJson)?;
        self.expect("{")?;
        let mut members = Vec::new();
        self.skip_space();
        if self.take("}") {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_space();
            let name = self.text()?;
            self.skip_space();
            self.expect(":")?;
            members.push((name, self.value(depth)?));
            self.skip_space();
            if self.take("}") {
                return Ok(Value::Object(members));
            }
            self.expect(",")?;
        }
    }

    fn number(&mut self) -> Result<Value, NotJson> {
        let end = |c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E');
        let spelled = self.split(self.rest.find(end).unwrap_or(self.rest.len()))?;
        if is_number(spelled) { Ok(Value::Number(spelled.into())) } else { Err(NotJson) }
    }

    fn text(&mut self) -> Result<String, NotJson> {
        self.expect("\"")?;
        let mut text = String::new();
        loop {
            let end = self.rest.find(|c| c == '"' || c == '\\' || c < ' ').ok_or(NotJson)?;
            text.push_str(self.split(end)?);
            if self.take("\"") {
                return Ok(text);
            }
            text.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Result<char, NotJson> {
        self.expect("\\")?;
        let spelled = self.split(1)?;
        Ok(match spelled {
            "\"" => '"',
            "\\" => '\\',
            "/" => '/',
            "b" => '\u{8}',
            "f" => '\u{c}',
            "n" => '\n',
            "r" => '\r',
            "t" => '\t',
            "u" => return self.unicode(),
            _ => return Err(NotJson),
        })
    }

    /// Four digits, or twice four where the first are half of a character.
    fn unicode(&mut self) -> Result<char, NotJson> {
        let mut units = [self.unit()?, 0];
        if (0xd800..0xdc00).contains(&units[0]) {
            self.expect("\\u")?;
            units[1] = self.unit()?;
        }
        let mut characters = char::decode_utf16(units);
        characters.next().and_then(Result::ok).ok_or(NotJson)
    }

    fn unit(&mut self) -> Result<u16, NotJson> {
        let digits = self.split(4)?;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| is_hex).ok_or(NotJson)
    }
}

/// The grammar of a number: no leading zero, digits around the point and behind the exponent.
fn is_number(spelled: &str) -> bool {
    let unsigned = spelled.strip_prefix('-').unwrap_or(spelled);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    are_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(are_digits)
        && exponent.is_none_or(|text| are_digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_spelling_and_keys_their_number() {
        let value = read(r#" {"a": 10.50, "a": [-0, 1e5, null, true]} "#).unwrap();
        let Value::Object(members) = value else { panic!("an object") };
        assert_eq!(members.len(), 2);
        assert_eq!(members[0].1, Value::Number("10.50".into()));
    }

    #[test]
    fn escapes_are_read_and_half_characters_refused() {
        assert_eq!(
            read(r#""\ud83d\ude00\n\/\"\u00e9""#).unwrap(),
            Value::Text("\u{1f600}\n/\"\u{e9}".into())
        );
        for text in [r#""\ud83d""#, r#""\udc00""#, r#""\u+123""#, "\"\n\"", r#""\x""#, "\"\\\u{e9}"]
        {
            assert_eq!(read(text), Err(NotJson), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let deep = "[".repeat(100_000);
        for text in
            ["", "{", "[1,]", "{\"a\" 1}", "01", "1.", ".5", "1e", "+1", "nul", "{} {}", &deep]
        {
            assert_eq!(read(text), Err(NotJson), "{}", text.get(..9).unwrap_or(text));
        }
    }
}
