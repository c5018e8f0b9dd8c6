//! A query string as its parameters, raw: nothing is decoded until somebody asks.

use core::cmp::Ordering;

use smallvec::SmallVec;

use crate::encode::{Plus, Sink, Slash, decode, is_canonical, recode_to};
use crate::{Short, Text};

/// One parameter, as it stands in the URL.
#[derive(Clone, Copy)]
pub struct Param<'a> {
    name: &'a str,
    value: Option<&'a str>,
    /// Name and value are spelled canonically, as nearly always.
    is_canonical: bool,
}

impl<'a> Param<'a> {
    fn read(raw: &'a str) -> Self {
        let (name, value) = match raw.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (raw, None),
        };
        let is_canonical = is_canonical(name, Slash::Encode)
            && value.is_none_or(|value| is_canonical(value, Slash::Encode));
        Self { name, value, is_canonical }
    }

    /// Whether the decoded name is `name`, which has no character that is encoded.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name == name || (!self.is_canonical && self.name().eq(name.bytes()))
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

    /// The decoded value, on the stack when it is short.
    pub(crate) fn short(&self) -> Short {
        let raw = self.value.unwrap_or("");
        if self.is_canonical && !raw.as_bytes().contains(&b'%') {
            return Short::from(raw.as_bytes());
        }
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
        if !params.is_sorted_by(|a, b| compare(a, b).is_le()) {
            params.sort_by(|a, b| compare(a, b));
        }
        for (index, param) in params.iter().enumerate() {
            if index > 0 {
                out.put(b"&");
            }
            param.encoded_to(out, param.name);
            out.put(b"=");
            param.encoded_to(out, param.value.unwrap_or(""));
        }
    }
}

impl Param<'_> {
    fn encoded_to(&self, out: &mut impl Sink, raw: &str) {
        if self.is_canonical {
            out.put(raw.as_bytes());
        } else {
            recode_to(out, raw, Slash::Encode, Plus::Blank);
        }
    }
}

fn compare(a: &Param<'_>, b: &Param<'_>) -> Ordering {
    if a.is_canonical && b.is_canonical {
        let (a_value, b_value) = (a.value.unwrap_or(""), b.value.unwrap_or(""));
        return a.name.cmp(b.name).then_with(|| a_value.cmp(b_value));
    }
    let encoded = |param: &Param<'_>, raw: &str| {
        let mut out = Short::new();
        param.encoded_to(&mut out, raw);
        out
    };
    encoded(a, a.name)
        .cmp(&encoded(b, b.name))
        .then_with(|| encoded(a, a.value.unwrap_or("")).cmp(&encoded(b, b.value.unwrap_or(""))))
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
