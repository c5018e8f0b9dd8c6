//! A request exactly as received: the bytes that a signature covers, borrowed.
//!
//! Path and query stay raw. Canonicalisation is a view of them and never replaces them.

use core::fmt;

/// A borrowed view of one HTTP request.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method in capitals, as on the wire.
    pub method: &'a str,
    /// The path as on the wire, percent-encoded, beginning with `/`.
    pub path: &'a str,
    /// The query as on the wire without its `?`; empty when there is none.
    pub query: &'a str,
    /// All headers in order of arrival, names in any case, `host` among them.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The bucket when it stands in the host name; only SigV2 signs it apart from the path.
    pub virtual_bucket: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// Every value of header `name`, in order of arrival; case of `name` is ignored.
    pub fn header_values<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|&(_, v)| v)
    }

    /// The first value of header `name`, when it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.header_values(name).next().and_then(|value| core::str::from_utf8(value).ok())
    }
}

/// Shows method and path only: query and headers can hold a signature or a session token.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
