//! A query string as its parameters, raw: nothing is decoded until somebody asks.

use core::cmp::Ordering;
use core::ops::Deref;

use smallvec::SmallVec;

use crate::Short;
use crate::encode::{
    Plus, Sink, Slash, decode_bytes, decoded, is_canonical_escape, others, recode_to,
};

/// One parameter, as it stands in the URL.
#[derive(Clone, Copy)]
pub struct Param<'a> {
    raw: &'a [u8],
    name: &'a [u8],
    value: Option<&'a [u8]>,
    spelling: Spelling,
}

/// How a parameter is spelled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spelling {
    /// In some way that is not the canonical one.
    Free,
    /// Canonically.
    Canonical,
    /// Canonically, and nothing in it is encoded.
    Plain,
}

impl<'a> Param<'a> {
    fn is_canonical(&self) -> bool {
        self.spelling >= Spelling::Canonical
    }

    /// Whether the decoded name is `name`, which has no character that is encoded.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name == name.as_bytes() || (!self.is_canonical() && self.name().eq(name.bytes()))
    }

    /// Whether the decoded name is `name` in any case, as that of a header is.
    pub(crate) fn is_alike(&self, name: &str) -> bool {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        self.name.eq_ignore_ascii_case(name.as_bytes())
            || (!self.is_canonical() && self.name().map(lower).eq(name.bytes().map(lower)))
    }

    /// The decoded bytes of the name.
    pub fn name(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        decode_bytes(self.name, Plus::Blank)
    }

    /// The decoded bytes of the value; of nothing when there is none.
    pub fn value(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        decode_bytes(self.value.unwrap_or_default(), Plus::Blank)
    }

    /// Whether there is a `=`, be it with an empty value.
    #[must_use]
    pub fn has_value(&self) -> bool {
        self.value.is_some()
    }

    /// The decoded value.
    pub(crate) fn decoded(&self) -> Value<'a> {
        let raw = self.value.unwrap_or_default();
        if self.spelling == Spelling::Plain {
            return Value::AsSent(raw);
        }
        Value::Decoded(decoded(raw, Plus::Blank))
    }
}

/// A value, decoded; most are sent as what they mean.
#[derive(Clone)]
pub(crate) enum Value<'a> {
    AsSent(&'a [u8]),
    Decoded(Short),
}

impl Deref for Value<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::AsSent(bytes) => bytes,
            Self::Decoded(bytes) => bytes,
        }
    }
}

/// Redacted: a value can be a signature or a token.
impl core::fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Param({:?})", alloc::string::String::from_utf8_lossy(self.name))
    }
}

/// Where a parameter stands in its query, as far as it is read.
struct Place {
    begin: usize,
    equals: Option<usize>,
    spelling: Spelling,
}

impl Place {
    fn at(begin: usize) -> Self {
        Self { begin, equals: None, spelling: Spelling::Plain }
    }
}

/// The parameters of a query in order of arrival.
#[derive(Clone)]
pub struct Params<'a> {
    query: &'a str,
    list: SmallVec<[Param<'a>; 16]>,
    /// Whether something other than one `&` stands between two of them.
    has_gaps: bool,
}

/// Shows names alone.
impl core::fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(&self.list).finish()
    }
}

impl<'a> Params<'a> {
    /// Splits a raw query; empty pieces (`a&&b`) are nothing.
    #[must_use]
    pub fn read(query: &'a str) -> Self {
        let mut params = Self { query, list: SmallVec::new(), has_gaps: false };
        let mut param = Place::at(0);
        for at in others(query.as_bytes(), Slash::Encode) {
            match query.as_bytes().get(at) {
                Some(b'&') => {
                    params.push(&param, at);
                    param = Place::at(at + 1);
                }
                Some(b'=') if param.equals.is_none() => param.equals = Some(at),
                Some(b'%') if is_canonical_escape(query.as_bytes(), at, Slash::Encode) => {
                    param.spelling = param.spelling.min(Spelling::Canonical);
                }
                Some(_) | None => param.spelling = Spelling::Free,
            }
        }
        params.push(&param, query.len());
        params
    }

    /// Appends the parameter at `place`, which ends at `end`.
    fn push(&mut self, place: &Place, end: usize) {
        let query = self.query.as_bytes();
        let text = |begin, end| query.get(begin..end).unwrap_or_default();
        let raw = text(place.begin, end);
        if raw.is_empty() {
            self.has_gaps = true;
            return;
        }
        let name = text(place.begin, place.equals.unwrap_or(end));
        let value = place.equals.map(|equals| text(equals + 1, end));
        self.list.push(Param { raw, name, value, spelling: place.spelling });
    }

    /// All parameters.
    pub fn iter(&self) -> impl Iterator<Item = &Param<'a>> {
        self.list.iter()
    }

    /// The first parameter with this decoded name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Param<'a>> {
        self.list.iter().find(|param| param.is(name))
    }

    /// The parameters with these names, each that occurs exactly once.
    pub(crate) fn once<const N: usize>(&self, names: [&str; N]) -> [Option<&Param<'a>>; N] {
        let mut found = [(None, 0); N];
        for param in &self.list {
            let named = names.iter().position(|name| param.is(name));
            if let Some((first, times)) = named.and_then(|index| found.get_mut(index)) {
                *first = Some(param);
                *times += 1;
            }
        }
        found.map(|(param, times)| param.filter(|_| times == 1))
    }

    /// Whether one of `names` occurs more than once.
    pub(crate) fn repeats(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.list.iter().filter(|param| param.is(name)).count() > 1)
    }

    /// Appends the canonical query: each name and value encoded, sorted by name, then value.
    /// Parameter `left_out` takes no part.
    pub(crate) fn canonical_to(&self, out: &mut impl Sink, left_out: &str) {
        if let Some(text) = self.canonical_text(left_out) {
            return out.put(text.as_bytes());
        }
        let mut params: SmallVec<[&Param<'a>; 16]> =
            self.list.iter().filter(|param| !param.is(left_out)).collect();
        if !params.is_sorted_by(|a, b| compare(a, b).is_le()) {
            params.sort_by(|a, b| compare(a, b));
        }
        for (index, param) in params.iter().enumerate() {
            if index > 0 {
                out.put(b"&");
            }
            param.canonical_to(out);
        }
    }
}

impl Params<'_> {
    /// The canonical query, where it stands in the query as it is: what is left out comes last, as
    /// signers put it, and all before it is in order.
    fn canonical_text(&self, left_out: &str) -> Option<&str> {
        let kept = match self.list.split_last() {
            Some((last, kept)) if last.is(left_out) => kept,
            Some(_) | None => &self.list,
        };
        let is_plain = |param: &Param<'_>| {
            param.is_canonical() && param.value.is_some() && !param.is(left_out)
        };
        if self.has_gaps
            || !kept.iter().all(is_plain)
            || !kept.is_sorted_by(|a, b| compare(a, b).is_le())
        {
            return None;
        }
        let ampersands = kept.len().saturating_sub(1);
        self.query.get(..kept.iter().map(|param| param.raw.len()).sum::<usize>() + ampersands)
    }
}

impl Param<'_> {
    fn canonical_to(&self, out: &mut impl Sink) {
        if self.is_canonical() && self.value.is_some() {
            return out.put(self.raw);
        }
        self.encoded_to(out, self.name);
        out.put(b"=");
        self.encoded_to(out, self.value.unwrap_or_default());
    }

    fn encoded_to(&self, out: &mut impl Sink, raw: &[u8]) {
        if self.is_canonical() {
            out.put(raw);
        } else {
            recode_to(out, raw, Slash::Encode, Plus::Blank);
        }
    }
}

fn compare(a: &Param<'_>, b: &Param<'_>) -> Ordering {
    if a.is_canonical() && b.is_canonical() {
        let (a_value, b_value) = (a.value.unwrap_or_default(), b.value.unwrap_or_default());
        return a.name.cmp(b.name).then_with(|| a_value.cmp(b_value));
    }
    let encoded = |param: &Param<'_>, raw: &[u8]| {
        let mut out = Short::new();
        param.encoded_to(&mut out, raw);
        out
    };
    encoded(a, a.name).cmp(&encoded(b, b.name)).then_with(|| {
        encoded(a, a.value.unwrap_or_default()).cmp(&encoded(b, b.value.unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(query: &str) -> alloc::string::String {
        let mut out = alloc::vec::Vec::new();
        Params::read(query).canonical_to(&mut out, "X-Amz-Signature");
        alloc::string::String::from_utf8(out).unwrap()
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
    fn what_is_canonical_already_stays_as_it_is() {
        assert_eq!(canonical("a=1&b=%20&X-Amz-Signature=ab"), "a=1&b=%20");
        assert_eq!(canonical("a=1&&b=2&X-Amz-Signature=ab"), "a=1&b=2");
        assert_eq!(canonical("&a=1"), "a=1");
        assert_eq!(canonical("a=1&"), "a=1");
        assert_eq!(canonical("X-Amz-Signature=a&X-Amz-Signature=b"), "");
        assert_eq!(canonical(""), "");
    }

    #[test]
    fn only_the_signature_is_left_out() {
        assert_eq!(canonical("X-Amz-Signature=ab&X-Amz-Date=1&x-id=G"), "X-Amz-Date=1&x-id=G");
        assert_eq!(canonical("X-Amz-Signatur%65=ab"), "");
    }

    #[test]
    fn a_repeated_parameter_is_not_once() {
        let params = Params::read("a=1&%61=2&b=3");
        let [a, b, c] = params.once(["a", "b", "c"]);
        assert!(a.is_none() && b.is_some() && c.is_none());
    }
}
