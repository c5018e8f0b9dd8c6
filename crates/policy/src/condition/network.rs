//! Ranges of addresses, as `203.0.113.0/24` or one address.
//!
//! An IPv6 address that stands for an IPv4 one is that one.
//! <https://www.rfc-editor.org/rfc/rfc4632>

use core::net::IpAddr;

/// The addresses that begin alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Reads `address/bits`, or an address, which is a network of its own.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits: u8 = match bits {
            Some(bits) if bits.len() <= 3 && bits.bytes().all(|b| b.is_ascii_digit()) => {
                bits.parse().ok()?
            }
            Some(_) => return None,
            None => most,
        };
        if bits > most {
            return None;
        }
        let canonical = address.to_canonical();
        if canonical != address && bits >= 96 {
            return Some(Self { address: canonical, bits: bits.checked_sub(96)? });
        }
        Some(Self { address, bits })
    }

    /// Whether an address, in its canonical form, is one of them.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(other)) => {
                let shift = 32_u32.saturating_sub(u32::from(self.bits));
                (ours.to_bits() ^ other.to_bits()).checked_shr(shift).unwrap_or(0) == 0
            }
            (IpAddr::V6(ours), IpAddr::V6(other)) => {
                let shift = 128_u32.saturating_sub(u32::from(self.bits));
                (ours.to_bits() ^ other.to_bits()).checked_shr(shift).unwrap_or(0) == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    /// Whether it is so broad that it keeps nobody out: beyond /8, or /32 of IPv6.
    ///
    /// AWS leaves private networks out of the rule; none of them is that broad.
    pub(crate) fn is_broad(self) -> bool {
        self.bits < if self.address.is_ipv4() { 8 } else { 32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(address: &str, network: &str) -> bool {
        let address: IpAddr = address.parse().unwrap();
        Network::parse(network).unwrap().contains(address.to_canonical())
    }

    #[test]
    fn networks_hold_what_begins_alike() {
        for (address, network) in [
            ("203.0.113.9", "203.0.113.0/24"),
            ("203.0.113.9", "203.0.113.77/24"),
            ("203.0.113.9", "203.0.113.9"),
            ("203.0.113.9", "0.0.0.0/0"),
            ("::ffff:203.0.113.9", "203.0.113.0/24"),
            ("203.0.113.9", "::ffff:203.0.113.0/120"),
            ("2001:db8::1", "2001:db8::/32"),
            ("2001:db8::1", "::/0"),
        ] {
            assert!(is_in(address, network), "{address} {network}");
        }
        for (address, network) in [
            ("203.0.114.0", "203.0.113.0/24"),
            ("203.0.113.8", "203.0.113.9/32"),
            ("2001:db9::1", "2001:db8::/32"),
            ("2001:db8::1", "0.0.0.0/0"),
            ("203.0.113.9", "::/0"),
        ] {
            assert!(!is_in(address, network), "{address} {network}");
        }
    }

    #[test]
    fn what_is_no_network_is_none() {
        for text in ["", "203.0.113", "203.0.113.0/33", "::/129", "1.2.3.4/", "1.2.3.4/-1", "a/8"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn broad_networks_keep_nobody_out() {
        let is_broad = |text| Network::parse(text).unwrap().is_broad();
        assert!(is_broad("0.0.0.0/1") && is_broad("::/0") && is_broad("2000::/31"));
        assert!(!is_broad("8.0.0.0/8") && !is_broad("2001:db8::/32") && !is_broad("10.0.0.0/8"));
    }
}
