//! Where a server of this process is reached: from here, and by others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use client::{AddressingStyle, Config, ConfigFault, Endpoint, REGION_DEFAULT};
use signature::Credentials;

use crate::failure::Failure;

/// The address for this process: a server that listens everywhere listens here, too.
pub(crate) fn inside(bound: SocketAddr) -> SocketAddr {
    if bound.ip().is_unspecified() { SocketAddr::new(loopback(bound), bound.port()) } else { bound }
}

/// The address for others: of a server that listens everywhere, the one with which this machine
/// goes out, as far as it does.
pub(crate) fn outside(bound: SocketAddr) -> SocketAddr {
    if !bound.ip().is_unspecified() {
        return bound;
    }
    let ip = outgoing(bound).unwrap_or_else(|| loopback(bound));
    SocketAddr::new(ip, bound.port())
}

/// Asks the routing table; connecting a datagram socket sends nothing. The other end stands for
/// the world: its address belongs to documentation and to nobody.
fn outgoing(bound: SocketAddr) -> Option<IpAddr> {
    let world = match bound {
        SocketAddr::V4(_) => IpAddr::from(Ipv4Addr::new(192, 0, 2, 1)),
        SocketAddr::V6(_) => IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
    };
    let socket = UdpSocket::bind((bound.ip(), 0)).ok()?;
    socket.connect((world, 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

fn loopback(bound: SocketAddr) -> IpAddr {
    match bound {
        SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    }
}

/// How a client reaches the server at `address` as its root user.
pub(crate) fn config(address: SocketAddr, root: Credentials) -> Result<Config, Failure> {
    let endpoint = Endpoint::parse(&format!("http://{address}"))
        .map_err(|fault| Failure::usage(ConfigFault::Endpoint(fault).to_string()))?;
    Ok(Config {
        region: REGION_DEFAULT.into(),
        endpoint: Some(endpoint),
        credentials: Some(root),
        credentials_expire: None,
        addressing_style: AddressingStyle::Path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_of_a_server_that_listens_everywhere_leads_to_it() {
        for bound in ["0.0.0.0:80", "[::]:80"] {
            let bound: SocketAddr = bound.parse().unwrap();
            assert!(inside(bound).ip().is_loopback());
            assert!(!outside(bound).ip().is_unspecified());
            assert_eq!((inside(bound).port(), outside(bound).port()), (80, 80));
        }
    }

    #[test]
    fn every_other_address_stays() {
        for bound in ["127.0.0.1:80", "192.168.1.2:80", "[::1]:80"] {
            let bound: SocketAddr = bound.parse().unwrap();
            assert_eq!((inside(bound), outside(bound)), (bound, bound));
            let credentials = Credentials::new("id", "secret", None);
            let config = config(bound, credentials).unwrap();
            assert_eq!(config.endpoint.unwrap().authority(), bound.to_string());
        }
    }
}
