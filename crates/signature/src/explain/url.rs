//! A URL taken apart as a client does before it sends anything; nothing is decoded.
//!
//! <https://www.rfc-editor.org/rfc/rfc3986#section-3>

use core::fmt;

/// With or without TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Without.
    Http,
    /// With.
    Https,
}

impl Scheme {
    /// The word in a URL.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that clients leave out of `host`.
    pub(super) fn port(self) -> &'static str {
        match self {
            Self::Http => ":80",
            Self::Https => ":443",
        }
    }
}

/// Why a text is not a URL that can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlFault {
    /// It does not begin with `http://` or `https://` and a host.
    NotHttp,
    /// A blank or a line break stands in it.
    Blank,
    /// A user name stands before the host.
    User,
}

/// Never repeats the URL: it may be a credential.
impl fmt::Display for UrlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHttp => "a presigned URL begins with http:// or https:// and a host",
            Self::Blank => "a blank or a line break stands in the URL; copy it in one piece",
            Self::User => "the URL has a user name before its host",
        })
    }
}

impl core::error::Error for UrlFault {}

/// The parts of a URL, raw.
pub(super) struct Url<'a> {
    pub(super) scheme: Scheme,
    pub(super) authority: &'a str,
    /// Begins with `/`.
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    /// What follows `#`, which no client sends.
    pub(super) fragment: Option<&'a str>,
}

impl<'a> Url<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, UrlFault> {
        let text = text.trim();
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(UrlFault::Blank);
        }
        let (scheme, rest) = text.split_once("://").ok_or(UrlFault::NotHttp)?;
        let scheme = [Scheme::Http, Scheme::Https]
            .into_iter()
            .find(|known| scheme.eq_ignore_ascii_case(known.word()))
            .ok_or(UrlFault::NotHttp)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end).ok_or(UrlFault::NotHttp)?;
        if authority.contains('@') {
            return Err(UrlFault::User);
        }
        if authority.trim_start_matches(':').is_empty() {
            return Err(UrlFault::NotHttp);
        }
        let (target, fragment) = split(target, '#');
        let (path, query) = split(target, '?');
        Ok(Self {
            scheme,
            authority,
            path: if path.is_empty() { "/" } else { path },
            query: query.unwrap_or_default(),
            fragment,
        })
    }

    /// What clients send as `host`.
    pub(super) fn host(&self) -> &'a str {
        self.authority.strip_suffix(self.scheme.port()).unwrap_or(self.authority)
    }

    /// The host without any port.
    pub(super) fn host_name(&self) -> &'a str {
        match self.authority.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            Some(_) | None => self.authority,
        }
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stay_as_they_are_spelled() {
        let url = Url::read(" HTTPS://S3.example:443/b/a%20/../b?x=a/b?#part ").unwrap();
        assert_eq!((url.scheme, url.authority), (Scheme::Https, "S3.example:443"));
        assert_eq!((url.path, url.query), ("/b/a%20/../b", "x=a/b?"));
        assert_eq!(url.fragment, Some("part"));
        assert_eq!((url.host(), url.host_name()), ("S3.example", "S3.example"));
    }

    #[test]
    fn path_is_a_slash_at_least_and_only_the_default_port_is_left_out() {
        for (text, path, query, host, name) in [
            ("http://h?a", "/", "a", "h", "h"),
            ("http://h:443", "/", "", "h:443", "h"),
            ("http://[::1]:9000/", "/", "", "[::1]:9000", "[::1]"),
            ("http://[::1]/", "/", "", "[::1]", "[::1]"),
        ] {
            let url = Url::read(text).unwrap();
            assert_eq!((url.path, url.query, url.host()), (path, query, host), "{text}");
            assert_eq!(url.host_name(), name, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_and_not_repeated() {
        for (text, fault) in [
            ("s3://bucket/key", UrlFault::NotHttp),
            ("host/path", UrlFault::NotHttp),
            ("https:///path", UrlFault::NotHttp),
            ("https://h/a b", UrlFault::Blank),
            ("https://h/a\n?b", UrlFault::Blank),
            ("https://user:secret@h/", UrlFault::User),
        ] {
            let refused = Url::read(text).map(|url| url.authority);
            assert_eq!(refused, Err(fault), "{text}");
        }
    }
}
