//! A request as text, one line each for the target and the headers: what `verify` takes as input.
//!
//! ```text
//! GET /bucket/key?query [virtual bucket]
//! name: value
//! ```

use signature::Request;

/// A request that borrows from such a text.
#[derive(Clone, Debug)]
pub struct Wire<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, raw.
    pub path: &'a str,
    /// The query, raw.
    pub query: &'a str,
    /// Names and values, raw.
    pub headers: Vec<(&'a str, &'a [u8])>,
    /// The bucket in the host.
    pub virtual_bucket: Option<&'a str>,
}

impl<'a> Wire<'a> {
    /// Reads the text; none when it is not what an HTTP stack would let through.
    #[must_use]
    pub fn read(text: &'a [u8]) -> Option<Self> {
        let mut lines = text.split(|&b| b == b'\n');
        let mut words = std::str::from_utf8(lines.next()?).ok()?.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = lines.filter(|line| !line.is_empty()).map(header).collect::<Option<_>>()?;
        let wire = Self { method, path, query, headers, virtual_bucket: words.next() };
        (is_token(method.as_bytes()) && path.starts_with('/')).then_some(wire)
    }

    /// The request.
    #[must_use]
    pub fn request(&'a self) -> Request<'a> {
        Request {
            method: self.method,
            path: self.path,
            query: self.query,
            headers: &self.headers,
            virtual_bucket: self.virtual_bucket,
        }
    }
}

fn header(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.iter().position(|&b| b == b':')?;
    let (name, value) = line.split_at(colon);
    let value = value[1..].trim_ascii();
    let is_header = is_token(name) && is_value(value);
    is_header.then(|| std::str::from_utf8(name).ok().map(|name| (name, value)))?
}

/// Whether it is a method or a header's name: RFC 9110, section 5.6.2.
#[must_use]
pub fn is_token(text: &[u8]) -> bool {
    let is_mark = |b: &u8| b"!#$%&'*+-.^_`|~".contains(b);
    !text.is_empty() && text.iter().all(|b| b.is_ascii_alphanumeric() || is_mark(b))
}

/// Whether it is a header's value: RFC 9110, section 5.5.
#[must_use]
pub fn is_value(text: &[u8]) -> bool {
    text.iter().all(|&b| b == b'\t' || (b >= b' ' && b != 0x7f))
}
