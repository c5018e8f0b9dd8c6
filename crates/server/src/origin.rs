//! Where a request comes from, and how: as the socket says, or as a trusted proxy does.
//!
//! What stands in `X-Forwarded-For` and `X-Forwarded-Proto` anybody can write. It is believed when
//! the peer is one of the proxies that the operator named, and only as far as they wrote it: from
//! the right, up to the first address that is none of theirs. Of the protocol each has to say that
//! it was TLS. Such a proxy has to set both.
//! <https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Forwarded-For>

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName};
use policy::Network;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The client's address; none when a trusted proxy names one that is no address.
    pub(crate) address: Option<IpAddr>,
    /// Whether the client spoke TLS.
    pub(crate) is_secure: bool,
    peer: IpAddr,
}

impl Origin {
    /// What can be believed of a request that `peer` brought.
    pub(crate) fn of(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> Self {
        let peer = peer.to_canonical();
        if !is_any(proxies, peer) {
            return Self { address: Some(peer), is_secure: false, peer };
        }
        Self {
            address: forwarded_for(peer, headers, proxies),
            is_secure: is_forwarded_from_tls(headers),
            peer,
        }
    }

    /// The address that the log shows.
    pub(crate) fn shown(&self) -> IpAddr {
        self.address.unwrap_or(self.peer)
    }
}

fn is_any(proxies: &[Network], address: IpAddr) -> bool {
    proxies.iter().any(|network| network.contains(address))
}

/// From the right, the first address that is no proxy's; the last one when all are. Behind one
/// that cannot be read nothing is believed.
fn forwarded_for(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> Option<IpAddr> {
    let mut address = peer;
    for header in headers.get_all(FORWARDED_FOR).iter().rev() {
        for entry in header.as_bytes().rsplit(|&byte| byte == b',') {
            address = std::str::from_utf8(entry).ok().and_then(parse)?;
            if !is_any(proxies, address) {
                return Some(address);
            }
        }
    }
    Some(address)
}

/// An address, with or without a port.
fn parse(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    let with_port = || entry.parse().ok().map(|address: SocketAddr| address.ip());
    bare.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

fn is_forwarded_from_tls(headers: &HeaderMap) -> bool {
    let all = headers.get_all(FORWARDED_PROTO);
    let mut words = all.iter().flat_map(|value| value.as_bytes().split(|&byte| byte == b','));
    let is_tls = |word: &[u8]| word.trim_ascii().eq_ignore_ascii_case(b"https");
    words.next().is_some_and(is_tls) && words.all(is_tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const PROXY: &str = "10.0.0.1";

    fn origin(peer: &str, headers: &[(&'static str, &str)]) -> (Option<String>, bool) {
        let mut sent = HeaderMap::new();
        for (name, value) in headers {
            sent.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let proxies = [Network::parse("10.0.0.0/8").unwrap()];
        let origin = Origin::of(peer.parse().unwrap(), &sent, &proxies);
        (origin.address.map(|address| address.to_string()), origin.is_secure)
    }

    fn address(peer: &str, forwarded: &[&str]) -> Option<String> {
        let headers: Vec<_> = forwarded.iter().map(|value| ("x-forwarded-for", *value)).collect();
        origin(peer, &headers).0
    }

    #[test]
    fn a_stranger_is_its_own_address_whatever_it_says() {
        let said = [("x-forwarded-for", "192.0.2.9"), ("x-forwarded-proto", "https")];
        assert_eq!(origin("203.0.113.7", &said), (Some("203.0.113.7".into()), false));
        assert_eq!(origin("::ffff:203.0.113.7", &said), (Some("203.0.113.7".into()), false));
    }

    #[test]
    fn the_last_address_that_is_no_proxys_is_the_clients() {
        for forwarded in [
            &["203.0.113.7"][..],
            &["192.0.2.9, 203.0.113.7"],
            &["192.0.2.9", "203.0.113.7"],
            &["192.0.2.9,203.0.113.7, 10.0.0.2"],
            &["10.9.9.9, 203.0.113.7:4711 ,10.0.0.2"],
            &["::ffff:203.0.113.7"],
        ] {
            let expected = Some("203.0.113.7".to_owned());
            assert_eq!(address(PROXY, forwarded), expected, "{forwarded:?}");
            assert_eq!(address("::ffff:10.0.0.1", forwarded), expected, "{forwarded:?}");
        }
        assert_eq!(address(PROXY, &["[2001:db8::1]:4711"]).as_deref(), Some("2001:db8::1"));
        assert_eq!(address(PROXY, &["[2001:db8::1]"]).as_deref(), Some("2001:db8::1"));
    }

    #[test]
    fn a_proxy_that_forwards_for_nobody_asks_itself() {
        assert_eq!(address(PROXY, &[]).as_deref(), Some(PROXY));
        assert_eq!(address(PROXY, &["10.0.0.3, 10.0.0.2"]).as_deref(), Some("10.0.0.3"));
    }

    #[test]
    fn behind_what_cannot_be_read_nothing_is_believed() {
        for forwarded in ["unknown", "", "203.0.113.7, _hidden", "203.0.113.7, 10.0.0.2, \u{e9}"] {
            assert_eq!(address(PROXY, &[forwarded]), None, "{forwarded}");
        }
        assert_eq!(address(PROXY, &["unknown, 203.0.113.7"]).as_deref(), Some("203.0.113.7"));
    }

    #[test]
    fn every_proxy_has_to_say_that_it_was_tls() {
        let is_secure = |values: &[&str]| {
            let headers: Vec<_> = values.iter().map(|v| ("x-forwarded-proto", *v)).collect();
            origin(PROXY, &headers).1
        };
        assert!(is_secure(&["https"]) && is_secure(&["HTTPS , https"]));
        assert!(!is_secure(&[]) && !is_secure(&["http"]) && !is_secure(&[""]));
        assert!(!is_secure(&["https, http"]) && !is_secure(&["https", "http"]));
    }
}
