//! Where an S3-compatible service is: scheme, authority and, for some, a path in front of all.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>

use std::fmt;
use std::net::IpAddr;

use http::Uri;

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
}

/// An endpoint's URL, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    scheme: Scheme,
    authority: String,
    path: String,
    is_ip: bool,
}

/// Why a text is not an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointFault {
    /// No URL of `http` or `https`.
    NotHttp(String),
    /// A URL with a query, or with a user in it; credentials do not belong there, so the URL is
    /// not repeated.
    TooMuch,
}

impl fmt::Display for EndpointFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHttp(url) => {
                write!(f, "endpoint `{url}` is not a URL like `https://host:port`")
            }
            Self::TooMuch => {
                f.write_str("an endpoint URL has no user, no query and no fragment in it")
            }
        }
    }
}

impl Endpoint {
    /// Takes `http[s]://host[:port][/path]` apart.
    ///
    /// # Errors
    /// Every other text.
    pub fn parse(url: &str) -> Result<Self, EndpointFault> {
        if url.contains(['@', '?', '#']) {
            return Err(EndpointFault::TooMuch);
        }
        let no_url = || EndpointFault::NotHttp(url.into());
        let uri: Uri = url.parse().map_err(|_| no_url())?;
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            Some(_) | None => return Err(no_url()),
        };
        let authority = uri.authority().ok_or_else(no_url)?;
        let host = authority.host().trim_matches(['[', ']']);
        Ok(Self {
            scheme,
            authority: authority.as_str().to_ascii_lowercase(),
            path: uri.path().trim_end_matches('/').to_owned(),
            is_ip: host.parse::<IpAddr>().is_ok(),
        })
    }

    /// With or without TLS.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host and port, in lower case.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// What stands in front of every path, without a slash at its end; mostly nothing.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the host is an address, which no bucket can stand before.
    #[must_use]
    pub fn is_ip(&self) -> bool {
        self.is_ip
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_authority_and_path_are_told_apart() {
        for (url, scheme, authority, path, is_ip) in [
            ("http://127.0.0.1:9000", Scheme::Http, "127.0.0.1:9000", "", true),
            ("http://[::1]:9000/", Scheme::Http, "[::1]:9000", "", true),
            ("https://Minio.Example", Scheme::Https, "minio.example", "", false),
            (
                "https://x.example/storage/v1/s3/",
                Scheme::Https,
                "x.example",
                "/storage/v1/s3",
                false,
            ),
        ] {
            let endpoint = Endpoint::parse(url).unwrap();
            assert_eq!(
                (endpoint.scheme(), endpoint.authority(), endpoint.path(), endpoint.is_ip()),
                (scheme, authority, path, is_ip),
                "{url}"
            );
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for url in ["", "localhost:9000", "ftp://a", "https://", "/a", "http://a b"] {
            let refused = Endpoint::parse(url);
            assert_eq!(refused, Err(EndpointFault::NotHttp(url.into())), "{url}");
        }
    }

    #[test]
    fn credentials_in_a_url_are_refused_and_not_repeated() {
        for url in ["http://user:secret@a", "http://a/?X-Amz-Signature=secret", "http://a#secret"] {
            let refused = Endpoint::parse(url).unwrap_err();
            assert!(!refused.to_string().contains("secret"), "{url}");
        }
    }
}
