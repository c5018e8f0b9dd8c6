//! A query string as its parameters, raw: nothing is decoded until somebody asks.

use core::cmp::Ordering;

use smallvec::SmallVec;

use crate::encode::{Plus, Sink, Slash, decode, encode_to, is_canonical, recode_to};
use crate::{Short, Text};

/// One parameter, as it stands in the URL.
#[derive(Clone, Copy)]
pub struct Param<'a> {
    name: &'a str,
    value: Option<&'a str>,
}

impl<'a> Param<'a> {
    fn read(raw: &'a str) -> Self {
        match raw.split_once('=') {
            Some((name, value)) => Self { name, value: Some(value) },
            None => Self { name: raw, value: None },
        }
    }

    /// Whether the decoded name is `name`; its case counts.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name == name || decode(self.name, Plus::Blank).eq(name.bytes())
    }

    /// The decoded bytes of the name.
    pub fn name(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        decode(self.name, Plus::Blank)
    }

    /// The decoded bytes of the value; of nothing when there is none.
    pub fn value(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        decode(self.value.unwrap_or(""), Plus::Blank)
    }

    /// Whether there is a `=`, be it with an empty value.
    #[must_use]
    pub fn has_value(&self) -> bool {
        self.value.is_some()
    }

    pub(crate) fn short(&self) -> Short {
        self.value().collect()
    }
}

/// Redacted: a value can be a signature or a token.
impl core::fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Param({:?})", self.name)
    }
}

/// The parameters of a query in order of arrival.
#[derive(Clone, Debug)]
pub struct Params<'a>(SmallVec<[Param<'a>; 16]>);

impl<'a> Params<'a> {
    /// Splits a raw query; empty pieces (`a&&b`) are nothing.
    #[must_use]
    pub fn read(query: &'a str) -> Self {
        Self(query.split('&').filter(|piece| !piece.is_empty()).map(Param::read).collect())
    }

    /// All parameters.
    pub fn iter(&self) -> impl Iterator<Item = &Param<'a>> {
        self.0.iter()
    }

    /// The first parameter with this decoded name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Param<'a>> {
        self.0.iter().find(|param| param.is(name))
    }

    /// The parameter with this name if it occurs exactly once.
    pub(crate) fn once(&self, name: &str) -> Option<&Param<'a>> {
        let mut found = self.0.iter().filter(|param| param.is(name));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Appends the canonical query: each name and value encoded, sorted by name, then value.
    /// Parameter `left_out` takes no part.
    pub(crate) fn canonical_to(&self, out: &mut Text, left_out: &str) {
        let mut params: SmallVec<[&Param<'a>; 16]> =
            self.0.iter().filter(|param| !param.is(left_out)).collect();
        params.sort_by(|a, b| compare(a, b));
        for (index, param) in params.iter().enumerate() {
            if index > 0 {
                out.put(b"&");
            }
            recode_to(out, param.name, Slash::Encode, Plus::Blank);
            out.put(b"=");
            recode_to(out, param.value.unwrap_or(""), Slash::Encode, Plus::Blank);
        }
    }
}

fn compare(a: &Param<'_>, b: &Param<'_>) -> Ordering {
    compare_encoded(a.name, b.name)
        .then_with(|| compare_encoded(a.value.unwrap_or(""), b.value.unwrap_or("")))
}

fn compare_encoded(a: &str, b: &str) -> Ordering {
    if is_canonical(a, Slash::Encode) && is_canonical(b, Slash::Encode) {
        return a.cmp(b);
    }
    let encoded = |raw: &str| {
        let mut out = Short::new();
        encode_to(&mut out, decode(raw, Plus::Blank), Slash::Encode);
        out
    };
    encoded(a).cmp(&encoded(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(query: &str) -> alloc::string::String {
        let mut out = Text::new();
        Params::read(query).canonical_to(&mut out, "X-Amz-Signature");
        alloc::string::String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn parameters_sort_by_encoded_name_then_value() {
        assert_eq!(canonical("b=2&a=1&b=1"), "a=1&b=1&b=2");
        // '-' sorts before '=': joined text would put "a-=x" first.
        assert_eq!(canonical("a-=x&a=y"), "a=y&a-=x");
        assert_eq!(canonical("z&%41=1"), "A=1&z=");
    }

    #[test]
    fn missing_and_empty_values_are_the_same_and_blanks_have_one_spelling() {
        assert_eq!(canonical("uploads"), canonical("uploads="));
        assert_eq!(canonical("p=a+b%20c/"), "p=a%20b%20c%2F");
    }

    #[test]
    fn only_the_signature_is_left_out() {
        assert_eq!(canonical("X-Amz-Signature=ab&X-Amz-Date=1&x-id=G"), "X-Amz-Date=1&x-id=G");
        assert_eq!(canonical("X-Amz-Signatur%65=ab"), "");
    }

    #[test]
    fn a_repeated_parameter_is_not_once() {
        let params = Params::read("a=1&%61=2&b=3");
        assert!(params.once("a").is_none() && params.once("b").is_some());
    }
}
